"""DescribeLimits. Source: AWS API reference, DescribeLimits."""

from typing import Any

from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def describe_limits(context: Context, request: dict[str, Any]) -> bytes:
    """The quotas of provisioned capacity: of the account, and of each table and global index."""
    quotas = context.services.quotas
    return document(
        {
            "AccountMaxReadCapacityUnits": quotas.account_units,
            "AccountMaxWriteCapacityUnits": quotas.account_units,
            "TableMaxReadCapacityUnits": quotas.table_units,
            "TableMaxWriteCapacityUnits": quotas.table_units,
        }
    )
