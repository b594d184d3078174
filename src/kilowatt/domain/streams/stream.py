"""A stream and its shards: which changes of a table go where, in which order.

A shard takes the changes of a range of partition hashes from the moment it opens to the moment it closes, and
keeps them in a log of its own. When it closes, its range goes to one child, or to two that share it; so the
changes of one item are in one line of shards, parents before children. A shard is forgotten as a whole, a day
after it closed: nothing has to look for old records.

A shard's number is greater than its parent's and is never used again, so sequence numbers that begin with it
grow along every line, and no two records of a stream have the same.

Source: AWS guide, "Change data capture for DynamoDB Streams"; the forms of ids and numbers as recorded.
"""

from bisect import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from hashlib import md5
from itertools import pairwise
from typing import Any

KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES = (
    "KEYS_ONLY",
    "NEW_IMAGE",
    "OLD_IMAGE",
    "NEW_AND_OLD_IMAGES",
)

HASH_BYTES = 8
HASHES = 1 << (8 * HASH_BYTES)
_RECORDS = 10**20


@dataclass(frozen=True, slots=True)
class Shard:
    """One shard. `start` and `end` bound its hashes, the end not included; `closed` is None while it is open.

    `number` names its log and is never used again for its table. Times are seconds since the epoch.
    """

    number: int
    start: int
    end: int
    opened: float
    parent: int | None = None
    closed: float | None = None

    @property
    def id(self) -> str:
        """`shardId-`, 20 digits of its time of opening in milliseconds, and 8 hexadecimal ones."""
        mark = md5(b"%d" % self.number, usedforsecurity=False).hexdigest()[:8]
        return f"shardId-{round(self.opened * 1000):020}-{mark}"

    def sequence_number(self, number: int) -> str:
        """The sequence number of the record `number` of its log; 0 is before the first."""
        return str(self.number * _RECORDS + number)

    def log_number(self, sequence_number: str) -> int | None:
        """The inverse of `sequence_number`; None for what none of its records can have."""
        if not sequence_number.isdecimal():
            return None
        shard_number, number = divmod(int(sequence_number), _RECORDS)
        return number if shard_number == self.number else None


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream of a table. `shards` are in the order in which they opened; `disabled` is when it ended.

    One without a view type is hidden: nobody asked for it, and its only reader is the sender to Kinesis.
    """

    label: str
    view_type: str
    created: float
    shards: tuple[Shard, ...]
    disabled: float | None = None
    # The open shards in the order of their hashes, and where each begins: every write looks for its own.
    open_shards: list[Shard] = field(init=False, compare=False, repr=False)
    _starts: list[int] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        open_ = [shard for shard in self.shards if shard.closed is None]
        object.__setattr__(self, "open_shards", sorted(open_, key=lambda shard: shard.start))
        object.__setattr__(self, "_starts", [shard.start for shard in self.open_shards])

    @property
    def hidden(self) -> bool:
        return not self.view_type

    def shard_of(self, hash_bytes: bytes) -> Shard:
        """The open shard that takes the changes of items whose partition keys have this hash."""
        return self.open_shards[bisect(self._starts, int.from_bytes(hash_bytes, "big")) - 1]

    def shard(self, shard_id: str) -> Shard | None:
        return next((shard for shard in self.shards if shard.id == shard_id), None)

    def parent_id(self, shard: Shard) -> str | None:
        """The id of the shard's parent; None if it has none, or one that is forgotten."""
        return next((parent.id for parent in self.shards if parent.number == shard.parent), None)

    def divided(self, shard: Shard, first_number: int, now: float, at: int | None = None) -> "Stream":
        """The stream with `shard` closed and its children open: one, or two that part at the hash `at`."""
        bounds = [shard.start, shard.end] if at is None else [shard.start, at, shard.end]
        children = tuple(
            Shard(first_number + place, start, end, now, shard.number)
            for place, (start, end) in enumerate(pairwise(bounds))
        )
        kept = tuple(replace(it, closed=now) if it.number == shard.number else it for it in self.shards)
        return replace(self, shards=kept + children)

    def rolled_over(self, first_number: int, now: float) -> "Stream":
        """The stream with each of its open shards closed, and a child of each open."""
        stream = self
        for number, shard in enumerate(self.open_shards, first_number):
            stream = stream.divided(shard, number, now)
        return stream

    def ended(self, now: float) -> "Stream":
        """The stream, disabled."""
        closed = tuple(replace(shard, closed=now) if shard.closed is None else shard for shard in self.shards)
        return replace(self, shards=closed, disabled=now)

    def without(self, numbers: Iterable[int]) -> "Stream":
        """The stream without the shards of these numbers."""
        gone = set(numbers)
        return replace(self, shards=tuple(shard for shard in self.shards if shard.number not in gone))


def begun(view_type: str, now: float, shard_number: int, latest: str | None = None) -> Stream:
    """A new stream with one shard. Its label is the time in milliseconds, as AWS writes it.

    `latest` is the label of the table's last stream; that of the new one is later.
    """
    milliseconds = round(now * 1000)
    if latest is not None:
        before = datetime.fromisoformat(latest).replace(tzinfo=UTC)
        milliseconds = max(milliseconds, round(before.timestamp() * 1000) + 1)
    created = milliseconds / 1000
    label = datetime.fromtimestamp(created, UTC).isoformat(timespec="milliseconds").removesuffix("+00:00")
    return Stream(label, view_type, created, (Shard(shard_number, 0, HASHES, created),))


def begun_hidden(table_number: int, now: float, shard_number: int) -> Stream:
    """A new stream that is hidden. No other has its label, not even one of another table of the same name."""
    return Stream(f"{table_number}-{shard_number}", "", now, (Shard(shard_number, 0, HASHES, now),))


def to_document(stream: Stream) -> dict[str, Any]:
    """What a record keeps of a stream. Hashes are texts: JSON's readers know 64 signed bits at most."""
    return {
        "label": stream.label,
        "view_type": stream.view_type,
        "created": stream.created,
        "disabled": stream.disabled,
        "shards": [
            [
                *(shard.number, str(shard.start), str(shard.end)),
                *(shard.opened, shard.parent, shard.closed),
            ]
            for shard in stream.shards
        ],
    }


def from_document(document: dict[str, Any]) -> Stream:
    """The inverse of `to_document`."""
    shards = tuple(
        Shard(number, int(start), int(end), opened, parent, closed)
        for number, start, end, opened, parent, closed in document["shards"]
    )
    return Stream(document["label"], document["view_type"], document["created"], shards, document["disabled"])
