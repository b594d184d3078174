"""DescribeScalingPolicies. Source: API reference, DescribeScalingPolicies."""

from typing import Any

from kilowatt.domain.scaling.target import Policy, Target, policy_description
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, described, page, place_mark

_Policy = tuple[Target, Policy]


async def describe_scaling_policies(context: Context, request: Request) -> bytes:
    """The policies, page by page, in the order of their targets."""
    names = request.get("PolicyNames")
    policies = [
        (target, target.policy)
        for target in await described(context, request)
        if target.policy is not None and (not names or target.policy.name in names)
    ]
    return document(page(request, "ScalingPolicies", policies, _mark, _shown))


def _mark(policy: _Policy) -> str:
    return place_mark(policy[0])


def _shown(policy: _Policy) -> Any:
    return policy_description(*policy)
