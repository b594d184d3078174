"""On which days a cron expression holds: its fields of days of the month and days of the week.

| field | values | wildcards |
|---|---|---|
| day of the month | 1-31 | `, - * /`, `L` the last, `L-3` three before, `LW` last weekday, `15W` nearest |
| day of the week | 1-7 or SUN-SAT | `, - * /`, `L` Saturday, `6L` the month's last Friday, `6#3` its third |

One of both is `?`: no rule of its own.
Source: EventBridge guide, "Cron expressions"; `L-3`, `LW` and ranges over the end as Quartz has them.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

IsDay = Callable[[date], bool]

_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NEAREST = re.compile(r"(\d{1,2})W")
_BEFORE_LAST = re.compile(r"L-(\d{1,2})")
_LAST_OF_MONTH = re.compile(r"([1-7]|[A-Z]{3})L")
_NTH_OF_MONTH = re.compile(r"([1-7]|[A-Z]{3})#([1-5])")
_SATURDAY = 7


class BadField(ValueError):
    """The field is none that a cron expression may have."""


def days_of_month(text: str) -> IsDay:
    """Raises `BadField`."""
    if text == "L":
        return lambda day: day.day == _length(day)
    if text == "LW":
        return lambda day: day.day == _weekday_nearest(day, _length(day))
    if nearest := _NEAREST.fullmatch(text):
        wanted = _within(int(nearest[1]), 1, 31)
        return lambda day: day.day == _weekday_nearest(day, wanted)
    if before := _BEFORE_LAST.fullmatch(text):
        days = _within(int(before[1]), 0, 30)
        return lambda day: day.day == _length(day) - days
    among = numbers(text, 1, 31)
    return lambda day: day.day in among


def days_of_week(text: str) -> IsDay:
    """Raises `BadField`."""
    if text == "L":
        return lambda day: _number(day) == _SATURDAY
    if last := _LAST_OF_MONTH.fullmatch(text):
        wanted = _named(last[1], _DAYS, 1)
        return lambda day: _number(day) == wanted and day.day > _length(day) - 7
    if nth := _NTH_OF_MONTH.fullmatch(text):
        wanted, which = _named(nth[1], _DAYS, 1), int(nth[2])
        return lambda day: _number(day) == wanted and (day.day - 1) // 7 + 1 == which
    among = numbers(text, 1, 7, _DAYS)
    return lambda day: _number(day) in among


def numbers(text: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """The values of a field of `, - * /`; `names` stand for the numbers from `low` on.

    A range may go over the end, as in FRI-MON. Raises `BadField`.
    """
    found: set[int] = set()
    for part in text.split(","):
        found |= _part(part, low, high, names)
    return frozenset(found)


def _part(text: str, low: int, high: int, names: tuple[str, ...]) -> set[int]:
    span, slash, step_text = text.partition("/")
    step = _within(_whole(step_text), 1, high) if slash else 1
    if span == "*":
        return set(range(low, high + 1, step))
    first_text, dash, last_text = span.partition("-")
    first = _within(_named(first_text, names, low), low, high)
    open_end = high if slash else first
    last = _within(_named(last_text, names, low), low, high) if dash else open_end
    if last < first:
        last += high - low + 1
    return {low + (value - low) % (high - low + 1) for value in range(first, last + 1, step)}


def _named(text: str, names: tuple[str, ...], low: int) -> int:
    return names.index(text) + low if text in names else _whole(text)


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 4):
        raise BadField(text)
    return int(text)


def _within(value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise BadField(str(value))
    return value


def _number(day: date) -> int:
    """1 is Sunday."""
    return day.isoweekday() % 7 + 1


def _length(day: date) -> int:
    """Days of the month that `day` is in."""
    return calendar.monthrange(day.year, day.month)[1]


def _weekday_nearest(day: date, wanted: int) -> int | None:
    """The weekday nearest to the day `wanted` of the month that `day` is in; None if it has no such day."""
    if wanted > _length(day):
        return None
    middle = day.replace(day=wanted)
    distance = {6: -1, 7: 1}.get(middle.isoweekday(), 0)
    nearest = middle + timedelta(distance)
    if nearest.month != day.month:
        nearest = middle + timedelta(2 if distance < 0 else -2)
    return nearest.day
