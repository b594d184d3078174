"""Fills indexes that UpdateTable has added to tables with items."""

from kilowatt.background.pace import Pace
from kilowatt.engine.base import Engine
from kilowatt.store.backfill import Backfill
from kilowatt.store.catalog import Catalog, StaleTable


class IndexBackfill:
    """The job: every index that is being filled, one after the other."""

    def __init__(self, engine: Engine, catalog: Catalog) -> None:
        self._engine = engine
        self._catalog = catalog

    async def run(self) -> None:
        """Returns when no index is left to fill."""
        for table in await self._catalog.all_tables():
            index = table.backfilling
            if index is None:
                continue
            try:
                await _fill(Backfill(self._engine, table, index))
            except StaleTable:
                # Changed or deleted meanwhile. What is left to do is found anew.
                await self.run()
                return
            finally:
                self._catalog.forget(table)


async def _fill(backfill: Backfill) -> None:
    pace = Pace()
    while not await backfill.step():
        await pace.rest()
