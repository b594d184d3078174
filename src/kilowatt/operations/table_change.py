"""A change of a table that is under way: when it began, and when it is over."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from kilowatt.domain.tables import warm_throughput as warm
from kilowatt.domain.tables.lifecycle import check_updatable, updating
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
    asks_units: bool,
    ask: Callable[[Table, TableChange], Table],
) -> tuple[Table, Table, TableChange]:
    """Stores what `ask` makes of a table, if the table's state and the quotas allow it; (old, new, change).

    `touched` are the indexes that change; `asks_units`: the change may provision more units.
    Raises `TABLE_NOT_FOUND`, `TABLE_IN_CHANGE`, `INDEX_IN_UPDATE`, `TOO_MANY_CHANGES`, what `ask` and the
    quotas refuse.
    """
    services = context.services
    change = await TableChange.begin(context)
    reserved = (0, 0)
    if asks_units:
        reserved = await services.catalog.reserved(context.account, context.region)

    def changed(table: Table) -> Table:
        check_updatable(table, touched, change.now)
        change.check_simultaneous()
        asked = ask(table, change)
        services.quotas.check(table, asked, reserved)
        new = warm.kept(table, asked)
        way = updating(table, new, touched, change.now, change.until) if change.lasts else None
        return replace(new, transition=way)

    old, new = await services.catalog.update(context.account, context.region, name, changed)
    services.meter.changed(new)
    return old, new, change
