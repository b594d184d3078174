"""The partitions of a table or global index: ranges of positions, each with limits of its own.

A position is the suffix of a record key (`domain.tables.keys`), which begins with the hash of the partition
key; so partitions cut the same hashes as the segments of a Scan and the shards of a stream, and can also cut
through an item collection. The limits are 3,000 read units and 1,000 write units a second.

A partition that stays hot is divided. Partitions are numbered; a number is never used again, and a child
knows its parent's. They are never joined.

Source: AWS guide, "Burst and adaptive capacity" and "Designing partition keys"; what counts as hot is ours.
"""

from bisect import bisect
from collections import deque
from dataclasses import dataclass
from typing import Any

from kilowatt import limits
from kilowatt.domain.capacity.bucket import TokenBucket, take_both
from kilowatt.domain.capacity.heat import Sample, split_point
from kilowatt.domain.capacity.units import READ, WHOLE_UNIT, WRITE

HASH_BYTES = 8
_HASHES = 1 << (8 * HASH_BYTES)

# How long a partition's limit may be saved up. (The 300 seconds are the table's.)
_BURST_SECONDS = 1
# Heat is looked at so often; a partition is hot with so much of its limit, and divided after so many times.
INTERVAL_SECONDS = 10
_HOT_SHARE = 0.8
_HOT_INTERVALS = 3
# Of the partitions that were divided, so many are remembered.
_REMEMBERED = 256
# Nobody's server is that fast; a larger number would only take memory.
MOST_AT_FIRST = 1024

_RATES = (limits.PARTITION_READ_UNITS * WHOLE_UNIT, limits.PARTITION_WRITE_UNITS * WHOLE_UNIT)
_HOT = tuple(int(rate * INTERVAL_SECONDS * _HOT_SHARE) for rate in _RATES)


class Partition:
    """One partition: the positions from `start` on, up to where the next begins.

    `cut`: it begins where a partition was divided, be it its parent or one before. `opened` is in
    microseconds; `buckets`, `taken` (since the interval began) and `before` (in the one before) are for READ
    and WRITE. What other servers let in counts as `taken` too; `told` is what of all this they know.
    """

    __slots__ = (
        "before",
        "buckets",
        "cut",
        "number",
        "opened",
        "parent",
        "sample",
        "start",
        "streak",
        "taken",
        "told",
    )

    def __init__(
        self, number: int, start: bytes, opened: int, parent: int | None = None, cut: bool = False
    ) -> None:
        self.number = number
        self.start = start
        self.opened = opened
        self.parent = parent
        self.cut = cut
        self.buckets = [TokenBucket(rate, _BURST_SECONDS, opened) for rate in _RATES]
        self.taken = [0, 0]
        self.before = [0, 0]
        self.told = [0, 0]
        # In how many intervals in a row it was hot, and what of the accesses since the first is known.
        self.streak = 0
        self.sample: Sample | None = None

    def cool(self) -> None:
        self.streak = 0
        self.sample = None

    @property
    def is_hot(self) -> bool:
        return self.taken[READ] >= _HOT[READ] or self.taken[WRITE] >= _HOT[WRITE]


@dataclass(frozen=True, slots=True)
class Divided:
    """A partition that is no more."""

    number: int
    start: bytes
    opened: int
    parent: int | None
    closed: int


