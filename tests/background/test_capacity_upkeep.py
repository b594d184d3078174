"""What a restart keeps of partitions, and the shards of a stream that follow them."""

from tests.background.site import TABLE, Refused, Site
from tests.capacity.metered import MeteredSite, provisioned, spread

from kilowatt.store import layout

STREAM = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}}


async def heated(site: MeteredSite, keys: list[str]) -> None:
    """Load beyond the limit of a partition for as long as it takes to be divided."""
    for _ in range(41):
        await site.put_all(keys, 100)
        site.clock.move(1)


async def restarted(site: Site, clock_seconds: float = 0) -> MeteredSite:
    """The next server over the data of `site`."""
    after = MeteredSite(engine=site.engine)
    after.clock.time = site.clock.time + clock_seconds
    await after.capacity_upkeep.restore()
    return after


async def test_partitions_stay_divided_over_a_restart() -> None:
    keys = spread(15, 64, range(4))
    site = await MeteredSite.with_table()
    await heated(site, keys)
    before = [(it.number, it.start, it.parent, it.opened, it.cut) for it in await site.partitions()]
    await site.capacity_upkeep.run()
    after = await restarted(site)
    assert await after.put_all(keys, 100) == 15
    assert [(it.number, it.start, it.parent, it.opened, it.cut) for it in await after.partitions()] == before


async def test_partitions_that_nothing_was_stored_of_begin_anew() -> None:
    keys = spread(15, 64, range(4))
    site = await MeteredSite.with_table()
    await heated(site, keys)
    after = await restarted(site)
    assert await after.put_all(keys, 100) == 10


async def test_the_highest_traffic_is_known_after_a_restart() -> None:
    site = await MeteredSite.with_table("observe")
    for _ in range(100):
        await site.put_all(spread(60), 100)
        site.clock.move(1)
    site.clock.move(32 * 60)
    await site.put_item("one")
    allowed = site.services.meter.allowed(await site.table())
    assert allowed[1] == 2 * 2 * 6_000
    await site.capacity_upkeep.run()
    after = await restarted(site)
    assert after.services.meter.allowed(await after.table()) == allowed


async def test_capacity_that_was_raised_meanwhile_has_its_partitions() -> None:
    keys = spread(15, 64, range(4))
    site = await MeteredSite.with_table(**provisioned(100, 2_000))
    await heated(site, keys)
    divided = len(await site.partitions())
    await site.capacity_upkeep.run()
    await site.call("UpdateTable", TableName=TABLE, **provisioned(100, 9_000))
    after = await restarted(site)
    await after.put_item("one")
    assert len(await after.partitions()) >= max(10, divided)


async def test_partitions_that_hold_too_much_are_divided() -> None:
    site = MeteredSite("observe", partition_bytes=8_000)
    await site.create_table(**provisioned(10, 10))
    await site.put_all(spread(7))
    await site.capacity_upkeep.run()
    assert len(await site.partitions()) == 1
    await site.put_all(spread(20))
    await site.capacity_upkeep.run()
    divided = await site.partitions()
    assert [it.start.hex()[:2] for it in divided] == ["", "40", "80", "c0"]
    after = await restarted(site)
    await after.put_item("one")
    assert [it.number for it in await after.partitions()] == [it.number for it in divided]


async def test_nothing_is_stored_of_a_table_that_was_never_hot() -> None:
    site = await MeteredSite.with_table()
    await site.put_item("a")
    await site.capacity_upkeep.run()
    assert await _stored(site) == []


async def test_a_deleted_table_leaves_nothing() -> None:
    site = await MeteredSite.with_table()
    await heated(site, spread(15, 64, range(4)))
    await site.capacity_upkeep.run()
    assert len(await _stored(site)) == 1
    await site.call("DeleteTable", TableName=TABLE)
    await site.capacity_upkeep.run()
    assert await _stored(site) == []


async def test_a_shard_is_divided_where_a_partition_was() -> None:
    site = await MeteredSite.with_table("observe", **STREAM)
    await heated(site, spread(15, 64, range(4)))
    (divided,) = {it.start for it in await site.partitions() if it.cut}
    await site.upkeep.run()
    table = await site.table()
    assert table.stream is not None
    starts = [shard.start for shard in table.stream.open_shards]
    assert starts == [0, int.from_bytes(divided, "big")]
    assert {shard.parent for shard in table.stream.open_shards} == {1}
    await site.upkeep.run()
    assert (await site.table()).stream == table.stream


async def test_a_partition_within_an_item_collection_divides_no_shard() -> None:
    site = MeteredSite("observe")
    await site.create_table(
        **STREAM,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    for _ in range(41):
        for number in range(12):
            await site.put_item("one", 100, sk=f"{number * 5 % 12:02}")
        site.clock.move(1)
    assert len(await site.partitions()) == 5
    await site.upkeep.run()
    table = await site.table()
    assert table.stream is not None
    assert len(table.stream.open_shards) == 1


async def test_a_collection_divided_by_sort_key_gets_through() -> None:
    site = MeteredSite()
    await site.create_table(
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    )
    done = 0
    for _ in range(60):
        done = 0
        for number in range(12):
            try:
                await site.put_item("one", 100, sk=f"{number * 5 % 12:02}")
                done += 1
            except Refused:
                pass
        site.clock.move(1)
    assert done == 12


async def _stored(site: Site) -> list[bytes]:
    return [key for key, _ in await site.engine.scan(layout.CAPACITY, b"I", 10, 1000)]
