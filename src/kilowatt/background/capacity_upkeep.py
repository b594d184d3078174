"""Divides partitions that hold too much; stores how they were divided and what the highest traffic was.

A crash forgets what the last moments brought, and a partition that is still hot is divided again.
"""

import orjson

from kilowatt.clock import Clock
from kilowatt.engine.base import Engine, Outcome
from kilowatt.limits import PARTITION_BYTES
from kilowatt.store import layout
from kilowatt.store.catalog import Catalog
from kilowatt.store.metering import Document, Meter, TableMeter
from kilowatt.store.prefixes import all_under


class CapacityUpkeep:
    """The job, and what has to be done before the first request."""

    def __init__(
        self,
        engine: Engine,
        catalog: Catalog,
        meter: Meter,
        clock: Clock,
        partition_bytes: int = PARTITION_BYTES,
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._meter = meter
        self._clock = clock
        self._partition_bytes = partition_bytes
        self._looked = clock.now()

    async def restore(self) -> None:
        """Tells the meter what is stored."""
        records = await all_under(self._engine, layout.CAPACITY)
        stored: dict[int, Document] = {
            layout.capacity_table(key): orjson.loads(record) for key, record in records
        }
        self._meter.restore(stored)

    async def run(self) -> None:
        since, self._looked = self._looked, self._clock.now()
        for meter in self._meter.used_since(since):
            totals = await self._catalog.totals(meter.table)
            sizes = {number: size for number, (_, size) in totals.items()}
            self._meter.grown(meter, sizes, self._partition_bytes)
        for meter in self._meter.unsaved():
            await self._save(meter)

    async def _save(self, meter: TableMeter) -> None:
        """Stores what is new of a table, unless it changed since its last access or is gone."""
        table, version = meter.table, meter.version
        record = orjson.dumps(meter.to_document())

        def decide(values: list[bytes | None]) -> Outcome[bool]:
            if values[0] != table.record:
                return Outcome(False)
            return Outcome(True, puts=[(layout.capacity_key(table), record)])

        descriptor = layout.descriptor_key(table.account, table.region, table.name)
        if await self._engine.transact([descriptor], decide):
            meter.saved = version
