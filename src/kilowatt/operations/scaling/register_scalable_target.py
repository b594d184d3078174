"""RegisterScalableTarget: what is to be scaled, between which bounds.

Source: API reference, RegisterScalableTarget.
"""

from dataclasses import replace

from kilowatt.domain.scaling.target import Suspended, Target
from kilowatt.domain.scaling.units import ScaledUnits
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.bounds import check_bounds
from kilowatt.operations.scaling.named_target import Request, named_units, place, store_of
from kilowatt.operations.scaling.tags import with_tags


async def register_scalable_target(context: Context, request: Request) -> bytes:
    """Creates a target, or changes what the request names of one that there is.

    The role is always the service's own, whichever is given, as on AWS.
    """
    units = named_units(request)
    services = context.services
    await _check_table(context, units, request["ResourceId"])
    now, id = services.clock.now(), services.ids.uuid().replace("-", "")

    def change(before: Target | None) -> Target:
        target = _new(context, request, id, now) if before is None else before
        minimum, maximum = check_bounds(
            request.get("MinCapacity", target.minimum), request.get("MaxCapacity", target.maximum)
        )
        return replace(
            target.with_bounds(minimum, maximum),
            suspended=target.suspended.changed(request.get("SuspendedState", {})),
            tags=with_tags(target.tags, request.get("Tags", {})),
        )

    target = await store_of(context).register(context.account, context.region, place(request), change)
    if target.enforce:
        services.backlog.set()
    return document({"ScalableTargetARN": target.arn})


def _new(context: Context, request: Request, id: str, now: float) -> Target:
    if "MinCapacity" not in request or "MaxCapacity" not in request:
        raise errors.BOUNDS_REQUIRED()
    return Target(
        context.account,
        context.region,
        request["ResourceId"],
        request["ScalableDimension"],
        id,
        now,
        request["MinCapacity"],
        request["MaxCapacity"],
        Suspended(),
        enforce=True,
    )


async def _check_table(context: Context, units: ScaledUnits, resource: str) -> None:
    table = await context.find(units.table)
    if table is None:
        raise errors.TABLE_NOT_FOUND(resource=resource)
    if units.index is None:
        return
    index = table.index(units.index)
    if index is None or index.local:
        raise errors.INDEX_NOT_FOUND(resource=resource)
