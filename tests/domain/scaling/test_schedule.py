"""When schedules hold."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.scaling.schedule import BadSchedule, BadTimeZone, parse

EVER = 0.0


def at(text: str, zone: str = "UTC") -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


def latest(expression: str, until: str, zone: str = "UTC", after: str = "2020-01-01T00:00") -> str | None:
    """The last time in the zone, as text."""
    found = parse(expression, zone).latest(at(after, zone), at(until, zone), at(after, zone))
    return None if found is None else f"{datetime.fromtimestamp(found, ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def test_at_holds_once_in_its_zone() -> None:
    assert latest("at(2026-10-25T08:30:00)", "2026-10-25T08:29") is None
    assert latest("at(2026-10-25T08:30:00)", "2026-10-25T08:30") == "2026-10-25T08:30"
    assert latest("at(2026-10-25T08:30:00)", "2027-01-01T00:00", after="2026-10-25T08:30") is None
    assert latest("at(2026-10-25T08:30:00)", "2026-10-25T08:30", "Asia/Tokyo") == "2026-10-25T08:30"


def test_a_rate_holds_again_and_again_but_not_at_its_start() -> None:
    schedule = parse("rate(5 minutes)")
    assert schedule.latest(EVER, 1000.0, 1000.0) is None
    assert schedule.latest(EVER, 1299.0, 1000.0) is None
    assert schedule.latest(EVER, 1300.0, 1000.0) == 1300.0
    assert schedule.latest(EVER, 2000.0, 1000.0) == 1900.0
    assert schedule.latest(1900.0, 2000.0, 1000.0) is None
    assert parse("rate(1 day)").latest(EVER, 90_000.0, 0.0) == 86_400.0
    assert parse("rate(2 hours)").latest(EVER, 7200.0, 0.0) == 7200.0


@pytest.mark.parametrize(
    ("expression", "until", "expected"),
    [
        ("cron(0 10 * * ? *)", "2026-11-27T09:59", "2026-11-26T10:00"),
        ("cron(0 10 * * ? *)", "2026-11-27T10:00", "2026-11-27T10:00"),
        ("cron(0 18 ? * MON-FRI *)", "2026-11-29T12:00", "2026-11-27T18:00"),
        ("cron(0 18 ? * FRI-MON *)", "2026-12-02T12:00", "2026-11-30T18:00"),
        ("cron(0 8 1 * ? *)", "2026-11-27T00:00", "2026-11-01T08:00"),
        ("cron(0/15 * * * ? *)", "2026-11-27T10:44", "2026-11-27T10:30"),
        ("cron(0/10 * ? * MON-FRI *)", "2026-11-29T00:00", "2026-11-27T23:50"),
        ("cron(5,35 8-17/3 ? * 2-6 *)", "2026-11-27T23:00", "2026-11-27T17:35"),
        ("cron(0 0 L * ? *)", "2028-03-15T00:00", "2028-02-29T00:00"),
        ("cron(0 0 L-1 * ? *)", "2028-03-15T00:00", "2028-02-28T00:00"),
        ("cron(0 0 LW * ? *)", "2026-06-15T00:00", "2026-05-29T00:00"),
        ("cron(0 9 15W * ? *)", "2026-08-31T00:00", "2026-08-14T09:00"),  # the 15th is a Saturday
        ("cron(0 9 15W * ? *)", "2026-11-30T00:00", "2026-11-16T09:00"),  # a Sunday
        ("cron(0 9 1W * ? *)", "2026-08-31T00:00", "2026-08-03T09:00"),  # not into July
        ("cron(0 9 31W * ? *)", "2026-11-30T00:00", "2026-10-30T09:00"),  # November has none
        ("cron(0 9 31W 5 ? *)", "2026-11-30T00:00", "2026-05-29T09:00"),  # a Sunday, and not into June
        ("cron(0 0 ? * 6L *)", "2026-11-28T00:00", "2026-11-27T00:00"),
        ("cron(0 0 ? * L *)", "2026-11-27T00:00", "2026-11-21T00:00"),
        ("cron(0 0 ? * 3#2 *)", "2026-11-27T00:00", "2026-11-10T00:00"),
        ("cron(0 0 ? * TUE#2 *)", "2026-11-09T00:00", "2026-10-13T00:00"),
        ("cron(0 0 1 JAN,jul ? 2024-2025)", "2026-11-27T00:00", "2025-07-01T00:00"),
        ("cron(0 0 29 2 ? *)", "2026-11-27T00:00", "2024-02-29T00:00"),
    ],
)
def test_cron_holds_at_the_times_of_its_fields(expression: str, until: str, expected: str) -> None:
    assert latest(expression, until) == expected


def test_cron_holds_in_its_zone_in_summer_and_winter() -> None:
    schedule = parse("cron(0 9 * * ? *)", "America/New_York")
    assert schedule.latest(EVER, at("2026-07-01T13:00"), EVER) == at("2026-07-01T13:00")
    assert schedule.latest(EVER, at("2026-12-01T14:00"), EVER) == at("2026-12-01T14:00")


def test_a_time_that_the_clock_leaves_out_counts_an_hour_later() -> None:
    found = latest("cron(30 2 * * ? *)", "2026-03-29T12:00", "Europe/Berlin")
    assert found == "2026-03-29T03:30"


def test_a_time_that_there_is_twice_counts_as_the_first() -> None:
    schedule = parse("cron(30 2 * * ? *)", "Europe/Berlin")
    assert schedule.latest(EVER, at("2026-10-25T12:00"), EVER) == at("2026-10-25T00:30")


def test_spaces_around_and_between_fields_do_not_count() -> None:
    assert latest(" cron( 0  10 * * ? * ) ", "2026-11-27T10:00") == "2026-11-27T10:00"


@pytest.mark.parametrize(
    "expression",
    [
        "",
        "10:00",
        "at(2026-10-25)",
        "at(2026-10-25T08:30)",
        "at(2026-10-32T08:30:00)",
        "at(2026-10-25 08:30:00)",
        "rate(5)",
        "rate(0 minutes)",
        "rate(-5 minutes)",
        "rate(5 seconds)",
        "rate(5 weeks)",
        "rate(1.5 hours)",
        "cron(0 10 * * *)",
        "cron(0 10 * * ? * *)",
        "cron(0 10 * * * *)",
        "cron(0 10 ? * ? *)",
        "cron(60 10 * * ? *)",
        "cron(0 24 * * ? *)",
        "cron(0 10 0 * ? *)",
        "cron(0 10 32 * ? *)",
        "cron(0 10 * 13 ? *)",
        "cron(0 10 ? * 8 *)",
        "cron(0 10 ? * MOO *)",
        "cron(0 10 ? * 3#6 *)",
        "cron(0 10 ? * 9L *)",
        "cron(0 10 40W * ? *)",
        "cron(0 10 * * ? 1969)",
        "cron(0 10 * * ? 99999)",
        "cron(0/0 10 * * ? *)",
        "cron(0/x 10 * * ? *)",
        "cron(, 10 * * ? *)",
        "cron(٣ 10 * * ? *)",
        "CRON(0 10 * * ? *)",
    ],
)
def test_what_is_no_schedule_is_refused(expression: str) -> None:
    with pytest.raises(BadSchedule):
        parse(expression)


@pytest.mark.parametrize("zone", ["", "Nowhere", "Europe/", "../UTC", "/etc/passwd", "Europe"])
def test_what_is_no_time_zone_is_refused(zone: str) -> None:
    with pytest.raises(BadTimeZone):
        parse("rate(5 minutes)", zone)


zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"])
minutes = st.integers(0, 59)
hours = st.integers(0, 23)
times = st.floats(1.7e9, 2.0e9)


@given(zones, minutes, hours, times)
def test_a_daily_time_is_found_within_the_last_day_and_a_change_of_clocks(
    zone: str, minute: int, hour: int, now: float
) -> None:
    found = parse(f"cron({minute} {hour} * * ? *)", zone).latest(EVER, now, EVER)
    assert found is not None
    assert now - 25 * 3600 <= found <= now
    local = datetime.fromtimestamp(found, ZoneInfo(zone))
    is_shifted = local.replace(hour=hour, minute=minute, fold=0).timestamp() == found
    assert (local.hour, local.minute) == (hour, minute) or is_shifted


@given(zones, st.sampled_from(["0/7 * * * ? *", "13 4-20/5 ? * MON,THU *", "0 12 L * ? *"]), times)
def test_no_time_lies_between_the_latest_and_now(zone: str, fields: str, now: float) -> None:
    """And what was found is not found again."""
    schedule = parse(f"cron({fields})", zone)
    found = schedule.latest(now - 40 * 86_400, now, EVER)
    assert found is not None
    assert schedule.latest(found, now, EVER) is None
    assert schedule.latest(found - 1, now, EVER) == found


@given(st.integers(1, 10_000), st.sampled_from(["minutes", "hours", "days"]), times, st.floats(0, 1e8))
def test_a_rate_holds_at_multiples_from_its_start(value: int, unit: str, start: float, passed: float) -> None:
    seconds = value * {"minutes": 60, "hours": 3600, "days": 86_400}[unit]
    found = parse(f"rate({value} {unit})").latest(EVER, start + passed, start)
    if passed < seconds - 1:
        assert found is None
    elif found is not None:
        assert start < found <= start + passed
        assert (found - start) % seconds == pytest.approx(0, abs=1e-3)
        assert start + passed - found < seconds + 1e-3


@given(times, st.integers(300, 100_000))
def test_an_hourly_schedule_loses_no_hour_however_often_it_is_asked(start: float, pause: int) -> None:
    schedule = parse("cron(0 * * * ? *)")
    done, found = start, []
    now = start
    while now < start + 86_400:
        now += pause
        time = schedule.latest(done, now, start)
        if time is not None:
            found.append(time)
        done = now
    assert found == sorted(set(found))
    if pause < 3600:
        first = datetime.fromtimestamp(start, UTC).replace(minute=0, second=0, microsecond=0)
        hours = [(first + timedelta(hours=number)).timestamp() for number in range(1, 26 + 1)]
        assert found == [hour for hour in hours if start < hour <= now]
