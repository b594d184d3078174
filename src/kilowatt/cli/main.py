"""The `kilowatt` command."""

import click

from kilowatt import __version__
from kilowatt.cli.advise import advise
from kilowatt.cli.contributors import contributors
from kilowatt.cli.partitions import partitions
from kilowatt.cli.serve import serve


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kilowatt")
def main() -> None:
    """Amazon DynamoDB's wire protocol, served by software you own."""


for _command in (serve, partitions, contributors, advise):
    main.add_command(_command)
