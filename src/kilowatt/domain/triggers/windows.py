"""Tumbling windows: a function's state over all records of some minutes.

Windows begin at multiples of their length since the epoch; a record belongs to one by its time. The function
gets the state that it returned last, and once more, without records, when the window has ended.

Source: AWS Lambda guide, "Implementing stateful DynamoDB stream processing in Lambda".
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kilowatt.domain.triggers.event import Entry

STATE_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Window:
    """A window that has begun; `start` in seconds since the epoch."""

    start: int
    state: dict[str, Any] = field(default_factory=dict)


def start_of(time: int, seconds: int) -> int:
    """The start of the window that a record of that time, in microseconds, belongs to."""
    whole = time // 1_000_000
    return whole - whole % seconds


def begun_by(entry: Entry, seconds: int) -> Window:
    return Window(start_of(entry.time, seconds))


def within(window: Window, entries: Iterable[Entry], seconds: int) -> int:
    """How many of the first entries belong to the window. A late one belongs to the one that is open."""
    end = (window.start + seconds) * 1_000_000
    count = 0
    for entry in entries:
        if entry.time >= end:
            break
        count += 1
    return count


def members(
    window: Window, seconds: int, shard_id: str, source_arn: str, final: bool = False, early: bool = False
) -> dict[str, Any]:
    """What an event of the window has besides records. `early`: its state has grown too large."""
    return {
        "window": {"start": _iso(window.start), "end": _iso(window.start + seconds)},
        "state": window.state,
        "shardId": shard_id,
        "eventSourceARN": source_arn,
        "isFinalInvokeForWindow": final,
        "isWindowTerminatedEarly": early,
    }


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
