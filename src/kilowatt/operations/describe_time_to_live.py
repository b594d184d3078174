"""DescribeTimeToLive. Source: AWS API reference, DescribeTimeToLive."""

from typing import Any

from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def describe_time_to_live(context: Context, request: dict[str, Any]) -> bytes:
    """The time to live of a table: off, as UpdateTimeToLive is refused for now."""
    await context.described(request["TableName"])
    return document({"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}})
