"""aiodynamo: a client with a signer, an encoder and error classes of its own."""

import asyncio
import os
import unittest
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiodynamo.client import Client, Table
from aiodynamo.credentials import Credentials
from aiodynamo.errors import ConditionalCheckFailed, ItemNotFound, TableNotFound, ValidationException
from aiodynamo.expressions import F, HashKey, RangeKey
from aiodynamo.http.aiohttp import AIOHTTP
from aiodynamo.models import (
    BatchGetRequest,
    BatchWriteRequest,
    GlobalSecondaryIndex,
    KeySchema,
    KeySpec,
    KeyType,
    LocalSecondaryIndex,
    PayPerRequest,
    Projection,
    ProjectionType,
    ReturnValues,
    Select,
    StaticDelayRetry,
)
from aiohttp import ClientSession
from yarl import URL

TABLE = "clients-aiodynamo"
WAIT = StaticDelayRetry(time_limit_secs=20, delay=0.2)
REPLIES: list[dict[str, Any]] = [
    {"thread": "keys", "number": number, "author": ("amara", "ben")[number % 2], "likes": number % 7}
    for number in range(60)
]


@asynccontextmanager
async def _client() -> AsyncIterator[Client]:
    async with ClientSession() as session:
        endpoint = URL(os.environ["ENDPOINT"])
        yield Client(AIOHTTP(session), Credentials.auto(), "us-east-1", endpoint=endpoint)


async def _create() -> None:
    number = KeySpec("number", KeyType.number)
    by_author = KeySchema(KeySpec("author", KeyType.string), number)
    by_likes = KeySchema(KeySpec("thread", KeyType.string), KeySpec("likes", KeyType.number))
    included = Projection(ProjectionType.include, ["likes"])
    async with _client() as client:
        await client.create_table(
            TABLE,
            PayPerRequest(),
            KeySchema(KeySpec("thread", KeyType.string), number),
            lsis=[LocalSecondaryIndex("by-likes", by_likes, Projection(ProjectionType.all))],
            gsis=[GlobalSecondaryIndex("by-author", by_author, included, None)],
            wait_for_active=WAIT,
        )
        for start in range(0, len(REPLIES), 25):
            request = BatchWriteRequest(items_to_put=REPLIES[start : start + 25])
            await client.batch_write({TABLE: request})


async def _delete() -> None:
    async with _client() as client:
        await client.delete_table(TABLE, wait_for_disabled=WAIT)


def setUpModule() -> None:
    asyncio.run(_create())


def tearDownModule() -> None:
    asyncio.run(_delete())


def _numbers(items: Iterable[dict[str, Any]]) -> list[int]:
    return [item["number"] for item in items]


