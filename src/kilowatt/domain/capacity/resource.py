"""A table or global index as capacity sees it: what it may use, what its partitions may, and what was used.

Everything here is told the time, in microseconds since the epoch, with every access. Whatever is to happen
now and then happens with the first access of an interval.
"""

from collections import deque
from typing import Any

from kilowatt.domain.capacity.bucket import TokenBucket
from kilowatt.domain.capacity.contributors import Contributors, contributors_of
from kilowatt.domain.capacity.minutes import MINUTE_SECONDS, Minute, Minutes
from kilowatt.domain.capacity.partitions import INTERVAL_SECONDS, Partition, PartitionMap
from kilowatt.domain.capacity.rates import Limit, Rate, partitions_for, rates
from kilowatt.domain.capacity.units import READ, WRITE
from kilowatt.domain.tables.quotas import Quotas
from kilowatt.domain.tables.table import Index, Table

_MILLION = 1_000_000
_INTERVAL = INTERVAL_SECONDS * _MILLION
_MINUTE = MINUTE_SECONDS * _MILLION
# A table on demand may double its traffic in so many minutes.
_DOUBLING_MINUTES = 30


class Resource:
    """One metered table, or global index (`index`) of a table."""

    __slots__ = (
        "_began",
        "_consumed",
        "_ends",
        "_minutes",
        "_peaks",
        "_quotas",
        "_recent",
        "_throttled",
        "_untold",
        "buckets",
        "contributors",
        "index",
        "limits",
        "partitions",
        "table",
    )

    def __init__(self, table: Table, index: Index | None, quotas: Quotas, now: int) -> None:
        self.table = table
        self.index = index
        self._quotas = quotas
        self._peaks = (0, 0)
        # The traffic of minutes that are not half an hour old: (minute, reads, writes), half-units a second.
        self._recent: deque[tuple[int, int, int]] = deque()
        self._minutes = Minutes()
        self._consumed = [0, 0]
        self._throttled = [0, 0]
        # Of what is in the minutes, what other servers were not told yet.
        self._untold = [0, 0, 0, 0]
        self._begin(now)
        allowed = self._rates()
        self.buckets = [TokenBucket(rate.half_units, rate.burst_seconds, now) for rate in allowed]
        self.limits = [rate.limit for rate in allowed]
        within_collections = index is not None or not table.has_local_indexes
        self.contributors: Contributors | None = contributors_of(self.part, None)
        self.partitions = PartitionMap(partitions_for(table, self.part, self._peaks), now, within_collections)

    @property
    def latest(self) -> int:
        """The beginning of the interval of the latest access."""
        return self._began

    @property
    def part(self) -> Table | Index:
        return self.table if self.index is None else self.index

    def change(self, table: Table, index: Index | None, now: int) -> None:
        """Goes on after a change of the table: with other rates, and as many partitions as they take."""
        self.table = table
        self.index = index
        self.contributors = contributors_of(self.part, self.contributors)
        for kind, rate in enumerate(self._rates()):
            self.buckets[kind].change(rate.half_units, rate.burst_seconds, now)
            self.limits[kind] = rate.limit
        self.partitions.provide(partitions_for(table, self.part, self._peaks), now)

    @property
    def version(self) -> tuple[int, int, int]:
        """What changes whenever `to_document` does."""
        return (self.partitions.next_number, *self._peaks)

    def to_document(self) -> dict[str, Any]:
        """What a restart shall not forget, as JSON: the partitions, and the highest traffic there was."""
        return {"peaks": self._peaks, **self.partitions.to_document()}

    def restore(self, document: dict[str, Any], now: int) -> None:
        """Goes on where `to_document` was made."""
        reads, writes = document["peaks"]
        self._peaks = (reads, writes)
        self.partitions.restore(document, now)
        self.change(self.table, self.index, now)

    def met(self, now: int, kind: int, position: bytes) -> Limit | None:
        """The limit that an access (READ or WRITE) at `position` meets; None if it may go on."""
        if not self._began <= now < self._ends:
            self._end_interval(now)
        if not self.buckets[kind].has(now):
            return self.limits[kind]
        if not self.partitions.find(position).buckets[kind].has(now):
            return Limit.KEY_RANGE
        return None

    def charge(
        self,
        now: int,
        kind: int,
        position: bytes,
        half_units: int,
        key: bytes | None = None,
        asked: bool = True,
    ) -> None:
        """Takes what an access consumed; contributor insights count it for `key`, or else `position`.

        Where nobody had `asked` whether it meets a limit, that is found out now, and one that does counts as
        throttled. It takes nothing then, or all that came after would be throttled too.
        """
        if not self._began <= now < self._ends:
            self._end_interval(now)
        self._consumed[kind] += half_units
        if not self.partitions.take(self.buckets[kind], now, kind, position, half_units, asked):
            self.throttled(now, kind, position if key is None else key)
        if self.contributors is not None:
            self.contributors.accessed(now, kind, position if key is None else key, half_units)

    def throttled(self, now: int, kind: int, key: bytes) -> None:
        """Counts an access that was refused."""
        self._throttled[kind] += 1
        # A write that an index has no capacity for is refused as one of the table.
        if self.contributors is not None and (kind == READ or self.index is None):
            self.contributors.throttled(now, key)

    def report(self) -> dict[str, Any] | None:
        """What was used here since the last call, for other servers, as JSON; None if nothing was."""
        self._note()
        used, self._untold = self._untold, [0, 0, 0, 0]
        taken = [[start.hex(), reads, writes] for start, reads, writes in self.partitions.untold()]
        return {"used": used, "taken": taken} if taken or any(used) else None

    def used_by_others(self, now: int, report: dict[str, Any]) -> None:
        """Counts what another server's report tells, and takes it as if it had been used here."""
        if not self._began <= now < self._ends:
            self._end_interval(now)
        self._minutes.add(now // _MINUTE, *report["used"])
        for start, *half_units in report["taken"]:
            for kind in (READ, WRITE):
                self.buckets[kind].take(now, half_units[kind])
                self.partitions.taken_by_others(now, bytes.fromhex(start), kind, half_units[kind])

    def consumed(self, start: float, end: float) -> list[Minute]:
        """The minutes in which anything was consumed or refused; from `start`, before `end`, in seconds."""
        self._note()
        return self._minutes.between(start, end)

    def traffic(self, partition: Partition, now: int) -> tuple[float, float]:
        """Half-units of reads and writes a second of a partition, over the last 10 to 20 seconds."""
        if now >= self._ends + _INTERVAL:
            return 0.0, 0.0
        begun = self._began if now >= self._ends else self._began - _INTERVAL
        before = (0, 0) if now >= self._ends else partition.before
        seconds = max(now - begun, _MILLION) / _MILLION
        read, write = (
            (earlier + taken) / seconds for earlier, taken in zip(before, partition.taken, strict=True)
        )
        return read, write

    def _rates(self) -> tuple[Rate, Rate]:
        return rates(self.table, self.part, self._quotas, self._peaks)

    def _begin(self, now: int) -> None:
        self._began = now - now % _INTERVAL
        self._ends = self._began + _INTERVAL

    def _end_interval(self, now: int) -> None:
        self._note()
        minute = self._began // _MINUTE
        self.partitions.end_interval(now, self._ends <= now < self._ends + _INTERVAL)
        self._begin(now)
        if self._began // _MINUTE != minute:
            self._end_minute(minute, now)

    def _note(self) -> None:
        """Moves what is counted since the interval began into the interval's minute."""
        if any(self._consumed) or any(self._throttled):
            amounts = (*self._consumed, *self._throttled)
            self._minutes.add(self._began // _MINUTE, *amounts)
            self._untold = [before + amount for before, amount in zip(self._untold, amounts, strict=True)]
            self._consumed = [0, 0]
            self._throttled = [0, 0]

    def _end_minute(self, number: int, now: int) -> None:
        """Notes the traffic of a minute that is over, and what that allows half an hour later."""
        minute = self._minutes.get(number)
        if minute is not None:
            self._recent.append((number, minute.read // MINUTE_SECONDS, minute.write // MINUTE_SECONDS))
        settled = now // _MINUTE - _DOUBLING_MINUTES
        peaks = self._peaks
        while self._recent and self._recent[0][0] <= settled:
            _, reads, writes = self._recent.popleft()
            peaks = (max(peaks[READ], reads), max(peaks[WRITE], writes))
        if peaks != self._peaks:
            self._peaks = peaks
            if self.table.on_demand:
                self.change(self.table, self.index, now)
