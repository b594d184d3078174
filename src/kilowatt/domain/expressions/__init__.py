"""DynamoDB's expressions: text in, compiled closures out. See `parser.py` for the grammar."""
