"""The states of a table, computed from its descriptor and the time: nothing has to run when a state ends.

    CREATING -> ACTIVE -> UPDATING -> ACTIVE -> DELETING -> gone

Source: AWS API reference, TableDescription; what shows and what is refused, as measured on AWS, 2026-10.
"""

from collections.abc import Collection
from dataclasses import replace

from kilowatt.domain.tables.table import Index, Table, Transition, Work
from kilowatt.domain.tables.throughput import Throughput
from kilowatt.errors import table_states as errors

ACTIVE, CREATING, UPDATING, DELETING = "ACTIVE", "CREATING", "UPDATING", "DELETING"

_BEING = {CREATING: "created", DELETING: "deleted"}


def status(table: Table, now: float) -> str | None:
    """TableStatus; None once a deleted table is gone."""
    transition = table.transition
    if transition is None:
        return ACTIVE
    if now < transition.until:
        return ACTIVE if transition.work is Work.INDEXES else transition.status
    return None if transition.status == DELETING else ACTIVE


def update_under_way(table: Table, now: float) -> Transition | None:
    """The change that is not over yet, if there is one."""
    way = table.transition
    return way if way is not None and way.status == UPDATING and now < way.until else None


def serves_items(table: Table, now: float) -> bool:
    """Whether item operations find the table."""
    return status(table, now) in {ACTIVE, UPDATING}


def check_neither_created_nor_deleted(table: Table, now: float) -> None:
    """Raises `TABLE_IN_CHANGE`."""
    current = status(table, now)
    if current in _BEING:
        raise errors.TABLE_IN_CHANGE(being=_BEING[current], table=table.name)


def check_deletable(table: Table, now: float) -> None:
    """Refuses to delete a table that is protected, or is being created, changed or deleted.

    Raises `TABLE_IN_CHANGE`, `NOT_DELETED_WITH_INDEXES`, `NOT_DELETED_WITH_STREAM`, `NOT_DELETED_IN_UPDATE`,
    `DELETION_PROTECTED`.
    """
    check_neither_created_nor_deleted(table, now)
    way = update_under_way(table, now)
    work = None if way is None else way.work
    if table.backfilling is not None or work in {Work.NEW_INDEX, Work.OLD_INDEX, Work.INDEXES}:
        raise errors.NOT_DELETED_WITH_INDEXES()
    if work is Work.STREAM:
        raise errors.NOT_DELETED_WITH_STREAM()
    if work is not None:
        raise errors.NOT_DELETED_IN_UPDATE(table=table.name)
    if table.deletion_protection:
        raise errors.DELETION_PROTECTED()


def updating(old: Table, new: Table, touched: Collection[str], now: float, until: float) -> Transition | None:
    """The way from `old` to `new`, on which the old provisioned units still show; None if nothing takes time.

    `touched` are the indexes whose settings the update names. When both billing modes are of one kind the
    units are the old ones, with the times of this change; a table on its way to another mode has the new ones
    at once.
    """
    work = _work(old, new, touched)
    if work is None:
        return None
    switches = old.on_demand != new.on_demand
    kept = {index.number for index in old.indexes}
    changing = [
        index
        for index in new.indexes
        if not index.local and index.number in kept and (switches or index.name in touched)
    ]
    added = [index.number for index in new.indexes if index.number not in kept]
    removed = [index for index in old.indexes if new.index(index.name) is None]
    return Transition(
        UPDATING,
        until,
        _shown_units(old, new, changing, now),
        tuple(index.number for index in changing),
        switches,
        work,
        added[0] if added else 0,
        removed[0] if removed else None,
        (old.table_class, old.class_changes) if work is Work.CLASS else None,
    )


def _work(old: Table, new: Table, touched: Collection[str]) -> Work | None:
    if old.on_demand != new.on_demand or _units(old) != _units(new):
        return Work.UNITS
    if old.latest_stream != new.latest_stream or (old.visible_stream is None) != (new.visible_stream is None):
        return Work.STREAM
    if old.table_class != new.table_class:
        return Work.CLASS
    if len(new.indexes) > len(old.indexes):
        return Work.NEW_INDEX
    if len(new.indexes) < len(old.indexes):
        return Work.OLD_INDEX
    return Work.INDEXES if touched else None


def _units(table: Table) -> tuple[int, int]:
    return table.throughput.read, table.throughput.write


def _shown_units(
    old: Table, new: Table, changing: list[Index], now: float
) -> tuple[tuple[int, Throughput], ...]:
    if new.on_demand and not old.on_demand:
        # Only as long as the switch lasts does the table show it as a decrease.
        return ((0, replace(new.throughput, decreased=now)),)
    if new.on_demand or old.on_demand:
        return ()
    shown = [(0, _announced(old.throughput, new.throughput, now))]
    for index in changing:
        before = old.index(index.name)
        if before is not None:
            shown.append((index.number, _announced(before.throughput, index.throughput, now)))
    return tuple(shown)


def _announced(old: Throughput, new: Throughput, now: float) -> Throughput:
    return replace(
        old,
        increased=old.increased if new.increased == old.increased else now,
        decreased=old.decreased if new.decreased == old.decreased else now,
    )


def both_ways(one: Transition | None, other: Transition | None) -> Transition | None:
    """What is under way when a change joins another that was admitted beside it."""
    if one is None or other is None:
        return one or other
    first = other if one.work is Work.INDEXES else one
    return replace(
        first,
        until=max(one.until, other.until),
        throughputs=(*other.throughputs, *one.throughputs),
        indexes=(*one.indexes, *other.indexes),
        added=one.added or other.added,
        removed=one.removed or other.removed,
    )


def as_shown(table: Table, now: float) -> Table:
    """The table as its description shows it at this time: without changes that are over, with old units."""
    way = table.transition
    if way is None or now >= way.until:
        return _on_day_of(replace(table, transition=None), {}, now)
    shown = _on_day_of(table, dict(way.throughputs), now)
    if way.removed is not None:
        shown = replace(shown, indexes=_with_removed(shown.indexes, way.removed))
    if way.former is not None:
        shown = replace(shown, table_class=way.former[0], class_changes=way.former[1])
    return shown


def _on_day_of(table: Table, units: dict[int, Throughput], now: float) -> Table:
    indexes = tuple(
        replace(index, throughput=units.get(index.number, index.throughput).on_day_of(now))
        for index in table.indexes
    )
    return replace(table, throughput=units.get(0, table.throughput).on_day_of(now), indexes=indexes)


def _with_removed(indexes: tuple[Index, ...], removed: Index) -> tuple[Index, ...]:
    return tuple(sorted((*indexes, removed), key=lambda index: index.number))
