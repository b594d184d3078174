"""What auto scaling does to tables, under a moved clock."""

import itertools
import math
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
import pytest
from tests.background.site import DAY, HOUR, MINUTE, TABLE, MovedClock, Site
from tests.faults.wire import AUTHORIZATION

from kilowatt import limits
from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.background.auto_scaling import AutoScaling
from kilowatt.background.index_backfill import IndexBackfill
from kilowatt.domain.capacity.minutes import Minute
from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.scaling.target import Target
from kilowatt.domain.tables.table import Table
from kilowatt.engine import errors as engine_errors
from kilowatt.engine.base import Outcome
from kilowatt.engine.memory import MemoryEngine
from kilowatt.errors import ServiceError
from kilowatt.server.messages import Request
from kilowatt.server.scaling import ScalingApi
from kilowatt.store import layout
from kilowatt.store.scaling import ScalingStore

READS = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": f"table/{TABLE}",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}
WRITES = {**READS, "ScalableDimension": "dynamodb:table:WriteCapacityUnits"}
INDEX_READS = {
    **READS,
    "ResourceId": f"table/{TABLE}/index/by-other",
    "ScalableDimension": "dynamodb:index:ReadCapacityUnits",
}
UNITS = {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
BY_OTHER: dict[str, Any] = {
    "IndexName": "by-other",
    "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
    "ProvisionedThroughput": UNITS,
}
INDEXED: dict[str, Any] = {
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "other")],
    "GlobalSecondaryIndexes": [BY_OTHER],
}
Units = tuple[int, int]


class Used:
    """What is consumed, as a test says: half-units of reads and of writes by minute, by index (or None)."""

    def __init__(self) -> None:
        self.minutes: dict[str | None, dict[int, Units]] = defaultdict(dict)
        self.asked = 0

    def consumed(self, table: Table, index_name: str | None, start: float, end: float) -> Sequence[Minute]:
        assert table.name == TABLE
        self.asked += 1
        minutes = self.minutes[index_name]
        return [Minute(minute, *units, 0, 0) for minute, units in minutes.items() if start <= minute < end]


