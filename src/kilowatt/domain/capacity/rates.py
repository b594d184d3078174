"""How much a table or global index may use a second, and which limit that is.

Provisioned: what is provisioned, and up to 300 seconds of it that were not used. On demand: at once what it
is ready for (4,000 writes and 12,000 reads a second, or its warm throughput), and twice the highest traffic
that it had up to half an hour ago; but no more than its own maximum, nor than the quota of a table.

Source: AWS guide, "DynamoDB on-demand capacity mode", "Burst and adaptive capacity" and "Quotas in Amazon
DynamoDB".
"""

from dataclasses import dataclass
from enum import StrEnum

from kilowatt import limits
from kilowatt.domain.capacity.units import READ, WHOLE_UNIT, WRITE
from kilowatt.domain.tables.quotas import Quotas
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.tables.warm_throughput import ready_for

# A table on demand saves nothing up, beyond what evens out a second.
_ON_DEMAND_BURST_SECONDS = 1
_GROWTH = 2
_KINDS = (READ, WRITE)


class Limit(StrEnum):
    """What an access can be over, as ThrottlingReasons call it."""

    PROVISIONED = "ProvisionedThroughputExceeded"
    ACCOUNT = "AccountLimitExceeded"
    KEY_RANGE = "KeyRangeThroughputExceeded"
    MAX_ON_DEMAND = "MaxOnDemandThroughputExceeded"


@dataclass(frozen=True, slots=True)
class Rate:
    """Half-units a second, for how many seconds they can be saved, and the limit that this is."""

    half_units: int
    burst_seconds: int
    limit: Limit


def rates(table: Table, part: Table | Index, quotas: Quotas, peaks: tuple[int, int]) -> tuple[Rate, Rate]:
    """The rates of reads and writes of `part`: the table, or one of its global indexes.

    `peaks` are the half-units a second of the highest traffic before.
    """
    if not table.on_demand:
        units = (part.throughput.read, part.throughput.write)
        read, write = (
            Rate(units[kind] * WHOLE_UNIT, limits.BURST_SECONDS, Limit.PROVISIONED) for kind in _KINDS
        )
        return read, write
    asked = part.on_demand_limits or (None, None)
    ready = ready_for(table, part)
    read, write = (_on_demand(asked[kind], ready[kind], quotas, peaks[kind]) for kind in _KINDS)
    return read, write


def _on_demand(most: int | None, ready: int, quotas: Quotas, peak: int) -> Rate:
    # Beyond what its partitions can take a table is refused as if a partition were hot: so they are.
    bounds = [(max(ready * WHOLE_UNIT, _GROWTH * peak), Limit.KEY_RANGE)]
    bounds.append((quotas.table_units * WHOLE_UNIT, Limit.ACCOUNT))
    if most is not None:
        bounds.append((most * WHOLE_UNIT, Limit.MAX_ON_DEMAND))
    half_units, limit = min(bounds, key=lambda bound: bound[0])
    return Rate(half_units, _ON_DEMAND_BURST_SECONDS, limit)


def partitions_for(table: Table, part: Table | Index, peaks: tuple[int, int]) -> int:
    """How many partitions it takes for the rates of `part`: 4 for a new table on demand.

    Source: the formula that AWS published for provisioned tables until 2018.
    """
    ready = ready_for(table, part)
    growth = _GROWTH if table.on_demand else 0
    reads, writes = (max(ready[kind], growth * peaks[kind] // WHOLE_UNIT) for kind in _KINDS)
    count = max(_partitions(reads, 0), _partitions(0, writes))
    if not table.on_demand:
        count = max(count, _partitions(part.throughput.read, part.throughput.write))
    return max(1, count)


def _partitions(reads: int, writes: int) -> int:
    """The number of partitions that can serve so many units a second together."""
    read_units, write_units = limits.PARTITION_READ_UNITS, limits.PARTITION_WRITE_UNITS
    return -(-(reads * write_units + writes * read_units) // (read_units * write_units))
