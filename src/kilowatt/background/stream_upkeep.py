"""Opens, closes and forgets the shards of streams.

A shard that has records is closed when it is four hours old, and its range goes on in one child; one that
takes more writes than a partition can is split, and its range goes on in two. Where a partition of the table
was divided, so is the shard. A closed shard is forgotten after a day, and so is a stream that ended; but not
while something in it has yet to be sent to Kinesis.
"""

from collections.abc import Callable
from dataclasses import replace

from kilowatt.clock import Clock
from kilowatt.domain.streams.stream import HASH_BYTES, Shard, Stream
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Engine, Outcome
from kilowatt.errors import ServiceError
from kilowatt.limits import STREAM_RETENTION_SECONDS
from kilowatt.settings import Settings
from kilowatt.store import layout
from kilowatt.store.catalog import WITH_STREAM, Catalog
from kilowatt.store.deliveries import Deliveries, Delivery
from kilowatt.store.ended_streams import StreamSource
from kilowatt.store.metering import Meter
from kilowatt.store.prefixes import all_under

_DEFAULTS = Settings()

# Writes are counted over no shorter time: what comes at once is no rate.
_RATE_SECONDS = 1.0


class StreamUpkeep:
    """The job: every stream of every table, and what is left of those that ended.

    A shard closes when it is `shard_seconds` old, and is split if it takes more than `writes_per_second`.
    """

    def __init__(
        self,
        engine: Engine,
        catalog: Catalog,
        clock: Clock,
        shard_seconds: float = _DEFAULTS.shard_seconds,
        writes_per_second: float = _DEFAULTS.shard_writes_per_second,
        meter: Meter | None = None,
    ) -> None:
        self._engine = engine
        self._catalog = catalog
        self._clock = clock
        self._deliveries = Deliveries(engine)
        self._shard_seconds = shard_seconds
        self._writes_per_second = writes_per_second
        self._meter = meter
        # By log: when its last number was looked at, and which it was.
        self._seen: dict[bytes, tuple[float, int]] = {}

    async def run(self) -> None:
        now = self._clock.now()
        seen, self._seen = self._seen, {}
        deliveries = {delivery.table.number: delivery for delivery in await self._deliveries.all()}
        for table in await self._catalog.all_tables(WITH_STREAM):
            if table.stream is not None:
                await self._forget_shards(table, table.stream, deliveries.get(table.number), now)
                await self._divide_shards(table, table.stream, seen, now)
        await self._forget_streams(deliveries, now)

    async def _divide_shards(
        self, table: Table, stream: Stream, seen: dict[bytes, tuple[float, int]], now: float
    ) -> None:
        for shard in stream.open_shards:
            log = layout.change_log(table.number, shard.number)
            last = await self._engine.last(log)
            before, number = seen.get(log, (shard.opened, 0))
            self._seen[log] = now, last
            seconds = max(now - before, min(_RATE_SECONDS, self._shard_seconds))
            cut = self._partition_cut(table, shard)
            if cut is not None:
                await self._divide(table, shard.number, cut)
            elif last - number > self._writes_per_second * seconds:
                await self.divide(table, shard.number, split=True)
            elif last and now - shard.opened >= self._shard_seconds:
                await self.divide(table, shard.number)

    def _partition_cut(self, table: Table, shard: Shard) -> int | None:
        """A hash within the shard at which a partition of its table was divided; None if there is none."""
        for partition in () if self._meter is None else self._meter.partitions(table):
            if partition.cut and len(partition.start) == HASH_BYTES:
                start = int.from_bytes(partition.start, "big")
                if shard.start < start < shard.end:
                    return start
        return None

    async def divide(self, table: Table, shard_number: int, split: bool = False) -> None:
        """Closes a shard that is still open, and opens its child, or two that share its range evenly."""
        shard = _open_shard(table.stream, shard_number)
        halves = split and shard is not None and shard.end - shard.start > 1
        at = (shard.start + shard.end) // 2 if shard is not None and halves else None
        await self._divide(table, shard_number, at)

    async def _divide(self, table: Table, shard_number: int, at: int | None) -> None:
        """Closes a shard that is still open, and opens its child, or two that part at the hash `at`."""

        def change(current: Table) -> Table:
            stream = current.stream
            shard = _open_shard(stream, shard_number)
            if stream is None or shard is None:
                return current
            divided = stream.divided(shard, current.next_shard_number, self._clock.now(), at)
            return replace(
                current,
                stream=divided,
                next_shard_number=current.next_shard_number + (1 if at is None else 2),
            )

        await self._update(table, change)

    async def _forget_shards(
        self, table: Table, stream: Stream, delivery: Delivery | None, now: float
    ) -> None:
        past = {shard.number for shard in stream.shards if _is_past(shard.closed, now)}
        old = past - _needed(delivery, past)
        if not old:
            return

        def change(current: Table) -> Table:
            if current.stream is None:
                return current
            return replace(current, stream=current.stream.without(old))

        # The logs first: after a crash in between, the shards are found again, and nothing is left behind.
        await self._trim(table.number, stream, old)
        await self._update(table, change)

    async def _forget_streams(self, deliveries: dict[int, Delivery], now: float) -> None:
        for key, record in await all_under(self._engine, layout.ENDED_STREAMS):
            source = StreamSource.from_record(record)
            shards = {shard.number for shard in source.stream.shards}
            needed = _needed(deliveries.get(source.table.number), shards)
            if _is_past(source.stream.disabled, now) and not needed:
                await self._trim(source.table.number, source.stream, shards)
                await self._engine.transact((), _deletion(key))

    async def _trim(self, table_number: int, stream: Stream, numbers: set[int]) -> None:
        for shard in stream.shards:
            if shard.number in numbers:
                log = layout.change_log(table_number, shard.number)
                await self._engine.trim(log, await self._engine.last(log))

    async def _update(self, table: Table, change: Callable[[Table], Table]) -> None:
        try:
            await self._catalog.update(table.account, table.region, table.name, change)
        except ServiceError:
            return  # the table is gone: what it leaves is found among the streams that ended


def _open_shard(stream: Stream | None, number: int) -> Shard | None:
    shards = () if stream is None else stream.open_shards
    return next((shard for shard in shards if shard.number == number), None)


def _needed(delivery: Delivery | None, shards: set[int]) -> set[int]:
    """Which of these shards have changes that may still have to be sent to Kinesis."""
    return set() if delivery is None else {number for number in shards if delivery.needs(number)}


def _is_past(time: float | None, now: float) -> bool:
    return time is not None and now - time >= STREAM_RETENTION_SECONDS


def _deletion(key: bytes) -> Callable[[list[bytes | None]], Outcome[None]]:
    return lambda _: Outcome(None, deletes=[key])