class Scaled:
    """A site with a table of 10 read and 10 write units, Application Auto Scaling's API, and its job."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.used = Used()
        self.job = AutoScaling(site.services, self.used)
        self._api = ScalingApi(site.services, DevAuthenticator("us-east-1"))
        # Tests begin with a minute.
        site.clock.time = site.clock.time // MINUTE * MINUTE

    async def create(self, **parameters: Any) -> None:
        provisioned = {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS}
        await self.site.create(StreamSpecification={"StreamEnabled": False}, **{**provisioned, **parameters})

    async def call(self, operation: str, **request: Any) -> Any:
        """The answer of Application Auto Scaling."""
        headers = {
            b"host": b"localhost",
            b"content-type": b"application/x-amz-json-1.1",
            b"x-amz-target": f"AnyScaleFrontendService.{operation}".encode(),
            b"x-amz-date": b"20260101T000000Z",
            b"authorization": AUTHORIZATION.encode(),
        }
        answer = await self._api.answer(Request(b"POST", b"/", headers, orjson.dumps(request)))
        document = orjson.loads(answer.body)
        assert answer.status == 200, document
        return document

    async def register(self, minimum: int, maximum: int, target: Any = READS, **more: Any) -> None:
        await self.call("RegisterScalableTarget", **target, MinCapacity=minimum, MaxCapacity=maximum, **more)

    async def track(self, value: float = 50, target: Any = READS, **more: Any) -> None:
        kind = "Read" if "Read" in target["ScalableDimension"] else "Write"
        metric = {"PredefinedMetricType": f"DynamoDB{kind}CapacityUtilization"}
        await self.call(
            "PutScalingPolicy",
            **target,
            PolicyName="policy",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": value,
                "PredefinedMetricSpecification": metric,
                **more,
            },
        )

    async def schedule(self, schedule: str, name: str = "action", target: Any = READS, **more: Any) -> None:
        await self.call("PutScheduledAction", **target, ScheduledActionName=name, Schedule=schedule, **more)

    async def pass_minutes(self, *rates: float, index: str | None = None, writes: bool = False) -> list[int]:
        """Lets minutes pass in which so many units a second are consumed; the throughput after each."""
        seen = []
        for rate in rates:
            half_units = round(rate * MINUTE * 2)
            minute = int(self.site.clock.time) // MINUTE * MINUTE
            self.used.minutes[index][minute] = (0, half_units) if writes else (half_units, 0)
            self.site.clock.move(MINUTE)
            await self.job.run()
            throughput = await self.throughput(index)
            seen.append(throughput["WriteCapacityUnits" if writes else "ReadCapacityUnits"])
        return seen

    async def throughput(self, index: str | None = None) -> Any:
        table = (await self.site.call("DescribeTable", TableName=TABLE))["Table"]
        if index is None:
            return table["ProvisionedThroughput"]
        (found,) = (it for it in table["GlobalSecondaryIndexes"] if it["IndexName"] == index)
        return found["ProvisionedThroughput"]

    async def reads(self) -> int:
        return int((await self.throughput())["ReadCapacityUnits"])

    async def activities(self, **more: Any) -> list[Any]:
        """The newest first."""
        answer = await self.call("DescribeScalingActivities", ServiceNamespace="dynamodb", **more)
        found: list[Any] = answer["ScalingActivities"]
        return found


@pytest.fixture
def scaled(site: Site) -> Scaled:
    return Scaled(site)


# --- target tracking


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


# --- bounds and scheduled actions


async def test_bounds_move_the_throughput_once_without_a_policy(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(20, 100)
    await scaled.job.run()
    assert await scaled.reads() == 20
    throughput = {"ReadCapacityUnits": 7, "WriteCapacityUnits": 10}
    await scaled.site.call("UpdateTable", TableName=TABLE, ProvisionedThroughput=throughput)
    assert await scaled.pass_minutes(0, 0) == [7, 7]
    await scaled.register(1, 5)
    assert await scaled.pass_minutes(0) == [5]


class MeddledEngine(MemoryEngine):
    """Lets somebody in after the next change of a table."""

    meddle: Callable[[], Awaitable[None]] | None = None

    async def transact(self, keys: Sequence[bytes], decide: Any) -> Any:
        answer = await super().transact(keys, decide)
        if self.meddle is not None and keys and keys[0].startswith(layout.DESCRIPTORS):
            meddle, self.meddle = self.meddle, None
            await meddle()
        return answer


async def test_bounds_that_change_while_others_are_enforced_are_enforced_too() -> None:
    engine = MeddledEngine()
    scaled = Scaled(Site(engine, MovedClock()))
    await scaled.create()
    await scaled.register(20, 100)
    engine.meddle = lambda: scaled.register(30, 100)
    await scaled.job.run()
    assert await scaled.reads() == 20
    await scaled.job.run()
    assert await scaled.reads() == 30


async def test_what_bounds_did_has_no_cooldown(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(20, 100)
    await scaled.track(50, ScaleOutCooldown=3600)
    assert await scaled.pass_minutes(12, 12) == [20, 24]
    assert await scaled.pass_minutes(12.5, 12.5) == [24, 24]


async def test_a_scheduled_action_moves_bounds_and_then_the_throughput(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(5, 100)
    await scaled.schedule("rate(10 minutes)", ScalableTargetAction={"MinCapacity": 15, "MaxCapacity": 20})
    assert await scaled.pass_minutes(*[0.0] * 10) == [10] * 9 + [15]
    units, bounds = await scaled.activities()
    assert bounds["Description"] == "Setting min capacity to 15 and max capacity to 20"
    assert bounds["Cause"] == "scheduled action name action was triggered"
    assert bounds["StatusMessage"] == "Successfully set min capacity to 15 and max capacity to 20"
    assert units["Cause"] == "minimum capacity was set to 15"
    (target,) = (await scaled.call("DescribeScalableTargets", ServiceNamespace="dynamodb"))["ScalableTargets"]
    assert (target["MinCapacity"], target["MaxCapacity"]) == (15, 20)


async def test_day_and_night_alternate_in_their_time_zone(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(10, 10)
    zone = {"Timezone": "Asia/Tokyo"}
    day, night = {"MinCapacity": 50, "MaxCapacity": 50}, {"MinCapacity": 5, "MaxCapacity": 5}
    await scaled.schedule("cron(0 9 * * ? *)", "day", ScalableTargetAction=day, **zone)
    await scaled.schedule("cron(0 18 * * ? *)", "night", ScalableTargetAction=night, **zone)
    scaled.site.clock.time = scaled.site.clock.time // DAY * DAY + DAY  # nine o'clock in Tokyo
    seen = []
    for _ in range(4):
        await scaled.job.run()
        seen.append(await scaled.reads())
        scaled.site.clock.move(9 * HOUR - 1)
        await scaled.job.run()
        seen.append(await scaled.reads())
        scaled.site.clock.move(1)
        await scaled.job.run()
        seen.append(await scaled.reads())
        scaled.site.clock.move(15 * HOUR)
    assert seen == [50, 50, 5] * 4


async def test_of_actions_that_were_missed_the_last_holds(scaled: Scaled) -> None:
    """Nobody ran the job meanwhile: the server was down."""
    await scaled.create()
    await scaled.register(10, 10)
    one, other = {"MinCapacity": 50, "MaxCapacity": 50}, {"MinCapacity": 5, "MaxCapacity": 5}
    await scaled.schedule("rate(2 hours)", "a", ScalableTargetAction=one)
    await scaled.schedule("rate(3 hours)", "b", ScalableTargetAction=other)
    scaled.site.clock.move(5 * HOUR)
    await scaled.job.run()
    assert await scaled.reads() == 50
    assert len(await scaled.activities()) == 3
    await scaled.job.run()
    assert len(await scaled.activities()) == 3


async def test_suspended_actions_do_not_happen_nor_later(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(5, 100, SuspendedState={"ScheduledScalingSuspended": True})
    await scaled.schedule("rate(1 hour)", ScalableTargetAction={"MinCapacity": 15})
    scaled.site.clock.move(HOUR + MINUTE)
    await scaled.job.run()
    await scaled.call("RegisterScalableTarget", **READS, SuspendedState={"ScheduledScalingSuspended": False})
    assert await scaled.pass_minutes(0) == [10]
    scaled.site.clock.move(HOUR)
    assert await scaled.pass_minutes(0) == [15]


async def test_an_action_that_would_cross_the_bounds_fails(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(5, 20)
    await scaled.schedule("rate(1 hour)", ScalableTargetAction={"MinCapacity": 30})
    scaled.site.clock.move(HOUR)
    await scaled.job.run()
    assert await scaled.reads() == 10
    (failed,) = await scaled.activities()
    assert failed["StatusCode"] == "Failed"
    assert failed["StatusMessage"] == (
        "Failed to set min capacity to 30. Reason: the scalable target has min capacity 5 and max capacity 20"
    )


# --- tables that are not scaled


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


# --- what is kept


async def test_activities_are_kept_for_six_weeks(scaled: Scaled) -> None:
    await scaled.create()
    await scaled.register(20, 100)
    await scaled.job.run()
    scaled.site.clock.move(42 * DAY - HOUR)
    await scaled.register(30, 100)
    await scaled.job.run()
    assert len(await scaled.activities()) == 2
    scaled.site.clock.move(HOUR + 1)
    (left,) = await scaled.activities()
    assert left["Cause"] == "minimum capacity was set to 30"
    prefix = layout.scaling_activity_prefix("000000000000", "us-east-1")
    assert len(await scaled.site.engine.scan(prefix, successor(prefix), 10, 1 << 30)) == 2
    await scaled.job.run()
    assert len(await scaled.site.engine.scan(prefix, successor(prefix), 10, 1 << 30)) == 1


async def test_no_more_than_so_many_activities_are_kept(
    scaled: Scaled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The limit is lowered: how it is kept is the same."""
    monkeypatch.setattr(limits, "SCALING_ACTIVITIES", 3)
    await scaled.create()
    for minimum in range(20, 26):
        await scaled.register(minimum, 100)
        await scaled.job.run()
    scaled.site.clock.move(HOUR)
    await scaled.job.run()
    causes = [activity["Cause"][-2:] for activity in await scaled.activities()]
    assert causes == ["25", "24", "23"]


