"""Shards as time goes by and load comes: they roll over, split, and are forgotten."""

from itertools import pairwise
from typing import Any

import pytest
from tests.background.site import DAY, HOUR, MINUTE, TABLE, Site, refused

Document = dict[str, Any]

DISABLE = {"StreamEnabled": False}
# Takes more writes a second than a shard of the default settings.
BUSY = 1100


def start(shard: Document) -> int:
    return int(shard["SequenceNumberRange"]["StartingSequenceNumber"])


def end(shard: Document) -> int | None:
    number = shard["SequenceNumberRange"].get("EndingSequenceNumber")
    return None if number is None else int(number)


async def split(site: Site) -> None:
    """Has every open shard of TABLE split."""
    table = await site.services.catalog.described("000000000000", "us-east-1", TABLE)
    assert table.stream is not None
    for shard in table.stream.open_shards:
        await site.upkeep.divide(table, shard.number, split=True)


async def test_a_shard_rolls_over_after_four_hours(site: Site) -> None:
    arn = await site.create()
    await site.put("a")
    site.clock.move(4 * HOUR - 1)
    await site.upkeep.run()
    assert len(await site.shards(arn)) == 1
    site.clock.move(1)
    await site.upkeep.run()
    await site.put("b")
    parent, child = await site.shards(arn)
    assert child["ParentShardId"] == parent["ShardId"]
    assert "ParentShardId" not in parent
    assert end(child) is None
    last = end(parent)
    assert last is not None
    assert start(parent) < last < start(child)
    assert await site.changed(arn, parent) == ["a"]
    assert await site.changed(arn, child) == ["b"]


async def test_an_idle_shard_stays_open(site: Site) -> None:
    arn = await site.create()
    site.clock.move(3 * DAY)
    await site.upkeep.run()
    (shard,) = await site.shards(arn)
    assert end(shard) is None


async def test_a_closed_shard_ends_and_an_open_one_goes_on(site: Site) -> None:
    arn = await site.create()
    await site.put("a")
    (shard,) = await site.shards(arn)
    begun = await site.iterator(arn, shard)
    read = await site.call("GetRecords", ShardIterator=begun)
    assert len(read["Records"]) == 1
    again = await site.call("GetRecords", ShardIterator=read["NextShardIterator"])
    assert (again["Records"], "NextShardIterator" in again) == ([], True)
    site.clock.move(4 * HOUR)
    await site.upkeep.run()
    for kind in ("TRIM_HORIZON", "LATEST"):
        iterator = await site.iterator(arn, shard, ShardIteratorType=kind)
        answer = await site.call("GetRecords", ShardIterator=iterator)
        assert "NextShardIterator" not in answer
        assert len(answer["Records"]) == (kind == "TRIM_HORIZON")


async def test_a_page_that_ends_with_the_last_change_leaves_the_end_to_the_next(site: Site) -> None:
    arn = await site.create()
    await site.put("a", "b")
    (shard,) = await site.shards(arn)
    await split(site)
    first = await site.call("GetRecords", ShardIterator=await site.iterator(arn, shard), Limit=2)
    assert len(first["Records"]) == 2
    last = await site.call("GetRecords", ShardIterator=first["NextShardIterator"])
    assert last == {"Records": []}


async def test_a_shard_with_more_than_a_thousand_writes_a_second_is_split(site: Site) -> None:
    arn = await site.create()
    await site.upkeep.run()
    await site.put(*map(str, range(BUSY)))
    site.clock.move(1)
    await site.upkeep.run()
    parent, *children = await site.shards(arn)
    assert end(parent) is not None
    assert [child["ParentShardId"] for child in children] == [parent["ShardId"]] * 2
    await site.put(*map(str, range(50)), value={"N": "1"})
    halves = [await site.changed(arn, child) for child in children]
    assert all(halves)
    assert sorted(halves[0] + halves[1]) == sorted(map(str, range(50)))


async def test_a_shard_is_judged_from_its_opening_on(site: Site) -> None:
    """It may be so old when it is first looked at that it has to close anyway."""
    arn = await site.create()
    await site.put(*map(str, range(3 * BUSY)))
    site.clock.move(3)
    await site.upkeep.run()
    assert len(await site.shards(arn)) == 3


