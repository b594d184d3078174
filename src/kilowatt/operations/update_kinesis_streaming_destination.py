"""UpdateKinesisStreamingDestination. Source: AWS API reference; the answer and refusals as recorded."""

from dataclasses import replace
from typing import Any

from kilowatt.domain.streams.destination import ACTIVE, UPDATING
from kilowatt.domain.tables.table import Table
from kilowatt.errors import kinesis as errors
from kilowatt.limits import KINESIS_PRECISION_CHANGES, KINESIS_PRECISION_SECONDS
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.kinesis_destination import (
    PRECISION,
    answer_of,
    change_destination,
)


async def update_kinesis_streaming_destination(context: Context, request: dict[str, Any]) -> bytes:
    """Changes the precision of the times in the records that are sent from now on."""
    services = context.services
    now = services.clock.now()
    configuration = request.get("UpdateKinesisStreamingConfiguration", {})
    precision = configuration.get(PRECISION)

    def updated(table: Table) -> Table:
        if precision is None:
            raise errors.NO_CONFIGURATION()
        destination = table.destination
        if destination is None or destination.stream_arn != request["StreamArn"]:
            raise errors.DESTINATION_NOT_FOUND(stream=request["StreamArn"], table=table.name)
        if destination.status(now) != ACTIVE:
            raise errors.NOT_ACTIVE_TO_UPDATE(table=table.name, stream=destination.stream_arn)
        if destination.precision == precision:
            raise errors.SAME_PRECISION(precision=precision, id=table.id, stream=destination.stream_arn)
        recent = [time for time in destination.precision_changes if now - time < KINESIS_PRECISION_SECONDS]
        if len(recent) >= KINESIS_PRECISION_CHANGES:
            raise errors.TOO_MANY_PRECISION_CHANGES(limit=KINESIS_PRECISION_CHANGES)
        changed = replace(
            destination,
            state=UPDATING,
            until=now + services.table_delay_seconds,
            asked_precision=precision,
            precision_changes=(*recent, now),
        )
        return replace(table, destination=changed)

    name = await change_destination(context, request, updated)
    answer = answer_of(name, request, UPDATING)
    return document({**answer, "UpdateKinesisStreamingConfiguration": configuration})
