"""DeleteScheduledAction. Source: API reference, DeleteScheduledAction."""

from kilowatt.domain.scaling.target import Target
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import EMPTY
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, place, refusal, store_of


async def delete_scheduled_action(context: Context, request: Request) -> bytes:
    """Removes a scheduled action; the bounds that it set stay."""
    name = request["ScheduledActionName"]

    def change(target: Target) -> Target:
        if target.action(name) is None:
            raise refusal(errors.ACTION_NOT_FOUND, request, name=name)
        return target.without_action(name)

    missing = errors.TARGET_NOT_FOUND
    await store_of(context).change(context.account, context.region, place(request), missing, change)
    return EMPTY
