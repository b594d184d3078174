"""Which items expire, when, and what that leaves behind, under a moved clock."""

import asyncio
from typing import Any, cast

import pytest
from tests.background.site import DAY, HOUR, MINUTE, TABLE, Site, refused

from kilowatt.background import time_to_live
from kilowatt.engine.base import Engine, Pair

YEAR = 365 * DAY
PLAIN: dict[str, Any] = {"StreamSpecification": {"StreamEnabled": False}}
INDEXED: dict[str, Any] = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "other")],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "local",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "other", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "global",
            "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "ALL"},
        }
    ],
}


async def enable(site: Site, enabled: bool = True, attribute: str = "expires") -> None:
    specification = {"Enabled": enabled, "AttributeName": attribute}
    answer = await site.call("UpdateTimeToLive", TableName=TABLE, TimeToLiveSpecification=specification)
    assert answer == {"TimeToLiveSpecification": specification}


def at(site: Site, seconds: float) -> dict[str, str]:
    """A number that is so many seconds from now."""
    return {"N": repr(site.clock.now() + seconds).removesuffix(".0")}


async def entries(site: Site) -> int:
    """How many expiry entries there are."""
    return len(await site.engine.scan(b"E", b"F", 1000, 1 << 30))


async def test_an_item_is_there_until_its_time_and_deleted_soon_after(site: Site) -> None:
    await site.create()
    await enable(site)
    await site.put("soon", expires=at(site, 10))
    await site.put("later", expires=at(site, 100))
    await site.put("never")
    site.clock.move(10)
    await site.time_to_live.run()
    assert await site.keys() == ["later", "never", "soon"]
    site.clock.move(1)
    assert await site.keys() == ["later", "never", "soon"]  # expired, and visible until it is deleted
    await site.time_to_live.run()
    assert await site.keys() == ["later", "never"]
    site.clock.move(100)
    await site.time_to_live.run()
    assert await site.keys() == ["never"]
    assert await entries(site) == 0


@pytest.mark.parametrize(
    ("value", "expires"),
    [
        ({"N": "{past}"}, True),
        ({"N": "{past}.75"}, True),
        ({"N": "{barely_young_enough}"}, True),
        ({"N": "1e9"}, False),  # more than five years ago
        ({"N": "{too_old}"}, False),
        ({"N": "{past}000"}, False),  # milliseconds: far in the future
        ({"N": "0"}, False),
        ({"N": "0.5"}, False),
        ({"N": "-{past}"}, False),
        ({"N": "1e-130"}, False),
        ({"N": "9.9999999999999999999999999999999999999e125"}, False),
        ({"S": "{past}"}, False),
        ({"BOOL": True}, False),
        ({"NULL": True}, False),
        ({"NS": ["{past}"]}, False),
        ({"L": [{"N": "{past}"}]}, False),
        ({"M": {"expires": {"N": "{past}"}}}, False),
    ],
)
async def test_only_a_time_in_seconds_of_the_last_five_years_counts(
    site: Site, value: dict[str, Any], expires: bool
) -> None:
    await site.create()
    await enable(site)
    now = int(site.clock.now())
    times = {"{past}": now - 10, "{barely_young_enough}": now - 5 * YEAR + 1, "{too_old}": now - 5 * YEAR - 1}
    await site.put("item", expires=_filled(value, times))
    await site.time_to_live.run()
    assert await site.keys() == ([] if expires else ["item"])


def _filled(value: Any, times: dict[str, int]) -> Any:
    if isinstance(value, str):
        for name, time in times.items():
            value = value.replace(name, str(time))
        return value
    if isinstance(value, list):
        return [_filled(inner, times) for inner in value]
    return {key: _filled(inner, times) for key, inner in value.items()} if isinstance(value, dict) else value


async def test_the_name_of_the_attribute_counts_to_the_letter(site: Site) -> None:
    await site.create()
    await enable(site)
    await site.put("a", Expires=at(site, -10))
    await site.put("b", nested={"M": {"expires": at(site, -10)}})
    await site.time_to_live.run()
    assert await site.keys() == ["a", "b"]


