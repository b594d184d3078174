"""What the header X-Amz-Target says for each operation."""

_PREFIXES = {
    "DynamoDBStreams_20120810": {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"},
    "Kilowatt_20260101": {"DescribeAdvice", "DescribeContributors", "DescribePartitions"},
}


def target(operation: str) -> str:
    """The target of an operation of DynamoDB, its streams, or Kilowatt's own."""
    prefixes = (prefix for prefix, operations in _PREFIXES.items() if operation in operations)
    return f"{next(prefixes, 'DynamoDB_20120810')}.{operation}"
