"""New bounds, and scheduled actions, which set them."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from tests.background.auto_scaling.scaled import READS, Scaled
from tests.background.site import DAY, HOUR, MINUTE, TABLE, MovedClock, Site

from kilowatt.engine.memory import MemoryEngine
from kilowatt.store import layout


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
