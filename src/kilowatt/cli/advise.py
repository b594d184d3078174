"""`kilowatt advise`: what could be better about a table, by how it is used."""

from pathlib import Path
from textwrap import fill
from typing import Any
from urllib.parse import SplitResult

import click

from kilowatt.cli import terminal
from kilowatt.cli.asking import ask, asks

Document = dict[str, Any]

_WIDTH = 100
# The settings of a file of prices, and the members of the request that they are.
_TEXTS = {"currency": "Currency", "source": "Source"}
_AMOUNTS = {
    "million_read_units": "MillionReadUnits",
    "million_write_units": "MillionWriteUnits",
    "read_unit_hour": "ReadUnitHour",
    "write_unit_hour": "WriteUnitHour",
}


def _read_prices(_: click.Context, __: click.Parameter, path: Path | None) -> Document | None:
    if path is None:
        return None
    import tomllib  # noqa: PLC0415  only who names a file waits for its loading

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.BadParameter(f"{path}: {error}") from error
    members = {**_TEXTS, **_AMOUNTS}
    for name, value in content.items():
        if name not in members:
            raise click.BadParameter(f"{path}: unknown setting '{name}'")
        kinds = str if name in _TEXTS else (int, float)
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise click.BadParameter(f"{path}: {name} must be a {'text' if name in _TEXTS else 'number'}")
    missing = [name for name in members if name not in content and name != "source"]
    if missing:
        raise click.BadParameter(f"{path}: {missing[0]} is missing")
    return {"Source": path.name, **{members[name]: value for name, value in content.items()}}


@click.command()
@asks
@click.option(
    "--prices",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    callback=_read_prices,
    help="TOML file of prices.  [default: examples of us-east-1]",
)
def advise(table: str, endpoint: SplitResult, region: str, as_json: bool, prices: Document | None) -> None:
    """Say what could be better about TABLE: its keys, scans, indexes, items and capacity.

    Advice is made from what the server metered in the last two to three hours, since its start.
    """
    request: Document = {"TableName": table} | ({} if prices is None else {"Prices": prices})
    document = ask(endpoint, region, "DescribeAdvice", request)
    if as_json:
        terminal.show_document(document)
        return
    watched = document["WatchedSeconds"]
    click.echo(
        f"{document['TableName']}: watched for {watched / 60:,.0f} min, "
        f"capacity mode {document['CapacityMode']}"
    )
    for advice in document["Advice"]:
        click.echo(f"\n{advice['Topic']}: {terminal.printable(advice['Subject'])}")
        text = terminal.printable(advice["Text"])
        click.echo(fill(text, _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))
    if not document["Advice"]:
        click.echo("\nNothing to advise.")
    click.echo("\n" + _costs(document))


def _costs(document: Document) -> str:
    if "Costs" not in document:
        return f"Capacity, indexes and price are judged after {document['JudgedAfterSeconds'] // 60} minutes."
    costs = document["Costs"]
    rows = []
    for mode, name in (("PAY_PER_REQUEST", "OnDemandPerMonth"), ("PROVISIONED", "ProvisionedPerMonth")):
        units = ""
        if mode == "PROVISIONED":
            units = f"{costs['ReadCapacityUnits']:,} read, {costs['WriteCapacityUnits']:,} write units"
        now = "now" if mode == costs["BillingMode"] else ""
        rows.append((mode, f"{costs[name]:,.2f} {costs['Currency']}", now, units))
    title = f"A month like this ({costs['Source']}):\n"
    return title + terminal.table(("BILLING MODE", "PRICE", "", "PROVISIONED"), rows, ("PRICE",))
