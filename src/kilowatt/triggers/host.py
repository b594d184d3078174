"""The triggers of a server: runs the mappings that are enabled, and tells them of changes."""

import asyncio
from dataclasses import replace

from kilowatt.domain.triggers.mapping import Mapping
from kilowatt.operations.context import Services
from kilowatt.store.triggers import TriggerStore
from kilowatt.triggers.destination import Destinations
from kilowatt.triggers.functions import Functions
from kilowatt.triggers.mapping_runner import MappingRunner


class Triggers:
    """Runs mappings. What it is told of is stored already."""

    def __init__(
        self, services: Services, store: TriggerStore, functions: Functions, destinations: Destinations
    ) -> None:
        self._services = services
        self._store = store
        self.functions = functions
        self.destinations = destinations
        self._running: dict[str, tuple[MappingRunner, asyncio.Task[None]]] = {}
        # One change at a time, in the order in which they were stored.
        self._changing = asyncio.Lock()

    async def start(self) -> None:
        for mapping in await self._store.all_mappings():
            await self.changed(mapping)

    async def changed(self, mapping: Mapping) -> None:
        """Begins with a new mapping, or goes on with the settings it has now."""
        async with self._changing:
            await self._stop(mapping.uuid)
            if mapping.enabled:
                services = self._services
                runner = MappingRunner(
                    mapping,
                    services.streams,
                    self._store,
                    self.functions,
                    self.destinations,
                    services.clock,
                    services.ids,
                )
                self._running[mapping.uuid] = runner, asyncio.get_running_loop().create_task(runner.run())

    async def deleted(self, mapping: Mapping) -> None:
        async with self._changing:
            await self._stop(mapping.uuid)

    def current(self, mapping: Mapping) -> Mapping:
        """The mapping with the last result, which is stored only now and then."""
        running = self._running.get(mapping.uuid)
        return mapping if running is None else replace(mapping, result=running[0].progress.result)

    async def close(self) -> None:
        """Stops wherever a batch stands: what is not done comes again at the next start."""
        for uuid in list(self._running):
            await self._stop(uuid)
        await self.functions.close()
        self.destinations.close()

    async def _stop(self, uuid: str) -> None:
        running = self._running.pop(uuid, None)
        if running is not None:
            running[1].cancel()
            await asyncio.gather(running[1], return_exceptions=True)
