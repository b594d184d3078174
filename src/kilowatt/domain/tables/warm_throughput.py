"""What a table or global index can serve at once: at least its provisioned units, and it never gets less.

Source: AWS guide, "Understanding DynamoDB warm throughput".
"""

from dataclasses import replace
from typing import Any

from kilowatt import limits
from kilowatt.domain.tables.table import Index, Table
from kilowatt.errors import table_updates as errors

# (reads, writes) a second.
Units = tuple[int, int]

_MEMBERS = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")


def ready_for(table: Table, part: Table | Index) -> Units:
    """The warm throughput of the table, or of `part`, one of its global indexes."""
    read, write = _base(table, part)
    asked_read, asked_write = part.warm or (None, None)
    return max(read, asked_read or 0), max(write, asked_write or 0)


def _base(table: Table, part: Table | Index) -> Units:
    if table.on_demand:
        return limits.WARM_READ_UNITS, limits.WARM_WRITE_UNITS
    return part.throughput.read, part.throughput.write


def check_not_lowered(table: Table, part: Table | Index, request: dict[str, Any]) -> None:
    """Refuses a request for less than there is; raises `WARM_THROUGHPUT_LOWERED`."""
    asked = request.get("WarmThroughput", {})
    place = "table" if isinstance(part, Table) else f"index {part.name}"
    for member, present in zip(_MEMBERS, ready_for(table, part), strict=True):
        if asked.get(member, present) < present:
            raise errors.WARM_THROUGHPUT_LOWERED(unit=member, place=place)


def kept(old: Table, new: Table) -> Table:
    """The changed table, ready for no less than it was."""
    indexes = tuple(_kept_index(old, new, index) for index in new.indexes)
    return replace(new, warm=_raised(ready_for(old, old), new, new), indexes=indexes)


def _kept_index(old: Table, new: Table, index: Index) -> Index:
    before = old.index(index.name)
    if index.local or before is None:
        return index
    return replace(index, warm=_raised(ready_for(old, before), new, index))


def _raised(before: Units, table: Table, part: Table | Index) -> tuple[int | None, int | None] | None:
    """What has to be noted in `part` for it to be ready for no less than `before`."""
    read, write = ready_for(table, part)
    if read >= before[0] and write >= before[1]:
        return part.warm
    return max(read, before[0]), max(write, before[1])
