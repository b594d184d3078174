"""What is kept of auto scaling, for how long, and what becomes of it when the storage fails."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.background.auto_scaling.scaled import Scaled
from tests.background.site import DAY, HOUR, MovedClock, Site

from kilowatt import limits
from kilowatt.background.auto_scaling import AutoScaling
from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.scaling.target import Target
from kilowatt.engine import errors as engine_errors
from kilowatt.engine.memory import MemoryEngine
from kilowatt.errors import ServiceError
from kilowatt.store import layout
from kilowatt.store.scaling import ScalingStore


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
