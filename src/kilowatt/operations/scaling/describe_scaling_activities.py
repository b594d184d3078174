"""DescribeScalingActivities. Source: API reference, DescribeScalingActivities."""

from kilowatt import limits
from kilowatt.domain.scaling.activity import Activity
from kilowatt.domain.scaling.units import NAMESPACE
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, page_size, place_of, store_of, token_of


async def describe_scaling_activities(context: Context, request: Request) -> bytes:
    """The activities of six weeks, page by page, the newest first; those of deregistered targets too."""
    resource, dimension = request.get("ResourceId"), request.get("ScalableDimension")
    with_held = request.get("IncludeNotScaledActivities", False)
    since = context.services.clock.now() - limits.SCALING_ACTIVITY_SECONDS
    if dimension is not None and resource is None:
        raise errors.DIMENSION_WITHOUT_RESOURCE()

    def is_wanted(activity: Activity) -> bool:
        return (
            request["ServiceNamespace"] == NAMESPACE
            and resource in {None, activity.resource_id}
            and activity.started >= since
            and dimension in {None, activity.dimension}
            and (with_held or activity.held is None)
        )

    activities, more = await store_of(context).activities(
        context.account, context.region, place_of(request), page_size(request), is_wanted
    )
    answer: Request = {"ScalingActivities": [activity.document() for activity in activities]}
    if more is not None:
        answer["NextToken"] = token_of(more)
    return document(answer)
