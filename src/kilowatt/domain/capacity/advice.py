"""Advice on a table, from what was asked of it: keys, scans, indexes, items, capacity and its price.

Each piece of advice says what was seen and what to do about it. What only time can tell is judged once the
table was watched for half an hour.

Source: AWS guide, "Best practices for designing and architecting with DynamoDB"; the thresholds are ours.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kilowatt.domain.capacity.contributors import PARTITION_UNITS_A_MINUTE, Contributor
from kilowatt.domain.capacity.costs import (
    TARGET,
    Demand,
    Prices,
    demand,
    on_demand_month,
    provisioned_month,
)
from kilowatt.domain.capacity.minutes import Minute
from kilowatt.domain.capacity.usage import Reads
from kilowatt.domain.tables.description import Totals
from kilowatt.domain.tables.keys import key_of_suffix
from kilowatt.domain.tables.table import Index, Table

# So long a table is watched before its capacity, its indexes and its price are judged.
JUDGED_AFTER_SECONDS = 30 * 60
# Scans with a filter that a Query could do better, and Scans of a table that is hardly read otherwise.
_MANY_FILTERED_SCANS = 3
_MANY_SCANS = 10
_MOSTLY = 0.5
# A key is hot with half of what a partition can take; it has too large a share with a quarter of all.
_HOT_SHARE = 0.5
_LARGE_SHARE = 0.25
_LEAST_TRAFFIC = 1_000
# What one of the pieces of a key should have of a partition, or of all traffic.
_PIECE_SHARE = 0.5
_PIECE_OF_ALL = 0.1
_IDLE_SHARE = 0.3
_LARGE_ITEM_BYTES = 16 * 1024
_WORTH_SAVING = 0.2


@dataclass(frozen=True, slots=True)
class Advice:
    """One piece of advice: `subject` is the table or an index of it, `details` what the text is made of."""

    topic: str
    subject: str
    text: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """What a table or global index was asked for.

    `accessed` and `throttled` are its contributors, if they are counted, since `counted_since`.
    """

    minutes: Sequence[Minute]
    counted_since: float = 0.0
    accessed: Sequence[Contributor] = ()
    throttled: Sequence[Contributor] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """All that advice is made from; `parts` by the numbers of the indexes, 0 for the table.

    `seconds`: for how long the table was watched.
    """

    table: Table
    totals: Totals
    seconds: float
    reads: Reads
    parts: Mapping[int, Watched]
    prices: Prices

    @property
    def judged(self) -> bool:
        return self.seconds >= JUDGED_AFTER_SECONDS

    def metered(self) -> Iterator[tuple[Table | Index, Watched]]:
        """The table and its global indexes."""
        yield self.table, self.parts[0]
        for index in self.table.indexes:
            if not index.local:
                yield index, self.parts[index.number]


@dataclass(frozen=True, slots=True)
class Costs:
    """A month in each billing mode; `units` are those provisioned, or that would have to be."""

    on_demand: float
    provisioned: float
    units: tuple[int, int]


def advise(facts: Facts) -> list[Advice]:
    """All advice, on what is most urgent first."""
    found = [*_keys(facts), *_scans(facts), *_items(facts)]
    if facts.judged:
        found += [*_capacity(facts), *_indexes(facts), *_billing(facts)]
    return found


def costs(facts: Facts) -> Costs:
    """What a month costs that is as the time that was watched."""
    parts = [(part, demand(watched.minutes)) for part, watched in facts.metered()]
    units = [_units(facts.table, part, asked) for part, asked in parts]
    return Costs(
        on_demand_month([asked for _, asked in parts], facts.seconds, facts.prices),
        provisioned_month(units, facts.prices),
        (sum(read for read, _ in units), sum(write for _, write in units)),
    )


def _units(table: Table, part: Table | Index, asked: Demand) -> tuple[int, int]:
    return asked.provisioned if table.on_demand else (part.throughput.read, part.throughput.write)


# -- keys


def _keys(facts: Facts) -> Iterator[Advice]:
    for part, watched in facts.metered():
        yield from _throttled(part, watched)
        yield from _heavy_keys(part, watched)


def _throttled(part: Table | Index, watched: Watched) -> Iterator[Advice]:
    asked = demand(watched.minutes)
    requests = asked.reads_throttled
    if isinstance(part, Table):
        requests += asked.writes_throttled
    elif asked.writes_throttled:
        yield Advice(
            "INDEX_BACK_PRESSURE",
            part.name,
            f"{asked.writes_throttled:,} writes of the table were throttled, or would have been, since its "
            f"index {part.name} could not take them. It needs as much write capacity as the writes that "
            "change it, and a partition key with many values.",
            {"Throttled": asked.writes_throttled},
        )
    if requests:
        text, details = f"{requests:,} requests were throttled, or would have been", {"Throttled": requests}
        if watched.throttled:
            first = watched.throttled[0]
            text += f". {_written(part, first)} was that of {first.total:,.0f} of them."
        elif part.insights is None or not part.insights.enabled:
            text += ". Contributor insights, once enabled, tell of which keys."
        else:
            text += ", before contributor insights were enabled."
        yield Advice("THROTTLED_REQUESTS", part.name, text, details)


def _heavy_keys(part: Table | Index, watched: Watched) -> Iterator[Advice]:
    counted = demand([minute for minute in watched.minutes if minute.start >= watched.counted_since])
    all_units = 3 * counted.write + counted.read
    refused = {one.position: one.total for one in watched.throttled}
    for one in watched.accessed:
        share = one.total / all_units if all_units else 0.0
        load = one.peak / PARTITION_UNITS_A_MINUTE
        if load >= _HOT_SHARE:
            yield _hot(part, one, load, refused.get(one.position, 0))
        elif share >= _LARGE_SHARE and all_units >= _LEAST_TRAFFIC:
            yield _uneven(part, one, share)
        else:
            break


def _hot(part: Table | Index, one: Contributor, load: float, throttled: float) -> Advice:
    suffixes = max(2, math.ceil(load / _PIECE_SHARE))
    refusals = f", and {throttled:,.0f} requests of it were throttled" if throttled else ""
    return Advice(
        "HOT_PARTITION_KEY",
        part.name,
        f"{_written(part, one)} took {load:.0%} of what a partition can take in a minute{refusals}. Spread "
        f"it over {suffixes} keys: write with a suffix from 0 to {suffixes - 1}, and read all of them.",
        {
            "Key": key_of_suffix(part.key, one.position),
            "Maximum": one.peak,
            "Throttled": throttled,
            "Suffixes": suffixes,
        },
    )


def _uneven(part: Table | Index, one: Contributor, share: float) -> Advice:
    suffixes = max(2, math.ceil(share / _PIECE_OF_ALL))
    limit = PARTITION_UNITS_A_MINUTE / 180 / share
    return Advice(
        "UNEVEN_ACCESS",
        part.name,
        f"{_written(part, one)} has {share:.0%} of all traffic: its partition is at its limit once there are "
        f"{limit:,.0f} writes, or {3 * limit:,.0f} reads, a second in all. {suffixes} suffixes would leave "
        f"none with more than a tenth.",
        {"Key": key_of_suffix(part.key, one.position), "Share": round(share, 4), "Suffixes": suffixes},
    )


def _written(part: Table | Index, one: Contributor) -> str:
    key = key_of_suffix(part.key, one.position)
    return "The key " + ", ".join(f"{name}={next(iter(value.values()))}" for name, value in key.items())


# -- scans, items, indexes


def _scans(facts: Facts) -> Iterator[Advice]:
    table, reads = facts.table, facts.reads
    for attribute, count in reads.filtered.most_common():
        part = _with_hash_key(table, attribute)
        if part is not None and count >= _MANY_FILTERED_SCANS:
            of = "the table" if isinstance(part, Table) else f"the index {part.name}"
            yield Advice(
                "SCAN_INSTEAD_OF_QUERY",
                part.name,
                f"{count:,} pages of Scans had a filter on {attribute}, the partition key of {of}. A Query "
                "of it reads only the items that are wanted; a filter does not lower what a Scan consumes.",
                {"Attribute": attribute, "Pages": count},
            )
    scans = reads.scans.total()
    read = sum(minute.read for watched in facts.parts.values() for minute in watched.minutes)
    if scans >= _MANY_SCANS and read and reads.scanned >= _MOSTLY * read:
        share = min(1.0, reads.scanned / read)
        yield Advice(
            "MOSTLY_SCANNED",
            table.name,
            f"{share:.0%} of all that was read was read by {scans:,} pages of Scans. They cost more with "
            "each item that the table gets: make the question a key, of the table or of an index.",
            {"Share": round(share, 4), "Pages": scans},
        )


def _with_hash_key(table: Table, attribute: str) -> Table | Index | None:
    parts: tuple[Table | Index, ...] = (table, *table.indexes)
    return next((part for part in parts if part.key.hash[0].name == attribute), None)


def _items(facts: Facts) -> Iterator[Advice]:
    count, size = facts.totals.get(0, (0, 0))
    if count and size / count >= _LARGE_ITEM_BYTES:
        average = size / count
        read, write = math.ceil(average / 4096), math.ceil(average / 1024)
        yield Advice(
            "LARGE_ITEMS",
            facts.table.name,
            f"An item has {average / 1024:,.1f} KB on average: reading one takes {read:,} units, and each "
            f"write of it {write:,}, whatever it changes. Keep what is seldom used in items of its own, or "
            "outside the table.",
            {"AverageBytes": round(average), "Items": count},
        )


def _indexes(facts: Facts) -> Iterator[Advice]:
    for index in facts.table.indexes:
        # One that Scans had better queried is not to be deleted.
        if facts.reads.pages(index.number) or facts.reads.filtered[index.key.hash[0].name]:
            continue
        count, _ = facts.totals.get(index.number, (0, 0))
        yield Advice(
            "UNUSED_INDEX",
            index.name,
            f"Nobody read the index {index.name} in {_minutes(facts)}, and it has {count:,} entries. If that "
            "is always so, it costs storage and a write for each change of them, and can be "
            + ("left out of the next table." if index.local else "deleted."),
            {"Entries": count},
        )


def _minutes(facts: Facts) -> str:
    return f"{facts.seconds / 60:,.0f} minutes"


# -- capacity and its price


def _capacity(facts: Facts) -> Iterator[Advice]:
    if facts.table.on_demand:
        return
    for part, watched in facts.metered():
        asked = demand(watched.minutes)
        kinds = (
            ("read", part.throughput.read, asked.read_peak, asked.provisioned[0]),
            ("write", part.throughput.write, asked.write_peak, asked.provisioned[1]),
        )
        for kind, units, peak, enough in kinds:
            if peak > units * TARGET and enough > units:
                yield _provision("UNDER_PROVISIONED", part, kind, units, peak, enough)
            elif peak < units * _IDLE_SHARE and enough < units:
                yield _provision("OVER_PROVISIONED", part, kind, units, peak, enough)


def _provision(topic: str, part: Table | Index, kind: str, units: int, peak: float, enough: int) -> Advice:
    return Advice(
        topic,
        part.name,
        f"{units:,} {kind} units a second are provisioned, and {peak:,.1f} were used in the highest minute. "
        f"{enough:,} would be used to {TARGET:.0%} then.",
        {"Kind": kind.upper(), "Provisioned": units, "Peak": round(peak, 3), "Suggested": enough},
    )


def _billing(facts: Facts) -> Iterator[Advice]:
    both = costs(facts)
    if facts.table.on_demand:
        current, other, name = both.on_demand, both.provisioned, "PROVISIONED"
        read, write = both.units
        how = f"With {read:,} read and {write:,} write units, of which the highest minute used 70%,"
    else:
        current, other, name = both.provisioned, both.on_demand, "PAY_PER_REQUEST"
        how = "On demand"
    if other < current * (1 - _WORTH_SAVING):
        currency = facts.prices.currency
        yield Advice(
            "BILLING_MODE",
            facts.table.name,
            f"{how} a month like the last {_minutes(facts)} would cost {other:,.2f} {currency} instead of "
            f"{current:,.2f} ({facts.prices.source}).",
            {"Suggested": name, "PerMonth": round(other, 2), "CurrentPerMonth": round(current, 2)},
        )
