"""Which tables there are: descriptors, cached.

The cache may be stale, on a cluster, without harm: every commit compares the descriptor record that its plan
was made with (`StaleTable`), and the operation is then planned again.
"""

from collections.abc import Callable
from dataclasses import replace

import orjson

from kilowatt import limits
from kilowatt.clock import Clock
from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.tables.description import Totals
from kilowatt.domain.tables.lifecycle import CREATING, serves_items, status
from kilowatt.domain.tables.quotas import Units, provisioned
from kilowatt.domain.tables.reference import TableReference
from kilowatt.domain.tables.table import Table, Transition, from_document, to_document
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.errors import ServiceError
from kilowatt.errors import items as item_errors
from kilowatt.errors import table_states as states
from kilowatt.errors import tables as errors
from kilowatt.store import layout
from kilowatt.store.deliveries import begun_delivery
from kilowatt.store.ended_streams import closing_appends, ended_stream
from kilowatt.store.prefixes import all_under
from kilowatt.store.progress import Progress

# The progress record of an index of which nothing is filled.
NOT_BEGUN = Progress().record()
# In the descriptor of a table that is DELETING or gone, and hardly in any other.
_MARK_OF_DELETING = b'"DELETING"'
# In the descriptor of a table with a stream, and of one whose items expire.
WITH_STREAM = b'"stream":{'
WITH_EXPIRY = b'"ttl_attribute":"'
# In that of a table that had contributor insights once, or an index with them.
WITH_INSIGHTS = b'"insights":['
# In the descriptor of a table with provisioned units.
_MARK_OF_PROVISIONED = b'"PROVISIONED"'


# What every commit that changes a descriptor adds: other servers see by it that there is something new.
_CHANGED = ((layout.DESCRIPTOR_CHANGES, (1,)),)


class StaleTable(Exception):
    """The table changed or went since the operation was planned."""

    def __init__(self, table: Table) -> None:
        super().__init__(table.arn)
        self.table = table


