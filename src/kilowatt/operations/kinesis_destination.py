"""What the operations on Kinesis streaming destinations share."""

from collections.abc import Callable
from typing import Any

from kilowatt.domain.streams.destination import ACTIVE, Destination, region_of
from kilowatt.domain.tables.lifecycle import check_updatable
from kilowatt.domain.tables.table import Table
from kilowatt.errors import kinesis as errors
from kilowatt.operations.context import Context

Request = dict[str, Any]

PRECISION = "ApproximateCreationDateTimePrecision"


async def change_destination(
    context: Context, request: Request, change: Callable[[Table], Table]
) -> tuple[str, Table]:
    """Makes a change of the table that the request names, if it is ACTIVE; its name, and the new table."""
    services = context.services
    now = services.clock.now()

    def changed(table: Table) -> Table:
        check_updatable(table, (), now)
        return change(table)

    name = context.table_name(request["TableName"])
    _, new = await services.catalog.update(context.account, context.region, name, changed)
    return name, new


def check_stream(context: Context, stream_arn: str) -> None:
    """Refuses what no changes can be sent to. Raises `NO_ENDPOINT`, `NOT_A_STREAM`, `ANOTHER_REGION`."""
    if not context.services.has_kinesis:
        raise errors.NO_ENDPOINT()
    region = region_of(stream_arn)
    if region is None:
        raise errors.NOT_A_STREAM(stream=stream_arn)
    if region != context.region:
        raise errors.ANOTHER_REGION(stream=stream_arn)


def active_destination(table: Table, request: Request, verb: str, now: float) -> Destination:
    """The table's destination that the request names. Raises `DESTINATION_NOT_FOUND`, `NOT_ACTIVE`."""
    destination = table.destination
    if destination is None or destination.stream_arn != request["StreamArn"]:
        raise errors.DESTINATION_NOT_FOUND(stream=request["StreamArn"], table=table.name)
    if destination.status(now) != ACTIVE:
        raise errors.NOT_ACTIVE(verb=verb, operation=verb.upper())
    return destination


def answer_of(name: str, request: Request, status: str) -> Request:
    """What all three answers have."""
    return {"TableName": name, "StreamArn": request["StreamArn"], "DestinationStatus": status}
