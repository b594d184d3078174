"""What auto scaling can change: the units of reads or of writes of a table or of a global index.

    ResourceId                 ScalableDimension
    table/Music                dynamodb:table:ReadCapacityUnits, dynamodb:table:WriteCapacityUnits
    table/Music/index/Genre    dynamodb:index:ReadCapacityUnits, dynamodb:index:WriteCapacityUnits

Source: Application Auto Scaling API reference, RegisterScalableTarget.
"""

import re
from dataclasses import dataclass, replace

from kilowatt.domain.tables.table import Table
from kilowatt.domain.tables.throughput import Throughput

NAMESPACE = "dynamodb"
_NAME = "[a-zA-Z0-9_.-]{3,255}"
_RESOURCE = re.compile(rf"table/({_NAME})(?:/index/({_NAME}))?", re.ASCII)
_DIMENSION = re.compile(r"dynamodb:(table|index):(Read|Write)CapacityUnits")


@dataclass(frozen=True, slots=True)
class ScaledUnits:
    """The units of `reads`, or else of writes, of a table, or of its index if there is one."""

    table: str
    index: str | None
    reads: bool

    @property
    def kind(self) -> str:
        """What texts of the service call them."""
        return "read" if self.reads else "write"

    @property
    def metric(self) -> str:
        """The predefined metric of their use."""
        return f"DynamoDB{self.kind.title()}CapacityUtilization"

    def of(self, table: Table) -> int | None:
        """How many the table has; None if it is on demand, has no such index, or still fills it."""
        throughput = self._throughput(table)
        if throughput is None:
            return None
        return throughput.read if self.reads else throughput.write

    def set(self, table: Table, units: int, at: float) -> Table:
        """The table with so many. Raises `TOO_MANY_DECREASES`; KeyError where `of` finds none."""
        throughput = self._throughput(table)
        if throughput is None:
            raise KeyError(self)
        read, write = (units, throughput.write) if self.reads else (throughput.read, units)
        changed = throughput.changed(read, write, at)
        if self.index is None:
            return replace(table, throughput=changed)
        return table.with_indexes(
            tuple(
                replace(index, throughput=changed) if index.name == self.index else index
                for index in table.indexes
            )
        )

    def _throughput(self, table: Table) -> Throughput | None:
        if table.on_demand:
            return None
        if self.index is None:
            return table.throughput
        index = table.index(self.index)
        return None if index is None or index.local or index.backfilling else index.throughput


def scaled_units(resource_id: str, dimension: str) -> ScaledUnits | None:
    """What both name together; None if they do not fit."""
    resource, scaled = _RESOURCE.fullmatch(resource_id), _DIMENSION.fullmatch(dimension)
    if resource is None or scaled is None:
        return None
    table, index = resource.groups()
    if (index is None) is not (scaled[1] == "table"):
        return None
    return ScaledUnits(table, index, scaled[2] == "Read")
