"""The triggers of a server: runs the mappings that are enabled, and tells them of changes."""

import asyncio
from contextvars import Context, copy_context
from dataclasses import replace

from kilowatt.domain.triggers.mapping import Mapping
from kilowatt.operations.context import Services
from kilowatt.store.triggers import TriggerStore
from kilowatt.triggers.destination import Destinations
from kilowatt.triggers.functions import Functions
from kilowatt.triggers.mapping_runner import MappingRunner


class Triggers:
    """Runs mappings. What it is told of is stored already.

    Where servers share an engine, only one of them runs mappings: the one whose jobs call `follow`. It finds
    by itself what the others were told.
    """

    def __init__(
        self, services: Services, store: TriggerStore, functions: Functions, destinations: Destinations
    ) -> None:
        self._services = services
        self._shared = services.engine.shared
        # What `follow` ran in, so that what is begun here is fenced as it is; None if this server runs none.
        self._following: Context | None = None
        # How often it was told something meanwhile.
        self._told = 0
        # The mappings that `follow` met, by UUID, without their results.
        self._followed: dict[str, Mapping] = {}
        self._store = store
        self.functions = functions
        self.destinations = destinations
        self._running: dict[str, tuple[MappingRunner, asyncio.Task[None]]] = {}
        # What is to run once what runs has ended; None is nothing.
        self._wanted: dict[str, Mapping | None] = {}
        self._changing: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        for mapping in await self._store.all_mappings():
            self.changed(mapping)

    def changed(self, mapping: Mapping) -> None:
        """Begins with a new mapping, or goes on with the settings it has now.

        Invocations under way end first: they may have half done what they do.
        """
        self._tell(mapping.uuid, mapping)

    def deleted(self, mapping: Mapping) -> None:
        self._tell(mapping.uuid, None)

    def _tell(self, uuid: str, mapping: Mapping | None) -> None:
        if not self._shared:
            self._want(uuid, mapping)
        elif self._following is not None:
            self._told += 1
            self._following.run(self._follow, uuid, mapping)

    async def follow(self) -> None:
        """Runs the mappings as they are stored, whoever stored them."""
        self._following, told = copy_context(), self._told
        stored = {mapping.uuid: mapping for mapping in await self._store.all_mappings()}
        if told != self._told:  # what was read may be older than that
            return
        for uuid in stored.keys() | self._followed.keys():
            self._follow(uuid, stored.get(uuid))

    def _follow(self, uuid: str, mapping: Mapping | None) -> None:
        settings = None if mapping is None else replace(mapping, result="")
        if settings != self._followed.get(uuid):
            if settings is None:
                del self._followed[uuid]
            else:
                self._followed[uuid] = settings
            self._want(uuid, mapping)

    def current(self, mapping: Mapping) -> Mapping:
        """The mapping with the last result, which is stored only now and then."""
        running = self._running.get(mapping.uuid)
        return mapping if running is None else replace(mapping, result=running[0].progress.result)

    def state(self, mapping: Mapping) -> str | None:
        """The state that a mapping is in until what is under way has ended."""
        if mapping.uuid not in self._changing:
            return None
        return "Updating" if mapping.enabled else "Disabling"

    async def close(self, seconds: float) -> None:
        """Stops for good; see `pause`."""
        await self.pause(seconds)
        await self.functions.close()
        self.destinations.close()

    async def pause(self, seconds: float) -> None:
        """Stops; batches under way have so long to end. What is not done comes again at the next start."""
        self._following = None
        self._followed.clear()
        self._wanted.clear()
        for task in self._changing.values():
            task.cancel()
        for runner, _ in self._running.values():
            runner.stopping.set()
        tasks = [task for _, task in self._running.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._changing.values(), return_exceptions=True)
        self._running.clear()

    def _want(self, uuid: str, mapping: Mapping | None) -> None:
        self._wanted[uuid] = mapping if mapping is not None and mapping.enabled else None
        if uuid not in self._changing:
            self._changing[uuid] = asyncio.get_running_loop().create_task(self._change(uuid))

    async def _change(self, uuid: str) -> None:
        try:
            while uuid in self._wanted:
                if uuid in self._running:
                    runner, task = self._running[uuid]
                    runner.stopping.set()
                    await asyncio.wait([task])
                    del self._running[uuid]
                mapping = self._wanted.pop(uuid)
                if mapping is not None:
                    self._start(mapping)
        finally:
            del self._changing[uuid]

    def _start(self, mapping: Mapping) -> None:
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
