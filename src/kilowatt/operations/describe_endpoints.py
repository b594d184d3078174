"""DescribeEndpoints. Source: AWS API reference, DescribeEndpoints."""

from typing import Any

from kilowatt.operations.answer import document
from kilowatt.operations.context import Context

_CACHE_PERIOD_MINUTES = 1440


async def describe_endpoints(context: Context, request: dict[str, Any]) -> bytes:
    """Where to send requests: there where this one was sent."""
    endpoint = {"Address": context.host, "CachePeriodInMinutes": _CACHE_PERIOD_MINUTES}
    return document({"Endpoints": [endpoint]})