async def test_a_key_attribute_may_tell_the_time(site: Site) -> None:
    definition = [{"AttributeName": "pk", "AttributeType": "N"}]
    await site.create(AttributeDefinitions=definition)
    await enable(site, attribute="pk")
    await site.call("PutItem", TableName=TABLE, Item={"pk": at(site, -10)})
    await site.time_to_live.run()
    assert (await site.call("Scan", TableName=TABLE))["Count"] == 0


async def test_items_from_before_expire_too(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time_to_live, "_STEP_ITEMS", 3)
    await site.create()
    for number in range(10):
        await site.put(f"old-{number}", expires=at(site, -10))
    await site.put("never", other={"S": "x"})
    await enable(site)
    assert await entries(site) == 0
    await site.time_to_live.run()
    assert await site.keys() == ["never"]
    table = await site.services.catalog.described("000000000000", "us-east-1", TABLE)
    assert table.ttl_filled


async def test_an_update_decides_anew_when_an_item_expires(site: Site) -> None:
    await site.create()
    await enable(site)
    await site.put("kept", "brought forward", "unset", expires=at(site, 10))
    await site.put("kept", expires=at(site, 100))
    await site.put("brought forward", expires=at(site, -1))
    await site.call(
        "UpdateItem", TableName=TABLE, Key={"pk": {"S": "unset"}}, UpdateExpression="REMOVE expires"
    )
    assert await entries(site) == 2
    site.clock.move(11)
    await site.time_to_live.run()
    assert await site.keys() == ["kept", "unset"]