async def test_cooldowns_and_what_is_to_be_done_outlive_the_job(scaled: Scaled) -> None:
    """Another server goes on: everything that matters is stored."""
    await scaled.create()
    await scaled.register(5, 1000)
    await scaled.track(50, ScaleOutCooldown=600)
    assert await scaled.pass_minutes(20, 20) == [10, 40]
    scaled.job = AutoScaling(scaled.site.services, scaled.used)
    assert await scaled.pass_minutes(*[30.0] * 8) == [40] * 8
    assert (await scaled.pass_minutes(*[30.0] * 2))[-1] == 60


async def test_an_account_has_no_more_than_5000_targets_in_a_region() -> None:
    """The limit is lowered: how it is counted is the same."""
    store = ScalingStore(MemoryEngine(), most_targets=2)

    def new(name: str) -> Callable[[Target | None], Target]:
        return lambda _: Target("0", "r", name, "d", name, 0.0, 1, 2)

    for name in ("a", "b", "a"):
        await store.register("0", "r", (name, "d"), new(name))
    with pytest.raises(ServiceError) as refusal:
        await store.register("0", "r", ("c", "d"), new("c"))
    assert refusal.value.text == "An account has at most 2 scalable targets of DynamoDB in a Region."
    await store.register("0", "elsewhere", ("c", "d"), new("c"))


class FailingEngine(MemoryEngine):
    """Refuses what it is asked, with `problem`."""

    problem: Exception = engine_errors.Closed()

    async def scan(self, *_: Any, **__: Any) -> Any:
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "code"),
    [
        (engine_errors.Conflict(), "ConcurrentUpdateException"),
        (engine_errors.Busy(), "ConcurrentUpdateException"),
        (engine_errors.Full(), "InternalServiceException"),
        (ZeroDivisionError(), "InternalServiceException"),
    ],
)
async def test_what_the_storage_refuses_is_told_as_the_service_does(problem: Exception, code: str) -> None:
    engine = FailingEngine()
    engine.problem = problem
    scaled = Scaled(Site(engine, MovedClock()))
    with pytest.raises(AssertionError, match=code):
        await scaled.call("DescribeScalableTargets", ServiceNamespace="dynamodb")


async def test_targets_and_activities_have_keys_of_their_own(scaled: Scaled) -> None:
    """Nothing of one account and region is among what is another's, whatever their names."""
    keys = {
        layout.scalable_target_key("1", "r", "table/abc", "d"),
        layout.scalable_target_key("1", "r2", "table/abc", "d"),
        layout.scaling_activity_key("1", "r", 1.0, "id"),
    }
    for prefix, among in (
        (layout.SCALABLE_TARGETS, 2),
        (layout.scalable_target_prefix("1", "r"), 1),
        (layout.scaling_activity_prefix("1", "r"), 1),
    ):
        assert sum(key.startswith(prefix) for key in keys) == among