class Catalog:
    """Tables by account, region and name."""

    def __init__(self, engine: Engine, clock: Clock, most_tables: int = limits.TABLES) -> None:
        self._engine = engine
        self._clock = clock
        self._most_tables = most_tables
        self._tables: dict[tuple[str, str, str], Table] = {}
        self._changes = 0

    def cached(self, account: str, region: str, name: str) -> Table | None:
        """The table if it is known and serves items now; None says nothing."""
        found = self._tables.get((account, region, name))
        return found if found is not None and found.transition is None else None

    async def table(self, account: str, region: str, name: str) -> Table:
        """The table an item operation names; raises the item operations' `TABLE_NOT_FOUND`."""
        found = self._tables.get((account, region, name)) or await self._load(account, region, name)
        if found is None or not (found.transition is None or serves_items(found, self._clock.now())):
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

    async def referenced(self, reference: TableReference) -> Table | None:
        """The table itself, freshly read; None if it is gone."""
        found = await self._load(reference.account, reference.region, reference.name)
        return found if found is not None and found.number == reference.number else None

    def forget(self, table: Table) -> None:
        """Drops the cached table; the next use reads it again."""
        self._tables.pop((table.account, table.region, table.name), None)

    async def refresh(self) -> bool:
        """Drops the cached tables if any descriptor changed since the last call; whether one did."""
        (counter,) = await self._engine.counters([layout.DESCRIPTOR_CHANGES])
        before, self._changes = self._changes, sum(counter)
        if before != self._changes:
            self.forget_all()
        return before != self._changes

    def forget_all(self) -> None:
        """Drops all cached tables."""
        self._tables.clear()

    async def _load(self, account: str, region: str, name: str) -> Table | None:
        record = (await self._engine.get([layout.descriptor_key(account, region, name)]))[0]
        if record is None:
            self._tables.pop((account, region, name), None)
            return None
        table = from_document(orjson.loads(record), record)
        if status(table, self._clock.now()) is None:
            self._tables.pop((account, region, name), None)
            await self._bury(layout.descriptor_key(account, region, name), record)
            return None
        self._tables[account, region, name] = table
        return table

    async def _bury(self, key: bytes, record: bytes) -> None:
        """Removes the descriptor of a table that was DELETING and is gone; the rest went before."""

        def decide(values: list[bytes | None]) -> Outcome[None]:
            return Outcome(None, deletes=[key] if values[0] == record else [])

        await self._engine.transact([key], decide)

    async def names(self, account: str, region: str, after: str | None, limit: int) -> list[str]:
        """Up to `limit` table names in ascending order, those greater than `after`."""
        prefix = layout.descriptor_prefix(account, region)
        start = prefix if after is None else prefix + after.encode() + b"\0"
        names: list[str] = []
        now = self._clock.now()
        while len(names) < limit:
            wanted = limit - len(names)
            pairs = await self._engine.scan(start, successor(prefix), wanted, 1 << 30)
            names += [key[len(prefix) :].decode() for key, record in pairs if not _is_gone(record, now)]
            if len(pairs) < wanted:
                break
            start = pairs[-1][0] + b"\0"
        return names

    async def changing(self, account: str, region: str) -> int:
        """How many tables are CREATING, UPDATING or DELETING."""
        prefix = layout.descriptor_prefix(account, region)
        pairs = await all_under(self._engine, prefix)
        now = self._clock.now()
        transitions = (orjson.loads(record)["transition"] for _, record in pairs)
        return sum(transition is not None and now < transition["until"] for transition in transitions)

    async def reserved(self, account: str, region: str) -> Units:
        """The provisioned units of all tables and global indexes; tables that are DELETING have none."""
        prefix = layout.descriptor_prefix(account, region)
        pairs = await all_under(self._engine, prefix)
        records = [
            record
            for _, record in pairs
            if _MARK_OF_PROVISIONED in record and _MARK_OF_DELETING not in record
        ]
        units = [provisioned(from_document(orjson.loads(record), record)) for record in records]
        return sum(read for read, _ in units), sum(write for _, write in units)

    async def all_tables(self, mark: bytes = b"") -> list[Table]:
        """All tables of all accounts and regions whose record has `mark` in it, freshly read."""
        pairs = await all_under(self._engine, layout.DESCRIPTORS)
        return [from_document(orjson.loads(record), record) for _, record in pairs if mark in record]

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
        """Stores the table that `build` makes with its new number.

        Raises `TABLE_EXISTS`, `TABLE_IN_CHANGE`, `TOO_MANY_TABLES` and what `build` refuses.
        """
        key = layout.descriptor_key(account, region, name)
        count_key = layout.table_count(account, region)
        (count,) = await self._engine.counters([count_key])
        now = self._clock.now()

        def decide(values: list[bytes | None]) -> Outcome[Table]:
            existing, next_number = values
            if existing is not None and not _is_gone(existing, now):
                raise _exists(from_document(orjson.loads(existing), existing), now)
            if count and count[0] >= self._most_tables:
                raise errors.TOO_MANY_TABLES(limit=self._most_tables)
            number = int.from_bytes(next_number or b"\1", "big")
            table = recorded(build(number))
            following = (layout.NEXT_TABLE_NUMBER, (number + 1).to_bytes(8, "big"))
            adds = [(count_key, (1,)), *_CHANGED]
            return Outcome(table, puts=[(key, table.record), following], adds=adds)

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
        now = self._clock.now()

        def decide(values: list[bytes | None]) -> Outcome[tuple[Table, Table]]:
            old = self._existing(values[0], name, now)
            new = recorded(change(old))
            kept = {index.number for index in new.indexes}
            gone = [index for index in old.indexes if index.number not in kept]
            known = {index.number for index in old.indexes}
            begun = [index for index in new.indexes if index.backfilling and index.number not in known]
            puts = [(key, new.record), *((layout.backfill_key(new, index), NOT_BEGUN) for index in begun)]
            return Outcome(
                (old, new),
                puts=puts + ended_stream(old, new.stream, now) + begun_delivery(old, new),
                deletes=[layout.backfill_key(old, index) for index in gone],
                range_deletes=[layout.index_range(old, index) for index in gone] + expiry_gone(old, new),
                appends=closing_appends(old, new.stream, now),
                adds=_CHANGED,
            )

        old, new = await self._engine.transact([key], decide)
        self._tables[account, region, name] = new
        return old, new

    async def delete(
        self,
        account: str,
        region: str,
        name: str,
        check: Callable[[Table], None],
        transition: Transition | None,
    ) -> Table:
        """Removes the table with all that it holds, in one commit; `check` may refuse.

        With a `transition` the descriptor stays until that ends.
        """
        key = layout.descriptor_key(account, region, name)
        now = self._clock.now()

        def decide(values: list[bytes | None]) -> Outcome[Table]:
            table = self._existing(values[0], name, now)
            check(table)
            ranges: list[Pair] = layout.table_ranges(table)
            one_less = [(layout.table_count(account, region), (-1,)), *_CHANGED]
            puts, appends = ended_stream(table, None, now), closing_appends(table, None, now)
            if transition is None:
                return Outcome(table, puts, [key], ranges, appends, one_less)
            table = recorded(replace(table, transition=transition, stream=None, destination=None))
            return Outcome(table, [(key, table.record), *puts], (), ranges, appends, one_less)

        table = await self._engine.transact([key], decide)
        self._tables.pop((account, region, name), None)
        return table

    @staticmethod
    def _existing(record: bytes | None, name: str, now: float) -> Table:
        if record is None or _is_gone(record, now):
            raise errors.TABLE_NOT_FOUND(table=name)
        return from_document(orjson.loads(record), record)


def _exists(table: Table, now: float) -> ServiceError:
    """The refusal to create a table of the same name."""
    if status(table, now) == CREATING:
        return states.TABLE_IN_CHANGE(being="created", table=table.name)
    return errors.TABLE_EXISTS(table=table.name)


def expiry_gone(old: Table, new: Table) -> list[Pair]:
    """The range of the expiry entries that a change of the table makes meaningless."""
    if old.ttl_attribute is None or old.ttl_attribute == new.ttl_attribute:
        return []
    return [layout.expiry_range(old)]


def _is_gone(record: bytes, now: float) -> bool:
    """Whether the descriptor is that of a table that was DELETING and is no more."""
    return _MARK_OF_DELETING in record and status(from_document(orjson.loads(record), record), now) is None


def recorded(table: Table) -> Table:
    """The table with the record that stores it."""
    record = orjson.dumps(to_document(table))
    return from_document(orjson.loads(record), record)