class PartitionMap:
    """All partitions of a table or index, in the order of their positions."""

    __slots__ = ("_starts", "_within_collections", "divided", "next_number", "partitions")

    def __init__(self, count: int, now: int, within_collections: bool) -> None:
        """`count` partitions of equal size."""
        count = min(count, MOST_AT_FIRST)
        self.partitions = [
            Partition(number, _position(-(-_HASHES * number // count)), now) for number in range(count)
        ]
        self.partitions[0].start = b""
        self._starts = [partition.start for partition in self.partitions]
        self.next_number = count
        self._within_collections = within_collections
        self.divided: deque[Divided] = deque(maxlen=_REMEMBERED)

    def to_document(self) -> dict[str, Any]:
        """The partitions as JSON; `restore` reads them back."""
        partitions = [[it.number, it.start.hex(), it.opened, it.parent, it.cut] for it in self.partitions]
        return {"next": self.next_number, "partitions": partitions}

    def restore(self, document: dict[str, Any], now: int) -> None:
        """Takes the partitions of `to_document`. Their limits begin anew."""
        self.next_number = document["next"]
        self.partitions = []
        for number, start, opened, parent, cut in document["partitions"]:
            partition = Partition(number, bytes.fromhex(start), now, parent, cut)
            partition.opened = opened
            self.partitions.append(partition)
        self._starts = [partition.start for partition in self.partitions]

    def find(self, position: bytes) -> Partition:
        """The partition that holds `position`."""
        return self.partitions[bisect(self._starts, position) - 1]

    def take(
        self, whole: TokenBucket, now: int, kind: int, position: bytes, half_units: int, debt: bool
    ) -> bool:
        """Takes what an access consumed from the partition at `position` and from the `whole` table.

        Without `debt` only if both have anything left; False if not.
        """
        partition = self.partitions[bisect(self._starts, position) - 1]
        if not take_both(whole, partition.buckets[kind], now, half_units, debt):
            return False
        partition.taken[kind] += half_units
        if partition.sample is not None:
            partition.sample.add(position, half_units)
        return True

    def untold(self) -> list[tuple[bytes, int, int]]:
        """What was taken from partitions since the last call, but by others: (start, reads, writes)."""
        found = []
        for partition in self.partitions:
            taken, told = partition.taken, partition.told
            if taken != told:
                found.append((partition.start, taken[READ] - told[READ], taken[WRITE] - told[WRITE]))
                partition.told = taken[:]
        return found

    def taken_by_others(self, now: int, position: bytes, kind: int, half_units: int) -> None:
        """Takes what another server let in."""
        partition = self.find(position)
        partition.buckets[kind].take(now, half_units)
        partition.taken[kind] += half_units
        partition.told[kind] += half_units

    def provide(self, count: int, now: int) -> None:
        """Divides partitions until none has more of the hashes than `count` equal ones would have."""
        widest = -(-_HASHES // min(count, MOST_AT_FIRST))
        place = 0
        while place < len(self.partitions):
            low, high = self._hashes(place)
            if high - low > widest:
                self._divide(place, _position((low + high) // 2), now)
            else:
                place += 1

    def end_interval(self, now: int, contiguous: bool) -> None:
        """Looks at the heat of the interval that is over; `contiguous`: the next begins where it ended."""
        for partition in self.partitions[:]:
            if not partition.is_hot or not contiguous:
                partition.cool()
            else:
                self._heat(partition, now)
            partition.before = partition.taken if contiguous else [0, 0]
            # What nobody was told yet is owed, and so `told` is below zero.
            partition.told = [
                told - taken for told, taken in zip(partition.told, partition.taken, strict=True)
            ]
            partition.taken = [0, 0]

    def _heat(self, partition: Partition, now: int) -> None:
        partition.streak += 1
        if partition.streak >= _HOT_INTERVALS and partition.sample is not None:
            point = split_point(partition.sample.accesses, self._within_collections)
            if point is not None:
                self._divide(bisect(self._starts, partition.start) - 1, point, now)
                return
            partition.cool()
        if partition.sample is None:
            partition.sample = Sample()

    def _divide(self, place: int, at: bytes, now: int) -> None:
        old = self.partitions[place]
        first = Partition(self.next_number, old.start, now, old.number, old.cut)
        second = Partition(self.next_number + 1, at, now, old.number, cut=True)
        for child in (first, second):  # a debt is not forgiven
            for kind in (READ, WRITE):
                child.buckets[kind].take(now, max(0, int(-old.buckets[kind].balance(now))))
        self.next_number += 2
        self.partitions[place : place + 1] = [first, second]
        self._starts.insert(place + 1, at)
        self.divided.append(Divided(old.number, old.start, old.opened, old.parent, now))

    def _hashes(self, place: int) -> tuple[int, int]:
        """The first hash of a partition, and the first of the one after it."""
        low = _hash_of(self._starts[place])
        return low, _hash_of(self._starts[place + 1]) if place + 1 < len(self._starts) else _HASHES


def _position(hash_: int) -> bytes:
    return hash_.to_bytes(HASH_BYTES, "big")


def _hash_of(position: bytes) -> int:
    return int.from_bytes(position[:HASH_BYTES], "big")
