"""DeregisterScalableTarget. Source: API reference, DeregisterScalableTarget."""

from kilowatt.operations.answer import EMPTY
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, place, store_of


async def deregister_scalable_target(context: Context, request: Request) -> bytes:
    """Removes a target with its policies and scheduled actions; the table keeps its throughput."""
    await store_of(context).deregister(context.account, context.region, place(request))
    return EMPTY
