"""Scaling activities: what was changed, why, and how it went.

Source of the texts: AWS CLI reference, describe-scaling-activities; Application Auto Scaling guide, "Scaling
activities"; that of a failure as users report it, without AWS's request id.
"""

from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from kilowatt.domain.scaling.target import Policy, ScheduledAction, Target, alarm_name
from kilowatt.domain.scaling.units import NAMESPACE

SUCCESSFUL, FAILED = "Successful", "Failed"
AT_MAXIMUM, AT_MINIMUM = "AlreadyAtMaxCapacity", "AlreadyAtMinCapacity"


@dataclass(frozen=True, slots=True)
class Activity:
    """Times are seconds since the epoch. `held` is why nothing was scaled, with the bound it is about."""

    id: str
    resource_id: str
    dimension: str
    description: str
    cause: str
    started: float
    ended: float
    status: str
    message: str = ""
    held: dict[str, str | int] | None = None

    def record(self) -> bytes:
        return orjson.dumps(asdict(self))

    @classmethod
    def from_record(cls, record: bytes) -> "Activity":
        return cls(**orjson.loads(record))

    def document(self) -> dict[str, Any]:
        """A ScalingActivity of the API."""
        document: dict[str, Any] = {
            "ActivityId": self.id,
            "ServiceNamespace": NAMESPACE,
            "ResourceId": self.resource_id,
            "ScalableDimension": self.dimension,
            "Description": self.description,
            "Cause": self.cause,
            "StartTime": self.started,
            "EndTime": self.ended,
            "StatusCode": self.status,
        }
        if self.message:
            document["StatusMessage"] = self.message
        if self.held is not None:
            document["NotScaledReasons"] = [self.held]
        return document


def units_set(target: Target, id: str, units: int, cause: str, now: float) -> Activity:
    """The throughput was changed."""
    what = f"set {target.units.kind} capacity units to {units}."
    done = f"Successfully {what} Change successfully fulfilled by {NAMESPACE}."
    return _activity(target, id, f"Setting {what.removeprefix('set ')}", cause, now, SUCCESSFUL, done)


def units_not_set(
    target: Target, id: str, units: int, cause: str, now: float, refusal: str, code: str
) -> Activity:
    """The table refused another throughput."""
    what = f"{target.units.kind} capacity units to {units}."
    message = (
        f"Failed to set {what} Reason: {refusal} "
        f"(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: {code})"
    )
    return _activity(target, id, f"Setting {what}", cause, now, FAILED, message)


def bounds_set(target: Target, id: str, action: str, now: float) -> Activity:
    """A scheduled action gave the target the bounds that it has."""
    what = f"min capacity to {target.minimum} and max capacity to {target.maximum}"
    cause = f"scheduled action name {action} was triggered"
    return _activity(target, id, f"Setting {what}", cause, now, SUCCESSFUL, f"Successfully set {what}")


def bounds_not_set(target: Target, id: str, action: ScheduledAction, now: float) -> Activity:
    """A scheduled action would have crossed the target's bounds."""
    asked = {"min": action.minimum, "max": action.maximum}
    what = " and ".join(f"{end} capacity to {value}" for end, value in asked.items() if value is not None)
    cause = f"scheduled action name {action.name} was triggered"
    message = (
        f"Failed to set {what}. Reason: the scalable target has min capacity {target.minimum} and "
        f"max capacity {target.maximum}"
    )
    return _activity(target, id, f"Setting {what}", cause, now, FAILED, message)


def not_scaled(target: Target, id: str, reason: str, cause: str, now: float) -> Activity:
    """A bound keeps the policy from scaling."""
    bound = {"MaxCapacity": target.maximum} if reason == AT_MAXIMUM else {"MinCapacity": target.minimum}
    activity = _activity(target, id, "Attempting to scale due to alarm triggered", cause, now, FAILED, "")
    return replace(activity, held={"Code": reason, **bound})


def cause_of_alarm(target: Target, policy: Policy, alarm: str) -> str:
    return f"monitor alarm {alarm_name(target, policy, alarm)} in state ALARM triggered policy {policy.name}"


def cause_of_minimum(target: Target) -> str:
    return f"minimum capacity was set to {target.minimum}"


def cause_of_maximum(target: Target) -> str:
    return f"maximum capacity was set to {target.maximum}"


def _activity(
    target: Target, id: str, description: str, cause: str, now: float, status: str, message: str
) -> Activity:
    return Activity(id, target.resource_id, target.dimension, description, cause, now, now, status, message)
