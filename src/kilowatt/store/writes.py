"""Writes of items: the decision of the domain, made durable in one commit."""

from collections.abc import Sequence

from kilowatt.clock import Clock
from kilowatt.domain.tables.table import Table
from kilowatt.domain.writes.decision import Decision, IndexChange, Write, decide
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.store import layout
from kilowatt.store.catalog import StaleTable

Adds = dict[bytes, tuple[int, int]]


class Writer:
    """Commits writes. Several writes in one call are one commit: all or nothing."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def write(self, writes: Sequence[Write]) -> list[Decision]:
        """Decides and commits `writes`, of distinct items; returns what each did.

        Raises what a decision refuses, and `StaleTable` if a table changed since the writes were planned.
        """
        tables = list({write.table.number: write.table for write in writes}.values())
        descriptors = [layout.descriptor_key(table.account, table.region, table.name) for table in tables]
        places = [layout.item_prefix(write.table) + write.suffix for write in writes]
        now = int(self._clock.now() * 1_000_000)

        def run(values: list[bytes | None]) -> Outcome[list[Decision]]:
            for table, record in zip(tables, values, strict=False):
                if record != table.record:
                    raise StaleTable(table)
            return _outcome(writes, places, values[len(tables) :], now)

        return await self._engine.transact(descriptors + places, run)


def _outcome(
    writes: Sequence[Write], places: list[bytes], records: list[bytes | None], now: int
) -> Outcome[list[Decision]]:
    decisions: list[Decision] = []
    batch = _Batch(now)
    for write, place, record in zip(writes, places, records, strict=True):
        old = None if record is None else layout.stored_item(record)
        decision = decide(write, old)
        decisions.append(decision)
        batch.add(write.table, place, decision)
    return Outcome(decisions, batch.puts, batch.deletes, adds=list(batch.adds.items()))


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
