"""UntagResource, of scalable targets. Source: API reference, UntagResource."""

from dataclasses import replace

from kilowatt.domain.scaling.target import Target
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import EMPTY
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, store_of, tagged


async def untag_resource(context: Context, request: Request) -> bytes:
    """Removes tags of a target; keys that it has not do not matter."""
    target = await tagged(context, request)
    keys = frozenset(request["TagKeys"])

    def change(target: Target) -> Target:
        return replace(target, tags={key: value for key, value in target.tags.items() if key not in keys})

    where = target.resource_id, target.dimension
    await store_of(context).change(context.account, context.region, where, errors.TARGET_NOT_FOUND, change)
    return EMPTY
