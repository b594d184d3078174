"""Which tables there are: descriptors, cached.

The cache may be stale, on a cluster, without harm: every commit compares the descriptor record that its plan
was made with (`StaleTable`), and the operation is then planned again.
"""

from collections.abc import Callable

import orjson

from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.tables.description import Totals
from kilowatt.domain.tables.table import Table, from_document, to_document
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.errors import items as item_errors
from kilowatt.errors import tables as errors
from kilowatt.store import layout
from kilowatt.store.progress import Progress

# The progress record of an index of which nothing is filled.
NOT_BEGUN = Progress().record()


class StaleTable(Exception):
    """The table changed or went since the operation was planned."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.arn)
        self.table = table


class Catalog:
    """Tables by account, region and name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._tables: dict[tuple[str, str, str], Table] = {}

    async def table(self, account: str, region: str, name: str) -> Table:
        """The table an item operation names; raises the item operations' `TABLE_NOT_FOUND`."""
        found = self._tables.get((account, region, name)) or await self._load(account, region, name)
        if found is None:
            raise item_errors.TABLE_NOT_FOUND()
        return found

    async def described(self, account: str, region: str, name: str) -> Table:
        """The table a table operation names, freshly read; raises `errors.tables.TABLE_NOT_FOUND`."""
        found = await self.find(account, region, name)
        if found is None:
            raise errors.TABLE_NOT_FOUND(table=name)
        return found

    async def find(self, account: str, region: str, name: str) -> Table | None:
        """The table, freshly read; None if there is none."""
        return await self._load(account, region, name)

    def forget(self, table: Table) -> None:
        """Drops the cached table; the next use reads it again."""
        self._tables.pop((table.account, table.region, table.name), None)

    async def _load(self, account: str, region: str, name: str) -> Table | None:
        record = (await self._engine.get([layout.descriptor_key(account, region, name)]))[0]
        if record is None:
            self._tables.pop((account, region, name), None)
            return None
        table = from_document(orjson.loads(record), record)
        self._tables[account, region, name] = table
        return table

    async def names(self, account: str, region: str, after: str | None, limit: int) -> list[str]:
        """Up to `limit` table names in ascending order, those greater than `after`."""
        prefix = layout.descriptor_prefix(account, region)
        start = prefix if after is None else prefix + after.encode() + b"\0"
        pairs = await self._engine.scan(start, successor(prefix), limit, 1 << 30)
        return [key[len(prefix) :].decode() for key, _ in pairs]

    async def all_tables(self) -> list[Table]:
        """All tables of all accounts and regions, freshly read."""
        pairs = await self._engine.scan(layout.DESCRIPTORS, successor(layout.DESCRIPTORS), 1 << 30, 1 << 40)
        return [from_document(orjson.loads(record), record) for _, record in pairs]

    async def totals(self, table: Table) -> Totals:
        """Number and bytes of the items in the table (0) and in each of its indexes (by index number)."""
        numbers = [0, *(index.number for index in table.indexes)]
        counters = await self._engine.counters([layout.counter_key(table, number) for number in numbers])
        return {
            number: (counter[0], counter[1])
            for number, counter in zip(numbers, counters, strict=True)
            if counter
        }

    async def create(self, build: Callable[[int], Table], account: str, region: str, name: str) -> Table:
        """Stores the table that `build` makes with its new number; raises `TABLE_EXISTS`."""
        key = layout.descriptor_key(account, region, name)

        def decide(values: list[bytes | None]) -> Outcome[Table]:
            existing, next_number = values
            if existing is not None:
                raise errors.TABLE_EXISTS(table=name)
            number = int.from_bytes(next_number or b"\1", "big")
            table = recorded(build(number))
            following = (layout.NEXT_TABLE_NUMBER, (number + 1).to_bytes(8, "big"))
            return Outcome(table, puts=[(key, table.record), following])

        table = await self._engine.transact([key, layout.NEXT_TABLE_NUMBER], decide)
        self._tables[account, region, name] = table
        return table

    async def update(
        self, account: str, region: str, name: str, change: Callable[[Table], Table]
    ) -> tuple[Table, Table]:
        """Stores what `change` makes of the table; returns (old, new).

        An index that goes takes its entries with it; one that is to be filled begins with nothing filled.
        Raises `TABLE_NOT_FOUND` and what `change` refuses.
        """
        key = layout.descriptor_key(account, region, name)

        def decide(values: list[bytes | None]) -> Outcome[tuple[Table, Table]]:
            old = self._existing(values[0], name)
            new = recorded(change(old))
            kept = {index.number for index in new.indexes}
            gone = [index for index in old.indexes if index.number not in kept]
            known = {index.number for index in old.indexes}
            begun = [index for index in new.indexes if index.backfilling and index.number not in known]
            return Outcome(
                (old, new),
                puts=[(key, new.record), *((layout.backfill_key(new, index), NOT_BEGUN) for index in begun)],
                deletes=[layout.backfill_key(old, index) for index in gone],
                range_deletes=[layout.index_range(old, index) for index in gone],
            )

        old, new = await self._engine.transact([key], decide)
        self._tables[account, region, name] = new
        return old, new

    async def delete(self, account: str, region: str, name: str, check: Callable[[Table], None]) -> Table:
        """Removes the table with all that it holds, in one commit; `check` may refuse."""
        key = layout.descriptor_key(account, region, name)

        def decide(values: list[bytes | None]) -> Outcome[Table]:
            table = self._existing(values[0], name)
            check(table)
            ranges: list[Pair] = layout.table_ranges(table)
            return Outcome(table, deletes=[key], range_deletes=ranges)

        table = await self._engine.transact([key], decide)
        self._tables.pop((account, region, name), None)
        return table

    @staticmethod
    def _existing(record: bytes | None, name: str) -> Table:
        if record is None:
            raise errors.TABLE_NOT_FOUND(table=name)
        return from_document(orjson.loads(record), record)


def recorded(table: Table) -> Table:
    """The table with the record that stores it."""
    record = orjson.dumps(to_document(table))
    return from_document(orjson.loads(record), record)
