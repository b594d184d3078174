"""DescribeTable. Source: AWS API reference, DescribeTable."""

from typing import Any

from kilowatt.domain.tables.description import describe_now
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def describe_table(context: Context, request: dict[str, Any]) -> bytes:
    """Describes a table; item count and sizes are exact, where AWS refreshes them every six hours."""
    table = await context.described(request["TableName"])
    totals = await context.services.catalog.totals(table)
    return document({"Table": describe_now(table, context.services.clock.now(), totals)})
