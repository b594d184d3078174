"""How much a table and its partitions take, second by second."""

import pytest
from tests.background.site import TABLE, Refused
from tests.capacity.metered import KEY, MeteredSite, item, position, provisioned, reason_of, spread

SECONDS_OF_SPLITTING = 41


async def test_a_new_table_has_a_seconds_capacity() -> None:
    site = await MeteredSite.with_table(**provisioned(10, 10))
    assert await site.put_all(map(str, range(20))) == 10


async def test_300_seconds_of_unused_capacity_can_be_spent_and_no_more() -> None:
    site = await MeteredSite.with_table(**provisioned(10, 10))
    await site.put_item("first")
    site.clock.move(1000)
    done = 0
    for _ in range(10):
        done += await site.put_all(map(str, range(5)), 100)
        site.clock.move(1)
    assert 30 <= done <= 31
    with pytest.raises(Refused) as refused:
        await site.put_item("late")
    assert refused.value.code == "ProvisionedThroughputExceededException"
    assert reason_of(refused.value) == "TableWriteProvisionedThroughputExceeded"


async def test_what_was_taken_beyond_the_limit_is_paid_back() -> None:
    site = await MeteredSite.with_table(**provisioned(10, 10))
    await site.put_item("large", 100)
    site.clock.move(8.9)
    assert await site.put_all(["next"]) == 0
    site.clock.move(0.2)
    assert await site.put_all(["next"]) == 1


async def test_reads_and_writes_have_capacity_of_their_own() -> None:
    site = await MeteredSite.with_table(**provisioned(1, 1))
    await site.put_item("a", 4)
    await site.get_item("a")
    with pytest.raises(Refused) as refused:
        await site.get_item("a")
    assert reason_of(refused.value) == "TableReadProvisionedThroughputExceeded"


async def test_an_eventually_consistent_read_takes_half() -> None:
    site = await MeteredSite.with_table(**provisioned(1, 5))
    await site.put_item("a", 4)
    await site.get_item("a", consistent=False)
    await site.get_item("a", consistent=False)
    with pytest.raises(Refused):
        await site.get_item("a", consistent=False)


async def test_a_hot_key_has_1000_writes_a_second_while_its_table_has_more() -> None:
    site = await MeteredSite.with_table(**provisioned(9_000, 10_000))
    assert await site.put_all(["hot"] * 15, 100) == 10
    with pytest.raises(Refused) as refused:
        await site.put_item("hot")
    assert refused.value.code == "ProvisionedThroughputExceededException"
    assert reason_of(refused.value) == "TableWriteKeyRangeThroughputExceeded"
    other = next(key for key in spread(16) if position(key)[0] // 64 != position("hot")[0] // 64)
    assert await site.put_all([other], 100) == 1


async def test_a_hot_key_has_3000_reads_a_second() -> None:
    site = await MeteredSite.with_table(**provisioned(9_000, 1_000))
    await site.put_item("hot", 400)
    for _ in range(30):
        await site.get_item("hot")
    with pytest.raises(Refused) as refused:
        await site.get_item("hot")
    assert reason_of(refused.value) == "TableReadKeyRangeThroughputExceeded"


async def test_an_even_load_reaches_the_tables_full_rate() -> None:
    site = await MeteredSite.with_table(**provisioned(2_000, 2_000))
    keys = spread(200)
    for _ in range(5):
        assert await site.put_all(keys, 10) == 200
        site.clock.move(1)


async def test_one_partition_may_use_all_that_the_table_has() -> None:
    """It is not held to a share."""
    site = await MeteredSite.with_table(**provisioned(3_000, 900))
    assert len(await site.partitions()) == 0
    for _ in range(5):
        assert await site.put_all(["only"] * 9, 100) == 9
        site.clock.move(1)
    assert len(await site.partitions()) == 2


async def test_a_range_that_stays_hot_splits_and_then_gets_through() -> None:
    site = await MeteredSite.with_table()
    keys = spread(15, 64, range(4))
    assert await site.put_all(keys, 100) == 10
    for _ in range(SECONDS_OF_SPLITTING):
        site.clock.move(1)
        await site.put_all(keys, 100)
    site.clock.move(1)
    assert await site.put_all(keys, 100) == 15
    children = [partition for partition in await site.partitions() if partition.parent is not None]
    assert [child.parent for child in children] == [0, 0]


async def test_peaks_with_pauses_between_them_divide_nothing() -> None:
    site = await MeteredSite.with_table()
    keys = spread(15, 64, range(4))
    for _ in range(5):
        for _ in range(10):
            await site.put_all(keys, 100)
            site.clock.move(1)
        site.clock.move(30)
    assert len(await site.partitions()) == 4


async def test_one_hot_item_is_throttled_as_long_as_it_is_hot() -> None:
    site = await MeteredSite.with_table()
    for _ in range(3 * SECONDS_OF_SPLITTING):
        await site.put_all(["hot"] * 12, 100)
        site.clock.move(1)
    assert 8 <= await site.put_all(["hot"] * 12, 100) <= 10
    assert len(await site.partitions()) == 4


async def test_a_table_on_demand_takes_4000_writes_and_grows_to_twice_its_peak_in_half_an_hour() -> None:
    site = await MeteredSite.with_table()
    assert await site.put_all(spread(48), 100) == 40
    for _ in range(100):
        site.clock.move(1)
        await site.put_all(spread(48), 100)
    with pytest.raises(Refused) as refused:
        await site.put_item("one")
    assert refused.value.code == "ThrottlingException"
    site.clock.move(20 * 60)
    assert await site.put_all(spread(96), 100) == 40
    site.clock.move(12 * 60)
    await site.put_item("one")
    site.clock.move(1)
    assert 76 <= await site.put_all(spread(96), 100) <= 80


async def test_a_configured_maximum_holds() -> None:
    site = await MeteredSite.with_table(OnDemandThroughput={"MaxWriteRequestUnits": 10})
    assert await site.put_all(map(str, range(20))) == 10
    with pytest.raises(Refused) as refused:
        await site.put_item("late")
    assert refused.value.code == "ThrottlingException"
    assert reason_of(refused.value) == "TableWriteMaxOnDemandThroughputExceeded"


async def test_the_quota_of_a_table_holds() -> None:
    site = MeteredSite(table_max_capacity_units=10)
    await site.create_table()
    assert await site.put_all(map(str, range(20))) == 10
    with pytest.raises(Refused) as refused:
        await site.put_item("late")
    assert refused.value.code == "RequestLimitExceeded"
    assert reason_of(refused.value) == "TableWriteAccountLimitExceeded"


async def test_more_provisioned_capacity_holds_at_once() -> None:
    site = await MeteredSite.with_table(**provisioned(10, 10))
    assert await site.put_all(map(str, range(20))) == 10
    await site.call(
        "UpdateTable", TableName=TABLE, ProvisionedThroughput=provisioned(10, 100)["ProvisionedThroughput"]
    )
    site.clock.move(1)
    assert await site.put_all(map(str, range(200))) == 100


async def test_a_new_table_of_the_same_name_has_capacity_of_its_own() -> None:
    site = await MeteredSite.with_table(**provisioned(1, 1))
    await site.put_item("large", 100)
    await site.call("DeleteTable", TableName=TABLE)
    await site.call("CreateTable", TableName=TABLE, **KEY, **provisioned(1, 1))
    await site.call("PutItem", TableName=TABLE, Item=item("again"))
