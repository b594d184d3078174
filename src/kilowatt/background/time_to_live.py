"""Deletes expired items, soon after they expired.

The entries that tell when items expire are in the order of their times, so nothing is looked at that is not
due. Items from before the table had an attribute for it get their entries here, a few at a time: each step is
a transaction over the items, so it does not matter who writes them meanwhile, nor whether it is done twice.
"""

from dataclasses import replace

from kilowatt.background.pace import Pace
from kilowatt.clock import Clock
from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.tables.table import Table
from kilowatt.domain.writes.decision import Expire, Write
from kilowatt.engine.base import Engine, Outcome
from kilowatt.errors import ServiceError
from kilowatt.store import layout
from kilowatt.store.catalog import WITH_EXPIRY, Catalog, StaleTable
from kilowatt.store.writes import Writer

# So few at a time that nobody waits long.
_STEP_ITEMS = 25
_STEP_BYTES = 256 * 1024
# To find nothing where many entries were takes time, until the database has cleared up after them. So a run
# begins where the last one ended, less the time that a write may take from its planning to its commit, and
# only now and then at the beginning.
_LATE_SECONDS = 5
_SWEEP_SECONDS = 600.0


class TimeToLive:
    """The job: all tables whose items expire."""

    def __init__(self, engine: Engine, catalog: Catalog, writer: Writer, clock: Clock) -> None:
        self._engine = engine
        self._catalog = catalog
        self._writer = writer
        self._clock = clock
        # By table number: before which time, in seconds, no entry is left that is due.
        self._done: dict[int, int] = {}
        self._sweep_at = 0.0

    async def run(self) -> None:
        now = self._clock.now()
        if not self._sweep_at - _SWEEP_SECONDS <= now < self._sweep_at:
            self._sweep_at = now + _SWEEP_SECONDS
            self._done.clear()
        for table in await self._catalog.all_tables(WITH_EXPIRY):
            try:
                if not table.ttl_filled:
                    table = await self._filled(table)  # noqa: PLW2901  the same table, further on
                    self._done.pop(table.number, None)
                await self._delete_due(table)
            except StaleTable:
                continue  # changed or deleted meanwhile: the next run finds it as it is

    async def _delete_due(self, table: Table) -> None:
        now = int(self._clock.now())
        start, end = layout.expiry_range(table, self._done.get(table.number, 0), now)
        change = Expire(now)
        all_gone = True
        pace = Pace()
        while True:
            pairs = await self._engine.scan(start, end, _STEP_ITEMS, _STEP_BYTES)
            if not pairs:
                break
            entries = [key for key, _ in pairs]
            writes = [Write(table, {}, layout.expiring_suffix(key), change) for key in entries]
            all_gone &= await self._writer.expire(writes, entries)
            start = entries[-1] + b"\0"
            await pace.rest()
        if all_gone:
            self._done[table.number] = max(0, now - _LATE_SECONDS)

    async def _filled(self, table: Table) -> Table:
        """Makes the entries of all items; the table, which tells then that this is done."""
        prefix = layout.item_prefix(table)
        descriptor = layout.descriptor_key(table.account, table.region, table.name)
        start = prefix
        pace = Pace()
        while True:
            items = await self._engine.scan(start, successor(prefix), _STEP_ITEMS, _STEP_BYTES)
            if not items:
                break
            places = [place for place, _ in items]

            def decide(values: list[bytes | None], places: list[bytes] = places) -> Outcome[None]:
                if values[0] != table.record:
                    raise StaleTable(table)
                entries = [
                    layout.expiry_key(table, place, layout.stored_item(record), layout.record_time(record))
                    for place, record in zip(places, values[1:], strict=True)
                    if record is not None
                ]
                return Outcome(None, puts=[(entry, b"") for entry in entries if entry is not None])

            await self._engine.transact([descriptor, *places], decide)
            start = places[-1] + b"\0"
            await pace.rest()
        return await self._marked_filled(table)

    async def _marked_filled(self, table: Table) -> Table:
        def change(current: Table) -> Table:
            return replace(current, ttl_filled=current.ttl_attribute == table.ttl_attribute)

        try:
            return (await self._catalog.update(table.account, table.region, table.name, change))[1]
        except ServiceError as error:
            raise StaleTable(table) from error
