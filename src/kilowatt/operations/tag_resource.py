"""TagResource. Source: AWS API reference, TagResource; the order of checks as recorded and measured."""

from dataclasses import replace
from typing import Any

from kilowatt.domain.tables.table import Table
from kilowatt.domain.tables.tags import requested_tags, with_tags
from kilowatt.errors import tags as errors
from kilowatt.operations.answer import NOTHING
from kilowatt.operations.context import Context
from kilowatt.operations.tagged_table import check_arn, find


async def tag_resource(context: Context, request: dict[str, Any]) -> bytes:
    """Adds tags to a table; a tag with a key that is there already gets the new value."""
    arn = check_arn(context, request)
    if not request["Tags"]:
        raise errors.NO_TAGS()
    added = requested_tags(request["Tags"])
    table = await find(context, arn)

    def change(table: Table) -> Table:
        return replace(table, tags=with_tags(table.tags, added))

    await context.services.catalog.update(context.account, context.region, table.name, change)
    return NOTHING
