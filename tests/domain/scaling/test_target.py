"""What a target's record keeps, and when its scheduled actions are due."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.scaling.target import Policy, ScheduledAction, Suspended, Target
from kilowatt.domain.scaling.tracking import History
from kilowatt.domain.scaling.units import ScaledUnits, scaled_units

READS = "dynamodb:table:ReadCapacityUnits"
START = 1_790_000_000.0
TARGET = Target("000000000000", "us-east-1", "table/Music", READS, "id", START, 5, 100)
HOURLY = ScheduledAction("hourly", "uuid", START, "rate(1 hour)", START)


@pytest.mark.parametrize(
    ("resource", "dimension", "expected"),
    [
        ("table/Music", READS, ScaledUnits("Music", None, True)),
        ("table/Music", "dynamodb:table:WriteCapacityUnits", ScaledUnits("Music", None, False)),
        (
            "table/Music/index/Genre",
            "dynamodb:index:WriteCapacityUnits",
            ScaledUnits("Music", "Genre", False),
        ),
        ("table/Music/index/Genre", READS, None),
        ("table/Music", "dynamodb:index:ReadCapacityUnits", None),
        ("Music", READS, None),
        ("table/Mu", READS, None),
        ("table/Music/", READS, None),
        ("table/Music", "ecs:service:DesiredCount", None),
    ],
)
def test_resource_and_dimension_name_units_if_they_fit(
    resource: str, dimension: str, expected: ScaledUnits | None
) -> None:
    assert scaled_units(resource, dimension) == expected


texts = st.text(max_size=20).filter(lambda text: text.isprintable())
moments = st.none() | st.floats(0, 4e9)
policies = st.builds(
    Policy,
    texts,
    texts,
    st.tuples(texts, texts, texts, texts),
    st.floats(0, 4e9),
    st.fixed_dictionaries({"TargetValue": st.floats(20, 90)}),
)
actions = st.builds(
    ScheduledAction,
    name=texts,
    uuid=texts,
    created=st.floats(0, 4e9),
    schedule=st.just("rate(1 hour)"),
    done=st.floats(0, 4e9),
    time_zone=st.none() | st.just("Asia/Tokyo"),
    starts=moments,
    ends=moments,
    minimum=st.none() | st.integers(1, 1000),
    maximum=st.none() | st.integers(1, 1000),
)


@given(
    st.builds(
        Target,
        account=texts,
        region=texts,
        resource_id=texts,
        dimension=texts,
        id=texts,
        created=st.floats(0, 4e9),
        minimum=st.integers(1, 1000),
        maximum=st.integers(1, 1000),
        suspended=st.builds(Suspended, st.booleans(), st.booleans(), st.booleans()),
        tags=st.dictionaries(texts, texts, max_size=3),
        policy=st.none() | policies,
        actions=st.lists(actions, max_size=3).map(tuple),
        history=st.builds(History, moments, st.integers(0, 1000), moments),
        enforce=st.booleans(),
        retry=st.floats(0, 4e9),
    )
)
def test_a_record_reads_back_as_it_was(target: Target) -> None:
    assert Target.from_record(target.record()) == target


def test_new_bounds_are_to_be_enforced_and_the_same_are_not() -> None:
    assert not TARGET.with_bounds(5, 100).enforce
    assert TARGET.with_bounds(5, 101).enforce


def test_suspended_members_that_are_left_out_stay() -> None:
    before = Suspended(scaling_in=True)
    assert before.changed({"ScheduledScalingSuspended": True}) == Suspended(True, False, True)
    assert before.changed({"DynamicScalingInSuspended": False}) == Suspended()


def test_an_action_of_a_known_name_takes_its_place() -> None:
    twice = TARGET.with_action(HOURLY).with_action(replace(HOURLY, minimum=7))
    assert [action.minimum for action in twice.actions] == [7]
    assert twice.without_action("hourly").actions == ()


def test_a_recurring_action_is_due_after_its_interval() -> None:
    assert HOURLY.latest(START + 3599) is None
    assert HOURLY.latest(START + 3600) == START + 3600
    assert replace(HOURLY, done=START + 3600).latest(START + 3601) is None


def test_a_recurring_action_begins_at_its_start_time_and_counts_from_there() -> None:
    action = replace(HOURLY, starts=START + 500)
    assert action.latest(START + 499) is None
    assert action.latest(START + 500) == START + 500
    assert action.latest(START + 4099) == START + 500
    assert action.latest(START + 4100) == START + 4100
    assert replace(action, done=START + 500).latest(START + 4099) is None


def test_a_cron_action_is_due_at_its_start_time_too() -> None:
    daily = replace(HOURLY, schedule="cron(0 0 * * ? *)", starts=START + 10)
    assert daily.latest(START + 10) == START + 10
    assert replace(daily, done=START + 10).latest(START + 20) is None


def test_nothing_is_due_after_the_end_time_but_what_was_due_before_it() -> None:
    action = replace(HOURLY, ends=START + 3700)
    assert action.latest(START + 90_000) == START + 3600
    assert replace(action, done=START + 3600).latest(START + 90_000) is None


def test_a_single_time_is_due_once() -> None:
    action = replace(HOURLY, schedule="at(2026-09-21T17:00:00)")
    due = action.latest(START + 86_400)
    assert due is not None
    assert replace(action, done=due).latest(START + 86_400) is None
