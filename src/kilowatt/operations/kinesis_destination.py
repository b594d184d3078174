"""What the operations on Kinesis streaming destinations share."""

from collections.abc import Callable
from typing import Any

from kilowatt.domain.tables.lifecycle import CREATING, status
from kilowatt.domain.tables.table import Table
from kilowatt.errors import tables as table_errors
from kilowatt.operations.context import Context

Request = dict[str, Any]

PRECISION = "ApproximateCreationDateTimePrecision"


async def change_destination(context: Context, request: Request, change: Callable[[Table], Table]) -> str:
    """Makes a change of the table that the request names, in any state but CREATING; its name."""
    services = context.services
    now = services.clock.now()
    name = context.table_name(request["TableName"])

    def changed(table: Table) -> Table:
        if status(table, now) == CREATING:
            raise table_errors.TABLE_NOT_FOUND(table=name)
        return change(table)

    await services.catalog.update(context.account, context.region, name, changed)
    return name


def answer_of(name: str, request: Request, status: str) -> Request:
    """What all three answers have."""
    return {"TableName": name, "StreamArn": request["StreamArn"], "DestinationStatus": status}
