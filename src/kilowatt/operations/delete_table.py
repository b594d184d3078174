"""DeleteTable. Source: AWS API reference, DeleteTable."""

from typing import Any

from kilowatt.domain.tables.description import describe_deleted
from kilowatt.domain.tables.lifecycle import DELETING, check_deletable
from kilowatt.domain.tables.table import Table
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.table_change import TableChange


async def delete_table(context: Context, request: dict[str, Any]) -> bytes:
    """Deletes a table with all its items. The answer says DELETING, as on AWS, also if it is gone at once."""
    name = context.table_name(request["TableName"])
    catalog = context.services.catalog
    change = await TableChange.begin(context)
    totals = await catalog.totals(await context.described(name))

    def check(table: Table) -> None:
        _check(table, change)

    table = await catalog.delete(context.account, context.region, name, check, change.transition(DELETING))
    context.services.meter.forget(table)
    return document({"TableDescription": describe_deleted(table, totals)})


def _check(table: Table, change: TableChange) -> None:
    check_deletable(table, change.now)
    change.check_simultaneous()
