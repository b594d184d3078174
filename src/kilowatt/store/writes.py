"""Writes of items: the decision of the domain, made durable in one commit."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from kilowatt.clock import Clock
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.writes.decision import Decision, IndexChange, Write, decide
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.engine.base import NONE, Decide, Engine, Outcome, Pair
from kilowatt.engine.errors import Busy
from kilowatt.store import layout
from kilowatt.store.catalog import StaleTable
from kilowatt.store.collections import CollectionSizes
from kilowatt.store.progress import Progress

A = TypeVar("A")
Adds = dict[bytes, tuple[int, int]]


class RangeClaimed(Exception):
    """The item is being copied into a new index; the write is to be tried again in a moment."""


# How long a write waits between its tries while its item is being copied, and how often it tries.
_CLAIM_PAUSE_SECONDS = 0.002
_MOST_CLAIM_PAUSES = 5000


class Writer:
    """Commits writes. Several writes in one call are one commit: all or nothing."""

    def __init__(self, engine: Engine, clock: Clock, collection_limit_bytes: int) -> None:
        self._engine = engine
        self._clock = clock
        self._collection_limit_bytes = collection_limit_bytes

    async def write(self, writes: Sequence[Write]) -> list[Decision]:
        """Decides and commits `writes`, of distinct items; returns what each did.

        Raises what a decision refuses, and `StaleTable` if a table changed since the writes were planned.
        """
        now = int(self._clock.now() * 1_000_000)
        plan = _Plan(writes, CollectionSizes.of(writes, self._collection_limit_bytes), now)
        return await self._commit(plan.keys, plan.decide)

    async def write_one(self, write: Write) -> Decision:
        """As `write`, for a single one."""
        if write.table.indexes:
            return (await self.write([write]))[0]
        plan = _PlainPlan(write, int(self._clock.now() * 1_000_000))
        return await self._engine.transact(plan.keys, plan.decide)

    async def _commit(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        for _ in range(_MOST_CLAIM_PAUSES):
            try:
                return await self._engine.transact(keys, decide)
            except RangeClaimed:
                await asyncio.sleep(_CLAIM_PAUSE_SECONDS)
        raise Busy("An index is being filled and does not get on.")


class _PlainPlan:
    """One write to a table without indexes: what `_Plan` does, in few steps."""

    __slots__ = ("_now", "_write", "keys")

    def __init__(self, write: Write, now: int) -> None:
        table = write.table
        self._write = write
        self._now = now
        self.keys = (
            layout.descriptor_key(table.account, table.region, table.name),
            layout.item_prefix(table) + write.suffix,
        )

    def decide(self, values: list[bytes | None]) -> Outcome[Decision]:
        write = self._write
        descriptor, record = values
        if descriptor != write.table.record:
            raise StaleTable(write.table)
        old = None if record is None else layout.stored_item(record)
        decision = decide(write, old, NONE)
        new = decision.new
        if new is None and old is None:
            return Outcome(decision)
        place = self.keys[1]
        growth = (
            (new is not None) - (old is not None),
            (new.size if new is not None else 0) - (old.size if old is not None else 0),
        )
        adds = ((layout.counter_key(write.table, 0), growth),) if any(growth) else NONE
        if new is None:
            return Outcome(decision, deletes=(place,), adds=adds)
        return Outcome(decision, ((place, layout.item_record(new, self._now)),), adds=adds)


class _Plan:
    """One commit: the keys it reads (descriptors, progress of new indexes, items), and its decision."""

    __slots__ = ("_collections", "_filling", "_now", "_places", "_tables", "_writes", "keys")

    def __init__(self, writes: Sequence[Write], collections: CollectionSizes | None, now: int) -> None:
        self._writes = writes
        self._collections = collections
        self._now = now
        self._tables = _tables(writes)
        self._filling = [(table, index) for table in self._tables if (index := table.backfilling) is not None]
        self._places = [layout.item_prefix(write.table) + write.suffix for write in writes]
        self.keys = [layout.descriptor_key(table.account, table.region, table.name) for table in self._tables]
        self.keys += [layout.backfill_key(table, index) for table, index in self._filling]
        self.keys += self._places
        if collections is not None:
            self.keys += collections.keys

    def decide(self, values: list[bytes | None]) -> Outcome[list[Decision]]:
        for table, record in zip(self._tables, values, strict=False):
            if record != table.record:
                raise StaleTable(table)
        first = len(self._tables) + len(self._filling)
        last = first + len(self._places)
        progress = self._progress(values[len(self._tables) : first])
        collections = None if self._collections is None else self._collections.begin(values[last:])
        decisions: list[Decision] = []
        batch = _Batch(self._now)
        for write, place, record in zip(self._writes, self._places, values[first:last], strict=True):
            indexes = write.table.indexes
            if progress and write.table.number in progress:
                indexes = _indexes_holding(write, progress[write.table.number])
            decision = decide(write, None if record is None else layout.stored_item(record), indexes)
            decisions.append(decision)
            batch.add(write.table, place, decision)
            if collections is not None:
                collections.add(write, decision)
        if collections is not None:
            batch.puts += collections.puts()
            batch.deletes += collections.deletes()
        return Outcome(decisions, batch.puts, batch.deletes, adds=list(batch.adds.items()))

    def _progress(self, records: list[bytes | None]) -> dict[int, Progress]:
        """Progress of the index being filled, by table number."""
        return {
            table.number: Progress.of(record)
            for (table, _), record in zip(self._filling, records, strict=True)
            if record is not None
        }


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


class _Batch:
    """Gathers what the decisions of one commit put, delete and count."""

    __slots__ = ("adds", "deletes", "now", "puts")

    def __init__(self, now: int) -> None:
        self.now = now
        self.puts: list[Pair] = []
        self.deletes: list[bytes] = []
        self.adds: Adds = {}

    def add(self, table: Table, place: bytes, decision: Decision) -> None:
        old, new = decision.old, decision.new
        if new is not None:
            self.puts.append((place, layout.item_record(new, self.now)))
        elif old is not None:
            self.deletes.append(place)
        self._count(layout.counter_key(table, 0), old, new)
        for change in decision.index_changes:
            self._add_index(table, change)

    def _add_index(self, table: Table, change: IndexChange) -> None:
        prefix = layout.entry_prefix(table, change.index)
        old, new = change.old, change.new
        if old is not None and (new is None or new.suffix != old.suffix):
            self.deletes.append(prefix + old.suffix)
        if new is not None:
            self.puts.append((prefix + new.suffix, layout.item_record(new.projected, self.now)))
        self._count(
            layout.counter_key(table, change.index.number),
            old.projected if old else None,
            new.projected if new else None,
        )

    def _count(self, counter: bytes, old: StoredItem | None, new: StoredItem | None) -> None:
        items = (new is not None) - (old is not None)
        size = (new.size if new else 0) - (old.size if old else 0)
        if items or size:
            before = self.adds.get(counter, (0, 0))
            self.adds[counter] = (before[0] + items, before[1] + size)
