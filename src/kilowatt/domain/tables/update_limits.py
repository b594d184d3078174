"""How often a table may change its billing mode, and how often its class.

Source: AWS guide, "Quotas in Amazon DynamoDB" and "Table classes"; requests for the class that the table has,
as measured on AWS, 2026-10.
"""

from kilowatt.domain.tables.table import Table
from kilowatt.domain.tables.table_class import STANDARD
from kilowatt.errors import tables as errors

_DAY_SECONDS = 86_400
SWITCHES_TO_ON_DEMAND = 4
CLASS_CHANGES = 2
CLASS_CHANGE_DAYS = 30


def switched_to_on_demand(table: Table, at: float) -> tuple[float, ...]:
    """The times of the table's switches to on-demand of the last 24 hours, with one more.

    Raises `TOO_MANY_SWITCHES`.
    """
    recent = tuple(time for time in table.switches_to_on_demand if at - time < _DAY_SECONDS)
    if len(recent) >= SWITCHES_TO_ON_DEMAND:
        raise errors.TOO_MANY_SWITCHES(limit=SWITCHES_TO_ON_DEMAND)
    return (*recent, at)


def changed_class(table: Table, table_class: str | None) -> str | None:
    """The class after a request for `table_class`; one that was never named stays unnamed."""
    return table.table_class if _same_class(table, table_class) else table_class


def class_changes(table: Table, table_class: str | None, at: float) -> tuple[float, ...]:
    """The times of the table's last changes of class, with one more if `table_class` is another.

    Raises `TOO_MANY_CLASS_CHANGES`, also for the class that the table has.
    """
    if table_class is None:
        return table.class_changes
    window = CLASS_CHANGE_DAYS * _DAY_SECONDS
    if sum(at - time < window for time in table.class_changes) >= CLASS_CHANGES:
        raise errors.TOO_MANY_CLASS_CHANGES(limit=CLASS_CHANGES, days=CLASS_CHANGE_DAYS)
    if _same_class(table, table_class):
        return table.class_changes
    return (*table.class_changes[1 - CLASS_CHANGES :], at)


def _same_class(table: Table, table_class: str | None) -> bool:
    return table_class is None or table_class == (table.table_class or STANDARD)
