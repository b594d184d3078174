"""DisableKinesisStreamingDestination. Source: AWS API reference; the answer as recorded."""

from dataclasses import replace
from typing import Any

from kilowatt.domain.streams.destination import DISABLING
from kilowatt.domain.tables.table import Table
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.kinesis_destination import active_destination, answer_of, change_destination


async def disable_kinesis_streaming_destination(context: Context, request: dict[str, Any]) -> bytes:
    """Sends changes from now on no more. It is DISABLED when those before are sent, or cannot be."""
    services = context.services
    now = services.clock.now()

    def disabled(table: Table) -> Table:
        destination = active_destination(table, request, "disable", now)
        ending = replace(destination.ended(DISABLING), until=now + services.table_delay_seconds)
        return table.without_destination(ending, now)

    name, _ = await change_destination(context, request, disabled)
    return document(answer_of(name, request, DISABLING))
