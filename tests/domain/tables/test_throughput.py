"""Provisioned units: times and the budget of decreases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.tables.throughput import Throughput
from kilowatt.errors import ServiceError

# 2022-10-10, Monday, 00:00 UTC.
MIDNIGHT = 1_665_360_000.0
HOUR = 3_600
DAY = 86_400


def lowered(throughput: Throughput, at: float) -> Throughput:
    return throughput.changed(throughput.read - 1, throughput.write, at)


def test_times_follow_rises_and_falls() -> None:
    start = Throughput(10, 10)
    risen = start.changed(11, 10, 1.0)
    assert (risen.increased, risen.decreased, risen.decreases_today) == (1.0, None, 0)
    both = risen.changed(12, 9, 2.0)
    assert (both.increased, both.decreased, both.decreases_today) == (2.0, 2.0, 1)


def test_four_decreases_are_free_and_the_fifth_waits_an_hour() -> None:
    throughput = Throughput(10, 10)
    for second in range(4):
        throughput = lowered(throughput, MIDNIGHT + 13 * HOUR + second)
    with pytest.raises(ServiceError) as refused:
        lowered(throughput, MIDNIGHT + 13 * HOUR + 19)
    assert str(refused.value) == (
        "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. "
        "After the first 4 decreases, each subsequent decrease in the same UTC day can be performed at most "
        "once every 3600 seconds. Number of decreases today: 4. Last decrease at Monday, October 10, 2022 at "
        "1:00:03 PM Coordinated Universal Time. Next decrease can be made at Monday, October 10, 2022 at "
        "2:00:03 PM Coordinated Universal Time"
    )
    assert throughput.changed(20, 20, MIDNIGHT + 13 * HOUR + 20).read == 20
    assert lowered(throughput, MIDNIGHT + 14 * HOUR + 3).decreases_today == 5


def test_a_day_has_room_for_twenty_seven_decreases() -> None:
    throughput = Throughput(100, 100)
    for time in range(0, DAY, 60):
        try:
            throughput = lowered(throughput, MIDNIGHT + time)
        except ServiceError:
            continue
    assert throughput.decreases_today == 27
    assert lowered(throughput, MIDNIGHT + DAY).decreases_today == 1
    assert throughput.on_day_of(MIDNIGHT + DAY).decreases_today == 0


def test_decreases_that_were_not_used_do_not_add_up() -> None:
    throughput = Throughput(10, 10)
    for time in (0, 1, 2, 10 * HOUR):
        throughput = lowered(throughput, MIDNIGHT + time)
    with pytest.raises(ServiceError):
        lowered(throughput, MIDNIGHT + 11 * HOUR - 1)
    assert lowered(throughput, MIDNIGHT + 11 * HOUR).decreases_today == 5


def test_the_next_decrease_is_at_midnight_if_that_is_sooner() -> None:
    throughput = Throughput(10, 10)
    for second in range(4):
        throughput = lowered(throughput, MIDNIGHT + 23.5 * HOUR + second)
    with pytest.raises(ServiceError) as refused:
        lowered(throughput, MIDNIGHT + DAY - 1)
    assert str(refused.value).endswith(
        "Next decrease can be made at Tuesday, October 11, 2022 at 12:00:00 AM Coordinated Universal Time"
    )


def test_a_switch_of_the_billing_mode_is_never_refused_for_decreases() -> None:
    throughput = Throughput(10, 10)
    for second in range(4):
        throughput = lowered(throughput, MIDNIGHT + second)
    assert throughput.changed(0, 0, MIDNIGHT + 5, limited=False).decreases_today == 5


@given(st.lists(st.integers(0, DAY - 1), max_size=60))
def test_no_more_than_four_and_one_each_hour(seconds: list[int]) -> None:
    throughput = Throughput(100, 100)
    for second in sorted(seconds):
        try:
            throughput = lowered(throughput, MIDNIGHT + second)
        except ServiceError:
            continue
        assert throughput.decreases_today <= 4 + second // HOUR
