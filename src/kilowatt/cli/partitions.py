"""`kilowatt partitions`: the partitions of a table, and where it is hot."""

from typing import Any
from urllib.parse import SplitResult

import click

from kilowatt.cli import terminal
from kilowatt.cli.asking import ask, asks

Document = dict[str, Any]

_HASH_DIGITS = 16


@click.command()
@asks
@click.option("--index", help="A global index, instead of the table itself.")
def partitions(table: str, endpoint: SplitResult, region: str, as_json: bool, index: str | None) -> None:
    """Show the partitions of TABLE, what they take a second, and those that were divided."""
    request = {"TableName": table} | ({} if index is None else {"IndexName": index})
    document = ask(endpoint, region, "DescribePartitions", request)
    if as_json:
        terminal.show_document(document)
        return
    of = document["TableName"] + ("" if index is None else f", index {index}")
    found, divided = document["Partitions"], document["DividedPartitions"]
    click.echo(f"{of}: {_counted(len(found))}, capacity mode {document['CapacityMode']}\n")
    headings = ("PARTITION", "PARENT", "FROM", "OPENED (UTC)", "READS/S", "WRITES/S", "HEAT")
    click.echo(
        terminal.table(headings, [_row(one) for one in found], ("PARTITION", "READS/S", "WRITES/S", "HEAT"))
    )
    if divided:
        click.echo(f"\n{_counted(len(divided))} divided\n")
        rows = [(*_place(one), terminal.time(one["ClosedDateTime"])) for one in divided]
        click.echo(terminal.table((*headings[:4], "DIVIDED (UTC)"), rows, ("PARTITION",)))


def _counted(number: int) -> str:
    return "1 partition" if number == 1 else f"{number:,} partitions"


def _row(partition: Document) -> tuple[str, ...]:
    rates = (f"{partition[name]:,.1f}" for name in ("ReadUnitsPerSecond", "WriteUnitsPerSecond"))
    return (*_place(partition), *rates, f"{partition['Heat']:.0%}")


def _place(partition: Document) -> tuple[str, str, str, str]:
    start = partition["RangeStart"][:_HASH_DIGITS]
    if "RangeStartKey" in partition:
        start += f" {terminal.key(partition['RangeStartKey'])}"
    parent = str(partition.get("Parent", ""))
    return str(partition["Number"]), parent, start, terminal.time(partition["OpenedDateTime"])
