"""Global indexes that lag behind their table, for whoever wants to see what that does to a program.

The entries on disk are always current: they change in the same commit as the item. What lags is the view. A
write notes in memory what each entry of a global index was before it, and for a while a read puts that back:
it sees the index as it was `seconds` ago. So nothing is pending that a crash could lose. A server that starts
again has no notes, and shows the changes of its last seconds at once.

An index that is being filled has no notes of what the filling puts. It can't be read before it is complete.

Without a lag none of this is there.
"""

from collections import deque

from sortedcontainers import SortedDict

from kilowatt.clock import Clock
from kilowatt.domain.tables.table import Table
from kilowatt.domain.writes.decision import Decision, Entry, IndexChange, Write
from kilowatt.engine.base import Pair, Reader
from kilowatt.store import layout

# When an entry changed, and its record before that; None if there was none.
_Note = tuple[float, bytes | None]


class History:
    """What the entries of global indexes were before the changes of the last `seconds`."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._notes: SortedDict[bytes, deque[_Note]] = SortedDict()
        # Of each note, oldest first.
        self._times: deque[tuple[float, bytes]] = deque()

    def note(self, write: Write, decision: Decision) -> None:
        """Notes what a write is about to change, before anybody can see the change.

        That it may fail or be decided again does no harm.
        """
        now = self._clock.monotonic()
        self._forget(now)
        for change in decision.index_changes:
            if not change.index.local:
                for key, before in _before(write.table, change):
                    self._notes.setdefault(key, deque()).append((now, before))
                    self._times.append((now, key))

    def between(self, start: bytes, end: bytes) -> dict[bytes, bytes | None]:
        """The entries with `start` <= key < `end` that are to be seen as they were, and what they were."""
        self._forget(self._clock.monotonic())
        return {key: self._notes[key][0][1] for key in self._notes.irange(start, end, (True, False))}

    def _forget(self, now: float) -> None:
        while self._times and self._times[0][0] <= now - self._seconds:
            _, key = self._times.popleft()
            notes = self._notes[key]
            notes.popleft()
            if not notes:
                del self._notes[key]


def _before(table: Table, change: IndexChange) -> list[tuple[bytes, bytes | None]]:
    """The keys that a change of an index touches, and their records before."""
    prefix = layout.entry_prefix(table, change.index)
    before: dict[bytes, bytes | None] = {}
    if change.new is not None:
        before[prefix + change.new.suffix] = None
    if change.old is not None:
        before[prefix + change.old.suffix] = _record(change.old)
    return list(before.items())


def _record(entry: Entry) -> bytes:
    return layout.item_record(entry.projected, 0)  # nobody reads how old an entry is


class LaggingReader:
    """Reads what an engine holds, but entries of global indexes as they were."""

    def __init__(self, reader: Reader, history: History) -> None:
        self._reader = reader
        self._history = history
        self.get = reader.get
        self.counters = reader.counters

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        """See `engine.base.Reader`."""
        found: list[Pair] = []
        while True:
            pairs = await self._reader.scan(start, end, limit, byte_limit, reverse)
            ended = not _is_full(pairs, limit, byte_limit)
            low, high = (start, end) if ended else _covered(start, end, pairs[-1][0], reverse)
            found += self._as_they_were(pairs, low, high, reverse)
            if ended or _is_full(found, limit, byte_limit):
                return _cut(found, limit, byte_limit)
            start, end = (start, low) if reverse else (high, end)

    def _as_they_were(self, pairs: list[Pair], start: bytes, end: bytes, reverse: bool) -> list[Pair]:
        """The records of a range, where `pairs` are those it has now."""
        earlier = self._history.between(start, end)
        if not earlier:
            return pairs
        records = {**dict(pairs), **earlier}
        return sorted(((key, it) for key, it in records.items() if it is not None), reverse=reverse)


def _covered(start: bytes, end: bytes, last: bytes, reverse: bool) -> tuple[bytes, bytes]:
    """The part of a range that a scan has seen which stopped at `last`."""
    return (last, end) if reverse else (start, last + b"\0")


def _is_full(pairs: list[Pair], limit: int, byte_limit: int) -> bool:
    return len(pairs) >= limit or sum(len(record) for _, record in pairs) >= byte_limit


def _cut(pairs: list[Pair], limit: int, byte_limit: int) -> list[Pair]:
    """As many of `pairs` as a scan with these limits returns."""
    size = 0
    for number, (_, record) in enumerate(pairs[:limit], 1):
        size += len(record)
        if size >= byte_limit:
            return pairs[:number]
    return pairs[:limit]
