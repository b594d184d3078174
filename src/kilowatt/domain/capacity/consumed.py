"""What a call consumed of one table, and how ConsumedCapacity shows it."""

from collections.abc import Sequence
from typing import Any

from kilowatt.domain.capacity.units import WHOLE_UNIT

Document = dict[str, Any]

# The members that carry units: those of transactions also say of which kind they are.
PLAIN = ("CapacityUnits",)
TRANSACTIONAL_READS = ("CapacityUnits", "ReadCapacityUnits")
TRANSACTIONAL_WRITES = ("CapacityUnits", "WriteCapacityUnits")


class Consumption:
    """Half-units consumed of one table and its indexes."""

    __slots__ = ("global_indexes", "local_indexes", "table")

    def __init__(self, table: int = 0) -> None:
        self.table = table
        self.local_indexes: dict[str, int] = {}
        self.global_indexes: dict[str, int] = {}

    def add_index(self, name: str, local: bool, half_units: int) -> None:
        """Counts `half_units` for an index; an index that cost nothing does not show."""
        if half_units:
            arm = self.local_indexes if local else self.global_indexes
            arm[name] = arm.get(name, 0) + half_units

    def add(self, other: "Consumption") -> None:
        self.table += other.table
        for name, half_units in other.local_indexes.items():
            self.add_index(name, True, half_units)
        for name, half_units in other.global_indexes.items():
            self.add_index(name, False, half_units)

    @property
    def total(self) -> int:
        return self.table + sum(self.local_indexes.values()) + sum(self.global_indexes.values())

    def document(self, table_name: str, mode: str, members: Sequence[str] = PLAIN) -> Document:
        """ConsumedCapacity for `mode` TOTAL or INDEXES; `table_name` as the request had it.

        `members` are those that carry the units at each level.
        """
        document: Document = {"TableName": table_name, **_units(self.total, members)}
        if mode == "INDEXES":
            document["Table"] = _units(self.table, members)
            if self.local_indexes:
                document["LocalSecondaryIndexes"] = _arm(self.local_indexes, members)
            if self.global_indexes:
                document["GlobalSecondaryIndexes"] = _arm(self.global_indexes, members)
        return document


def _arm(indexes: dict[str, int], members: Sequence[str]) -> Document:
    return {name: _units(half_units, members) for name, half_units in indexes.items()}


def _units(half_units: int, members: Sequence[str]) -> Document:
    return dict.fromkeys(members, half_units / WHOLE_UNIT)
