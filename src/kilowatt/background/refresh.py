"""Drops what is kept in memory of tables that another server has changed, where servers share an engine."""

import asyncio

from kilowatt.store.catalog import Catalog


class Refresh:
    """The job. `backlog` is set then too: the other server may have left work."""

    def __init__(self, catalog: Catalog, backlog: asyncio.Event) -> None:
        self._catalog = catalog
        self._backlog = backlog

    async def run(self) -> None:
        if await self._catalog.refresh():
            self._backlog.set()
