"""Tables and indexes that are not scaled, or not yet."""

import pytest
from tests.background.auto_scaling.scaled import BY_OTHER, INDEX_READS, INDEXED, READS, UNITS, WRITES, Scaled
from tests.background.site import TABLE

from kilowatt.background.index_backfill import IndexBackfill
from kilowatt.engine.base import Outcome
from kilowatt.store import layout


async def test_a_table_on_demand_is_left_alone_and_scaled_when_it_is_provisioned_again(
    scaled: Scaled,
) -> None:
    await scaled.create()
    await scaled.site.call("UpdateTable", TableName=TABLE, BillingMode="PAY_PER_REQUEST")
    await scaled.register(20, 100)
    await scaled.track(50)
    assert await scaled.pass_minutes(*[500.0] * 3) == [0, 0, 0]
    assert await scaled.activities() == []
    await scaled.site.call(
        "UpdateTable", TableName=TABLE, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS
    )
    assert await scaled.pass_minutes(0) == [20]


async def test_targets_of_a_deleted_table_wait_for_another_of_its_name(scaled: Scaled) -> None:
    await scaled.create(**INDEXED)
    await scaled.register(20, 100)
    await scaled.register(20, 100, INDEX_READS)
    await scaled.site.call("DeleteTable", TableName=TABLE)
    await scaled.job.run()
    assert await scaled.activities() == []
    await scaled.create()
    await scaled.job.run()
    assert await scaled.reads() == 20
    assert len(await scaled.activities()) == 1


async def test_a_table_that_is_changing_is_scaled_afterwards(scaled: Scaled) -> None:
    object.__setattr__(scaled.site.services, "table_delay_seconds", 90.0)
    await scaled.create()
    scaled.site.clock.move(90)
    await scaled.register(20, 100)
    throughput = {"ReadCapacityUnits": 12, "WriteCapacityUnits": 10}
    await scaled.site.call("UpdateTable", TableName=TABLE, ProvisionedThroughput=throughput)
    await scaled.job.run()
    assert await scaled.activities() == []
    scaled.site.clock.move(90)
    await scaled.job.run()
    table = (await scaled.site.call("DescribeTable", TableName=TABLE))["Table"]
    assert table["TableStatus"] == "UPDATING"
    assert table["ProvisionedThroughput"]["ReadCapacityUnits"] == 12
    scaled.site.clock.move(90)
    assert await scaled.reads() == 20


async def test_an_index_is_not_scaled_before_it_is_filled(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.site.put("item", other={"S": "x"})
    await scaled.site.call(
        "UpdateTable",
        TableName=TABLE,
        AttributeDefinitions=INDEXED["AttributeDefinitions"],
        GlobalSecondaryIndexUpdates=[{"Create": BY_OTHER}],
    )
    await scaled.register(20, 100, INDEX_READS)
    await scaled.job.run()
    assert await scaled.activities() == []
    await IndexBackfill(scaled.site.engine, scaled.site.services.catalog).run()
    await scaled.job.run()
    assert (await scaled.throughput("by-other"))["ReadCapacityUnits"] == 20


async def test_an_action_that_cannot_be_followed_does_not_keep_others_from_it(
    scaled: Scaled, caplog: pytest.LogCaptureFixture
) -> None:
    """As when the machine has lost its time zones."""
    await scaled.create()
    await scaled.register(20, 100, WRITES)
    await scaled.register(5, 100)
    await scaled.schedule("rate(1 hour)", ScalableTargetAction={"MinCapacity": 15})
    key = layout.scalable_target_key(
        "000000000000", "us-east-1", READS["ResourceId"], READS["ScalableDimension"]
    )
    record = (await scaled.site.engine.get([key]))[0]
    assert record is not None
    broken = record.replace(b'"time_zone":null', b'"time_zone":"No/Where"')
    await scaled.site.engine.transact((), lambda _: Outcome(None, puts=[(key, broken)]))
    await scaled.job.run()
    assert (await scaled.throughput())["WriteCapacityUnits"] == 20
    assert "could not be followed" in caplog.text


async def test_nothing_is_asked_without_a_policy(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.job.run()
    await scaled.register(5, 100)
    await scaled.pass_minutes(9, 9, 9)
    assert scaled.used.asked == 0
