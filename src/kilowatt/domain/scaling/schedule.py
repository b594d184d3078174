"""When a scheduled action is due: `at(...)`, `rate(...)` and `cron(...)`.

    at(2026-10-25T02:30:00)      once, in the action's time zone
    rate(5 minutes)              again and again from its start on
    cron(0 18 ? * MON-FRI *)     minute, hour, day of the month, month, day of the week, year; in that zone

A local time that the change to summer time leaves out counts as an hour later, one that there is twice as the
first.
Source: Application Auto Scaling guide, "Scheduled scaling"; API reference, PutScheduledAction.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kilowatt.domain.scaling.days import BadField, IsDay, days_of_month, days_of_week, numbers

_FORM = re.compile(r"(at|rate|cron)\((.*)\)")
_AT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
_RATE = re.compile(r"([1-9]\d{0,8}) (minute|hour|day)(s?)", re.ASCII)
_UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400}
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_FIRST_YEAR, _LAST_YEAR = 1970, 2199
_LATEST_TIME = 7_000_000_000.0  # in 2191: further away the calendar ends


class BadSchedule(ValueError):
    """The expression is none of a schedule."""


class BadTimeZone(ValueError):
    """There is no time zone of that name."""


class Schedule(Protocol):
    def latest(self, after: float, until: float, start: float) -> float | None:
        """The last time it holds in (`after`, `until`], in seconds since the epoch; None if there is none.

        `start` is where a rate begins to count.
        """
        ...


@dataclass(frozen=True, slots=True)
class At:
    """Once."""

    time: float

    def latest(self, after: float, until: float, start: float) -> float | None:
        return self.time if after < self.time <= until else None


@dataclass(frozen=True, slots=True)
class Rate:
    """Every so many seconds."""

    seconds: int

    def latest(self, after: float, until: float, start: float) -> float | None:
        if until < start + self.seconds:
            return None
        time = start + (until - start) // self.seconds * self.seconds
        return time if after < time else None


@dataclass(frozen=True, slots=True)
class Cron:
    """On some days at some times of a time zone."""

    zone: tzinfo
    minutes: frozenset[int]
    hours: frozenset[int]
    months: frozenset[int]
    years: frozenset[int]
    is_day: IsDay

    def latest(self, after: float, until: float, start: float) -> float | None:
        until = min(until, _LATEST_TIME)
        after = max(after, 0.0)
        if until <= after:
            return None
        # A day to either side: what is left out or twice may come from there.
        day = datetime.fromtimestamp(until, self.zone).date() + timedelta(1)
        first = datetime.fromtimestamp(after, self.zone).date() - timedelta(1)
        while day >= first:
            found = max((time for time in self._times(day) if after < time <= until), default=None)
            if found is not None:
                return found
            day -= timedelta(1)
        return None

    def _times(self, day: date) -> Iterator[float]:
        if day.year in self.years and day.month in self.months and self.is_day(day):
            for hour in self.hours:
                for minute in self.minutes:
                    local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=self.zone)
                    yield local.timestamp()


@lru_cache(maxsize=1024)
def parse(expression: str, time_zone: str = "UTC") -> Schedule:
    """Raises `BadSchedule`, `BadTimeZone`."""
    zone = zone_of(time_zone)
    form = _FORM.fullmatch(expression.strip())
    if form is None:
        raise BadSchedule(expression)
    kind, content = form.groups()
    if kind == "at":
        return _at(content, zone)
    return _rate(content) if kind == "rate" else _cron(content, zone)


def zone_of(name: str) -> tzinfo:
    """Raises `BadTimeZone`."""
    if name == "UTC":  # is there even where no time zones are installed
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise BadTimeZone(name) from error


def _at(content: str, zone: tzinfo) -> At:
    if _AT.fullmatch(content) is None:
        raise BadSchedule(content)
    try:
        local = datetime.fromisoformat(content)
        # The ends of the calendar have no time in some zones.
        return At(local.replace(tzinfo=UTC if local.year in {1, 9999} else zone).timestamp())
    except ValueError as error:
        raise BadSchedule(content) from error


def _rate(content: str) -> Rate:
    rate = _RATE.fullmatch(content)
    if rate is None:
        raise BadSchedule(content)
    return Rate(int(rate[1]) * _UNIT_SECONDS[rate[2]])


def _cron(content: str, zone: tzinfo) -> Cron:
    fields = content.upper().split()
    if len(fields) != 6:
        raise BadSchedule(content)
    minute, hour, of_month, month, of_week, year = fields
    if (of_month == "?") is (of_week == "?"):
        raise BadSchedule(content)
    try:
        return Cron(
            zone,
            numbers(minute, 0, 59),
            numbers(hour, 0, 23),
            numbers(month, 1, 12, _MONTHS),
            numbers(year, _FIRST_YEAR, _LAST_YEAR),
            days_of_month(of_month) if of_week == "?" else days_of_week(of_week),
        )
    except BadField as error:
        raise BadSchedule(content) from error
