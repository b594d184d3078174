"""The `kilowatt` command."""

import click

from kilowatt import __version__
from kilowatt.cli.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kilowatt")
def main() -> None:
    """Amazon DynamoDB's wire protocol, served by software you own."""


main.add_command(serve)
