"""DescribeTimeToLive. Source: AWS API reference, DescribeTimeToLive."""

from typing import Any

from kilowatt.domain.tables.lifecycle import CREATING, DELETING, status
from kilowatt.errors import time_to_live as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def describe_time_to_live(context: Context, request: dict[str, Any]) -> bytes:
    """Whether a table's items expire, and by which attribute."""
    table = await context.described(request["TableName"])
    state = status(table, context.services.clock.now())
    if state in {CREATING, DELETING}:
        raise errors.NOT_DESCRIBED(state=state)
    if table.ttl_attribute is None:
        return document({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
    description = {"TimeToLiveStatus": "ENABLED", "AttributeName": table.ttl_attribute}
    return document({"TimeToLiveDescription": description})
