"""OnDemandThroughput: the most that a table or global index on demand may use, for reads and writes apart.

Source: AWS API reference, OnDemandThroughput; the refusals, and that members are set one by one, as measured
on AWS, 2026-10.
"""

from typing import Any

from kilowatt.domain.tables.table import PROVISIONED
from kilowatt.errors import table_updates
from kilowatt.errors import tables as errors

Document = dict[str, Any]
# (reads, writes) a second; None where there is no limit.
Limits = tuple[int | None, int | None]

PARAMETER = "OnDemandThroughput"
MEMBERS = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
NO_LIMIT = -1


def limits_at_creation(element: Document, billing_mode: str, index: str | None = None) -> Limits | None:
    """The limits of a new table, or of its new index of that name.

    Raises `ON_DEMAND_LIMITS_PROVISIONED`, `ON_DEMAND_LIMITS_OUT_OF_RANGE`.
    """
    asked: Document = element.get(PARAMETER, {})
    if asked and billing_mode == PROVISIONED:
        place = "" if index is None else f" for index: {index}"
        raise errors.ON_DEMAND_LIMITS_PROVISIONED(unit=_first(asked), place=place)
    _check_range(asked, index)
    return _limits([asked.get(member) for member in MEMBERS])


def changed_limits(
    before: Limits | None, request: Document, billing_mode: str, index: str | None = None
) -> Limits | None:
    """The limits after an UpdateTable, or its update of the index of that name; none when provisioned.

    Raises `table_updates.ON_DEMAND_LIMITS_PROVISIONED`, `ON_DEMAND_LIMITS_OUT_OF_RANGE`.
    """
    asked: Document = request.get(PARAMETER, {})
    if billing_mode == PROVISIONED:
        if asked:
            place = "" if index is None else f" for index : {index}"
            raise table_updates.ON_DEMAND_LIMITS_PROVISIONED(unit=_first(asked), place=place)
        return None
    _check_range({member: value for member, value in asked.items() if value != NO_LIMIT}, index)
    merged = dict(zip(MEMBERS, before or (None, None), strict=True)) | asked
    return _limits([None if merged[member] == NO_LIMIT else merged[member] for member in MEMBERS])


def _first(asked: Document) -> str:
    return next(member for member in MEMBERS if member in asked)


def _check_range(asked: Document, index: str | None) -> None:
    for member in MEMBERS:
        if asked.get(member, 1) < 1:
            place = "table" if index is None else f"index : {index}"
            raise errors.ON_DEMAND_LIMITS_OUT_OF_RANGE(unit=member, place=place)


def _limits(values: list[int | None]) -> Limits | None:
    read, write = values
    return None if read is None and write is None else (read, write)
