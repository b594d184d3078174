"""DeleteScalingPolicy. Source: API reference, DeleteScalingPolicy."""

from dataclasses import replace

from kilowatt.domain.scaling.target import Target
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import EMPTY
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, place, refusal, store_of


async def delete_scaling_policy(context: Context, request: Request) -> bytes:
    """Removes a target's policy, with its alarms."""

    def change(target: Target) -> Target:
        if target.policy is None or target.policy.name != request["PolicyName"]:
            raise refusal(errors.POLICY_NOT_FOUND, request, name=request["PolicyName"])
        return replace(target, policy=None, held="")

    missing = errors.TARGET_NOT_FOUND
    await store_of(context).change(context.account, context.region, place(request), missing, change)
    return EMPTY
