"""Mappings follow shards that split and roll over, parents before children."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from tests.server.serving import on_uvloop, serving

from kilowatt.background.stream_upkeep import StreamUpkeep
from kilowatt.clock import SystemClock
from kilowatt.domain.tables.table import Table
from kilowatt.domain.triggers.mapping import Mapping
from kilowatt.engine.base import A, Decide
from kilowatt.engine.memory import MemoryEngine
from kilowatt.ids import Ids
from kilowatt.operations.context import Context, Services
from kilowatt.operations.create_table import create_table
from kilowatt.operations.put_item import put_item
from kilowatt.server.http import Request, Response
from kilowatt.settings import Settings
from kilowatt.store.triggers import TriggerStore
from kilowatt.triggers.configuration import ConfiguredFunctions
from kilowatt.triggers.host import Triggers
from kilowatt.triggers.rest import Answering, Listening
from kilowatt.triggers.setup import triggers_of

ACCOUNT, REGION = "000000000000", "us-east-1"


class MovableClock(SystemClock):
    """The system's clock, ahead by some seconds."""

    ahead = 0.0

    def now(self) -> float:
        return super().now() + self.ahead


class CountingEngine(MemoryEngine):
    """Counts its transactions."""

    writes = 0

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        self.writes += 1
        return await super().transact(keys, decide)


@dataclass
class Setting:
    """Triggers over an engine in memory, whose function is an endpoint of this test."""

    engine: "CountingEngine"
    services: Services
    context: Context
    upkeep: StreamUpkeep
    triggers: Triggers
    store: TriggerStore
    clock: MovableClock
    directory: Path
    events: list[dict[str, Any]] = field(default_factory=list)
    blocked: asyncio.Event = field(default_factory=asyncio.Event)
    reply: Callable[[int], Any] = lambda _: None
    """What the function returns to its first, second, ... event."""

    async def put(self, key: str, value: str) -> None:
        await put_item(self.context, {"TableName": "table", "Item": {"pk": {"S": key}, "v": {"N": value}}})

    async def table(self) -> Table:
        return await self.services.catalog.described(ACCOUNT, REGION, "table")

    async def divide(self, split: bool) -> None:
        """Closes every shard that is open."""
        table = await self.table()
        assert table.stream is not None
        for shard in table.stream.open_shards:
            await self.upkeep.divide(table, shard.number, split)

    async def map(self, **settings: Any) -> Mapping:
        source = (await self.services.streams.all(ACCOUNT, REGION))[0]
        mapping = Mapping("the-uuid", ACCOUNT, REGION, source.arn, "f", "TRIM_HORIZON", 0.0, **settings)
        await self.store.create_mapping(mapping, source)
        self.triggers.changed(mapping)
        return mapping

    def values(self) -> dict[str, list[int]]:
        """What came of each item, in order."""
        seen: dict[str, list[int]] = {}
        for event in self.events:
            for record in event["Records"]:
                image = record["dynamodb"]["NewImage"]
                seen.setdefault(image["pk"]["S"], []).append(int(image["v"]["N"]))
        return seen

    async def until_values(self, expected: dict[str, list[int]]) -> None:
        async with asyncio.timeout(20):
            while self.values() != expected:
                await asyncio.sleep(0.02)

    async def answer(self, request: Request) -> Response:
        await self.blocked.wait()
        self.events.append(orjson.loads(request.body))
        body = orjson.dumps(self.reply(len(self.events)))
        return Response(200, b"Content-Length: %d\r\n" % len(body), body)


async def _no_processes(_: Answering) -> Listening:
    raise AssertionError("the function is at an endpoint: no process is to be started for it")


@asynccontextmanager
async def setting(directory: Path) -> AsyncIterator[Setting]:
    clock = MovableClock()
    settings = Settings(data_dir=None, failure_dir=directory)
    engine = CountingEngine()
    services = Services.over(engine, clock, Ids(), settings)
    context = Context(services, ACCOUNT, REGION)
    answering: list[Setting] = []

    async def endpoint(request: Request) -> Response:
        return await asyncio.ensure_future(answering[0].answer(request))

    async with serving(endpoint) as served:
        configured = ConfiguredFunctions({"f": {"endpoint": f"http://127.0.0.1:{served.port}"}})
        triggers, _ = triggers_of(services, settings, configured, _no_processes, lambda _: {})
        upkeep = StreamUpkeep(services.engine, services.catalog, clock)
        store = TriggerStore(services.engine)
        made = Setting(engine, services, context, upkeep, triggers, store, clock, directory)
        made.blocked.set()
        answering.append(made)
        await create_table(
            context,
            {
                "TableName": "table",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
            },
        )
        try:
            yield made
        finally:
            made.blocked.set()
            await triggers.close(0)


