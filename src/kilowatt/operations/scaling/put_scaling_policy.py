"""PutScalingPolicy: target tracking, by DynamoDB's own metrics. Source: API reference, PutScalingPolicy."""

from dataclasses import replace
from typing import Any

from kilowatt import limits
from kilowatt.domain.scaling.target import (
    TARGET_TRACKING,
    Policy,
    Target,
    alarms,
    new_policy,
    policy_arn,
)
from kilowatt.errors import scaling as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, named_units, place, store_of

_CONFIGURATION = "TargetTrackingScalingPolicyConfiguration"
_OTHER_CONFIGURATIONS = ("StepScalingPolicyConfiguration", "PredictiveScalingPolicyConfiguration")
# AWS's own when a new policy names none.
_DEFAULT_TYPE = "StepScaling"
_COOLDOWNS = ("ScaleOutCooldown", "ScaleInCooldown")


async def put_scaling_policy(context: Context, request: Request) -> bytes:
    """Creates a target's policy, or changes it if it has that name; what the request leaves out stays."""
    metric = named_units(request).metric
    configuration = request.get(_CONFIGURATION)
    if configuration is not None:
        _check_configuration(configuration, metric, request["ScalableDimension"])
    services = context.services
    now = services.clock.now()

    def change(target: Target) -> Target:
        before = target.policy if target.policy and target.policy.name == request["PolicyName"] else None
        _check_type(request, before)
        if before is not None:
            return replace(target, policy=_changed(before, configuration), held="")
        if configuration is None:
            raise errors.CONFIGURATION_REQUIRED()
        if target.policy is not None:
            raise errors.SECOND_POLICY()
        policy = new_policy(request["PolicyName"], configuration, services.ids.uuid, now)
        return replace(target, policy=policy, held="")

    store = store_of(context)
    missing = errors.TARGET_NOT_REGISTERED
    target = await store.change(context.account, context.region, place(request), missing, change)
    policy = target.policy
    if policy is None:  # it was put a moment ago
        raise errors.FAILED()
    return document({"PolicyARN": policy_arn(target, policy), "Alarms": alarms(target, policy)})


def _changed(policy: Policy, configuration: dict[str, Any] | None) -> Policy:
    return policy if configuration is None else replace(policy, configuration=configuration)


def _check_type(request: Request, before: Policy | None) -> None:
    asked = request.get("PolicyType", _DEFAULT_TYPE if before is None else TARGET_TRACKING)
    if asked != TARGET_TRACKING:
        raise errors.POLICY_TYPE(type=asked)
    for name in _OTHER_CONFIGURATIONS:
        if name in request:
            raise errors.OTHER_CONFIGURATION(name=name)


def _check_configuration(configuration: dict[str, Any], metric: str, dimension: str) -> None:
    if "CustomizedMetricSpecification" in configuration:
        raise errors.CUSTOMIZED_METRIC()
    specification = configuration.get("PredefinedMetricSpecification")
    if specification is None:
        raise errors.METRIC_REQUIRED()
    asked = specification["PredefinedMetricType"]
    if asked != metric:
        raise errors.WRONG_METRIC(dimension=dimension, metric=metric, asked=asked)
    if "ResourceLabel" in specification:
        raise errors.RESOURCE_LABEL()
    least, most = limits.SCALING_TARGET_PERCENT
    value = configuration["TargetValue"]
    if not least <= value <= most:
        raise errors.TARGET_VALUE(least=least, most=most, value=value)
    for name in _COOLDOWNS:
        if configuration.get(name, 0) < 0:
            raise errors.COOLDOWN(name=name, value=configuration[name])
