"""Reads one shard for one mapping, cuts it into batches and keeps track of what is done.

The records of an item are in one lane, and a lane delivers one batch at a time; lanes deliver at once. The
checkpoint is the number before the first record that is not done, so after a crash some records come again,
none are left out.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any

import orjson

from kilowatt.clock import Clock
from kilowatt.domain.streams.change import stream_record
from kilowatt.domain.streams.stream import Shard
from kilowatt.domain.triggers import windows
from kilowatt.domain.triggers.event import Entry, event_record, fitting, lane_of
from kilowatt.domain.triggers.filters import Filter
from kilowatt.domain.triggers.mapping import Mapping
from kilowatt.domain.triggers.windows import Window
from kilowatt.store.ended_streams import StreamSource
from kilowatt.store.streams import StreamReader
from kilowatt.store.triggers import Checkpoint, TriggerStore
from kilowatt.triggers.delivery import Delivery

# Lambda looks four times a second; so an idle shard costs next to nothing.
_POLL_SECONDS = 0.25
# So few at a time that requests do not wait for long.
_PAGE_RECORDS = 100
_PAGE_BYTES = 256 * 1024
_BUFFER_BYTES = 8 * 1024 * 1024
# A record that was made just before its window's end may be in the log just after it.
_WINDOW_SLACK_SECONDS = 1.0


class ShardPoller:
    """Delivers a shard's records from a checkpoint on. `shard` is replaced when it changes."""

    def __init__(
        self,
        mapping: Mapping,
        source: StreamSource,
        shard: Shard,
        checkpoint: Checkpoint,
        matches: Filter | None,
        reader: StreamReader,
        store: TriggerStore,
        clock: Clock,
        delivery: Delivery,
    ) -> None:
        self._mapping = mapping
        self._source = source
        self.shard = shard
        self._matches = matches
        self._reader = reader
        self._store = store
        self._clock = clock
        self._delivery = delivery
        self._saved = checkpoint
        self._read = checkpoint.after
        self._ended = False
        self._lanes: list[deque[Entry]] = [deque() for _ in range(mapping.lanes)]
        self._since: list[float] = [0.0] * mapping.lanes
        self._running: dict[int, asyncio.Task[None]] = {}
        self._pending: set[int] = set()
        self._done: set[int] = set()
        self._buffered_bytes = 0

    async def run(self) -> bool:
        """Returns True when the shard is closed and all its records are done; False if it was stopped."""
        stopping = self._delivery.stopping
        try:
            while True:
                self._reap()
                found = False
                if not stopping.is_set():
                    found = await self._read_more()
                    self._start_batches()
                await self._save()
                if stopping.is_set() and not self._running:
                    return False
                if self._ended and not self._pending and not self._running and self._delivery.window is None:
                    break
                if not found:
                    await self._wait()
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._saved = Checkpoint(self._read, done=True)
        await self._store.save_checkpoint(self._mapping, self.shard.number, self._saved)
        return True

    async def _read_more(self) -> bool:
        """Reads a page, if there is room for it; whether there was anything to read."""
        most = self._mapping.batch_size * self._mapping.lanes
        if self._ended or len(self._pending) >= most or self._buffered_bytes >= _BUFFER_BYTES:
            return False
        page = await self._reader.read(self._source, self.shard, self._read, _PAGE_RECORDS, _PAGE_BYTES)
        for number, change in page.changes:
            self._read = number
            shown = stream_record(change, self._source.table, self._source.stream, self.shard, number)
            self._take(number, change.time, event_record(shown, self._source.arn))
        self._ended = page.ended
        await asyncio.sleep(0)  # others first
        return bool(page.changes)

    def _take(self, number: int, time: int, record: dict[str, Any]) -> None:
        if self._matches is not None and not self._matches(record):
            return
        members = record["dynamodb"]
        lane = lane_of(members["Keys"], self._mapping.lanes)
        entry = Entry(number, members["SequenceNumber"], time, lane, orjson.dumps(record))
        if not self._lanes[lane]:
            self._since[lane] = self._clock.monotonic()
        self._lanes[lane].append(entry)
        self._pending.add(number)
        self._buffered_bytes += len(entry.body)

    # --- batches

    def _start_batches(self) -> None:
        for lane, entries in enumerate(self._lanes):
            if lane in self._running:
                continue
            if self._mapping.tumbling_seconds:
                self._start_in_window(lane, entries)
            elif entries and self._is_due(lane):
                self._start(lane, self._delivery.deliver(self._cut(entries, len(entries)), self._done))

    def _start_in_window(self, lane: int, entries: deque[Entry]) -> None:
        """As without windows, but a batch is of one window, and a window is closed when it has ended."""
        delivery, seconds = self._delivery, self._mapping.tumbling_seconds
        if delivery.state_is_too_large:
            self._start(lane, delivery.close_window(early=True))
            return
        if delivery.window is None and entries:
            delivery.window = windows.begun_by(entries[0], seconds)
        window = delivery.window
        if window is None:
            return
        most = windows.within(window, entries, seconds)
        if most and (most < len(entries) or self._is_due(lane)):
            self._start(lane, delivery.deliver(self._cut(entries, most), self._done))
        elif not most and (entries or self._ended or self._is_over(window)):
            self._start(lane, delivery.close_window())

    def _is_over(self, window: Window) -> bool:
        end = window.start + self._mapping.tumbling_seconds
        return self._clock.now() >= end + _WINDOW_SLACK_SECONDS

    def _is_due(self, lane: int) -> bool:
        """Whether a batch is full, has waited long enough, or can get no more."""
        mapping, entries = self._mapping, self._lanes[lane]
        if len(entries) >= mapping.batch_size or self._ended or not mapping.batching_seconds:
            return True
        if self._clock.monotonic() - self._since[lane] >= mapping.batching_seconds:
            return True
        return self._buffered_bytes >= _BUFFER_BYTES or fitting(entries, mapping.batch_size) < len(entries)

    def _cut(self, entries: deque[Entry], most: int) -> list[Entry]:
        count = fitting(entries, min(most, self._mapping.batch_size))
        batch = [entries.popleft() for _ in range(count)]
        if entries:
            self._since[entries[0].lane] = self._clock.monotonic()
        self._buffered_bytes -= sum(len(entry.body) for entry in batch)
        return batch

    def _start(self, lane: int, work: Coroutine[Any, Any, None]) -> None:
        self._running[lane] = asyncio.get_running_loop().create_task(work)

    async def _wait(self) -> None:
        """Waits for a batch, or until it is time to look again."""
        if self._running:
            await asyncio.wait(
                self._running.values(), timeout=_POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )
        else:
            await self._delivery.rest(_POLL_SECONDS)

    def _reap(self) -> None:
        for lane, task in list(self._running.items()):
            if task.done():
                del self._running[lane]
                task.result()

    # --- checkpoints

    async def _save(self) -> None:
        """Stores how far all records are done; with the window's state, which changes in the same moment."""
        if self._done:
            self._pending -= self._done
            self._done.clear()
        elif self._pending:
            return
        place = Checkpoint(
            min(self._pending) - 1 if self._pending else self._read, window=self._delivery.window
        )
        if place != self._saved:
            self._saved = place
            await self._store.save_checkpoint(self._mapping, self.shard.number, place)
