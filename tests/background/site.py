"""A server without HTTP, in this process, whose clock the test moves and whose jobs the test runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.faults.wire import AUTHORIZATION
from tests.postgres_server import database_for
from tests.targets import target

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.background.capacity_upkeep import CapacityUpkeep
from kilowatt.background.stream_upkeep import StreamUpkeep
from kilowatt.background.time_to_live import TimeToLive
from kilowatt.engine.base import Engine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.postgres import PostgresEngine
from kilowatt.engine.rocksdb import RocksEngine
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.limits import PARTITION_BYTES
from kilowatt.operations.context import DEFAULTS, Services
from kilowatt.server.messages import Request
from kilowatt.server.pipeline import Pipeline
from kilowatt.settings import Settings
from kilowatt.store import layout

Document = dict[str, Any]

ENGINES = ("memory", "rocksdb", "postgres")
MINUTE, HOUR, DAY = 60, 3600, 86_400
TABLE = "table"
_START = 1_790_000_000.0

_REGION = "us-east-1"


async def open_engine(kind: str, directory: Path) -> Engine:
    """A new engine, or one over what another left in `directory`."""
    if kind == "memory":
        return MemoryEngine()
    if kind == "rocksdb":
        return RocksEngine.open(directory / "data")
    return await PostgresEngine.open(database_for(str(directory)), (layout.DESCRIPTORS,))


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = _START

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time

    def move(self, seconds: float) -> None:
        self.time += seconds


class Refused(Exception):
    """`code` is the error's name without its namespace."""

    def __init__(self, document: Document) -> None:
        super().__init__(str(document))
        self.code: str = document["__type"].rpartition("#")[2]
        self.text: str = document.get("message", "")
        self.document = document


class Site:
    """One engine with all that works on it."""

    def __init__(
        self,
        engine: Engine,
        clock: MovedClock,
        settings: Settings = DEFAULTS,
        partition_bytes: int = PARTITION_BYTES,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self.services = Services.over(engine, clock, Ids(0), settings)
        self.upkeep = StreamUpkeep(engine, self.services.catalog, clock, meter=self.services.meter)
        self.capacity_upkeep = CapacityUpkeep(
            engine, self.services.catalog, self.services.meter, clock, partition_bytes
        )
        self.time_to_live = TimeToLive(engine, self.services.catalog, self.services.writer, clock)
        self._pipeline = Pipeline(self.services, DevAuthenticator(_REGION), Wording(2026), _REGION)

    @classmethod
    async def over(cls, kind: str, directory: Path) -> "Site":
        """A new site, or one over what another left in `directory`."""
        return cls(await open_engine(kind, directory), MovedClock())

    async def call(self, operation: str, **request: Any) -> Document:
        """The answer; raises `Refused`."""
        headers = {
            b"host": b"localhost",
            b"content-type": b"application/x-amz-json-1.0",
            b"x-amz-target": target(operation).encode(),
            b"x-amz-date": b"20260101T000000Z",
            b"authorization": AUTHORIZATION.encode(),
        }
        answer = await self._pipeline.answer(Request(b"POST", b"/", headers, orjson.dumps(request)))
        document: Document = orjson.loads(answer.body or b"{}")
        if answer.status != 200:
            raise Refused(document)
        return document

    async def create(self, **parameters: Any) -> str:
        """Creates TABLE, with a stream of both images unless told otherwise; returns the stream's ARN."""
        answer = await self.call(
            "CreateTable",
            **{
                "TableName": TABLE,
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
                "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
                **parameters,
            },
        )
        arn: str = answer["TableDescription"].get("LatestStreamArn", "")
        return arn

    async def put(self, *keys: str, **attributes: Any) -> None:
        for key in keys:
            await self.call("PutItem", TableName=TABLE, Item={"pk": {"S": key}, **attributes})

    async def keys(self) -> list[str]:
        """The partition keys of the items there are, sorted."""
        answer = await self.call("Scan", TableName=TABLE)
        return sorted(item["pk"]["S"] for item in answer["Items"])

    async def describe(self, arn: str, **parameters: Any) -> Document:
        answer = await self.call("DescribeStream", StreamArn=arn, **parameters)
        description: Document = answer["StreamDescription"]
        return description

    async def shards(self, arn: str) -> list[Document]:
        shards: list[Document] = (await self.describe(arn))["Shards"]
        return shards

    async def iterator(self, arn: str, shard: Document, **parameters: Any) -> str:
        request = {"ShardIteratorType": "TRIM_HORIZON", **parameters}
        answer = await self.call("GetShardIterator", StreamArn=arn, ShardId=shard["ShardId"], **request)
        iterator: str = answer["ShardIterator"]
        return iterator

    async def records(self, arn: str, shard: Document) -> tuple[list[Document], bool]:
        """All records of a shard, and whether it is closed."""
        records: list[Document] = []
        iterator: str | None = await self.iterator(arn, shard)
        while iterator is not None:
            answer = await self.call("GetRecords", ShardIterator=iterator)
            records += answer["Records"]
            iterator = answer.get("NextShardIterator")
            if not answer["Records"]:
                break
        return records, iterator is None

    async def changed(self, arn: str, shard: Document) -> list[str]:
        """The partition keys in a shard's records."""
        return [record["dynamodb"]["Keys"]["pk"]["S"] for record in (await self.records(arn, shard))[0]]


@contextmanager
def refused(code: str) -> Iterator[None]:
    """What is within must be refused with this code."""
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == code
