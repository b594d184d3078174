"""DescribeScalableTargets. Source: API reference, DescribeScalableTargets."""

from kilowatt.domain.scaling.target import description
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, described, page, place_mark


async def describe_scalable_targets(context: Context, request: Request) -> bytes:
    """The targets, page by page, in the order of their resources and dimensions."""
    targets = await described(context, request)
    return document(page(request, "ScalableTargets", targets, place_mark, description))
