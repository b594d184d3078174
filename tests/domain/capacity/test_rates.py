"""How much tables and indexes may use, on the numbers of the guide."""

from dataclasses import replace
from typing import Any

import pytest

from kilowatt.domain.capacity.minutes import KEPT, Minute, Minutes
from kilowatt.domain.capacity.rates import Limit, Rate, partitions_for, rates
from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.quotas import Quotas
from kilowatt.domain.tables.table import PAY_PER_REQUEST, Table
from kilowatt.domain.tables.throughput import Throughput

_KEY = KeyAttribute("pk", "S")


def table(**fields: Any) -> Table:
    return Table("table", "000000000000", "us-east-1", 1, "id", 0.0, KeySchema((_KEY,)), (_KEY,), **fields)


def on_demand(**fields: Any) -> Table:
    return table(billing_mode=PAY_PER_REQUEST, **fields)


def provisioned(read: int, write: int, **fields: Any) -> Table:
    return table(throughput=Throughput(read, write), **fields)


def units(given: Table, peaks: tuple[int, int] = (0, 0), quotas: Quotas | None = None) -> tuple[Any, Any]:
    """Units a second and limit, of reads and of writes; peaks in units too."""
    read, write = rates(given, given, quotas or Quotas(), (2 * peaks[0], 2 * peaks[1]))
    return (read.half_units // 2, read.limit), (write.half_units // 2, write.limit)


def test_provisioned_capacity_is_saved_for_300_seconds() -> None:
    given = provisioned(5, 7)
    assert rates(given, given, Quotas(), (0, 0)) == (
        Rate(10, 300, Limit.PROVISIONED),
        Rate(14, 300, Limit.PROVISIONED),
    )


def test_a_new_table_on_demand_takes_12000_reads_and_4000_writes() -> None:
    assert units(on_demand()) == ((12_000, Limit.KEY_RANGE), (4_000, Limit.KEY_RANGE))


@pytest.mark.parametrize(
    ("warm", "expected"),
    [
        (None, (12_000, 4_000)),
        ((10_000, 10_000), (12_000, 10_000)),
        ((24_000, 8_000), (24_000, 8_000)),
    ],
)
def test_a_table_that_was_switched_sustains_what_it_once_had(
    warm: tuple[int, int] | None, expected: tuple[int, int]
) -> None:
    read, write = units(on_demand(warm=warm))
    assert (read[0], write[0]) == expected


def test_twice_the_previous_peak_is_taken() -> None:
    assert units(on_demand(), (10_000, 3_000)) == ((20_000, Limit.KEY_RANGE), (6_000, Limit.KEY_RANGE))


def test_the_quota_of_a_table_bounds_its_growth() -> None:
    assert units(on_demand(), (39_000, 21_000)) == ((40_000, Limit.ACCOUNT), (40_000, Limit.ACCOUNT))
    assert units(on_demand(), quotas=Quotas(table_units=10)) == ((10, Limit.ACCOUNT), (10, Limit.ACCOUNT))


def test_a_maximum_bounds_whatever_it_would_be() -> None:
    given = on_demand(on_demand_limits=(100, None))
    assert units(given, (30_000, 0)) == ((100, Limit.MAX_ON_DEMAND), (4_000, Limit.KEY_RANGE))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (provisioned(5, 5), 1),
        (provisioned(3_000, 1_000), 2),
        (provisioned(1_500, 500), 1),
        (provisioned(40_000, 40_000), 54),
        (provisioned(1, 1, warm=(12_000, 4_000)), 4),
        (on_demand(), 4),
        (on_demand(warm=(12_000, 8_500)), 9),
    ],
)
def test_as_many_partitions_as_the_capacity_takes(given: Table, expected: int) -> None:
    assert partitions_for(given, given, (0, 0)) == expected


def test_partitions_grow_with_the_peak() -> None:
    given = on_demand()
    assert partitions_for(given, given, (0, 2 * 4_000)) == 8
    assert partitions_for(replace(given, on_demand_limits=(None, 10)), given, (0, 0)) == 4


def test_what_is_provisioned_is_not_divided_for_a_peak() -> None:
    given = provisioned(10, 1_000)
    assert partitions_for(given, given, (0, 2 * 4_000)) == partitions_for(given, given, (0, 0))


def test_minutes_are_kept_for_three_hours() -> None:
    minutes = Minutes()
    for number in range(1_000, 1_000 + 2 * KEPT):
        minutes.add(number, 2, 4)
    minutes.add(1_000 + 2 * KEPT - 1, 2, 0, 1, 0)
    kept = minutes.between(0, 1e9)
    assert len(kept) == KEPT
    assert kept[0] == Minute((1_000 + KEPT) * 60, 2, 4, 0, 0)
    assert kept[-1] == Minute((1_000 + 2 * KEPT - 1) * 60, 4, 4, 1, 0)
    assert minutes.between(kept[3].start, kept[5].start) == kept[3:5]
