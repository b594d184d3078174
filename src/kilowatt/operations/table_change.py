"""A change of a table that is under way: when it began, and when it is over."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kilowatt.domain.tables import warm_throughput as warm
from kilowatt.domain.tables.admission import Asked, check_updatable
from kilowatt.domain.tables.lifecycle import both_ways, update_under_way, updating
from kilowatt.domain.tables.table import Table, Transition
from kilowatt.errors import tables as errors
from kilowatt.limits import SIMULTANEOUS_TABLE_CHANGES
from kilowatt.operations.context import Context


@dataclass(frozen=True, slots=True)
class TableChange:
    """`now` and `until` are seconds since the epoch; they are equal where changes hold at once.

    `others` counts the tables of the account and region that are changing besides.
    """

    now: float
    until: float
    others: int = 0

    @classmethod
    async def begin(cls, context: Context) -> "TableChange":
        services = context.services
        now = services.clock.now()
        if not services.table_delay_seconds:
            return cls(now, now)
        others = await services.catalog.changing(context.account, context.region)
        return cls(now, now + services.table_delay_seconds, others)

    @property
    def lasts(self) -> bool:
        return self.until > self.now

    def transition(self, status: str) -> Transition | None:
        """The way to the table's next state; None if it is there at once."""
        return Transition(status, self.until) if self.lasts else None

    def check_simultaneous(self) -> None:
        """Raises `TOO_MANY_CHANGES`."""
        if self.others >= SIMULTANEOUS_TABLE_CHANGES:
            raise errors.TOO_MANY_CHANGES(limit=SIMULTANEOUS_TABLE_CHANGES)


async def change_table(
    context: Context,
    name: str,
    touched: frozenset[str],
    asked: Asked,
    asks_units: bool,
    ask: Callable[[Table, TableChange], Table],
) -> tuple[Table, Table, TableChange]:
    """Stores what `ask` makes of a table, if the table's state and the quotas allow it; (old, new, change).

    `touched` are the indexes that are UPDATING for a moment, `asked` is what may have to wait for changes
    that are under way, `asks_units`: the change may provision more units.
    Raises `TABLE_NOT_FOUND`, `TOO_MANY_CHANGES`, the refusals of `errors.table_states`, and what `ask` and
    the quotas refuse.
    """
    services = context.services
    change = await TableChange.begin(context)
    reserved = (0, 0)
    if asks_units:
        reserved = await services.catalog.reserved(context.account, context.region)

    def changed(table: Table) -> Table:
        check_updatable(table, asked, change.now)
        change.check_simultaneous()
        new = ask(table, change)
        services.quotas.check(table, new, reserved)
        new = warm.kept(table, new)
        way = updating(table, new, touched, change.now, change.until) if change.lasts else None
        return replace(new, transition=both_ways(update_under_way(table, change.now), way))

    old, new = await services.catalog.update(context.account, context.region, name, changed)
    services.meter.changed(new)
    return old, new, change
