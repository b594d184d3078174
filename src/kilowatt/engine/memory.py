"""The engine that keeps everything in memory: for tests and `--in-memory`, and the reference for the others.

Its methods never suspend, so every transaction is serial by construction, and nothing is ever "not yet
durable": what the process loses, it loses whole.
"""

from collections.abc import Sequence
from itertools import islice
from typing import TypeAlias, TypeVar

from sortedcontainers import SortedDict

from kilowatt.engine.base import NO_BYTE_LIMIT, Decide, Outcome, Pair
from kilowatt.engine.counters import Counter, summed
from kilowatt.engine.errors import Closed

A = TypeVar("A")
Records: TypeAlias = "SortedDict[bytes, bytes]"


class _Log:
    """One log: its records by sequence number, and the last number given out, which outlives trimming."""

    __slots__ = ("last", "records")

    def __init__(self) -> None:
        self.last = 0
        self.records: SortedDict[int, bytes] = SortedDict()


class _MemoryReader:
    """Reading one set of records and counters, be it the current one or a snapshot's."""

    def __init__(self, records: Records, totals: dict[bytes, Counter]) -> None:
        self._records = records
        self._totals = totals
        self._closed = False

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        self._check_open()
        get = self._records.get
        return [get(key) for key in keys]

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        self._check_open()
        if start >= end:
            return []
        records = self._records
        pairs: list[Pair] = []
        size = 0
        for key in islice(records.irange(start, end, (True, False), reverse), limit):
            value = records[key]
            pairs.append((key, value))
            size += len(value)
            if size >= byte_limit:
                break
        return pairs

    async def counters(self, keys: Sequence[bytes]) -> list[Counter]:
        self._check_open()
        get = self._totals.get
        return [get(key, ()) for key in keys]

    def _check_open(self) -> None:
        if self._closed:
            raise Closed("The engine or snapshot is closed.")


class MemorySnapshot(_MemoryReader):
    """What the engine held at one moment. It shares the engine's records until the next write copies them."""

    def close(self) -> None:
        self._closed = True
        self._records = SortedDict()
        self._totals = {}


class MemoryEngine(_MemoryReader):
    """See `kilowatt.engine.base.Engine`."""

    shared = False

    def __init__(self) -> None:
        super().__init__(SortedDict(), {})
        self._logs: dict[bytes, _Log] = {}
        self._shared_with_snapshot = False

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        self._check_open()
        get = self._records.get
        outcome = decide([get(key) for key in keys])
        self._apply(outcome)
        return outcome.answer

    async def snapshot(self) -> MemorySnapshot:
        self._check_open()
        self._shared_with_snapshot = True
        return MemorySnapshot(self._records, self._totals)

    async def log(
        self, log: bytes, after: int, limit: int, byte_limit: int = NO_BYTE_LIMIT
    ) -> list[tuple[int, bytes]]:
        self._check_open()
        found: list[tuple[int, bytes]] = []
        if log in self._logs:
            records = self._logs[log].records
            for number in islice(records.irange(after + 1), limit):
                found.append((number, records[number]))
                byte_limit -= len(records[number])
                if byte_limit <= 0:
                    break
        return found

    async def last(self, log: bytes) -> int:
        self._check_open()
        return self._logs[log].last if log in self._logs else 0

    async def trim(self, log: bytes, through: int) -> None:
        self._check_open()
        if log in self._logs:
            records = self._logs[log].records
            for number in list(records.irange(None, through)):
                del records[number]

    async def close(self) -> None:
        self._closed = True
        self._records = SortedDict()
        self._totals = {}
        self._logs = {}

    def _apply(self, outcome: Outcome[A]) -> None:
        totals = self._totals_after(outcome)  # the only step that can fail comes first
        if self._shared_with_snapshot:
            self._part_from_snapshots()
        records = self._records
        for start, end in outcome.range_deletes:
            self._delete_range(start, end)
        for key in outcome.deletes:
            records.pop(key, None)
        for key, value in outcome.puts:
            records[key] = value
        for name, record in outcome.appends:
            log = self._logs.setdefault(name, _Log())
            log.last += 1
            log.records[log.last] = record
        self._totals.update(totals)

    def _totals_after(self, outcome: Outcome[A]) -> dict[bytes, Counter]:
        totals: dict[bytes, Counter] = {}
        for key, deltas in outcome.adds:
            old = totals[key] if key in totals else self._totals.get(key, ())
            totals[key] = summed(old, deltas)
        return totals

    def _delete_range(self, start: bytes, end: bytes) -> None:
        if start < end:
            for key in list(self._records.irange(start, end, (True, False))):
                del self._records[key]

    def _part_from_snapshots(self) -> None:
        self._records = self._records.copy()
        self._totals = self._totals.copy()
        self._shared_with_snapshot = False
