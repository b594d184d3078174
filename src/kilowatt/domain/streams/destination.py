"""A Kinesis data stream that a table's changes are sent to, and the states it goes through.

    ENABLING -> ACTIVE -> DISABLING -> DISABLED        (from there it can be enabled again)
       |         |  ^
       |         v  |
       |       UPDATING
       +-> ENABLE_FAILED

A destination gets the changes in some of the shards of the table's streams: those from `first_shard` on, and
before `end_shard` once it is being disabled. Shard numbers are never used again and tell nothing about which
stream a shard is of, so nothing is lost or sent needlessly when the table's streams come and go meanwhile.

Source: AWS API reference, KinesisDataStreamDestination.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

ENABLING, ACTIVE, DISABLING, DISABLED, ENABLE_FAILED, UPDATING = (
    "ENABLING",
    "ACTIVE",
    "DISABLING",
    "DISABLED",
    "ENABLE_FAILED",
    "UPDATING",
)
MILLISECOND, MICROSECOND = "MILLISECOND", "MICROSECOND"

_STREAM_ARN = re.compile(r"arn:aws[a-z-]*:kinesis:([a-z0-9-]+):\d{12}:stream/[a-zA-Z0-9_.-]{1,128}")


@dataclass(frozen=True, slots=True)
class Destination:
    """`state` lasts at least until the time `until`; times are seconds since the epoch.

    `asked_precision` is None until a precision was asked for; `precision_changes` are the times of changes of
    it. `description` tells what went wrong.
    """

    stream_arn: str
    state: str
    until: float
    first_shard: int
    end_shard: int | None = None
    asked_precision: str | None = None
    precision_changes: tuple[float, ...] = ()
    description: str | None = None

    @property
    def precision(self) -> str:
        return self.asked_precision or MILLISECOND

    @property
    def takes_changes(self) -> bool:
        """Whether changes of the table are kept for it."""
        return self.state in {ENABLING, ACTIVE, UPDATING}

    @property
    def can_be_enabled(self) -> bool:
        return self.state in {DISABLED, ENABLE_FAILED}

    def status(self, now: float) -> str:
        """DestinationStatus."""
        return ACTIVE if self.state == UPDATING and now >= self.until else self.state

    def has(self, shard_number: int) -> bool:
        """Whether the changes in a shard are to be sent."""
        return self.first_shard <= shard_number and (self.end_shard is None or shard_number < self.end_shard)

    def ended(self, state: str, description: str | None = None) -> "Destination":
        """The destination, to which nothing more is sent."""
        return replace(self, state=state, description=description)


def region_of(stream_arn: str) -> str | None:
    """The region in the ARN of a Kinesis data stream; None for anything else."""
    match = _STREAM_ARN.fullmatch(stream_arn)
    return None if match is None else match[1]


def to_document(destination: Destination) -> dict[str, Any]:
    """What a record keeps of a destination."""
    return {
        "stream_arn": destination.stream_arn,
        "state": destination.state,
        "until": destination.until,
        "first_shard": destination.first_shard,
        "end_shard": destination.end_shard,
        "asked_precision": destination.asked_precision,
        "precision_changes": destination.precision_changes,
        "description": destination.description,
    }


def from_document(document: dict[str, Any]) -> Destination:
    """The inverse of `to_document`."""
    changes = tuple(document["precision_changes"])
    return Destination(**{**document, "precision_changes": changes})
