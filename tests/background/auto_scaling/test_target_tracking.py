"""Target tracking: throughput follows what is consumed, within bounds, cooldowns and DynamoDB's limits."""

import itertools
import math

import pytest
from tests.background.auto_scaling.scaled import INDEX_READS, INDEXED, READS, WRITES, Scaled
from tests.background.site import DAY, MINUTE, TABLE, Site

from kilowatt.background.auto_scaling import AutoScaling


async def test_two_busy_minutes_raise_the_throughput_and_fifteen_quiet_ones_lower_it(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(5, 100)
    await scaled.track(50)
    assert await scaled.pass_minutes(8, 9) == [10, 18]
    quiet = await scaled.pass_minutes(*[3.0] * 15)
    assert quiet == [18] * 14 + [6]
    raised, lowered = reversed(await scaled.activities())
    policies = await scaled.call("DescribeScalingPolicies", **READS)
    high, low = (alarm["AlarmName"] for alarm in policies["ScalingPolicies"][0]["Alarms"][:2])
    assert raised["Description"] == "Setting read capacity units to 18."
    assert raised["Cause"] == f"monitor alarm {high} in state ALARM triggered policy policy"
    assert raised["StatusCode"] == "Successful"
    assert lowered["Description"] == "Setting read capacity units to 6."
    assert lowered["Cause"] == f"monitor alarm {low} in state ALARM triggered policy policy"


async def test_what_requests_consume_is_what_counts(site: Site) -> None:
    scaled = Scaled(site)
    scaled.job = AutoScaling(site.services, site.services.meter)
    await scaled.create()
    await scaled.register(5, 100)
    await scaled.track(50)
    for expected in (10, 16):
        for _ in range(8 * MINUTE):
            await site.call("GetItem", TableName=TABLE, Key={"pk": {"S": "a"}}, ConsistentRead=True)
        site.clock.move(MINUTE)
        await scaled.job.run()
        assert await scaled.reads() == expected


async def test_a_change_is_described_as_one_of_update_table(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(5, 100)
    await scaled.track(50)
    await scaled.pass_minutes(8, 9)
    rose = scaled.site.clock.time
    await scaled.pass_minutes(*[3.0] * 15)
    assert await scaled.throughput() == {
        "ReadCapacityUnits": 6,
        "WriteCapacityUnits": 10,
        "LastIncreaseDateTime": rose,
        "LastDecreaseDateTime": scaled.site.clock.time,
        "NumberOfDecreasesToday": 1,
    }


async def test_writes_and_indexes_have_policies_of_their_own(scaled: Scaled) -> None:
    await scaled.create(**INDEXED)
    for target in (READS, WRITES, INDEX_READS):
        await scaled.register(5, 100, target)
        await scaled.track(50, target)
    assert await scaled.pass_minutes(9, 9, writes=True) == [10, 18]
    assert await scaled.pass_minutes(20, 20, index="by-other") == [10, 40]
    assert (await scaled.throughput())["ReadCapacityUnits"] == 10
    assert (await scaled.throughput("by-other"))["WriteCapacityUnits"] == 10
    assert len(await scaled.activities(ResourceId=INDEX_READS["ResourceId"])) == 1


async def test_throughput_follows_a_day_within_bounds_and_cooldowns(scaled: Scaled) -> None:
    """A load that rises from 5 units a second at night to 105 at noon and falls again."""
    await scaled.create()
    await scaled.register(10, 180)
    await scaled.track(50, ScaleOutCooldown=300, ScaleInCooldown=3600)
    night, noon = 5.0, 105.0
    load = [
        night + (noon - night) * (1 - math.cos(2 * math.pi * minute / 1440)) / 2 for minute in range(1440)
    ]
    units = await scaled.pass_minutes(*load)
    assert min(units) == 10
    assert max(units) == 180
    assert all(load[minute] < units[minute] for minute in range(1440))
    changes = [
        (minute, units[minute] - units[minute - 1])
        for minute in range(1, 1440)
        if units[minute] != units[minute - 1]
    ]
    rises = [(minute, change) for minute, change in changes if change > 0]
    falls = [minute for minute, change in changes if change < 0]
    assert rises
    assert falls
    for (before, rise), (after, next_rise) in itertools.pairwise(rises):
        assert after - before >= 5 or next_rise > rise
    assert all(after - before >= 60 for before, after in itertools.pairwise(falls))
    assert units[-1] < 60


async def test_a_table_that_nobody_uses_keeps_its_throughput(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(1, 100)
    await scaled.track(50)
    assert await scaled.pass_minutes(*[0.0] * 60) == [10] * 60


async def test_without_scaling_in_the_throughput_only_rises(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(1, 100)
    await scaled.track(50, DisableScaleIn=True)
    assert await scaled.pass_minutes(*[1.0] * 20, 9, 9) == [10] * 21 + [18]


async def test_after_four_decreases_a_fall_fails_and_comes_an_hour_later(scaled: Scaled) -> None:
    await scaled.create(ProvisionedThroughput={"ReadCapacityUnits": 100, "WriteCapacityUnits": 10})
    await scaled.register(1, 100)
    midnight = scaled.site.clock.time // DAY * DAY + DAY
    scaled.site.clock.time = midnight
    for units in (90, 80, 70, 60):
        throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": 10}
        await scaled.site.call("UpdateTable", TableName=TABLE, ProvisionedThroughput=throughput)
    await scaled.track(50)
    assert set(await scaled.pass_minutes(*[1.0] * 59)) == {60}
    failed = await scaled.activities()
    assert {activity["StatusCode"] for activity in failed} == {"Failed"}
    assert failed[0]["Description"] == "Setting read capacity units to 2."
    message = failed[0]["StatusMessage"]
    assert message.startswith(
        "Failed to set read capacity units to 2. Reason: Subscriber limit exceeded: Provisioned throughput "
        "decreases are limited within a given UTC day."
    )
    assert message.endswith(
        "(Service: AmazonDynamoDBv2; Status Code: 400; Error Code: LimitExceededException)"
    )
    assert len(failed) == 9  # every five minutes from the fifteenth on
    assert (await scaled.pass_minutes(*[1.0] * 6))[-1] == 2
    assert (await scaled.activities())[0]["StatusCode"] == "Successful"


async def test_a_rise_over_the_quota_fails_with_dynamodb_s_text(scaled: Scaled) -> None:
    await scaled.create(**INDEXED)
    await scaled.register(5, 1_000_000)
    await scaled.track(50)
    assert await scaled.pass_minutes(50_000, 50_000) == [10, 10]
    (failed,) = await scaled.activities()
    assert failed["StatusCode"] == "Failed"
    assert "Failed to set read capacity units to 100000. Reason: " in failed["StatusMessage"]


async def test_at_a_bound_there_is_one_activity_that_did_not_scale(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(10, 20)
    await scaled.track(50)
    assert await scaled.pass_minutes(*[50.0] * 10) == [10] + [20] * 9
    (told,) = await scaled.activities()
    assert told["Description"] == "Setting read capacity units to 20."
    held, told = await scaled.activities(IncludeNotScaledActivities=True)
    assert held["NotScaledReasons"] == [{"Code": "AlreadyAtMaxCapacity", "MaxCapacity": 20}]
    assert held["Description"] == "Attempting to scale due to alarm triggered"
    await scaled.pass_minutes(*[1.0] * 40)
    held, *_ = await scaled.activities(IncludeNotScaledActivities=True)
    assert held["NotScaledReasons"] == [{"Code": "AlreadyAtMinCapacity", "MinCapacity": 10}]
    assert len(await scaled.activities(IncludeNotScaledActivities=True)) == 4


@pytest.mark.parametrize(
    ("member", "after_quiet", "after_busy"),
    [("DynamicScalingInSuspended", 10, 40), ("DynamicScalingOutSuspended", 4, 4)],
)
async def test_what_is_suspended_does_not_happen_until_it_is_resumed(
    scaled: Scaled, member: str, after_quiet: int, after_busy: int
) -> None:
    await scaled.create()
    await scaled.register(1, 100, SuspendedState={member: True})
    await scaled.track(50)
    assert (await scaled.pass_minutes(*[2.0] * 15))[-1] == after_quiet
    assert (await scaled.pass_minutes(20, 20))[-1] == after_busy
    await scaled.call("RegisterScalableTarget", **READS, SuspendedState={member: False})
    assert (await scaled.pass_minutes(20, 20))[-1] == 40
    assert (await scaled.pass_minutes(*[2.0] * 15))[-1] == 4
