"""Scalable targets: what is scaled, between which bounds, by which policy and which scheduled actions.

A target is one record with all that belongs to it, so that whatever an operation changes is one commit.
Source: Application Auto Scaling API reference, ScalableTarget, ScalingPolicy, ScheduledAction.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from kilowatt.domain.scaling.schedule import At, parse
from kilowatt.domain.scaling.tracking import History, Rule
from kilowatt.domain.scaling.units import NAMESPACE, ScaledUnits, scaled_units

TARGET_TRACKING = "TargetTrackingScaling"
_ROLE = (
    "arn:aws:iam::{account}:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
)
# For each policy the service keeps these alarms; in this order, as in its answers.
_ALARMS = ("AlarmHigh", "AlarmLow", "ProvisionedCapacityHigh", "ProvisionedCapacityLow")

Document = dict[str, Any]
_NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Suspended:
    """What a target does not do at present."""

    scaling_in: bool = False
    scaling_out: bool = False
    scheduled: bool = False

    def changed(self, request: Document) -> "Suspended":
        """With the members of a SuspendedState; what it leaves out stays."""
        return Suspended(
            request.get("DynamicScalingInSuspended", self.scaling_in),
            request.get("DynamicScalingOutSuspended", self.scaling_out),
            request.get("ScheduledScalingSuspended", self.scheduled),
        )

    def description(self) -> Document:
        return {
            "DynamicScalingInSuspended": self.scaling_in,
            "DynamicScalingOutSuspended": self.scaling_out,
            "ScheduledScalingSuspended": self.scheduled,
        }


@dataclass(frozen=True, slots=True)
class Policy:
    """A policy of target tracking. `configuration` is as it was asked for, `alarms` has UUIDs of its four."""

    name: str
    uuid: str
    alarms: tuple[str, ...]
    created: float
    configuration: Document

    @property
    def rule(self) -> Rule:
        asked = self.configuration
        return Rule(
            asked["TargetValue"],
            asked.get("ScaleOutCooldown", 0),
            asked.get("ScaleInCooldown", 0),
            scales_in=not asked.get("DisableScaleIn", False),
        )


@dataclass(frozen=True, slots=True)
class ScheduledAction:
    """An action at certain times: it sets bounds, either of which may be None, which leaves it as it is.

    `done` is the time up to which its schedule was followed; `starts` and `ends` bound it.
    """

    name: str
    uuid: str
    created: float
    schedule: str
    done: float
    time_zone: str | None = None
    starts: float | None = None
    ends: float | None = None
    minimum: int | None = None
    maximum: int | None = None

    def latest(self, now: float) -> float | None:
        """The last time that it was due and has not been followed; None if there is none."""
        schedule = parse(self.schedule, self.time_zone or "UTC")
        until = now if self.ends is None else min(now, self.ends)
        if isinstance(schedule, At):
            return schedule.latest(self.done, until, self.created)
        if self.starts is None:
            return schedule.latest(self.done, until, self.created)
        # The first time of a recurring schedule is its start itself.
        first = self.starts if self.done < self.starts <= until else None
        later = schedule.latest(max(self.done, self.starts), until, self.starts)
        return first if later is None else later


@dataclass(frozen=True, slots=True)
class Target:
    """`id` ends its ARN. `enforce`: its bounds changed, and the throughput was not moved between them yet.
    `retry` is when what failed is tried again; `held` what keeps the policy from scaling further, as a code
    of NotScaledReasons. All times are seconds since the epoch.
    """

    account: str
    region: str
    resource_id: str
    dimension: str
    id: str
    created: float
    minimum: int
    maximum: int
    suspended: Suspended = Suspended()
    tags: dict[str, str] = field(default_factory=dict)
    policy: Policy | None = None
    actions: tuple[ScheduledAction, ...] = ()
    history: History = _NO_HISTORY
    enforce: bool = False
    retry: float = 0.0
    held: str = ""

    @property
    def arn(self) -> str:
        return f"arn:aws:application-autoscaling:{self.region}:{self.account}:scalable-target/{self.id}"

    @property
    def units(self) -> ScaledUnits:
        found = scaled_units(self.resource_id, self.dimension)
        if found is None:  # a registration with these was refused
            raise ValueError(self.resource_id)
        return found

    def action(self, name: str) -> ScheduledAction | None:
        return next((action for action in self.actions if action.name == name), None)

    def with_action(self, new: ScheduledAction) -> "Target":
        """With that action instead of the one of its name, if there is one."""
        others = tuple(action for action in self.actions if action.name != new.name)
        return replace(self, actions=tuple(sorted((*others, new), key=lambda action: action.name)))

    def without_action(self, name: str) -> "Target":
        return replace(self, actions=tuple(action for action in self.actions if action.name != name))

    def with_bounds(self, minimum: int, maximum: int) -> "Target":
        """With other bounds, which are then to be enforced."""
        if (minimum, maximum) == (self.minimum, self.maximum):
            return self
        return replace(self, minimum=minimum, maximum=maximum, enforce=True)

    def record(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def from_record(cls, record: bytes) -> "Target":
        document = orjson.loads(record)
        policy, actions = document["policy"], document["actions"]
        return cls(
            **{
                **document,
                "suspended": Suspended(**document["suspended"]),
                "history": History(**document["history"]),
                "policy": None if policy is None else Policy(**{**policy, "alarms": tuple(policy["alarms"])}),
                "actions": tuple(ScheduledAction(**action) for action in actions),
            }
        )


def description(target: Target) -> Document:
    """A ScalableTarget of the API."""
    return {
        "ServiceNamespace": NAMESPACE,
        "ResourceId": target.resource_id,
        "ScalableDimension": target.dimension,
        "MinCapacity": target.minimum,
        "MaxCapacity": target.maximum,
        "RoleARN": _ROLE.format(account=target.account),
        "CreationTime": target.created,
        "SuspendedState": target.suspended.description(),
        "ScalableTargetARN": target.arn,
    }


def policy_arn(target: Target, policy: Policy) -> str:
    return _resource_arn(target, "scalingPolicy", policy.uuid) + f":policyName/{policy.name}"


def alarms(target: Target, policy: Policy) -> list[Document]:
    """The four alarms by which AWS would watch the target."""
    return [
        {
            "AlarmName": alarm_name(target, policy, kind),
            "AlarmARN": f"arn:aws:cloudwatch:{target.region}:{target.account}:alarm:"
            + alarm_name(target, policy, kind),
        }
        for kind in _ALARMS
    ]


def alarm_name(target: Target, policy: Policy, kind: str) -> str:
    return f"TargetTracking-{target.resource_id}-{kind}-{policy.alarms[_ALARMS.index(kind)]}"


def policy_description(target: Target, policy: Policy) -> Document:
    """A ScalingPolicy of the API."""
    return {
        "PolicyARN": policy_arn(target, policy),
        "PolicyName": policy.name,
        "ServiceNamespace": NAMESPACE,
        "ResourceId": target.resource_id,
        "ScalableDimension": target.dimension,
        "PolicyType": TARGET_TRACKING,
        "TargetTrackingScalingPolicyConfiguration": policy.configuration,
        "Alarms": alarms(target, policy),
        "CreationTime": policy.created,
    }


def action_description(target: Target, action: ScheduledAction) -> Document:
    """A ScheduledAction of the API."""
    bounds = {"MinCapacity": action.minimum, "MaxCapacity": action.maximum}
    optional = {"Timezone": action.time_zone, "StartTime": action.starts, "EndTime": action.ends}
    return {
        "ScheduledActionName": action.name,
        "ScheduledActionARN": _resource_arn(target, "scheduledAction", action.uuid)
        + f":scheduledActionName/{action.name}",
        "ServiceNamespace": NAMESPACE,
        "Schedule": action.schedule,
        "ResourceId": target.resource_id,
        "ScalableDimension": target.dimension,
        **{name: value for name, value in optional.items() if value is not None},
        "ScalableTargetAction": {name: value for name, value in bounds.items() if value is not None},
        "CreationTime": action.created,
    }


def _resource_arn(target: Target, kind: str, uuid: str) -> str:
    where = f"arn:aws:autoscaling:{target.region}:{target.account}"
    return f"{where}:{kind}:{uuid}:resource/{NAMESPACE}/{target.resource_id}"


def new_policy(name: str, configuration: Document, uuid: Callable[[], str], now: float) -> Policy:
    """A policy with the UUIDs that `uuid` draws."""
    return Policy(name, uuid(), tuple(uuid() for _ in _ALARMS), now, configuration)
