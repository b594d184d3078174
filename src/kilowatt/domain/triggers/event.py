"""The event that a function is invoked with.

Source: AWS Lambda guide, "Using AWS Lambda with Amazon DynamoDB"; members and their order as recorded.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any
from zlib import crc32

import orjson

# An event's most bytes. Source: AWS Lambda guide, quotas (payload of a synchronous invocation).
EVENT_BYTES = 6 * 1024 * 1024
_FRAME_BYTES = len(b'{"Records":[]}') + 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """A record of a shard on its way to a function.

    `number` is its place in the shard's log, `time` in microseconds since the epoch, `body` its JSON in the
    event. Entries of the same `lane` concern the same item, or are taken as if they did.
    """

    number: int
    sequence_number: str
    time: int
    lane: int
    body: bytes


def event_record(shown: dict[str, Any], source_arn: str) -> dict[str, Any]:
    """A record as in an event; `shown` is what GetRecords shows of it."""
    record = {**shown, "eventSourceARN": source_arn}
    if "userIdentity" in record:
        identity = record["userIdentity"]
        record["userIdentity"] = {"principalId": identity["PrincipalId"], "type": identity["Type"]}
    return record


def lane_of(keys: dict[str, Any], lanes: int) -> int:
    """The lane of the item with these keys."""
    return crc32(orjson.dumps(keys)) % lanes if lanes > 1 else 0


def fitting(entries: Collection[Entry], most: int) -> int:
    """How many of the first entries make one event: `most` records, and no more bytes than an event has."""
    size = _FRAME_BYTES
    for count, entry in enumerate(islice(entries, most)):
        size += len(entry.body) + 1
        if size > EVENT_BYTES and count:
            return count
    return min(most, len(entries))


def event(entries: Iterable[Entry], more: dict[str, Any] | None = None) -> bytes:
    """The event's JSON, with the further members of a window."""
    records = b'{"Records":[' + b",".join(entry.body for entry in entries) + b"]"
    if not more:
        return records + b"}"
    return records + b"," + orjson.dumps(more)[1:]
