"""What a token bucket lets in, over any history."""

from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.capacity.bucket import TokenBucket, take_both

SECOND = 1_000_000

steps = st.lists(st.tuples(st.integers(0, 20 * SECOND), st.integers(1, 2_000)), max_size=60)


def test_unused_capacity_is_saved_for_300_seconds_and_no_longer() -> None:
    bucket = TokenBucket(10, 300, 0)
    assert bucket.balance(0) == 10
    assert bucket.balance(100 * SECOND) == 1010
    assert bucket.balance(10_000 * SECOND) == 3000


def test_a_debt_is_paid_back_before_the_next_is_let_in() -> None:
    bucket = TokenBucket(10, 300, 0)
    bucket.take(0, 110)
    assert bucket.balance(0) == -100
    assert not bucket.has(10 * SECOND)
    assert bucket.has(10 * SECOND + 1)


def test_another_rate_keeps_what_was_saved_as_far_as_there_is_room() -> None:
    bucket = TokenBucket(10, 300, 0)
    bucket.change(20, 300, 50 * SECOND)
    assert bucket.balance(50 * SECOND) == 510
    bucket.change(1, 300, 50 * SECOND)
    assert bucket.balance(50 * SECOND) == 300


def test_a_clock_that_is_set_back_neither_brings_nor_takes() -> None:
    bucket = TokenBucket(10, 300, 100 * SECOND)
    assert bucket.balance(50 * SECOND) == 10
    assert bucket.balance(51 * SECOND) == 20


@given(st.integers(1, 500), st.integers(1, 300), steps)
def test_never_more_is_let_in_than_was_saved_and_came_since(
    rate: int, burst_seconds: int, history: list[tuple[int, int]]
) -> None:
    """But for what the last access was over."""
    bucket = TokenBucket(rate, burst_seconds, 0)
    now = consumed = last = 0
    for pause, half_units in history:
        now += pause
        if bucket.has(now):
            bucket.take(now, half_units)
            consumed += half_units
            last = half_units
    assert (consumed - last) * SECOND <= rate * SECOND + rate * now
    assert bucket.balance(now) <= rate * burst_seconds


@given(st.integers(1, 500), steps)
def test_in_how_many_steps_time_passes_makes_no_difference(rate: int, history: list[tuple[int, int]]) -> None:
    stepwise, at_once = TokenBucket(rate, 300, 0), TokenBucket(rate, 300, 0)
    now = 0
    for pause, _ in history:
        now += pause
        stepwise.balance(now)
    assert stepwise.balance(now) == at_once.balance(now)


@given(st.integers(1, 500), st.integers(1, 500), steps, st.booleans())
def test_taking_from_two_is_asking_and_taking_of_each(
    rate: int, other_rate: int, history: list[tuple[int, int]], debt: bool
) -> None:
    together = [TokenBucket(rate, 300, 0), TokenBucket(other_rate, 1, 0)]
    apart = [TokenBucket(rate, 300, 0), TokenBucket(other_rate, 1, 0)]
    now = 0
    for pause, half_units in history:
        now += pause
        wanted = debt or all(bucket.has(now) for bucket in apart)
        if wanted:
            for bucket in apart:
                bucket.take(now, half_units)
        assert take_both(together[0], together[1], now, half_units, debt) is wanted
        assert [bucket.balance(now) for bucket in together] == [bucket.balance(now) for bucket in apart]


def test_two_have_nothing_taken_where_one_has_nothing_left() -> None:
    full, empty = TokenBucket(10, 300, 0), TokenBucket(10, 300, 0)
    empty.take(0, 10)
    assert not take_both(full, empty, 0, 5, debt=False)
    assert not take_both(empty, full, 0, 5, debt=False)
    assert (full.balance(0), empty.balance(0)) == (10, 0)
    assert take_both(full, empty, 0, 5, debt=True)
    assert (full.balance(0), empty.balance(0)) == (5, -5)
