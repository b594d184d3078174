"""DisableKinesisStreamingDestination. Source: AWS API reference; the answer as recorded."""

from dataclasses import replace
from typing import Any

from kilowatt.domain.streams.destination import ACTIVE, DISABLING
from kilowatt.domain.tables.table import Table
from kilowatt.errors import kinesis as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.kinesis_destination import answer_of, change_destination


async def disable_kinesis_streaming_destination(context: Context, request: dict[str, Any]) -> bytes:
    """Sends changes from now on no more. It is DISABLED when those before are sent, or cannot be."""
    services = context.services
    now = services.clock.now()

    def disabled(table: Table) -> Table:
        if request.get("EnableKinesisStreamingConfiguration"):
            raise errors.DISABLED_WITH_CONFIGURATION()
        destination = table.destination
        if destination is None or destination.stream_arn != request["StreamArn"]:
            raise errors.NOT_ACTIVE_TO_DISABLE()
        if destination.state == DISABLING:
            return table
        if destination.status(now) != ACTIVE:
            raise errors.NOT_ACTIVE_TO_DISABLE()
        ending = replace(destination.ended(DISABLING), until=now + services.table_delay_seconds)
        return table.without_destination(ending, now)

    name = await change_destination(context, request, disabled)
    return document(answer_of(name, request, DISABLING))
