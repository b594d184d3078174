"""DescribeTimeToLive. Source: AWS API reference, DescribeTimeToLive."""

from typing import Any

from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def describe_time_to_live(context: Context, request: dict[str, Any]) -> bytes:
    """Whether a table's items expire, and by which attribute."""
    table = await context.described(request["TableName"])
    if table.ttl_attribute is None:
        return document({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
    description = {"TimeToLiveStatus": "ENABLED", "AttributeName": table.ttl_attribute}
    return document({"TimeToLiveDescription": description})
