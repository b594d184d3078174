"""What UpdateTable may change of a table that is being changed already: each change waits for itself.

| under way | units | stream | class | indexes | limits on demand |
|---|---|---|---|---|---|
| units, billing mode | waits | waits | waits | wait | wait |
| stream | wait | waits | waits | wait | wait |
| class | wait | waits | waits | wait | wait |
| a new index, until it is being filled | wait | waits | - | one at a time | wait |
| an index that goes | wait | waits | - | one at a time | wait |

Deletion protection, warm throughput, and settings of indexes that are not changing wait for nothing.

Source: measured on AWS, 2026-10 (AWS Controllers for Kubernetes, api-quirks of DynamoDB: DDB-TABLE-163, 175,
286, 369, 375, 444, 458).
"""

from collections.abc import Callable
from dataclasses import dataclass

from kilowatt.domain.tables.lifecycle import check_neither_created_nor_deleted, update_under_way
from kilowatt.domain.tables.table import Table, Transition, Work
from kilowatt.errors import ServiceError
from kilowatt.errors import table_states as errors
from kilowatt.errors import tables as table_errors


@dataclass(frozen=True, slots=True)
class Asked:
    """What an UpdateTable asks to change, as far as it may have to wait; indexes by name."""

    units: bool = False
    billing_mode: str | None = None
    stream: bool = False
    table_class: bool = False
    on_demand_limits: bool = False
    created: frozenset[str] = frozenset()
    updated: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()


def check_updatable(table: Table, asked: Asked, now: float) -> None:
    """Refuses an UpdateTable that has to wait. Raises the refusals of `errors.table_states`."""
    check_neither_created_nor_deleted(table, now)
    way = update_under_way(table, now)
    if way is None:
        return
    _check_indexes(table, way, asked)
    refusal = _WAITING[way.work](table, way, asked, _asks_units(table, way, asked))
    if refusal is not None:
        raise refusal


def _asks_units(table: Table, way: Transition, asked: Asked) -> bool:
    """The mode that a table has already is no change, unless the table is only on its way to it."""
    if asked.units or asked.billing_mode is None:
        return asked.units
    return way.work is Work.UNITS or asked.billing_mode != table.billing_mode


def _check_indexes(table: Table, way: Transition, asked: Asked) -> None:
    """The indexes that the request names and that are changing."""
    if way.removed is not None and way.removed.name in asked.created | asked.updated | asked.deleted:
        raise errors.INDEX_IN_DELETION(table=table.name, index=way.removed.name)
    for index in table.indexes:
        if index.number == way.added and index.name in asked.updated:
            raise errors.INDEX_NOT_YET_FILLED(table=table.name, index=index.name)
        if index.number == way.added and index.name in asked.deleted:
            raise errors.INDEX_IN_ALLOCATION(table=table.name, index=index.name)
        if index.number in way.indexes and index.name in asked.updated:
            raise errors.INDEX_IN_UPDATE(table=table.name, index=index.name)


def _while_units(table: Table, way: Transition, asked: Asked, units: bool) -> ServiceError | None:
    if units:
        return errors.UNITS_IN_UPDATE(table=table.name)
    for waits, change in (
        (asked.stream, "enable or disable stream"),
        (asked.created or asked.deleted, "create or delete indexes"),
        (asked.table_class, "update table class"),
    ):
        if waits:
            return errors.NOT_WITH_UNITS(change=change, table=table.name)
    if asked.on_demand_limits:
        return errors.ON_DEMAND_LIMITS_WAIT(change="BillingMode update", detail="")
    return None


def _while_stream(table: Table, way: Transition, asked: Asked, units: bool) -> ServiceError | None:
    operation = "DISABLE" if table.visible_stream is None else "ENABLE"
    if asked.stream:
        return errors.STREAM_IN_CHANGE(table=table.name, stream=table.latest_stream, operation=operation)
    for waits, change in _others(asked, units):
        if waits:
            return errors.NOT_WITH_STREAM(
                change=change, table=table.name, stream=table.latest_stream, operation=operation
            )
    if asked.on_demand_limits:
        return errors.ON_DEMAND_LIMITS_WAIT(change="stream status update", detail="")
    return None


def _while_class(table: Table, way: Transition, asked: Asked, units: bool) -> ServiceError | None:
    for waits, change in ((asked.stream, "change stream status"), *_others(asked, units)):
        if waits:
            return errors.NOT_WITH_CLASS(change=change, table=table.name, table_class=table.table_class)
    if asked.on_demand_limits:
        detail = f". TableClassUpdateInProgress: {table.table_class}"
        return errors.ON_DEMAND_LIMITS_WAIT(change="TableClass update", detail=detail)
    return None


def _others(asked: Asked, units: bool) -> tuple[tuple[bool, str], ...]:
    return (
        (asked.table_class, "update table class"),
        (units, "change table IOPS"),
        (bool(asked.created or asked.deleted), "create or delete an index"),
    )


def _while_index_comes(table: Table, way: Transition, asked: Asked, units: bool) -> ServiceError | None:
    names = [index.name for index in table.indexes if index.number == way.added]
    spec, change = errors.NOT_WITH_NEW_INDEX, "index creation"
    return _while_index(table, names[0] if names else "", spec, change, asked, units)


def _while_index_goes(table: Table, way: Transition, asked: Asked, units: bool) -> ServiceError | None:
    name = "" if way.removed is None else way.removed.name
    return _while_index(table, name, errors.NOT_WITH_OLD_INDEX, "index deletion", asked, units)


def _while_index(
    table: Table, name: str, spec: Callable[..., ServiceError], change: str, asked: Asked, units: bool
) -> ServiceError | None:
    if asked.created or asked.deleted:
        return table_errors.ONE_INDEX_AT_A_TIME()
    for waits, doing in ((units, "change table IOPS"), (asked.stream, "change stream status")):
        if waits:
            return spec(change=doing, table=table.name, index=name)
    if asked.on_demand_limits:
        return errors.ON_DEMAND_LIMITS_WAIT(change=change, detail=f" for indexes: [{name}]")
    return None


def _while_settings(table: Table, way: Transition, asked: Asked, units: bool) -> ServiceError | None:
    return None


_WAITING: dict[Work, Callable[[Table, Transition, Asked, bool], ServiceError | None]] = {
    Work.UNITS: _while_units,
    Work.STREAM: _while_stream,
    Work.CLASS: _while_class,
    Work.NEW_INDEX: _while_index_comes,
    Work.OLD_INDEX: _while_index_goes,
    Work.INDEXES: _while_settings,
}
