"""EnableKinesisStreamingDestination. Source: AWS API reference; the answer as recorded."""

from typing import Any

from kilowatt.domain.streams.destination import ENABLING, Destination
from kilowatt.domain.tables.lifecycle import DELETING, status
from kilowatt.domain.tables.table import Table
from kilowatt.errors import kinesis as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.kinesis_destination import PRECISION, answer_of, change_destination


async def enable_kinesis_streaming_destination(context: Context, request: dict[str, Any]) -> bytes:
    """Sends the table's changes to a Kinesis data stream from now on, once that is found to be there.

    What can't be a stream of this region is no error here: the destination becomes ENABLE_FAILED.
    """
    services = context.services
    now = services.clock.now()
    configuration = request.get("EnableKinesisStreamingConfiguration", {})
    stream_arn = request["StreamArn"]

    def enabled(table: Table) -> Table:
        if not services.has_kinesis:
            raise errors.NO_ENDPOINT()
        before = table.destination
        is_live = before is not None and not before.can_be_enabled
        if is_live or status(table, now) == DELETING:
            raise errors.NOT_DISABLED()
        # To enable it anew does not allow more changes of its precision.
        changes = () if before is None else before.precision_changes
        destination = Destination(
            stream_arn,
            ENABLING,
            now + services.table_delay_seconds,
            first_shard=table.next_shard_number,
            asked_precision=configuration.get(PRECISION),
            precision_changes=changes,
        )
        return table.with_destination(destination, now)

    name = await change_destination(context, request, enabled)
    answer = answer_of(name, request, ENABLING)
    return document({**answer, "EnableKinesisStreamingConfiguration": configuration})
