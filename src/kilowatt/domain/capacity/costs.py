"""What a table's traffic costs in each billing mode, by a table of prices.

Storage, backups and the rest cost the same in both.

Source: AWS guide, "Cost optimization: Evaluate your table capacity mode"; a month is 730 hours, as there.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kilowatt.domain.capacity.minutes import MINUTE_SECONDS, Minute
from kilowatt.domain.capacity.units import WHOLE_UNIT

MONTH_HOURS = 730
# What auto scaling aims at unless told otherwise.
TARGET = 0.7


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in `currency`: of a million units on demand, and of a provisioned unit for an hour."""

    currency: str
    source: str
    million_read_units: float
    million_write_units: float
    read_unit_hour: float
    write_unit_hour: float


@dataclass(frozen=True, slots=True)
class Demand:
    """What was asked of a table or index: units altogether, and units a second in the highest minute."""

    read: float
    write: float
    read_peak: float
    write_peak: float
    reads_throttled: int
    writes_throttled: int

    @property
    def provisioned(self) -> tuple[int, int]:
        """The units of reads and writes of which the highest minute would use 70%."""
        return needed(self.read_peak), needed(self.write_peak)


def demand(minutes: Sequence[Minute]) -> Demand:
    """The demand of these minutes; what was refused is not in the units."""
    seconds = WHOLE_UNIT * MINUTE_SECONDS
    return Demand(
        sum(minute.read for minute in minutes) / WHOLE_UNIT,
        sum(minute.write for minute in minutes) / WHOLE_UNIT,
        max((minute.read for minute in minutes), default=0) / seconds,
        max((minute.write for minute in minutes), default=0) / seconds,
        sum(minute.reads_throttled for minute in minutes),
        sum(minute.writes_throttled for minute in minutes),
    )


def needed(peak: float) -> int:
    """Provisioned units of which a peak of so many units a second would use 70%; 1 at least."""
    return max(1, math.ceil(round(peak / TARGET, 6)))


def on_demand_month(demands: Sequence[Demand], seconds: float, prices: Prices) -> float:
    """The price of a month on demand that is as these seconds were."""
    reads, writes = sum(one.read for one in demands), sum(one.write for one in demands)
    price = (reads * prices.million_read_units + writes * prices.million_write_units) / 1_000_000
    return price * MONTH_HOURS * 3600 / seconds


def provisioned_month(units: Sequence[tuple[int, int]], prices: Prices) -> float:
    """The price of a month with these units of reads and writes provisioned."""
    reads, writes = (sum(pair[kind] for pair in units) for kind in (0, 1))
    return MONTH_HOURS * (reads * prices.read_unit_hour + writes * prices.write_unit_hour)
