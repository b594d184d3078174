"""TagResource, of scalable targets. Source: API reference, TagResource."""

from dataclasses import replace

from kilowatt.domain.scaling.target import Target
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import EMPTY
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, store_of, tagged
from kilowatt.operations.scaling.tags import with_tags


async def tag_resource(context: Context, request: Request) -> bytes:
    """Adds tags to a target; a tag with a key that is there already gets the new value."""
    target = await tagged(context, request)

    def change(target: Target) -> Target:
        return replace(target, tags=with_tags(target.tags, request["Tags"]))

    where = target.resource_id, target.dimension
    await store_of(context).change(context.account, context.region, where, errors.TARGET_NOT_FOUND, change)
    return EMPTY
