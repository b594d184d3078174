"""`kilowatt contributors`: the keys of a table that are accessed and throttled most."""

from typing import Any
from urllib.parse import SplitResult

import click

from kilowatt.cli import terminal
from kilowatt.cli.asking import ask, asks

Document = dict[str, Any]

_TITLES = {
    "PKC": "Most accessed partition keys",
    "SKC": "Most accessed items",
    "PKT": "Most throttled partition keys",
    "SKT": "Most throttled items",
}


@click.command()
@asks
@click.option("--index", help="A global index, instead of the table itself.")
@click.option(
    "--minutes", type=click.IntRange(1, 60), default=60, show_default=True, help="How far to look back."
)
@click.option(
    "--top", type=click.IntRange(1, 25), default=10, show_default=True, help="How many keys to show of each."
)
def contributors(
    table: str, endpoint: SplitResult, region: str, as_json: bool, index: str | None, minutes: int, top: int
) -> None:
    """Show the most accessed and throttled keys of TABLE, which must have contributor insights enabled.

    Accesses are counted in units: one for a read unit, three for a write unit.
    """
    request = {"TableName": table, "Minutes": minutes} | ({} if index is None else {"IndexName": index})
    document = ask(endpoint, region, "DescribeContributors", request)
    if as_json:
        terminal.show_document(document)
        return
    of = document["TableName"] + ("" if index is None else f", index {index}")
    status = document["ContributorInsightsStatus"]
    click.echo(f"{of}: contributor insights are {status}", nl=False)
    if not document["Rules"]:
        click.echo("; UpdateContributorInsights enables them" if status == "DISABLED" else "")
        return
    click.echo(f", {document['ContributorInsightsMode']}, last {minutes} minutes")
    for rule in document["Rules"]:
        click.echo(f"\n{_TITLES[rule['Rule']]}:" + _shown(rule, top, document["PartitionUnitsPerMinute"]))


def _shown(rule: Document, top: int, of_partition: int) -> str:
    """A table; with the column of errors only if there are any, as there are with very many keys."""
    found = rule["Contributors"][:top]
    if not found:
        return " none"
    throttled = rule["Metric"] == "ThrottleCount"
    numbers = ["REQUESTS" if throttled else "UNITS", "HIGHEST MINUTE"]
    digits = 0 if throttled else 1
    rows = [
        [terminal.key(one["Key"]), f"{one['Total']:,.{digits}f}", f"{one['Maximum']:,.{digits}f}"]
        for one in found
    ]
    if not throttled:
        numbers.append("OF A PARTITION")
        for row, one in zip(rows, found, strict=True):
            row.append(f"{one['Maximum'] / of_partition:.1%}")
    if any(one["Error"] for one in found):
        numbers.append("TOO HIGH BY UP TO")
        for row, one in zip(rows, found, strict=True):
            row.append(f"{one['Error']:,.{digits}f}")
    return "\n" + terminal.table(["KEY", *numbers], rows, numbers)
