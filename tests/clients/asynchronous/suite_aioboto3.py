"""aioboto3: the resource and the client of asyncio, on a table of chat messages."""

import asyncio
import os
import unittest
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import aioboto3
import pytest
from boto3.dynamodb.conditions import Attr, Key
from botocore.exceptions import ClientError

TABLE = "clients-aioboto3"
MESSAGES: list[dict[str, Any]] = [
    {
        "chat": "maths",
        "number": Decimal(number),
        "author": ("amara", "ben")[number % 2],
        "text": f"No. {number}",
    }
    for number in range(60)
]


def _resource() -> Any:
    return aioboto3.Session().resource("dynamodb", endpoint_url=os.environ["ENDPOINT"])


async def _create() -> None:
    async with _resource() as dynamodb:
        table = await dynamodb.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": "chat", "AttributeType": "S"},
                {"AttributeName": "number", "AttributeType": "N"},
                {"AttributeName": "author", "AttributeType": "S"},
            ],
            KeySchema=[
                {"AttributeName": "chat", "KeyType": "HASH"},
                {"AttributeName": "number", "KeyType": "RANGE"},
            ],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by-author",
                    "KeySchema": [
                        {"AttributeName": "author", "KeyType": "HASH"},
                        {"AttributeName": "number", "KeyType": "RANGE"},
                    ],
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        await table.wait_until_exists()
        async with table.batch_writer(overwrite_by_pkeys=["chat", "number"]) as batch:
            for message in [MESSAGES[0] | {"text": "overwritten"}, *MESSAGES]:
                await batch.put_item(Item=message)


async def _delete() -> None:
    async with _resource() as dynamodb:
        table = await dynamodb.Table(TABLE)
        await table.delete()
        await table.wait_until_not_exists()


def setUpModule() -> None:
    asyncio.run(_create())


def tearDownModule() -> None:
    asyncio.run(_delete())


async def _all(read: Callable[..., Awaitable[dict[str, Any]]], **request: Any) -> list[dict[str, Any]]:
    """The items of all pages."""
    page = await read(**request)
    items: list[dict[str, Any]] = page["Items"]
    while "LastEvaluatedKey" in page:
        page = await read(**request, ExclusiveStartKey=page["LastEvaluatedKey"])
        items += page["Items"]
    return items


class Resource(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        dynamodb = await self.enterAsyncContext(_resource())
        self.table = await dynamodb.Table(TABLE)

    async def test_an_item_comes_back_with_its_types(self) -> None:
        item = {
            "chat": "types",
            "number": Decimal("-12.50"),
            "text": "Zürich ✓",
            "tags": {"a", "b"},
            "votes": {Decimal(1), Decimal("2.5")},
            "attachments": [b"\x00\xff", None, True, {"nested": []}],
        }
        await self.table.put_item(Item=item)
        key = {"chat": "types", "number": Decimal("-12.5")}
        found = (await self.table.get_item(Key=key, ConsistentRead=True))["Item"]
        found["attachments"][0] = bytes(found["attachments"][0])
        assert found == item
        deleted = await self.table.delete_item(Key=key, ReturnValues="ALL_OLD")
        assert deleted["Attributes"]["tags"] == {"a", "b"}
        assert "Item" not in await self.table.get_item(Key=key)

    async def test_a_query_crosses_pages_in_both_directions(self) -> None:
        chat = Key("chat").eq("maths")
        assert await _all(self.table.query, KeyConditionExpression=chat, Limit=25) == MESSAGES
        newest = await self.table.query(KeyConditionExpression=chat, Limit=3, ScanIndexForward=False)
        assert newest["Items"] == MESSAGES[:-4:-1]
        some = await self.table.query(
            KeyConditionExpression=chat & Key("number").between(10, 20),
            FilterExpression=Attr("author").eq("ben"),
        )
        assert some["Items"] == MESSAGES[11:20:2]
        assert (some["Count"], some["ScannedCount"]) == (5, 11)

    async def test_the_index_holds_an_author_s_keys(self) -> None:
        async def read() -> list[dict[str, Any]]:
            ben = Key("author").eq("ben") & Key("number").gte(40)
            return await _all(self.table.query, IndexName="by-author", KeyConditionExpression=ben, Limit=7)

        expected = [{key: m[key] for key in ("chat", "number", "author")} for m in MESSAGES[41::2]]
        for _ in range(50):
            if await read() == expected:
                break
            await asyncio.sleep(0.1)  # an index may lag behind its table
        assert await read() == expected

    async def test_a_condition_lets_one_of_many_writers_through(self) -> None:
        async def post(author: str) -> str:
            try:
                await self.table.put_item(
                    Item={"chat": "race", "number": 1, "author": author},
                    ConditionExpression=Attr("chat").not_exists(),
                )
            except ClientError as error:
                return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
            return author

        authors = [f"writer-{number}" for number in range(10)]
        posted = await asyncio.gather(*map(post, authors))
        winners = [answer for answer in posted if answer in authors]
        assert len(winners) == 1
        refused = "ConditionalCheckFailedException: The conditional request failed"
        assert sorted(posted) == sorted([refused] * 9 + winners)
        stored = await self.table.get_item(Key={"chat": "race", "number": 1}, ConsistentRead=True)
        assert stored["Item"]["author"] == winners[0]

    async def test_concurrent_updates_all_count(self) -> None:
        key = {"chat": "counter", "number": 1}
        await asyncio.gather(
            *(
                self.table.update_item(
                    Key=key, UpdateExpression="ADD likes :one", ExpressionAttributeValues={":one": 1}
                )
                for _ in range(30)
            )
        )
        assert (await self.table.get_item(Key=key, ConsistentRead=True))["Item"]["likes"] == 30

    async def test_segments_scan_the_whole_table(self) -> None:
        segments = [
            _all(self.table.scan, Segment=n, TotalSegments=3, FilterExpression=Attr("chat").eq("maths"))
            for n in range(3)
        ]
        found = [item for items in await asyncio.gather(*segments) for item in items]
        assert sorted(found, key=lambda item: item["number"]) == MESSAGES


class Client(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        session = aioboto3.Session()
        connect = session.client("dynamodb", endpoint_url=os.environ["ENDPOINT"])
        self.client = await self.enterAsyncContext(connect)

    async def test_the_paginator_walks_the_pages(self) -> None:
        pages = self.client.get_paginator("query").paginate(
            TableName=TABLE,
            KeyConditionExpression="chat = :chat",
            ExpressionAttributeValues={":chat": {"S": "maths"}},
            PaginationConfig={"PageSize": 25},
        )
        assert [page["Count"] async for page in pages] == [25, 25, 10]

    async def test_a_batch_writes_gets_and_deletes(self) -> None:
        keys = [{"chat": {"S": "batch"}, "number": {"N": str(number)}} for number in range(12)]
        puts = [{"PutRequest": {"Item": key}} for key in keys]
        answer = await self.client.batch_write_item(RequestItems={TABLE: puts})
        assert answer["UnprocessedItems"] == {}
        deletes = [{"DeleteRequest": {"Key": key}} for key in keys[4:]]
        await self.client.batch_write_item(RequestItems={TABLE: deletes})
        got = await self.client.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
        assert sorted(item["number"]["N"] for item in got["Responses"][TABLE]) == ["0", "1", "2", "3"]
        assert got["UnprocessedKeys"] == {}

    async def test_a_missing_table_is_a_modelled_error(self) -> None:
        with pytest.raises(self.client.exceptions.ResourceNotFoundException):
            await self.client.describe_table(TableName="clients-none")
