"""What a call consumed of one table, and how ConsumedCapacity shows it."""

from typing import Any

from kilowatt.domain.capacity.units import WHOLE_UNIT

Document = dict[str, Any]


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

    def document(self, table_name: str, mode: str) -> Document:
        """ConsumedCapacity for `mode` TOTAL or INDEXES; `table_name` as the request had it."""
        document: Document = {"TableName": table_name, "CapacityUnits": self.total / WHOLE_UNIT}
        if mode == "INDEXES":
            document["Table"] = {"CapacityUnits": self.table / WHOLE_UNIT}
            if self.local_indexes:
                document["LocalSecondaryIndexes"] = _arm(self.local_indexes)
            if self.global_indexes:
                document["GlobalSecondaryIndexes"] = _arm(self.global_indexes)
        return document


def _arm(indexes: dict[str, int]) -> Document:
    return {name: {"CapacityUnits": half_units / WHOLE_UNIT} for name, half_units in indexes.items()}
