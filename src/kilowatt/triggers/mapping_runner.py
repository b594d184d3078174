"""Runs one mapping: a poller for each shard of the stream that is due, parents before children."""

import asyncio
import contextlib
import logging

from kilowatt.clock import Clock
from kilowatt.domain.streams.stream import Shard
from kilowatt.domain.triggers import filters
from kilowatt.domain.triggers.mapping import Mapping
from kilowatt.ids import Ids
from kilowatt.store.ended_streams import StreamSource
from kilowatt.store.streams import StreamReader
from kilowatt.store.triggers import Checkpoint, TriggerStore
from kilowatt.triggers.delivery import Delivery, Progress
from kilowatt.triggers.destination import Destinations
from kilowatt.triggers.functions import Functions
from kilowatt.triggers.shard_poller import ShardPoller

_LOG = logging.getLogger("kilowatt")
# How often shards that opened or closed are looked for; a shard that ends calls for it at once.
_LOOK_SECONDS = 1.0
# How long a trigger rests after an error of its own or of the storage.
_RETRY_SECONDS = 5.0
_NO_STREAM = "PROBLEM: Stream not found"


class MappingRunner:
    """Runs until it is told to stop, and what is under way then has ended; or at once, if it is cancelled."""

    def __init__(
        self,
        mapping: Mapping,
        reader: StreamReader,
        store: TriggerStore,
        functions: Functions,
        destinations: Destinations,
        clock: Clock,
        ids: Ids,
    ) -> None:
        self._mapping = mapping
        self._reader = reader
        self._store = store
        self._functions = functions
        self._destinations = destinations
        self._clock = clock
        self._ids = ids
        self._matches = filters.any_of(mapping.patterns or ())
        self._checkpoints: dict[int, Checkpoint] = {}
        self._running: dict[int, tuple[ShardPoller, asyncio.Task[bool]]] = {}
        self._done: set[int] = set()
        self.progress = Progress(mapping.result)
        self.stopping = asyncio.Event()

    async def run(self) -> None:
        while not self.stopping.is_set():
            try:
                await self._run()
            except Exception:
                _LOG.exception(
                    "The trigger %s failed in a way it should not; it begins again.", self._mapping.arn
                )
                await asyncio.sleep(_RETRY_SECONDS)

    async def _run(self) -> None:
        try:
            self._checkpoints = await self._store.checkpoints(self._mapping.uuid)
            self._done = {number for number, place in self._checkpoints.items() if place.done}
            while self._running or not self.stopping.is_set():
                if not self.stopping.is_set():
                    await self._look()
                await self._note_result()
                await self._wait()
                self._reap()
            await self._note_result()
        finally:
            tasks = [task for _, task in self._running.values()]
            self._running.clear()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self) -> None:
        """Starts pollers for the shards whose turn it is."""
        mapping = self._mapping
        source = await self._reader.find(mapping.account, mapping.region, mapping.source_arn)
        if source is None:
            # Deleted more than a day ago. The mapping stays, as on AWS, until somebody deletes it.
            self.progress.note(_NO_STREAM)
            return
        shards = {shard.number: shard for shard in source.stream.shards}
        for number, shard in shards.items():
            if number in self._running:
                self._running[number][0].shard = shard
            elif number not in self._done and (shard.parent not in shards or shard.parent in self._done):
                self._start(source, shard)
        forgotten = [number for number in self._checkpoints if number not in shards]
        if forgotten:
            await self._store.forget_checkpoints(mapping.uuid, forgotten)
            for number in forgotten:
                del self._checkpoints[number]

    def _start(self, source: StreamSource, shard: Shard) -> None:
        mapping = self._mapping
        place = self._checkpoints.get(shard.number, Checkpoint())
        delivery = Delivery(
            mapping,
            shard.id,
            self._functions,
            self._destinations,
            self._clock,
            self._ids,
            self.progress,
            self.stopping,
            place.window if mapping.tumbling_seconds else None,
        )
        poller = ShardPoller(
            mapping, source, shard, place, self._matches, self._reader, self._store, self._clock, delivery
        )
        self._running[shard.number] = poller, asyncio.get_running_loop().create_task(poller.run())

    async def _wait(self) -> None:
        tasks = [task for _, task in self._running.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        else:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.stopping.wait(), _LOOK_SECONDS)

    def _reap(self) -> None:
        """Takes leave of pollers that ended. Raises the error of one that failed: all begin again then."""
        for number, (_, task) in list(self._running.items()):
            if task.done():
                del self._running[number]
                if task.result():
                    self._done.add(number)

    async def _note_result(self) -> None:
        if self.progress.is_new:
            self.progress.is_new = False
            await self._store.note_result(self._mapping, self.progress.result)
