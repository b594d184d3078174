"""DescribeLimits. Source: AWS API reference, DescribeLimits."""

from typing import Any

from kilowatt import limits
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context

_ANSWER = document(
    {
        "AccountMaxReadCapacityUnits": limits.ACCOUNT_CAPACITY_UNITS,
        "AccountMaxWriteCapacityUnits": limits.ACCOUNT_CAPACITY_UNITS,
        "TableMaxReadCapacityUnits": limits.TABLE_CAPACITY_UNITS,
        "TableMaxWriteCapacityUnits": limits.TABLE_CAPACITY_UNITS,
    }
)


async def describe_limits(context: Context, request: dict[str, Any]) -> bytes:
    """AWS's default quotas of provisioned capacity. Kilowatt itself has none."""
    return _ANSWER
