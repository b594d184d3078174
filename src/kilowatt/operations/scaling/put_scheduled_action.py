"""PutScheduledAction: bounds for certain times. Source: API reference, PutScheduledAction."""

from dataclasses import replace

from kilowatt import limits
from kilowatt.domain.scaling.schedule import BadSchedule, BadTimeZone, parse
from kilowatt.domain.scaling.target import ScheduledAction, Target
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import EMPTY
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.bounds import LEAST, check_bounds
from kilowatt.operations.scaling.named_target import Request, place, store_of


async def put_scheduled_action(context: Context, request: Request) -> bytes:
    """Creates a scheduled action, or changes the one of that name; what the request leaves out stays."""
    services = context.services
    name, now = request["ScheduledActionName"], services.clock.now()

    def change(target: Target) -> Target:
        before = target.action(name)
        if before is None and len(target.actions) >= limits.SCHEDULED_ACTIONS:
            raise errors.TOO_MANY_ACTIONS(limit=limits.SCHEDULED_ACTIONS)
        if before is None:
            before = _new(request, services.ids.uuid(), now)
        return target.with_action(_checked(_changed(before, request, now)))

    missing = errors.TARGET_NOT_REGISTERED
    await store_of(context).change(context.account, context.region, place(request), missing, change)
    return EMPTY


def _new(request: Request, uuid: str, now: float) -> ScheduledAction:
    if "Schedule" not in request:
        raise errors.SCHEDULE_REQUIRED()
    return ScheduledAction(request["ScheduledActionName"], uuid, now, request["Schedule"], now)


def _changed(action: ScheduledAction, request: Request, now: float) -> ScheduledAction:
    """The action as the request wants it. Times before the change are done with."""
    bounds = request.get("ScalableTargetAction")
    changed = replace(
        action,
        done=now,
        schedule=request.get("Schedule", action.schedule),
        time_zone=request.get("Timezone", action.time_zone),
        starts=request.get("StartTime", action.starts),
        ends=request.get("EndTime", action.ends),
    )
    if bounds is None:
        return changed
    return replace(changed, minimum=bounds.get("MinCapacity"), maximum=bounds.get("MaxCapacity"))


def _checked(action: ScheduledAction) -> ScheduledAction:
    try:
        parse(action.schedule, action.time_zone or "UTC")
    except BadSchedule as error:
        raise errors.INVALID_SCHEDULE(schedule=action.schedule) from error
    except BadTimeZone as error:
        raise errors.INVALID_TIME_ZONE(zone=action.time_zone) from error
    if action.minimum is None and action.maximum is None:
        raise errors.ACTION_REQUIRED()
    minimum = LEAST if action.minimum is None else action.minimum
    check_bounds(minimum, minimum if action.maximum is None else action.maximum)
    if action.starts is not None and action.ends is not None and action.ends <= action.starts:
        raise errors.TIMES_CROSSED()
    return action
