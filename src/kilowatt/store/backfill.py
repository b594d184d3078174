"""Filling an index that was added to a table, some items at a time, under live writes.

Each step is two commits. The first claims the next items, so that nobody changes them; the second puts their
entries and moves on. The last one also makes the index an ordinary one. A crash between any two leaves a
claim, which the next step of whoever goes on renews. See `store.progress` for what writes do meanwhile.

The entries are made between the two, a few at a time: as the items are claimed, nothing can happen to them,
and requests are answered in between.
"""

import asyncio
from dataclasses import replace

from kilowatt.domain.reads.key_range import END
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.writes.decision import entry_of
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.store import layout
from kilowatt.store.catalog import StaleTable, recorded
from kilowatt.store.progress import Progress

# So many that the two commits are shared by many items, and so few that nobody waits long.
_STEP_ITEMS = 100
_STEP_BYTES = 256 * 1024
# Entries are made for so many items, or so many bytes of them, before others have a turn: some 0.3 ms.
_SLICE_ITEMS = 10
_SLICE_BYTES = 16 * 1024
_ALL = 1 << 40


class Backfill:
    """Fills one index of one table."""

    def __init__(self, engine: Engine, table: Table, index: Index) -> None:
        self._engine = engine
        self._table = table
        self._index = index
        self._items = layout.item_prefix(table)
        self._keys = [
            layout.descriptor_key(table.account, table.region, table.name),
            layout.backfill_key(table, index),
        ]

    async def step(self) -> bool:
        """Fills in the next items; returns whether the index is complete now.

        Raises `StaleTable` if the table changed: the index may be gone, or there is a newer descriptor.
        """
        claim = await self._claim()
        # All of them: some may have come since the claim's end was chosen, but none since it is committed.
        items = await self._scan(claim.done, claim.claimed, _ALL, _ALL)
        filled = await self._entries(items)
        return await self._engine.transact(self._keys, lambda values: self._fill(values, claim, filled))

    async def _claim(self) -> Progress:
        record = (await self._engine.get(self._keys[1:]))[0]
        if record is None:
            raise StaleTable(self._table)
        done = Progress.of(record).done
        ahead = await self._scan(done, END, _STEP_ITEMS, _STEP_BYTES)
        ended = len(ahead) < _STEP_ITEMS and sum(len(record) for _, record in ahead) < _STEP_BYTES
        claimed = END if ended else ahead[-1][0][len(self._items) :]
        claim = Progress(done, claimed)

        def decide(values: list[bytes | None]) -> Outcome[Progress]:
            self._check(values)
            return Outcome(claim, puts=[(self._keys[1], claim.record())])

        return await self._engine.transact(self._keys, decide)

    async def _scan(self, after: bytes, through: bytes, limit: int, byte_limit: int) -> list[Pair]:
        """The items behind `after`, up to and including `through`."""
        start = self._items + after + b"\0" if after else self._items
        return await self._engine.scan(start, self._items + through + b"\0", limit, byte_limit)

    def _check(self, values: list[bytes | None]) -> None:
        if values[0] != self._table.record:
            raise StaleTable(self._table)

    async def _entries(self, items: list[Pair]) -> tuple[list[Pair], int]:
        """The records of the items' entries, and the sum of their sizes."""
        puts: list[Pair] = []
        size = 0
        prefix = layout.entry_prefix(self._table, self._index)
        slice_items = slice_bytes = 0
        for key, record in items:
            entry = entry_of(self._table, self._index, layout.stored_item(record), key[len(self._items) :])
            if entry is not None:
                size += entry.projected.size
                puts.append((prefix + entry.suffix, layout.entry_record(record, entry.projected)))
            slice_items += 1
            slice_bytes += len(record)
            if slice_items >= _SLICE_ITEMS or slice_bytes >= _SLICE_BYTES:
                slice_items = slice_bytes = 0
                await asyncio.sleep(0)
        return puts, size

    def _fill(
        self, values: list[bytes | None], claim: Progress, filled: tuple[list[Pair], int]
    ) -> Outcome[bool]:
        self._check(values)
        puts, size = filled
        adds = [(layout.counter_key(self._table, self._index.number), (len(puts), size))]
        if claim.claimed == END:
            done = (self._keys[0], recorded(self._completed()).record)
            return Outcome(True, [*puts, done], [self._keys[1]], adds=adds)
        progress = (self._keys[1], Progress(claim.claimed, claim.claimed).record())
        return Outcome(False, [*puts, progress], adds=adds)

    def _completed(self) -> Table:
        """The table once the index is an ordinary one."""
        return self._table.with_indexes(
            tuple(
                replace(index, backfilling=False) if index.number == self._index.number else index
                for index in self._table.indexes
            )
        )
