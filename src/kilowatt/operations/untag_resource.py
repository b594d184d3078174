"""UntagResource. Source: AWS API reference, UntagResource; the order of checks as recorded and measured."""

from dataclasses import replace
from typing import Any

from kilowatt.domain.tables.table import Table
from kilowatt.domain.tables.tags import requested_keys, without_tags
from kilowatt.errors import tags as errors
from kilowatt.operations.answer import NOTHING
from kilowatt.operations.context import Context
from kilowatt.operations.tagged_table import check_arn, find


async def untag_resource(context: Context, request: dict[str, Any]) -> bytes:
    """Takes tags from a table; a key that it does not have is no error."""
    arn = check_arn(context, request)
    if not request["TagKeys"]:
        raise errors.NO_TAG_KEYS()
    keys = requested_keys(request["TagKeys"])
    table = await find(context, arn)

    def change(table: Table) -> Table:
        return replace(table, tags=without_tags(table.tags, keys))

    await context.services.catalog.update(context.account, context.region, table.name, change)
    return NOTHING