KEYS = "abcdefgh"


@on_uvloop
async def test_shards_that_divide_are_followed_in_the_order_of_each_item(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        await made.map(batch_size=3)
        for number in range(5):
            for key in KEYS:
                await made.put(key, str(number))
            await made.divide(split=number % 2 == 0)
        await made.until_values({key: list(range(5)) for key in KEYS})


@on_uvloop
async def test_children_wait_for_a_parent_that_is_not_done(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        made.blocked.clear()
        await made.map()
        await made.put("a", "0")
        await made.divide(split=True)
        await made.put("a", "1")
        await asyncio.sleep(1.5)
        assert made.events == []
        made.blocked.set()
        await made.until_values({"a": [0, 1]})


@on_uvloop
async def test_shards_that_are_done_are_not_read_again_after_a_restart(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        mapping = await made.map()
        for number in range(3):
            await made.put("a", str(number))
            await made.divide(split=False)
        await made.until_values({"a": [0, 1, 2]})
        async with asyncio.timeout(10):
            while sum(it.done for it in (await made.store.checkpoints(mapping.uuid)).values()) < 3:
                await asyncio.sleep(0.02)
        made.triggers.changed(mapping)
        await made.put("a", "3")
        await made.until_values({"a": [0, 1, 2, 3]})


@on_uvloop
async def test_a_mapping_of_latest_reads_what_later_shards_have(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        await made.put("a", "0")
        await made.divide(split=True)
        await made.put("a", "1")
        source = (await made.services.streams.all(ACCOUNT, REGION))[0]
        mapping = Mapping("the-uuid", ACCOUNT, REGION, source.arn, "f", "LATEST", 0.0)
        await made.store.create_mapping(mapping, source)
        await made.put("a", "2")
        await made.divide(split=False)
        await made.put("a", "3")
        made.triggers.changed(mapping)
        await made.until_values({"a": [2, 3]})


@on_uvloop
async def test_the_end_of_a_shard_closes_its_window(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        made.reply = lambda count: {"state": {"seen": count}}
        await made.map(tumbling_seconds=900)
        await made.put("a", "0")
        await made.divide(split=False)
        await made.put("a", "1")
        await made.until_values({"a": [0, 1]})
        assert [event["isFinalInvokeForWindow"] for event in made.events] == [False, True, False]
        assert [event["state"] for event in made.events] == [{}, {"seen": 1}, {}]


@on_uvloop
async def test_a_state_that_grew_too_large_ends_its_window_early(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        made.reply = lambda _: {"state": {"much": "x" * 1024 * 1024}}
        await made.map(tumbling_seconds=900, batch_size=1)
        await made.put("a", "0")
        await made.put("a", "1")
        await made.until_values({"a": [0, 1]})
        assert [event["isWindowTerminatedEarly"] for event in made.events[:3]] == [False, True, False]
        assert made.events[2]["state"] == {}


@on_uvloop
async def test_records_that_are_too_old_are_given_up(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        made.reply = lambda _: {"errorType": "ValueError", "errorMessage": "no"}
        await made.map(most_age_seconds=60, destination="file:old")
        await made.put("a", "0")
        async with asyncio.timeout(10):
            while len(made.events) < 2:
                await asyncio.sleep(0.02)
        made.clock.ahead = 61.0
        file = tmp_path / "old"
        async with asyncio.timeout(20):
            while not file.exists() or not file.read_text().endswith("\n"):
                await asyncio.sleep(0.05)
        failure = json.loads(file.read_text())
        assert failure["requestContext"]["condition"] == "RecordAgeExceeded"
        assert failure["requestContext"]["approximateInvokeCount"] == len(made.events)
        assert "responseContext" not in failure
        assert failure["DDBStreamBatchInfo"]["batchSize"] == 1


@on_uvloop
async def test_filtered_records_move_the_checkpoint_without_an_invocation(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        mapping = await made.map(patterns=['{"eventName": ["REMOVE"]}'])
        for number in range(3):
            await made.put("a", str(number))
        async with asyncio.timeout(10):
            while [it.after for it in (await made.store.checkpoints(mapping.uuid)).values()] != [3]:
                await asyncio.sleep(0.02)
        assert made.events == []


@on_uvloop
async def test_an_idle_mapping_writes_nothing(tmp_path: Path) -> None:
    async with setting(tmp_path) as made:
        await made.map()
        before = made.engine.writes
        await asyncio.sleep(1.5)
        assert made.engine.writes == before
