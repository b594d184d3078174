"""Which keys of a table or global index are accessed and throttled most, minute by minute.

Keys are told by positions, from which they can be read (`domain.tables.keys`). A position that ends before
the sort key is an access to the partition key alone; an empty one to no key in particular.

Accesses are counted as in ConsumedThroughputUnits: three for a write unit, one for a read unit.

Source: AWS guide, "CloudWatch contributor insights for DynamoDB: How it works"; the bounds are ours.
"""

from collections import deque
from dataclasses import dataclass

from kilowatt.domain.capacity.minutes import MINUTE_SECONDS
from kilowatt.domain.capacity.space_saving import Heavy, SpaceSaving
from kilowatt.domain.capacity.units import WHOLE_UNIT, WRITE
from kilowatt.domain.tables.keys import key_ends
from kilowatt.domain.tables.table import Index, Table

# Keys shown; more are not kept of a minute that is over.
MOST_SHOWN = 25
# Counters of a rule in a minute: none is wrong by more than one in so many.
COUNTERS = 2_048
KEPT_MINUTES = 60
# A partition that is at its limits for a minute: 1,000 writes or 3,000 reads a second.
PARTITION_UNITS_A_MINUTE = 180_000

RULES = ("PKC", "SKC", "PKT", "SKT")
_PKC, _SKC, _PKT, _SKT = range(4)
_WRITE_WEIGHT = 3
_MINUTE = MINUTE_SECONDS * 1_000_000


@dataclass(frozen=True, slots=True)
class Contributor:
    """One key: `position` begins with it. Amounts are units, or throttled requests.

    `total` is that of all minutes in which it was among the first, `peak` that of its highest minute; neither
    is too high by more than `error`.
    """

    position: bytes
    total: float
    peak: float
    error: float


class Contributors:
    """Counts the keys of one table or index. Times are microseconds since the epoch."""

    __slots__ = ("_minute", "_past", "_sketches", "counts_accesses", "key")

    def __init__(self, part: Table | Index, counts_accesses: bool) -> None:
        self.key = part.key
        self.counts_accesses = counts_accesses
        self._minute = 0
        self._sketches = _sketches()
        # By minute since the epoch: what of each rule was heaviest.
        self._past: deque[tuple[int, list[list[Heavy]]]] = deque(maxlen=KEPT_MINUTES)

    def accessed(self, now: int, kind: int, position: bytes, half_units: int) -> None:
        """Counts an access (READ or WRITE) that consumed so much."""
        if self.counts_accesses and half_units:
            self._count(now, _PKC, position, half_units * _WRITE_WEIGHT if kind == WRITE else half_units)

    def throttled(self, now: int, position: bytes) -> None:
        """Counts a request that was refused, or would have been."""
        self._count(now, _PKT, position, 1)

    def heaviest(self, rule: str, start: float, now: float) -> list[Contributor]:
        """The first contributors of a rule in the minutes that began at `start` or later, in seconds."""
        self._turn(int(now * 1_000_000))
        number = RULES.index(rule)
        minutes = [(minute, kept[number]) for minute, kept in self._past]
        minutes.append((self._minute, self._sketches[number].heaviest(MOST_SHOWN)))
        by_key: dict[bytes, list[Heavy]] = {}
        for minute, heavies in minutes:
            if minute * MINUTE_SECONDS >= start:
                for heavy in heavies:
                    by_key.setdefault(heavy.key, []).append(heavy)
        unit = WHOLE_UNIT if number in {_PKC, _SKC} else 1
        found = [_contributor(key, heavies, unit) for key, heavies in by_key.items()]
        return sorted(found, key=lambda one: (-one.total, one.position))[:MOST_SHOWN]

    def _count(self, now: int, rule: int, position: bytes, weight: int) -> None:
        """Counts for the rule of partition keys, and for that of whole keys, which comes next."""
        self._turn(now)
        partition, whole = key_ends(self.key, position)
        if partition:
            self._sketches[rule].add(position[:partition], weight)
        if whole and self.key.range:
            self._sketches[rule + 1].add(position[:whole], weight)

    def _turn(self, now: int) -> None:
        """Ends the minute if it is over."""
        minute = now // _MINUTE
        if minute == self._minute:
            return
        if any(sketch.total for sketch in self._sketches):
            self._past.append((self._minute, [sketch.heaviest(MOST_SHOWN) for sketch in self._sketches]))
            self._sketches = _sketches()
        self._minute = minute


def contributors_of(part: Table | Index, known: Contributors | None) -> Contributors | None:
    """What counts the keys of `part` now; None while contributor insights are not enabled."""
    insights = part.insights
    if insights is None or not insights.enabled:
        return None
    if known is None:
        return Contributors(part, insights.counts_accesses)
    known.counts_accesses = insights.counts_accesses
    return known


def _sketches() -> list[SpaceSaving]:
    return [SpaceSaving(COUNTERS) for _ in RULES]


def _contributor(key: bytes, heavies: list[Heavy], unit: int) -> Contributor:
    counts = [heavy.weight for heavy in heavies]
    return Contributor(key, sum(counts) / unit, max(counts) / unit, sum(one.error for one in heavies) / unit)
