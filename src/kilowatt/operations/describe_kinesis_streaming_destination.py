"""DescribeKinesisStreamingDestination. Source: AWS API reference; the answer as recorded."""

from typing import Any

from kilowatt.domain.streams.destination import Destination
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.kinesis_destination import PRECISION


async def describe_kinesis_streaming_destination(context: Context, request: dict[str, Any]) -> bytes:
    """The Kinesis data stream that a table's changes are sent to, or were last."""
    table = await context.described(request["TableName"])
    now = context.services.clock.now()
    destinations = [] if table.destination is None else [_shown(table.destination, now)]
    return document({"TableName": table.name, "KinesisDataStreamDestinations": destinations})


def _shown(destination: Destination, now: float) -> dict[str, Any]:
    shown = {"StreamArn": destination.stream_arn, "DestinationStatus": destination.status(now)}
    if destination.description is not None:
        shown["DestinationStatusDescription"] = destination.description
    if destination.asked_precision is not None:
        shown[PRECISION] = destination.asked_precision
    return shown
