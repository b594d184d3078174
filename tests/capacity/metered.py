"""A server in this process whose clock the test moves, and loads on a table of it."""

from collections.abc import Iterable
from typing import Any

from tests.background.site import TABLE, MovedClock, Refused, Site

from kilowatt.domain.capacity.minutes import Minute
from kilowatt.domain.capacity.partitions import Partition
from kilowatt.domain.keys.encoding import escape, partition_hash
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Engine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.limits import PARTITION_BYTES
from kilowatt.settings import Settings

Document = dict[str, Any]

ACCOUNT, REGION = "000000000000", "us-east-1"
ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
TAG = "kilowatt:capacity-mode"
KEY: Document = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}


def item(key: str, kilobytes: int = 1, **attributes: str) -> Document:
    """An item of just so many kilobytes, so that it costs as many write units."""
    strings = {"pk": key, **attributes}
    size = sum(len(name) + len(text) for name, text in strings.items()) + len("filler")
    strings["filler"] = "x" * (kilobytes * 1024 - size)
    return {name: {"S": text} for name, text in strings.items()}


def throughput(read: int, write: int) -> Document:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def provisioned(read: int, write: int) -> Document:
    return {"BillingMode": "PROVISIONED", "ProvisionedThroughput": throughput(read, write)}


def index(name: str = "index", read: int = 1, write: int = 1) -> Document:
    """Parameters of CreateTable for a global index by `group`."""
    return {
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "group", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [
            {
                "IndexName": name,
                "KeySchema": [{"AttributeName": "group", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
                "ProvisionedThroughput": throughput(read, write),
            }
        ],
    }


class MeteredSite(Site):
    """A site on the memory engine, with TABLE to be metered."""

    def __init__(
        self,
        mode: str = "enforce",
        engine: Engine | None = None,
        partition_bytes: int = PARTITION_BYTES,
        **settings: Any,
    ) -> None:
        settings_ = Settings(capacity_mode=mode, **settings)
        super().__init__(engine or MemoryEngine(), MovedClock(), settings_, partition_bytes)

    @classmethod
    async def with_table(cls, mode: str = "enforce", **parameters: Any) -> "MeteredSite":
        site = cls(mode)
        await site.create_table(**parameters)
        return site

    async def create_table(self, **parameters: Any) -> None:
        request = {"TableName": TABLE, "BillingMode": "PAY_PER_REQUEST", **KEY, **parameters}
        await self.call("CreateTable", **request)

    async def put_item(self, key: str, kilobytes: int = 1, **attributes: str) -> None:
        await self.call("PutItem", TableName=TABLE, Item=item(key, kilobytes, **attributes))

    async def get_item(self, key: str, consistent: bool = True) -> None:
        await self.call("GetItem", TableName=TABLE, Key={"pk": {"S": key}}, ConsistentRead=consistent)

    async def put_all(self, keys: Iterable[str], kilobytes: int = 1) -> int:
        """Puts an item of each key, in its turn; how many were not throttled."""
        done = 0
        for key in keys:
            try:
                await self.put_item(key, kilobytes)
                done += 1
            except Refused as refused:
                if "hrottlingReasons" not in str(refused):
                    raise
        return done

    async def table(self) -> Table:
        return await self.services.catalog.table(ACCOUNT, REGION, TABLE)

    async def partitions(self) -> list[Partition]:
        return self.services.meter.partitions(await self.table())

    async def minutes(self, index_name: str | None = None) -> list[Minute]:
        return self.services.meter.consumed(await self.table(), index_name, 0, self.clock.time + 60)

    async def consumed(self, index_name: str | None = None) -> tuple[float, float]:
        """Units of reads and writes, all together."""
        minutes = await self.minutes(index_name)
        return sum(minute.read for minute in minutes) / 2, sum(minute.write for minute in minutes) / 2


def reason_of(refused: Refused) -> str:
    """Of a throttled request the one reason, which must be about TABLE or an index of it."""
    member = "throttlingReasons" if refused.code == "ThrottlingException" else "ThrottlingReasons"
    (reason,) = refused.document[member]
    assert reason["resource"].startswith(ARN)
    assert reason["reason"].startswith("Index" if "/index/" in reason["resource"] else "Table")
    text: str = reason["reason"]
    return text


def spread(count: int, of: int = 16, among: Iterable[int] | None = None) -> list[str]:
    """Keys whose hashes take turns in `of` equal ranges, or in those `among` them."""
    places = list(range(of)) if among is None else list(among)
    found: dict[int, list[str]] = {place: [] for place in places}
    number = 0
    while min(map(len, found.values())) < -(-count // len(places)):
        key = f"key-{number}"
        place = partition_hash(key.encode())[0] * of // 256
        if place in found:
            found[place].append(key)
        number += 1
    return [found[places[turn % len(places)]][turn // len(places)] for turn in range(count)]


def position(key: str) -> bytes:
    return partition_hash(key.encode()) + escape(key.encode())
