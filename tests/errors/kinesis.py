"""How the texts of `kilowatt.errors.kinesis` are provoked."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, Server, invalid
from tests.operations.standing import HASH
from tests.operations.table_requests import table

STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
MICROSECOND = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
PLACE = "tests/operations/test_kinesis_streaming_destination.py::"


def _request(name: str, stream: str = STREAM, **parameters: Any) -> dict[str, Any]:
    return {"TableName": name, "StreamArn": stream, **parameters}


def _enable(refusal: str, server: Server, stream: str = STREAM) -> Provocation:
    request = _request(HASH, stream)
    return Provocation("EnableKinesisStreamingDestination", request, invalid(refusal), server=server)


def _enabled(operation: str, refusal: str, name: str, **parameters: Any) -> Provocation:
    """Asked for a new table of that name on which a destination was just enabled, and is not ACTIVE yet."""
    return Provocation(
        operation,
        _request(name, **parameters),
        invalid(refusal),
        before=[
            ("CreateTable", table("pk", TableName=name)),
            ("EnableKinesisStreamingDestination", _request(name)),
        ],
        server=Server.KINESIS,
    )


PROVOCATIONS = {
    "NO_ENDPOINT": _enable(
        "Kilowatt has nowhere to send changes to: start it with --kinesis-endpoint to use Kinesis streaming "
        "destinations",
        Server.PLAIN,
    ),
    "NOT_A_STREAM": _enable(
        "StreamArn is not the ARN of a Kinesis data stream: arn:aws:kinesis:us-east-1:000000000000:consumer",
        Server.KINESIS,
        "arn:aws:kinesis:us-east-1:000000000000:consumer",
    ),
    "ANOTHER_REGION": _enable(
        "The Kinesis data stream must be in the Region of the table: "
        "arn:aws:kinesis:eu-west-1:000000000000:stream/changes",
        Server.KINESIS,
        "arn:aws:kinesis:eu-west-1:000000000000:stream/changes",
    ),
    "NOT_DISABLED": _enabled(
        "EnableKinesisStreamingDestination",
        "Table is not in a valid state to enable Kinesis Streaming Destination: "
        "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation",
        "kinesis-1",
    ),
    "NOT_ACTIVE": _enabled(
        "DisableKinesisStreamingDestination",
        "Table is not in a valid state to disable Kinesis Streaming Destination: "
        "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation",
        "kinesis-2",
    ),
    "DESTINATION_NOT_FOUND": Provocation(
        "DisableKinesisStreamingDestination",
        _request(HASH),
        invalid(
            "Table is not in a valid state to enable Kinesis Streaming Destination: No streaming destination "
            f"with streamArn: {STREAM} found for table with tableName: {HASH}"
        ),
    ),
    "NO_CONFIGURATION": Provocation(
        "UpdateKinesisStreamingDestination",
        _request(HASH, UpdateKinesisStreamingConfiguration={}),
        invalid(
            "Streaming destination cannot be updated with given parameters: "
            "UpdateKinesisStreamingConfiguration cannot be null or contain only null values"
        ),
    ),
}

ELSEWHERE = {
    "SAME_PRECISION": Elsewhere(
        "takes a destination that has become ACTIVE, and a table's id",
        PLACE + "test_the_precision_must_be_another",
    ),
    "TOO_MANY_PRECISION_CHANGES": Elsewhere(
        "takes a destination that has become ACTIVE", PLACE + "test_the_precision_changes_three_times_a_day"
    ),
}
