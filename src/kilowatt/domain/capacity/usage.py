"""How a table is read by Query and Scan, hour by hour: what advice on it is made from.

This hour and the two before are kept, as many as the meter's minutes make.

Source: ours.
"""

from collections import Counter, deque
from dataclasses import dataclass, field

KEPT_HOURS = 3
_HOUR_SECONDS = 3600


@dataclass(slots=True)
class Reads:
    """Pages that were read. Indexes are told by their numbers; 0 is the table."""

    queries: "Counter[int]" = field(default_factory=Counter)
    scans: "Counter[int]" = field(default_factory=Counter)
    # Half-units that Scans consumed.
    scanned: int = 0
    # Scans with a filter on a partition key of the table or an index, by the attribute.
    filtered: "Counter[str]" = field(default_factory=Counter)

    def add(self, other: "Reads") -> None:
        self.queries += other.queries
        self.scans += other.scans
        self.scanned += other.scanned
        self.filtered += other.filtered

    def pages(self, number: int) -> int:
        return self.queries[number] + self.scans[number]


class Usage:
    """The pages that were read of one table and its indexes. Times are microseconds since the epoch."""

    __slots__ = ("_hours", "began")

    def __init__(self, now: int) -> None:
        self.began = now / 1_000_000
        self._hours: deque[tuple[int, Reads]] = deque(maxlen=KEPT_HOURS)

    def queried(self, now: int, number: int) -> None:
        self._reads(now).queries[number] += 1

    def scanned(self, now: int, number: int, half_units: int, filtered: str | None) -> None:
        """Tells a page of a Scan; `filtered`: the partition key that its filter names, if it names one."""
        reads = self._reads(now)
        reads.scans[number] += 1
        reads.scanned += half_units
        if filtered is not None:
            reads.filtered[filtered] += 1

    def since(self, now: float) -> tuple[float, Reads]:
        """When what is known began, in seconds since the epoch, and what was read since."""
        oldest = int(now // _HOUR_SECONDS) - KEPT_HOURS + 1
        total = Reads()
        for hour, reads in self._hours:
            if hour >= oldest:
                total.add(reads)
        return max(self.began, oldest * _HOUR_SECONDS), total

    def _reads(self, now: int) -> Reads:
        hour = now // (_HOUR_SECONDS * 1_000_000)
        if not self._hours or self._hours[-1][0] != hour:
            self._hours.append((hour, Reads()))
        return self._hours[-1][1]