async def test_an_update_between_the_look_and_the_deletion_wins(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.create()
    await enable(site)
    await site.put("moved", "gone", "left", expires=at(site, -1))
    expire = site.services.writer.expire

    async def after_an_update(*arguments: Any) -> bool:
        await site.put("moved", expires=at(site, HOUR))
        await site.call("DeleteItem", TableName=TABLE, Key={"pk": {"S": "gone"}})
        return await expire(*arguments)

    monkeypatch.setattr(type(site.services.writer), "expire", staticmethod(after_an_update))
    await site.time_to_live.run()
    assert await site.keys() == ["moved"]
    assert await entries(site) == 1


async def test_a_deletion_is_streamed_as_one_of_the_service(site: Site) -> None:
    arn = await site.create()
    await enable(site)
    item = {"pk": {"S": "a"}, "expires": at(site, -1)}
    await site.call("PutItem", TableName=TABLE, Item=item)
    await site.time_to_live.run()
    await site.put("b")
    await site.call("DeleteItem", TableName=TABLE, Key={"pk": {"S": "b"}})
    records, _ = await site.records(arn, (await site.shards(arn))[0])
    assert [record["eventName"] for record in records] == ["INSERT", "REMOVE", "INSERT", "REMOVE"]
    assert records[1]["dynamodb"]["OldImage"] == item
    service = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    assert [record.get("userIdentity") for record in records] == [None, service, None, None]


async def test_a_deleted_item_leaves_indexes_and_counts(site: Site) -> None:
    await site.create(**INDEXED)
    await enable(site)
    for sort_key, seconds in (("1", -1), ("2", HOUR)):
        await site.put("a", sk={"S": sort_key}, other={"S": sort_key}, expires=at(site, seconds))
    await site.time_to_live.run()
    for index in ({}, {"IndexName": "local"}, {"IndexName": "global"}):
        items = (await site.call("Scan", TableName=TABLE, **index))["Items"]
        assert [item["sk"]["S"] for item in items] == ["2"]
    table = (await site.call("DescribeTable", TableName=TABLE))["Table"]
    indexes = table["GlobalSecondaryIndexes"] + table["LocalSecondaryIndexes"]
    assert [part["ItemCount"] for part in (table, *indexes)] == [1, 1, 1]


async def test_an_item_that_a_transaction_holds_waits_for_the_next_time(site: Site) -> None:
    await site.create(**PLAIN)
    await enable(site)
    await site.put("held", "free", expires=at(site, -1))
    writer = site.services.writer
    places = [key for key, _ in await site.engine.scan(b"I", b"J", 10, 1 << 30)]
    held = next(place for place in places if b"held" in place)
    with writer._conflicts.holding([held]):
        await site.time_to_live.run()
        assert await site.keys() == ["held"]
    await site.time_to_live.run()
    assert await site.keys() == []


async def test_disabled_nothing_expires_and_enabled_again_all_does(site: Site) -> None:
    await site.create()
    await enable(site)
    await site.put("before", expires=at(site, 10))
    site.clock.move(HOUR)
    await enable(site, False)
    await site.put("between", expires=at(site, -10))
    await site.time_to_live.run()
    assert await site.keys() == ["before", "between"]
    assert await entries(site) == 0
    described = await site.call("DescribeTimeToLive", TableName=TABLE)
    assert described == {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    site.clock.move(HOUR)
    await enable(site, attribute="ends")
    await site.put("other", ends=at(site, -10))
    await site.time_to_live.run()
    assert await site.keys() == ["before", "between"]
    site.clock.move(HOUR)
    await enable(site, False, "ends")
    site.clock.move(HOUR)
    await enable(site)
    await site.time_to_live.run()
    assert await site.keys() == []


async def test_it_is_changed_once_in_half_an_hour(site: Site) -> None:
    await site.create()
    await enable(site)
    site.clock.move(30 * MINUTE)
    with refused("ValidationException"):
        await enable(site, False)
    site.clock.move(2 * MINUTE)
    await enable(site, False)
    with refused("ValidationException"):
        await enable(site, True)


async def test_a_deleted_table_leaves_no_expiry_entries(site: Site) -> None:
    await site.create()
    await enable(site)
    await site.put("a", expires=at(site, HOUR))
    assert await entries(site) == 1
    await site.call("DeleteTable", TableName=TABLE)
    assert await entries(site) == 0
    await site.time_to_live.run()


async def test_others_are_served_while_many_items_are_deleted(site: Site) -> None:
    await site.create(**PLAIN)
    await site.put(*map(str, range(300)), expires=at(site, -1))
    await enable(site)
    job = asyncio.ensure_future(site.time_to_live.run())
    rounds = 0
    while not job.done():
        await site.call("GetItem", TableName=TABLE, Key={"pk": {"S": "0"}})
        await asyncio.sleep(0)
        rounds += 1
    await job
    assert await site.keys() == []
    assert rounds > 10


class Watched:
    """An engine of which is known from where it was scanned."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.starts: list[int] = []

    async def scan(self, start: bytes, *rest: Any) -> list[Pair]:
        if start[:1] == b"E":
            self.starts.append(int.from_bytes(start[5:13], "big"))
        return await self._engine.scan(start, *rest)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)


async def test_what_was_looked_at_is_not_looked_at_every_time(site: Site) -> None:
    """Else each run would wade through what is left of the entries of all runs before."""
    await site.create()
    await enable(site)
    watched = Watched(site.engine)
    site.time_to_live._engine = cast(Engine, watched)
    await site.put("a", expires=at(site, -DAY))
    await site.time_to_live.run()
    assert await site.keys() == []
    watched.starts.clear()
    site.clock.move(1)
    await site.put("b", expires=at(site, -DAY))
    site.clock.move(1)
    await site.time_to_live.run()
    assert await site.keys() == []
    assert min(watched.starts) > site.clock.now() - MINUTE


async def test_now_and_then_all_is_looked_at(site: Site) -> None:
    """What a slow write, or one of a server with a slow clock, entered behind the others."""
    await site.create()
    await enable(site)
    await site.time_to_live.run()
    site.clock.move(-HOUR)
    await site.put("late", expires=at(site, -1))
    site.clock.move(HOUR)
    await site.time_to_live.run()
    assert await site.keys() == ["late"]
    site.clock.move(11 * MINUTE)
    await site.time_to_live.run()
    assert await site.keys() == []
