"""Target tracking: what the throughput should be, by what was consumed of it.

Every minute in which something was consumed is a point. Throughput rises when the newest two points are
above the target, and falls when the newest fifteen are below a lower mark; both to what would have put the
largest of these points on the target. Minutes without consumption are no points, as on AWS: a table that
nobody uses keeps its throughput. Points that are too old do not count.

Source: DynamoDB guide, "Managing throughput capacity automatically with DynamoDB auto scaling"; Application
Auto Scaling guide, "Target tracking scaling policies" and its cooldowns; the lower mark: ours.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

MINUTE = 60
OUT_POINTS, IN_POINTS = 2, 15
# How many minutes older than without gaps the oldest point may be.
_GAPS = 5
WINDOW_MINUTES = IN_POINTS + _GAPS
_MARGIN_PERCENT = 20.0

HIGH, LOW = "AlarmHigh", "AlarmLow"


@dataclass(frozen=True, slots=True)
class Point:
    """`units` consumed in the minute that begins at `start`, in seconds since the epoch."""

    start: int
    units: float


@dataclass(frozen=True, slots=True)
class Rule:
    """How a policy scales: `target` in percent of the throughput, cooldowns in seconds."""

    target: float
    out_cooldown: float = 0
    in_cooldown: float = 0
    scales_in: bool = True
    scales_out: bool = True


@dataclass(frozen=True, slots=True)
class History:
    """When throughput last rose, by how much, and when it last fell; seconds since the epoch."""

    rose: float | None = None
    rise: int = 0
    fell: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """The throughput to set, the one that the points alone want, and the alarm that says so."""

    alarm: str
    wanted: int
    units: int


def low_mark(target: float) -> float:
    """The percentage below which throughput may fall: clear of the target, lest it rise again at once."""
    return max(target - _MARGIN_PERCENT, target / 2)


def next_step(
    points: Sequence[Point],
    units: int,
    bounds: tuple[int, int],
    rule: Rule,
    history: History,
    now: float,
) -> Step | None:
    """What follows from the points, in any order, for a throughput of `units`; None if nothing does.

    A step whose `units` are those that there are is one that the bounds keep from being taken.
    """
    this_minute = int(now // MINUTE) * MINUTE
    whole = sorted((point for point in points if point.start < this_minute and point.units > 0), key=_start)
    high = _newest(whole, OUT_POINTS, this_minute)
    if high and min(high) > units * MINUTE * rule.target / 100:
        return _out(_wanted(high, rule), units, bounds, rule, history, now)
    low = _newest(whole, IN_POINTS, this_minute)
    if low and max(low) < units * MINUTE * low_mark(rule.target) / 100:
        return _in(_wanted(low, rule), units, bounds, rule, history, now)
    return None


def _start(point: Point) -> int:
    return point.start


def _newest(points: Sequence[Point], count: int, this_minute: int) -> list[float]:
    """The units of the newest so many points; none if there are fewer, or the oldest is too old."""
    newest = points[-count:]
    if len(newest) < count or newest[0].start < this_minute - (count + _GAPS) * MINUTE:
        return []
    return [point.units for point in newest]


def _wanted(units: Sequence[float], rule: Rule) -> int:
    """The throughput of which the largest of these is the target's share."""
    return max(1, math.ceil(max(units) * 100 / (MINUTE * rule.target)))


def _out(
    wanted: int, units: int, bounds: tuple[int, int], rule: Rule, history: History, now: float
) -> Step | None:
    if not rule.scales_out:
        return None
    new = max(units, _within(wanted, bounds))
    cooling = history.rose is not None and now < history.rose + rule.out_cooldown
    # While what the last rise brought is still awaited, only a larger one comes.
    if cooling and new - units <= history.rise:
        return None
    return Step(HIGH, wanted, new)


def _in(
    wanted: int, units: int, bounds: tuple[int, int], rule: Rule, history: History, now: float
) -> Step | None:
    if not rule.scales_in:
        return None
    new = min(units, _within(wanted, bounds))
    # A rise ends the cooldown of the fall before it.
    rose_since = history.rose is not None and history.fell is not None and history.rose > history.fell
    cooling = history.fell is not None and not rose_since and now < history.fell + rule.in_cooldown
    return None if cooling else Step(LOW, wanted, new)


def _within(units: int, bounds: tuple[int, int]) -> int:
    minimum, maximum = bounds
    return max(minimum, min(units, maximum))
