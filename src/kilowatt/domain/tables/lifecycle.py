"""The states of a table, computed from its descriptor and the time: nothing has to run when a state ends.

    CREATING -> ACTIVE -> UPDATING -> ACTIVE -> DELETING -> gone

Source: AWS API reference, TableDescription; the refusals as recorded.
"""

from collections.abc import Collection, Iterable
from dataclasses import replace

from kilowatt.domain.tables.table import Index, Table, Throughput, Transition
from kilowatt.errors import tables as errors

ACTIVE, CREATING, UPDATING, DELETING = "ACTIVE", "CREATING", "UPDATING", "DELETING"

_BEING = {CREATING: "created", UPDATING: "updated", DELETING: "deleted"}


def status(table: Table, now: float) -> str | None:
    """TableStatus; None once a deleted table is gone."""
    transition = table.transition
    if transition is None:
        return ACTIVE
    if now < transition.until:
        return transition.status
    return None if transition.status == DELETING else ACTIVE


def serves_items(table: Table, now: float) -> bool:
    """Whether item operations find the table."""
    return status(table, now) in {ACTIVE, UPDATING}


def check_updatable(table: Table, indexes: Collection[str], now: float) -> None:
    """Refuses UpdateTable, with updates of `indexes`, of a table that is not ACTIVE.

    Raises `TABLE_IN_CHANGE`, `INDEX_IN_UPDATE`.
    """
    current = status(table, now)
    if current == ACTIVE or table.transition is None:
        return
    for index in table.indexes:
        if index.name in indexes and index.number in table.transition.indexes:
            raise errors.INDEX_IN_UPDATE(table=table.name, index=index.name)
    raise errors.TABLE_IN_CHANGE(being=_BEING[table.transition.status], table=table.name)


def check_deletable(table: Table, now: float) -> None:
    """Refuses to delete a table that is protected, or is being created or updated.

    Raises `TABLE_IN_CHANGE`, `DELETION_PROTECTED`.
    """
    current = status(table, now)
    if current in {CREATING, UPDATING}:
        raise errors.TABLE_IN_CHANGE(being=_BEING[current], table=table.name)
    if table.deletion_protection:
        raise errors.DELETION_PROTECTED()


def updating(old: Table, new: Table, touched: Iterable[str], now: float, until: float) -> Transition:
    """The way from `old` to `new`, on which the old provisioned units still show.

    `touched` are the indexes that the update names. When both billing modes are of one kind the units are
    the old ones, with the times of this change; a table on its way to on-demand has none at once.
    """
    names = frozenset(touched)
    switches = old.on_demand != new.on_demand
    changing = [index for index in new.indexes if not index.local and (switches or index.name in names)]
    shown = []
    if not new.on_demand:
        shown.append((0, _announced(old.throughput, new.throughput, now)))
        for index in changing:
            before = old.index(index.name)
            if before is not None:
                shown.append((index.number, _announced(before.throughput, index.throughput, now)))
    return Transition(UPDATING, until, tuple(shown), tuple(index.number for index in changing), switches)


def _announced(old: Throughput, new: Throughput, now: float) -> Throughput:
    return replace(
        old,
        increased=old.increased if new.increased == old.increased else now,
        decreased=old.decreased if new.decreased == old.decreased else now,
    )


def as_shown(table: Table, now: float) -> Table:
    """The table with the units that its description shows at this time."""
    units = dict(table.transition.throughputs) if table.transition and now < table.transition.until else {}

    def shown(index: Index) -> Index:
        return replace(index, throughput=units.get(index.number, index.throughput).on_day_of(now))

    return replace(
        table,
        throughput=units.get(0, table.throughput).on_day_of(now),
        indexes=tuple(map(shown, table.indexes)),
    )