class Items(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.client: Client = await self.enterAsyncContext(_client())
        self.table: Table = self.client.table(TABLE)

    async def test_the_table_is_described(self) -> None:
        description = await self.table.describe()
        assert description.throughput == PayPerRequest()
        assert [key.name for key in description.key_schema or ()] == ["thread", "number"]
        assert await self.table.exists()
        assert not await self.client.table_exists("clients-none")

    async def test_an_item_comes_back_with_its_types(self) -> None:
        item = {
            "thread": "types",
            "number": -12.5,
            "text": "Zürich ✓",
            "tags": {"a", "b"},
            "bytes": b"\x00\xff",
            "nested": {"list": [1, None, True, {}]},
        }
        await self.table.put_item(item)
        key = {"thread": "types", "number": -12.5}
        assert await self.table.get_item(key, consistent_read=True) == item
        projected = await self.table.get_item(key, projection=F("nested", "list", 0) & F("text"))
        assert projected == {"nested": {"list": [1]}, "text": "Zürich ✓"}
        deleted = await self.table.delete_item(key, return_values=ReturnValues.all_old)
        assert deleted == item
        with pytest.raises(ItemNotFound):
            await self.table.get_item(key)

    async def test_an_update_acts_on_the_stored_item(self) -> None:
        key = {"thread": "updates", "number": 1}
        await self.table.put_item({**key, "likes": 1, "tags": {"old"}, "log": ["made"], "draft": True})
        updated = await self.table.update_item(
            key,
            F("likes").change(2)
            & F("tags").add({"new"})
            & F("log").append(["liked"])
            & F("draft").remove()
            & F("pinned").set_if_not_exists(True),
            condition=F("likes").lt(2) & F("tags").contains("old"),
            return_values=ReturnValues.all_new,
        )
        expected = {"likes": 3, "tags": {"old", "new"}, "log": ["made", "liked"], "pinned": True}
        assert updated == {**key, **expected}
        with pytest.raises(ConditionalCheckFailed):
            await self.table.update_item(key, F("likes").change(2), condition=F("likes").lt(2))
        assert (await self.table.get_item(key))["likes"] == 3

    async def test_a_conditional_put_does_not_overwrite(self) -> None:
        key = {"thread": "conditions", "number": 1}
        await self.table.put_item({**key, "text": "first"}, condition=F("thread").does_not_exist())
        with pytest.raises(ConditionalCheckFailed):
            await self.table.put_item({**key, "text": "second"}, condition=F("thread").does_not_exist())
        assert (await self.table.get_item(key))["text"] == "first"

    async def test_batches_get_and_delete(self) -> None:
        keys = [{"thread": "batch", "number": number} for number in range(20)]
        await self.client.batch_write({TABLE: BatchWriteRequest(items_to_put=keys)})
        await self.client.batch_write({TABLE: BatchWriteRequest(keys_to_delete=keys[5:])})
        got = await self.client.batch_get({TABLE: BatchGetRequest(keys=keys, consistent_read=True)})
        assert sorted(_numbers(got.items[TABLE])) == [0, 1, 2, 3, 4]
        assert got.unprocessed_keys == {}

    async def test_errors_have_their_classes(self) -> None:
        with pytest.raises(TableNotFound):
            await self.client.get_item("clients-none", {"thread": "x", "number": 1})
        with pytest.raises(ValidationException):
            await self.table.get_item({"thread": "the key has no number"})


class Reads(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.client: Client = await self.enterAsyncContext(_client())
        self.table: Table = self.client.table(TABLE)

    async def test_a_query_crosses_pages_in_both_directions(self) -> None:
        forward = [item async for item in self.table.query(HashKey("thread", "keys"), limit=60)]
        assert forward == REPLIES
        page = await self.table.query_single_page(HashKey("thread", "keys"), limit=10)
        assert page.last_evaluated_key == {"thread": "keys", "number": 9}
        rest = self.table.query(HashKey("thread", "keys"), start_key=page.last_evaluated_key)
        assert [item async for item in rest] == REPLIES[10:]
        newest = self.table.query(HashKey("thread", "keys"), scan_forward=False, limit=5)
        assert [item async for item in newest] == REPLIES[:-6:-1]

    async def test_key_condition_filter_and_projection_combine(self) -> None:
        found = self.table.query(
            HashKey("thread", "keys") & RangeKey("number").between(10, 20),
            filter_expression=F("author").equals("ben") & ~F("likes").is_in([6, 1]),
            projection=F("number") & F("author"),
        )
        expected = [{"number": number, "author": "ben"} for number in (11, 17, 19)]
        assert [item async for item in found] == expected
        assert await self.table.count(HashKey("thread", "keys") & RangeKey("number").gte(40)) == 20

    async def test_the_local_index_sorts_by_likes(self) -> None:
        key = HashKey("thread", "keys") & RangeKey("likes").gt(4)
        found = [item async for item in self.table.query(key, index="by-likes")]
        expected = sorted(
            (reply for reply in REPLIES if reply["likes"] > 4), key=lambda reply: reply["likes"]
        )
        assert [item["likes"] for item in found] == [reply["likes"] for reply in expected]
        assert sorted(_numbers(found)) == sorted(_numbers(expected))

    async def test_the_global_index_finds_an_author(self) -> None:
        async def read() -> list[Any]:
            key = HashKey("author", "ben") & RangeKey("number").lt(20)
            pages = self.table.query(key, index="by-author", select=Select.all_projected_attributes)
            return [item async for item in pages]

        for _ in range(50):
            if len(await read()) == 10:
                break
            await asyncio.sleep(0.1)  # an index may lag behind its table
        assert await read() == [reply for reply in REPLIES[:20] if reply["author"] == "ben"]

    async def test_a_scan_with_a_filter_returns_what_matches(self) -> None:
        matching = F("thread").equals("keys") & (F("likes").equals(6) | F("number").lt(2))
        found = [item async for item in self.table.scan(filter_expression=matching)]
        expected = [reply for reply in REPLIES if reply["likes"] == 6 or _numbers([reply])[0] < 2]
        assert sorted(_numbers(found)) == _numbers(expected)
        assert await self.table.scan_count(filter_expression=matching) == len(expected)
