"""Sends the changes of tables to their Kinesis data streams.

It is a reader of the tables' streams like any other, so writers never wait for it. It keeps how far it has
come in each shard once Kinesis has taken a page of it: after a crash it sends at most that page again. Shards
are read parents first, and a stream before the one that followed it.

Source: AWS guide, "Using Kinesis Data Streams to capture changes to DynamoDB".
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from kilowatt.background.kinesis_client import KinesisClient, KinesisFailed
from kilowatt.clock import Clock
from kilowatt.domain.streams.destination import (
    ACTIVE,
    DISABLED,
    DISABLING,
    ENABLE_FAILED,
    ENABLING,
    Destination,
)
from kilowatt.domain.streams.kinesis_record import KinesisRecord, RecordSource
from kilowatt.domain.streams.stream import Shard
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Engine
from kilowatt.errors import ServiceError
from kilowatt.limits import KINESIS_AGE_SECONDS, KINESIS_RECORD_BYTES
from kilowatt.store.catalog import Catalog
from kilowatt.store.deliveries import Deliveries, Delivery
from kilowatt.store.ended_streams import StreamSource
from kilowatt.store.streams import ShardPage, StreamReader

_LOG = logging.getLogger("kilowatt")

# How long it waits before it looks for new changes, and for a first destination.
_PAUSE_SECONDS = 0.2
_IDLE_SECONDS = 1.0
# As much as one PutRecords takes: 500 records, 5 MB; what is added to the images is far less than the rest.
_PAGE_RECORDS = 500
_PAGE_BYTES = 1024 * 1024
# So many pages of each shard before it looks whether the destination is still wanted.
_ROUNDS = 20
# A call of which some records were not taken is made again with those. It counts as failed when so often in a
# row none was taken.
_TRIES = 8
_RETRY_SECONDS = 0.02
_RETRY_SECONDS_AT_MOST = 30.0
# How long Kinesis may be out of reach before enabling has failed.
_ENABLING_SECONDS = 60.0


class Unsent(Exception):
    """Changes could not be sent; the oldest of them is from the time `since`, in seconds."""

    def __init__(self, since: float, failure: KinesisFailed) -> None:
        super().__init__(str(failure))
        self.since = since


class KinesisSender:
    """The job: all deliveries, side by side."""

    def __init__(
        self, engine: Engine, catalog: Catalog, streams: StreamReader, clock: Clock, client: KinesisClient
    ) -> None:
        self._deliveries = Deliveries(engine)
        self._catalog = catalog
        self._streams = streams
        self._clock = clock
        self._client = client
        # By table number: how often in a row a delivery failed, and when it is tried again.
        self._failures: dict[int, tuple[int, float]] = {}

    async def run(self) -> None:
        """Sends until it is cancelled."""
        running: set[int] = set()
        async with asyncio.TaskGroup() as group:
            while True:
                due = await self._due()
                for delivery in due:
                    number = delivery.table.number
                    if number not in running:
                        running.add(number)
                        task = group.create_task(self._try(delivery))
                        task.add_done_callback(partial(_forget, running, number))
                await asyncio.sleep(_PAUSE_SECONDS if due or running else _IDLE_SECONDS)

    async def run_once(self) -> None:
        """Sends what there is to be sent now."""
        for delivery in await self._due():
            await self._try(delivery)

    async def deliveries(self) -> list[Delivery]:
        """What is under way."""
        return await self._deliveries.all()

    async def _due(self) -> list[Delivery]:
        now = self._clock.monotonic()
        deliveries = await self.deliveries()
        return [one for one in deliveries if self._failures.get(one.table.number, (0, 0.0))[1] <= now]

    async def _try(self, delivery: Delivery) -> None:
        number = delivery.table.number
        try:
            await self._send(delivery)
        except (KinesisFailed, Unsent) as failure:
            if self._wait_longer(number) == 1:
                _LOG.warning("%s: cannot send to Kinesis: %s", delivery.table.name, failure)
        except Exception:
            self._wait_longer(number)
            _LOG.exception("%s: sending to Kinesis failed; it is tried again.", delivery.table.name)
        else:
            self._failures.pop(number, None)

    def _wait_longer(self, number: int) -> int:
        """Puts off the next try; how often it has failed by now."""
        count = self._failures.get(number, (0, 0.0))[0] + 1
        pause = min(_RETRY_SECONDS * 2 ** min(count, 20), _RETRY_SECONDS_AT_MOST)
        self._failures[number] = count, self._clock.monotonic() + pause
        return count

    async def _send(self, delivery: Delivery) -> None:
        """Takes a delivery as far as it goes now. Raises `KinesisFailed`, `Unsent`."""
        destination = await self._current(delivery)
        if destination is None:
            await self._send_last(delivery)
            return
        delivery = replace(delivery, destination=destination)
        if destination.can_be_enabled:
            await self._deliveries.end(delivery)
        elif destination.state == ENABLING:
            await self._enable(delivery)
        elif destination.state == DISABLING:
            await self._disable(delivery)
        else:
            try:
                await self._drain(delivery)
            except Unsent as failure:
                if not self._is_too_old(failure):
                    raise
                await self._give_up(delivery, DISABLED, f"Changes could not be sent for too long: {failure}")

    async def _current(self, delivery: Delivery) -> Destination | None:
        """The destination as it is now; None if the table is gone."""
        table = await self._catalog.referenced(delivery.table)
        return None if table is None else table.destination

    async def _enable(self, delivery: Delivery) -> None:
        """Makes it ACTIVE if the stream is there."""
        destination = delivery.destination
        now = self._clock.now()
        if now < destination.until:
            return
        try:
            await asyncio.to_thread(self._client.check, destination.stream_arn, delivery.table.region)
        except KinesisFailed as failure:
            if not failure.final and now - destination.until < _ENABLING_SECONDS:
                raise
            await self._give_up(delivery, ENABLE_FAILED, str(failure))
        else:
            await self._change(delivery, lambda table: replace(table, destination=_active(destination)))

    async def _disable(self, delivery: Delivery) -> None:
        """Sends what was changed before; it is no reason to stay that Kinesis does not take it."""
        done = False
        try:
            delivery, done = await self._drain(delivery)
        except Unsent as failure:
            _LOG.warning("%s: not all changes were sent to Kinesis: %s", delivery.table.name, failure)
            done = True
        if done and self._clock.now() >= delivery.destination.until:
            await self._give_up(delivery, DISABLED)

    async def _send_last(self, delivery: Delivery) -> None:
        """Sends what was changed before the table was deleted."""
        try:
            delivery, done = await self._drain(delivery)
        except Unsent as failure:
            if not self._is_too_old(failure):
                raise
            done = True
        if done:
            await self._deliveries.end(delivery)

    def _is_too_old(self, failure: Unsent) -> bool:
        return self._clock.now() - failure.since > KINESIS_AGE_SECONDS

    async def _give_up(self, delivery: Delivery, state: str, description: str | None = None) -> None:
        if description is not None:
            _LOG.warning("%s: %s: %s", delivery.table.name, state, description)
        ended = delivery.destination.ended(state, description)
        await self._change(delivery, lambda table: table.without_destination(ended, self._clock.now()))
        await self._deliveries.end(delivery)

    async def _change(self, delivery: Delivery, change: Callable[[Table], Table]) -> None:
        """Makes a change of the table, if it is still that, and its destination as the delivery has it."""
        named = delivery.table

        def changed(table: Table) -> Table:
            same = table.number == named.number and table.destination == delivery.destination
            return change(table) if same else table

        try:
            await self._catalog.update(named.account, named.region, named.name, changed)
        except ServiceError:
            return  # the table is gone: the next run finds it so

    async def _drain(self, delivery: Delivery) -> tuple[Delivery, bool]:
        """Sends what there is, if it is not too much; the delivery then, and whether it is at its end."""
        for _ in range(_ROUNDS):
            sources = await self._sources(delivery)
            shards = [shard.number for source in sources for shard in source.stream.shards]
            before = delivery = delivery.forgetting(shards)
            for source, shard in list(_readable(delivery, sources)):
                delivery = await self._send_page(delivery, source, shard)
            if delivery is before:
                break
        return delivery, not any(map(delivery.needs, shards))

    async def _sources(self, delivery: Delivery) -> list[StreamSource]:
        return await self._streams.of_table(delivery.table)

    async def _send_page(self, delivery: Delivery, source: StreamSource, shard: Shard) -> Delivery:
        """Sends a page of a shard's changes; the delivery as it is then, or the same if there were none."""
        sent = delivery.sent.get(shard.number, 0)
        page = await self._streams.read(source, shard, sent, _PAGE_RECORDS, _PAGE_BYTES)
        if page.changes:
            try:
                await self._put(delivery, shard, page)
            except KinesisFailed as failure:
                raise Unsent(page.changes[0][1].time / 1_000_000, failure) from failure
            self._failures.pop(delivery.table.number, None)
            sent = page.changes[-1][0]
        elif not page.ended:
            return delivery
        delivery = delivery.advanced(shard.number, sent, page.ended)
        await self._deliveries.keep(delivery)
        return delivery

    async def _put(self, delivery: Delivery, shard: Shard, page: ShardPage) -> None:
        records = await asyncio.to_thread(_records, delivery, shard, page)
        stream_arn = delivery.destination.stream_arn
        count = len(records)
        stuck = 0
        # What follows a refused record of an item is sent again with it: so as long as there are refusals
        # fewer changes of one item are sent at once.
        of_one_item = _PAGE_RECORDS
        while records:
            batch, later = first_of_each(records, of_one_item)
            before = len(records)
            refusals: Mapping[int, str] = {}
            try:
                refusals = await asyncio.to_thread(self._client.put, stream_arn, batch)
            except KinesisFailed:
                # What was taken of the page would be sent again if the rest was left for later.
                if before == count or stuck + 1 == _TRIES:
                    raise
            else:
                records = unsent(batch, refusals) + later
                of_one_item = max(of_one_item // 4, 1) if refusals else of_one_item * 2
            stuck = 0 if len(records) < before else stuck + 1
            if stuck == _TRIES:
                raise KinesisFailed(next(iter(refusals.values())))
            if refusals or stuck:
                await asyncio.sleep(_RETRY_SECONDS * 2**stuck)


def _forget(running: set[int], number: int, _: "asyncio.Task[None]") -> None:
    running.discard(number)


def first_of_each(
    records: Sequence[KinesisRecord], count: int
) -> tuple[list[KinesisRecord], list[KinesisRecord]]:
    """The first `count` records with each partition key, and the others."""
    seen: Counter[str] = Counter()
    first: list[KinesisRecord] = []
    others: list[KinesisRecord] = []
    for record in records:
        seen[record.partition_key] += 1
        (first if seen[record.partition_key] <= count else others).append(record)
    return first, others


def unsent(records: Sequence[KinesisRecord], refusals: Mapping[int, str]) -> list[KinesisRecord]:
    """What is to be sent again when the records in some places were not taken.

    That is also what came after them with the same partition key: so the last record of an item that comes
    is of its last change, whatever came before twice.
    """
    held: set[str] = set()
    again = []
    for place, record in enumerate(records):
        if place in refusals or record.partition_key in held:
            held.add(record.partition_key)
            again.append(record)
    return again


def _active(destination: Destination) -> Destination:
    return replace(destination, state=ACTIVE)


def _records(delivery: Delivery, shard: Shard, page: ShardPage) -> list[KinesisRecord]:
    """The records of a page, but those that are too large for Kinesis."""
    source = RecordSource(delivery.table, delivery.destination.precision)
    made = [source.record(change, shard.sequence_number(number)) for number, change in page.changes]
    records = [record for record in made if record.size <= KINESIS_RECORD_BYTES]
    if len(records) < len(made):
        count = len(made) - len(records)
        _LOG.warning("%s: %d changes are too large for Kinesis and are left out", delivery.table.name, count)
    return records


def _readable(delivery: Delivery, sources: Sequence[StreamSource]) -> Iterator[tuple[StreamSource, Shard]]:
    """The shards whose turn it is: their parents, and the streams before theirs, are sent whole."""
    for source in sources:
        needed = {shard.number: shard for shard in source.stream.shards if delivery.needs(shard.number)}
        for shard in needed.values():
            if shard.parent not in needed:
                yield source, shard
        if needed:
            return
