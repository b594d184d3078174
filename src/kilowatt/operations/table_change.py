"""A change of a table that is under way: when it began, and when it is over."""

from dataclasses import dataclass

from kilowatt.domain.tables.table import Transition
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
