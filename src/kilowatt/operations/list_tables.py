"""ListTables. Source: AWS API reference, ListTables."""

from typing import Any

from kilowatt.limits import LIST_TABLES_PAGE
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def list_tables(context: Context, request: dict[str, Any]) -> bytes:
    """Lists the caller's tables by name, a page at a time."""
    limit = request.get("Limit", LIST_TABLES_PAGE)
    after = request.get("ExclusiveStartTableName")
    # One more than the page holds tells whether another page follows.
    names = await context.services.catalog.names(context.account, context.region, after, limit + 1)
    answer: dict[str, Any] = {"TableNames": names[:limit]}
    if len(names) > limit:
        answer["LastEvaluatedTableName"] = names[limit - 1]
    return document(answer)
