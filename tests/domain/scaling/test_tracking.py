"""When target tracking changes the throughput, and to what."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.scaling.tracking import (
    HIGH,
    IN_POINTS,
    LOW,
    MINUTE,
    OUT_POINTS,
    History,
    Point,
    Rule,
    Step,
    low_mark,
    next_step,
)

NOW = 1_790_000_040.0 // MINUTE * MINUTE + 30
BOUNDS = (5, 1000)
RULE = Rule(70)
NEVER = History()


def points(*rates: float | None, now: float = NOW) -> list[Point]:
    """Units a second of the last whole minutes, the newest last; None for a minute without a point."""
    first = int(now // MINUTE) * MINUTE - len(rates) * MINUTE
    return [
        Point(first + number * MINUTE, rate * MINUTE) for number, rate in enumerate(rates) if rate is not None
    ]


def step(*rates: float | None, units: int = 100, rule: Rule = RULE, history: History = NEVER) -> Step | None:
    return next_step(points(*rates), units, BOUNDS, rule, history, NOW)


def test_two_minutes_above_the_target_raise_the_throughput_to_it() -> None:
    assert step(80, 84) == Step(HIGH, 120, 120)


def test_one_minute_above_the_target_changes_nothing() -> None:
    assert step(60, 84) is None
    assert step(84, 60) is None
    assert step(84) is None


def test_consumption_on_the_target_changes_nothing() -> None:
    assert step(*[70.0] * IN_POINTS) is None


def test_fifteen_minutes_far_below_the_target_lower_it_to_the_largest_of_them() -> None:
    assert step(*[7.0] * 14, 14) == Step(LOW, 20, 20)
    assert step(*[7.0] * 14) is None


def test_consumption_just_below_the_target_changes_nothing() -> None:
    assert step(*[50.0] * IN_POINTS) is None
    assert step(*[49.9] * IN_POINTS) == Step(LOW, 72, 72)


@pytest.mark.parametrize(("target", "mark"), [(90, 70), (70, 50), (50, 30), (40, 20), (30, 15), (20, 10)])
def test_the_mark_below_which_it_falls_is_clear_of_the_target(target: float, mark: float) -> None:
    assert low_mark(target) == mark


def test_the_minute_that_is_not_over_does_not_count() -> None:
    running = Point(int(NOW // MINUTE) * MINUTE, 90 * MINUTE)
    assert next_step([*points(84), running], 100, BOUNDS, RULE, History(), NOW) is None


def test_a_table_that_nobody_uses_keeps_its_throughput() -> None:
    assert step(*[0.0] * 60) is None
    assert next_step([], 100, BOUNDS, RULE, History(), NOW) is None


def test_minutes_without_points_are_passed_over_but_not_for_long() -> None:
    assert step(84, None, 84) == Step(HIGH, 120, 120)
    assert step(84, *[None] * 6, 84) is None
    assert step(*[7.0, None] * 4, *[7.0] * 11) == Step(LOW, 10, 10)
    assert step(*[7.0, None] * 15) is None


def test_bounds_hold() -> None:
    assert step(5000, 5000) == Step(HIGH, 7143, 1000)
    assert step(*[0.5] * IN_POINTS) == Step(LOW, 1, 5)


def test_at_a_bound_the_step_leads_nowhere() -> None:
    assert step(5000, 5000, units=1000) == Step(HIGH, 7143, 1000)
    assert step(*[0.5] * IN_POINTS, units=5) == Step(LOW, 1, 5)


def test_throughput_outside_the_bounds_is_never_moved_the_wrong_way() -> None:
    assert step(4000, 4000, units=2000) == Step(HIGH, 5715, 2000)
    assert step(*[0.1] * IN_POINTS, units=2) == Step(LOW, 1, 2)


def test_while_a_rise_cools_down_only_a_larger_one_follows() -> None:
    rule = replace(RULE, out_cooldown=300)
    risen = History(rose=NOW - 299, rise=20)
    assert step(80, 84, rule=rule, history=risen) is None
    assert step(80, 85, rule=rule, history=risen) == Step(HIGH, 122, 122)
    assert step(80, 84, rule=rule, history=replace(risen, rose=NOW - 300)) == Step(HIGH, 120, 120)


def test_no_fall_follows_a_fall_while_it_cools_down() -> None:
    rule = replace(RULE, in_cooldown=600)
    assert step(*[7.0] * IN_POINTS, rule=rule, history=History(fell=NOW - 599)) is None
    assert step(*[7.0] * IN_POINTS, rule=rule, history=History(fell=NOW - 600)) == Step(LOW, 10, 10)


def test_a_rise_ends_the_cooldown_of_a_fall_and_does_not_wait_for_it() -> None:
    rule = replace(RULE, in_cooldown=3600)
    assert step(80, 84, rule=rule, history=History(fell=NOW - 60)) == Step(HIGH, 120, 120)
    history = History(rose=NOW - 1000, rise=5, fell=NOW - 2000)
    assert step(*[7.0] * IN_POINTS, rule=rule, history=history) == Step(LOW, 10, 10)


def test_what_a_rule_forbids_does_not_happen() -> None:
    assert step(*[7.0] * IN_POINTS, rule=replace(RULE, scales_in=False)) is None
    assert step(80, 84, rule=replace(RULE, scales_out=False)) is None


rates = st.lists(st.none() | st.floats(0, 100_000), max_size=40)
rules = st.builds(
    Rule, st.floats(20, 90), st.integers(0, 3600), st.integers(0, 3600), st.booleans(), st.booleans()
)
histories = st.builds(
    History,
    st.none() | st.floats(NOW - 10_000, NOW),
    st.integers(0, 1000),
    st.none() | st.floats(NOW - 10_000, NOW),
)
bounds = st.tuples(st.integers(1, 40_000), st.integers(0, 40_000)).map(lambda pair: (pair[0], sum(pair)))


@given(rates, st.integers(1, 80_000), bounds, rules, histories)
def test_a_step_goes_the_way_of_its_alarm_and_stays_within_the_bounds(
    rates: list[float | None], units: int, bounds: tuple[int, int], rule: Rule, history: History
) -> None:
    found = next_step(points(*rates), units, bounds, rule, history, NOW)
    if found is None or found.units == units:
        return
    assert bounds[0] <= found.units <= bounds[1] or found.units == units
    assert (found.units > units) is (found.alarm == HIGH)
    assert rule.scales_out if found.alarm == HIGH else rule.scales_in


@given(st.floats(0.1, 10_000), st.floats(20, 90), st.integers(1, 40_000))
def test_steady_consumption_settles_after_one_step(rate: float, target: float, units: int) -> None:
    """After the step it is at or below the target, and not so far below that it would fall at once."""
    bounds, rule = (1, 1_000_000), Rule(target)
    steady = points(*[rate] * IN_POINTS)
    first = next_step(steady, units, bounds, rule, History(), NOW)
    settled = units if first is None else first.units
    again = next_step(steady, settled, bounds, rule, History(), NOW)
    assert again is None or again.units == settled
    assert rate <= settled * target / 100 * (1 + 1e-9)
    if first is not None:
        assert (
            settled == max(1, math.ceil(round(rate * 100 / target, 9)))
            or settled - rate * 100 / target < 1.001
        )


@given(st.integers(1, OUT_POINTS - 1))
def test_fewer_points_than_it_takes_change_nothing(count: int) -> None:
    assert step(*[1e6] * count) is None
