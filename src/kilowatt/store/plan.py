"""Commits of item writes: the records that they read, and the decision that they make of them.

A plan reads the descriptors of its tables (they must be those it was made with), the progress of indexes that
are being filled, the items, and the sizes of their item collections.
"""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.writes.decision import Decision, IndexChange, Write, decide
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.engine.base import NONE, Outcome, Pair
from kilowatt.errors import ServiceError
from kilowatt.errors.capacity import THROTTLES
from kilowatt.store import layout
from kilowatt.store.catalog import StaleTable
from kilowatt.store.changes import change_appends
from kilowatt.store.collections import CollectionChanges, CollectionSizes
from kilowatt.store.index_lag import History
from kilowatt.store.metering import Admission
from kilowatt.store.progress import Progress

Values = list[bytes | None]
Step = tuple[Write, bytes, bytes | None]
A = TypeVar("A")


class RangeClaimed(Exception):
    """The item is being copied into a new index; the write is to be tried again in a moment."""


class PlainPlan:
    """One write to a table without indexes and expiry: what `Plan` does, in few steps."""

    __slots__ = ("_now", "_write", "keys")

    def __init__(self, write: Write, place: bytes, now: int) -> None:
        table = write.table
        self._write = write
        self._now = now
        self.keys = (layout.descriptor_key(table.account, table.region, table.name), place)

    def decide(self, values: Values) -> Outcome[Decision]:
        write = self._write
        descriptor, record = values
        if descriptor != write.table.record:
            raise StaleTable(write.table)
        old = None if record is None else layout.stored_item(record)
        decision = decide(write, old, NONE)
        new = decision.new
        if new is old:
            return Outcome(decision)
        table = write.table
        appends = NONE if table.stream is None else change_appends(write, decision, self._now)
        place = self.keys[1]
        growth = (
            (new is not None) - (old is not None),
            (new.size if new is not None else 0) - (old.size if old is not None else 0),
        )
        adds = ((layout.counter_key(table, 0), growth),) if any(growth) else NONE
        if new is None:
            return Outcome(decision, deletes=(place,), appends=appends, adds=adds)
        puts = ((place, layout.item_record(new, self._now)),)
        return Outcome(decision, puts, appends=appends, adds=adds)


class Plan:
    """The commit of several writes of distinct items: all or nothing."""

    __slots__ = (
        "_admission",
        "_collections",
        "_filling",
        "_history",
        "_tables",
        "_writes",
        "keys",
        "now",
        "places",
    )
    phases = 1

    def __init__(
        self,
        writes: Sequence[Write],
        collection_limit_bytes: int,
        history: History | None,
        now: int,
        admission: Admission | None = None,
    ) -> None:
        self._writes = writes
        self._admission = admission
        self._collections = CollectionSizes.of(writes, collection_limit_bytes)
        self._tables = _tables(writes)
        self._filling = [(table, index) for table in self._tables if (index := table.backfilling) is not None]
        self._history = history
        self.now = now
        self.places = [layout.item_prefix(write.table) + write.suffix for write in writes]
        self.keys = [layout.descriptor_key(table.account, table.region, table.name) for table in self._tables]
        self.keys += [layout.backfill_key(table, index) for table, index in self._filling]
        self.keys += self.places
        if self._collections is not None:
            self.keys += self._collections.keys

    def decide(self, values: Values) -> Outcome[list[Decision]]:
        run = self.begin(values)
        decisions = [run.decide(*step) for step in self.steps(values)]
        return run.outcome(decisions)

    def begin(self, values: Values) -> "Run":
        """A new run over the values of `keys`; raises `StaleTable`."""
        for table, record in zip(self._tables, values, strict=False):
            if record != table.record:
                raise StaleTable(table)
        first = len(self._tables) + len(self._filling)
        progress = self._progress(values[len(self._tables) : first])
        sizes = values[first + len(self.places) :]
        collections = None if self._collections is None else self._collections.begin(sizes)
        if self._admission is not None:
            self._admission.begin()
        return Run(progress, collections, self._history, self.now, self._admission, self.phases)

    def steps(self, values: Values) -> Iterator[Step]:
        """Each write, with the place of its item and the item's record."""
        first = len(self._tables) + len(self._filling)
        return zip(self._writes, self.places, values[first : first + len(self.places)], strict=True)

    def _progress(self, records: Values) -> dict[int, Progress]:
        """Progress of the index being filled, by table number."""
        return {
            table.number: Progress.of(record)
            for (table, _), record in zip(self._filling, records, strict=True)
            if record is not None
        }