async def test_a_burst_of_less_than_a_second_splits_no_shard(site: Site) -> None:
    arn = await site.create()
    await site.put(*map(str, range(BUSY // 2)))
    site.clock.move(0.1)
    await site.upkeep.run()
    assert len(await site.shards(arn)) == 1


async def test_a_shard_with_fewer_writes_is_not_split(site: Site) -> None:
    arn = await site.create()
    await site.upkeep.run()
    await site.put(*map(str, range(BUSY)))
    site.clock.move(2)
    await site.upkeep.run()
    assert len(await site.shards(arn)) == 1


async def test_an_item_stays_in_one_line_of_shards_in_which_sequence_numbers_grow(site: Site) -> None:
    arn = await site.create()
    for value in range(6):
        await site.put(*"abcdefgh", value={"N": str(value)})
        if value % 2:
            site.clock.move(4 * HOUR)
            await site.upkeep.run()
        else:
            await split(site)
    seen: dict[str, list[tuple[str, int, str]]] = {}
    shards = await site.shards(arn)
    for shard in shards:
        for record in (await site.records(arn, shard))[0]:
            change = record["dynamodb"]
            place = (change["NewImage"]["value"]["N"], int(change["SequenceNumber"]), shard["ShardId"])
            seen.setdefault(change["Keys"]["pk"]["S"], []).append(place)
    parents = {shard["ShardId"]: shard.get("ParentShardId") for shard in shards}
    assert sorted(seen) == list("abcdefgh")
    for places in seen.values():
        values, numbers, ids = zip(*sorted(places), strict=True)
        assert values == ("0", "1", "2", "3", "4", "5")
        assert list(numbers) == sorted(set(numbers))
        assert all(parents[child] == parent for parent, child in pairwise(ids))


async def test_no_two_records_of_a_stream_have_the_same_sequence_number_or_id(site: Site) -> None:
    arn = await site.create()
    await split(site)
    await split(site)
    await site.put(*map(str, range(100)))
    records = [record for shard in await site.shards(arn) for record in (await site.records(arn, shard))[0]]
    assert len(records) == 100
    assert len({record["dynamodb"]["SequenceNumber"] for record in records}) == 100
    assert len({record["eventID"] for record in records}) == 100


async def test_a_shard_is_forgotten_a_day_after_it_closed(site: Site) -> None:
    arn = await site.create()
    await site.put("a", "b")
    parent = (await site.shards(arn))[0]
    site.clock.move(4 * HOUR)
    await site.upkeep.run()
    await site.put("c")
    site.clock.move(DAY - 1)
    iterator = await site.iterator(arn, parent)
    await site.upkeep.run()
    assert await site.changed(arn, parent) == ["a", "b"]
    site.clock.move(1)
    await site.upkeep.run()
    shards = await site.shards(arn)
    assert parent["ShardId"] not in [shard["ShardId"] for shard in shards]
    assert "ParentShardId" not in shards[0]
    assert await site.changed(arn, shards[0]) == ["c"]
    with refused("TrimmedDataAccessException"):
        await site.call("GetRecords", ShardIterator=iterator)
    with refused("ResourceNotFoundException"):
        await site.iterator(arn, parent)


async def test_nothing_of_a_forgotten_shard_is_kept(site: Site) -> None:
    arn = await site.create()
    await site.put("a", "b")
    table = await site.services.catalog.described("000000000000", "us-east-1", TABLE)
    assert table.stream is not None
    log = b"S" + table.number.to_bytes(4, "big") + table.stream.shards[0].number.to_bytes(4, "big")
    assert len(await site.engine.log(log, 0, 10)) == 2
    site.clock.move(4 * HOUR)
    await site.upkeep.run()
    site.clock.move(DAY)
    await site.upkeep.run()
    assert await site.engine.log(log, 0, 10) == []
    assert len(await site.shards(arn)) == 1


async def test_an_iterator_is_good_for_fifteen_minutes(site: Site) -> None:
    arn = await site.create()
    (shard,) = await site.shards(arn)
    iterator = await site.iterator(arn, shard)
    site.clock.move(15 * MINUTE)
    following = (await site.call("GetRecords", ShardIterator=iterator))["NextShardIterator"]
    site.clock.move(1)
    with refused("ExpiredIteratorException"):
        await site.call("GetRecords", ShardIterator=iterator)
    await site.call("GetRecords", ShardIterator=following)


@pytest.mark.parametrize("way", ["disabled", "deleted"])
async def test_a_stream_that_ended_can_be_read_for_a_day(site: Site, way: str) -> None:
    arn = await site.create()
    await site.put("a")
    await split(site)
    await site.put("b")
    if way == "disabled":
        await site.call("UpdateTable", TableName=TABLE, StreamSpecification=DISABLE)
    else:
        await site.call("DeleteTable", TableName=TABLE)
    site.clock.move(DAY - 1)
    await site.upkeep.run()
    description = await site.describe(arn)
    assert description["StreamStatus"] == "DISABLED"
    assert [stream["StreamArn"] for stream in (await site.call("ListStreams"))["Streams"]] == [arn]
    read = [await site.records(arn, shard) for shard in description["Shards"]]
    keys = [record["dynamodb"]["Keys"]["pk"]["S"] for records, _ in read for record in records]
    assert sorted(keys) == ["a", "b"]
    assert all(closed for _, closed in read)
    site.clock.move(1)
    await site.upkeep.run()
    assert (await site.call("ListStreams"))["Streams"] == []
    with refused("ResourceNotFoundException"):
        await site.describe(arn)


async def test_the_stream_of_a_new_table_of_the_same_name_is_another(site: Site) -> None:
    old = await site.create()
    await site.put("a")
    await site.call("DeleteTable", TableName=TABLE)
    site.clock.move(1)
    new = await site.create()
    await site.put("b")
    assert [stream["StreamArn"] for stream in (await site.call("ListStreams"))["Streams"]] == [old, new]
    assert await site.changed(old, (await site.shards(old))[0]) == ["a"]
    assert await site.changed(new, (await site.shards(new))[0]) == ["b"]


async def test_streams_of_one_millisecond_have_labels_of_their_own(site: Site) -> None:
    arns = [await site.create()]
    for key in "ab":
        await site.put(key)
        await site.call("UpdateTable", TableName=TABLE, StreamSpecification=DISABLE)
        enable = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
        answer = await site.call("UpdateTable", TableName=TABLE, StreamSpecification=enable)
        arns.append(answer["TableDescription"]["LatestStreamArn"])
    assert len(set(arns)) == 3
    shards = [(await site.shards(arn))[0] for arn in arns]
    assert [await site.changed(arn, shard) for arn, shard in zip(arns, shards, strict=True)] == [
        ["a"],
        ["b"],
        [],
    ]


async def test_pages_of_shards_go_on_where_a_forgotten_shard_was(site: Site) -> None:
    arn = await site.create()
    for value in range(3):
        await site.put("a", value={"N": str(value)})
        site.clock.move(4 * HOUR)
        await site.upkeep.run()
    first, second, *rest = await site.shards(arn)
    page = await site.describe(arn, Limit=2)
    assert page["LastEvaluatedShardId"] == second["ShardId"]
    site.clock.move(DAY - 4 * HOUR)
    await site.upkeep.run()
    following = await site.describe(arn, ExclusiveStartShardId=second["ShardId"])
    assert second["ShardId"] not in [shard["ShardId"] for shard in await site.shards(arn)]
    ids = [shard["ShardId"] for shard in following["Shards"]]
    assert [shard["ShardId"] for shard in rest] == ids[: len(rest)]
    assert first["ShardId"] not in ids


async def test_a_shard_filter_gives_the_children_of_a_shard(site: Site) -> None:
    arn = await site.create()
    await split(site)
    site.clock.move(1)
    await split(site)
    shards = await site.shards(arn)
    for shard in shards:
        wanted = {"Type": "CHILD_SHARDS", "ShardId": shard["ShardId"]}
        found = (await site.describe(arn, ShardFilter=wanted))["Shards"]
        assert found == [it for it in shards if it.get("ParentShardId") == shard["ShardId"]]
        assert len(found) == (2 if end(shard) else 0)


async def test_a_timestamp_finds_the_first_later_record(site: Site) -> None:
    arn = await site.create()
    for key in "abcd":
        await site.put(key)
        site.clock.move(10)
    (shard,) = await site.shards(arn)
    now = site.clock.now()
    for ago, expected in ((100, "abcd"), (40, "abcd"), (39, "bcd"), (30, "bcd"), (10, "d"), (9, ""), (0, "")):
        iterator = await site.iterator(arn, shard, ShardIteratorType="AT_TIMESTAMP", Timestamp=now - ago)
        records = (await site.call("GetRecords", ShardIterator=iterator))["Records"]
        assert "".join(record["dynamodb"]["Keys"]["pk"]["S"] for record in records) == expected, ago


async def test_writes_that_meet_a_split_are_in_one_of_the_shards(site: Site) -> None:
    """A write is planned with the shards there are; if they change before its commit, it is planned again."""
    arn = await site.create()
    await site.put("a")
    planned = await site.services.catalog.table("000000000000", "us-east-1", TABLE)
    await split(site)
    stale = site.services.catalog._tables
    stale["000000000000", "us-east-1", TABLE] = planned
    await site.put("b")
    found = [await site.changed(arn, shard) for shard in await site.shards(arn)]
    assert sorted(found) == [[], ["a"], ["b"]]
