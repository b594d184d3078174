"""How much an account may have in a region: tables, and capacity units of one table and of all together.

What a change does not raise is never refused, so tables made under higher quotas can be used and lowered.

Source: AWS guide, "Quotas in Amazon DynamoDB": throughput default quotas; that the account's comes first, as
measured on AWS, 2026-10.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from kilowatt import limits
from kilowatt.domain.tables.table import Index, Table
from kilowatt.errors import tables as errors

# (reads, writes) a second.
Units = tuple[int, int]
_Asked = tuple[int | None, int | None]
_NOTHING: _Asked = (None, None)

_PROVISIONED = ("ReadCapacityUnits", "WriteCapacityUnits")
_ON_DEMAND = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
_WARM = ("ReadUnitsPerSecond", "WriteUnitsPerSecond")
_QUOTAS = ("TableMaxReadCapacityUnits", "TableMaxWriteCapacityUnits")


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas of every account in every region; units count reads and writes apart."""

    tables: int = limits.TABLES
    table_units: int = limits.TABLE_CAPACITY_UNITS
    account_units: int = limits.ACCOUNT_CAPACITY_UNITS

    def check(self, old: Table | None, new: Table, reserved: Units) -> None:
        """Refuses a table that is made or changed to be over a quota.

        `reserved` is what the account's tables have now, `old` among them.

        Raises `ACCOUNT_UNITS_OVER_QUOTA`, `TABLE_UNITS_OVER_QUOTA`, `INDEX_UNITS_OVER_QUOTA` and
        `SETTING_OVER_QUOTA`.
        """
        self._check_account(old, new, reserved)
        for former, part in _parts(old, new):
            self._check_provisioned(former, part, new.region)
        for former, part in _parts(old, new):
            self._check_settings(former, part, new.region)

    def _check_account(self, old: Table | None, new: Table, reserved: Units) -> None:
        before, after = (0, 0) if old is None else provisioned(old), provisioned(new)
        for name, had, has, current in zip(_PROVISIONED, before, after, reserved, strict=True):
            if has > had and current + has - had > self.account_units:
                raise errors.ACCOUNT_UNITS_OVER_QUOTA(
                    unit=name,
                    region=new.region,
                    current=current,
                    limit=self.account_units,
                    requested=has - had,
                )

    def _check_provisioned(self, old: Table | Index | None, new: Table | Index, region: str) -> None:
        before = (0, 0) if old is None else (old.throughput.read, old.throughput.write)
        after = (new.throughput.read, new.throughput.write)
        for name, had, has in zip(_PROVISIONED, before, after, strict=True):
            if has > had and has > self.table_units:
                of_table = isinstance(new, Table)
                spec = errors.TABLE_UNITS_OVER_QUOTA if of_table else errors.INDEX_UNITS_OVER_QUOTA
                raise spec(unit=name, index=new.name, value=has, region=region, limit=self.table_units)

    def _check_settings(self, old: Table | Index | None, new: Table | Index, region: str) -> None:
        """The most that a table on demand may use, and what it is to be ready for."""
        table = isinstance(new, Table)
        place = "table" if table else f"index : {new.name}"
        limits_before = None if old is None else old.on_demand_limits
        self._check_setting(
            "OnDemandThroughput", _ON_DEMAND, limits_before, new.on_demand_limits, place, region
        )
        place = "table" if table else f"index {new.name}"
        warm_before = None if old is None else old.warm
        self._check_setting("WarmThroughput", _WARM, warm_before, new.warm, place, region)

    def _check_setting(
        self,
        setting: str,
        members: tuple[str, str],
        before: _Asked | None,
        after: _Asked | None,
        place: str,
        region: str,
    ) -> None:
        each = zip(members, before or _NOTHING, after or _NOTHING, _QUOTAS, strict=True)
        for member, had, has, quota in each:
            if has is not None and has > (had or 0) and has > self.table_units:
                raise errors.SETTING_OVER_QUOTA(
                    unit=member, setting=setting, place=place, quota=quota, region=region
                )


def provisioned(table: Table) -> Units:
    """The units of the table and its global indexes together; none on demand."""
    parts = (table.throughput, *(index.throughput for index in table.indexes))
    return sum(part.read for part in parts), sum(part.write for part in parts)


def _parts(old: Table | None, new: Table) -> Iterator[tuple[Table | Index | None, Table | Index]]:
    """The new table and its global indexes, each with what it was before."""
    yield old, new
    for index in new.indexes:
        if not index.local:
            yield None if old is None else old.index(index.name), index
