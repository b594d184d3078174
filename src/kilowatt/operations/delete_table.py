"""DeleteTable. Source: AWS API reference, DeleteTable."""

from typing import Any

from kilowatt.domain.tables.description import describe_deleted
from kilowatt.domain.tables.table import Table
from kilowatt.errors import tables as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def delete_table(context: Context, request: dict[str, Any]) -> bytes:
    """Deletes a table with all its items. It is gone at once, though the answer says DELETING as on AWS."""
    name = context.table_name(request["TableName"])
    catalog = context.services.catalog
    totals = await catalog.totals(await context.described(name))
    table = await catalog.delete(context.account, context.region, name, _check)
    return document({"TableDescription": describe_deleted(table, totals)})


def _check(table: Table) -> None:
    if table.deletion_protection:
        raise errors.DELETION_PROTECTED()
    index = table.backfilling
    if index is not None:
        raise errors.INDEX_IN_CREATION(table=table.name, index=index.name)