class BatchPlan(Plan):
    """A plan that leaves out what is over its capacity: of each write the decision, or that refusal."""

    __slots__ = ()

    def decide_each(self, values: Values) -> Outcome[list[Decision | ServiceError]]:
        run = self.begin(values)
        done: list[Decision | ServiceError] = []
        for step in self.steps(values):
            try:
                done.append(run.decide(*step))
            except ServiceError as refusal:
                if refusal.spec not in THROTTLES:
                    raise
                done.append(refusal)
        return run.outcome(done)


class Run:
    """One run of a plan: makes the decisions, and gathers what they put, delete and count."""

    __slots__ = (
        "_adds",
        "_admission",
        "_appends",
        "_collections",
        "_deletes",
        "_history",
        "_now",
        "_phases",
        "_progress",
        "_puts",
    )

    def __init__(
        self,
        progress: dict[int, Progress],
        collections: CollectionChanges | None,
        history: History | None,
        now: int,
        admission: Admission | None,
        phases: int,
    ) -> None:
        self._progress = progress
        self._admission = admission
        self._phases = phases
        self._collections = collections
        self._history = history
        self._now = now
        self._puts: list[Pair] = []
        self._deletes: list[bytes] = []
        self._appends: list[Pair] = []
        self._adds: dict[bytes, tuple[int, int]] = {}

    def decide(self, write: Write, place: bytes, record: bytes | None) -> Decision:
        """Raises what the decision refuses, `COLLECTION_TOO_LARGE`, `RangeClaimed` and `errors.capacity`."""
        if self._admission is not None:
            self._admission.write(write)
        indexes = write.table.indexes
        if self._progress and write.table.number in self._progress:
            indexes = _indexes_holding(write, self._progress[write.table.number])
        decision = decide(write, None if record is None else layout.stored_item(record), indexes)
        if self._admission is not None:
            self._admission.decided(write, decision, self._phases)
        if self._collections is not None:
            self._collections.add(write, decision)
        if decision.new is not decision.old:
            self._add(write.table, place, decision)
            if write.table.ttl_attribute is not None:
                self._add_expiry(write.table, place, record, decision)
            if write.table.stream is not None:
                self._appends += change_appends(write, decision, self._now)
            if self._history is not None:
                self._history.note(write, decision)
        return decision

    def outcome(self, decisions: list[A]) -> Outcome[list[A]]:
        if self._collections is not None:
            self._puts += self._collections.puts()
            self._deletes += self._collections.deletes()
        adds = list(self._adds.items())
        return Outcome(decisions, self._puts, self._deletes, appends=self._appends, adds=adds)

    def _add(self, table: Table, place: bytes, decision: Decision) -> None:
        old, new = decision.old, decision.new
        if new is not None:
            self._puts.append((place, layout.item_record(new, self._now)))
        elif old is not None:
            self._deletes.append(place)
        self._count(layout.counter_key(table, 0), old, new)
        for change in decision.index_changes:
            self._add_index(table, change)

    def _add_expiry(self, table: Table, place: bytes, record: bytes | None, decision: Decision) -> None:
        """Keeps the entry that tells when the item expires; `record` is that of the old one."""
        written = 0 if record is None else layout.record_time(record)
        before = layout.expiry_key(table, place, decision.old, written)
        after = layout.expiry_key(table, place, decision.new, self._now)
        if before == after:
            return
        if before is not None:
            self._deletes.append(before)
        if after is not None:
            self._puts.append((after, b""))

    def _add_index(self, table: Table, change: IndexChange) -> None:
        prefix = layout.entry_prefix(table, change.index)
        old, new = change.old, change.new
        if old is not None and (new is None or new.suffix != old.suffix):
            self._deletes.append(prefix + old.suffix)
        if new is not None:
            self._puts.append((prefix + new.suffix, layout.item_record(new.projected, self._now)))
        self._count(
            layout.counter_key(table, change.index.number),
            old.projected if old else None,
            new.projected if new else None,
        )

    def _count(self, counter: bytes, old: StoredItem | None, new: StoredItem | None) -> None:
        items = (new is not None) - (old is not None)
        size = (new.size if new else 0) - (old.size if old else 0)
        if items or size:
            before = self._adds.get(counter, (0, 0))
            self._adds[counter] = (before[0] + items, before[1] + size)


def _tables(writes: Sequence[Write]) -> list[Table]:
    """The tables that `writes` write, each once."""
    if len(writes) == 1:
        return [writes[0].table]
    return list({write.table.number: write.table for write in writes}.values())


def _indexes_holding(write: Write, progress: Progress) -> tuple[Index, ...]:
    """The indexes that the item belongs in. Raises `RangeClaimed` while that is not certain."""
    if progress.is_claimed(write.suffix):
        raise RangeClaimed
    if progress.holds(write.suffix):
        return write.table.indexes
    return tuple(index for index in write.table.indexes if not index.backfilling)
