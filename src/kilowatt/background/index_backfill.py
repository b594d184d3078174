"""Fills indexes that UpdateTable has added to tables with items."""

import asyncio

from kilowatt.engine.base import Engine
from kilowatt.store.backfill import Backfill
from kilowatt.store.catalog import Catalog, StaleTable

# The job rests between its steps, for as long as the last one took and at least so long. So requests have
# half of the loop to themselves, and where the processor is short, the job slows down before they do.
_LEAST_REST_SECONDS = 0.001


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
    loop = asyncio.get_running_loop()
    begin = loop.time()
    while not await backfill.step():
        await asyncio.sleep(max(loop.time() - begin, _LEAST_REST_SECONDS))
        begin = loop.time()
