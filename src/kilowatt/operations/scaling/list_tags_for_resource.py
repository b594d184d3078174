"""ListTagsForResource, of scalable targets. Source: API reference, ListTagsForResource."""

from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, tagged


async def list_tags_for_resource(context: Context, request: Request) -> bytes:
    """All tags of a target."""
    return document({"Tags": (await tagged(context, request)).tags})
