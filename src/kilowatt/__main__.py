"""`python -m kilowatt` and the `kilowatt` command."""

from kilowatt.cli.main import main

if __name__ == "__main__":
    main()
