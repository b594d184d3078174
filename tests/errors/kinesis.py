"""How the texts of `kilowatt.errors.kinesis` are provoked."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, Server, invalid
from tests.operations.standing import HASH
from tests.operations.table_requests import table

STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
MICROSECOND = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
STATE = "Table is not in a valid state to enable Kinesis Streaming Destination: "
PLACE = "tests/operations/test_kinesis_streaming_destination.py::"


def _request(name: str, **parameters: Any) -> dict[str, Any]:
    return {"TableName": name, "StreamArn": STREAM, **parameters}


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
    "NO_ENDPOINT": Provocation(
        "EnableKinesisStreamingDestination",
        _request(HASH),
        invalid(
            "Kilowatt has nowhere to send changes to: start it with --kinesis-endpoint to use Kinesis "
            "streaming destinations"
        ),
        server=Server.PLAIN,
    ),
    "NOT_DISABLED": _enabled(
        "EnableKinesisStreamingDestination",
        STATE + "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE "
        "operation.",
        "kinesis-1",
    ),
    "NOT_ACTIVE_TO_DISABLE": _enabled(
        "DisableKinesisStreamingDestination",
        STATE + "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.",
        "kinesis-2",
    ),
    "NOT_ACTIVE_TO_UPDATE": _enabled(
        "UpdateKinesisStreamingDestination",
        STATE + "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. "
        f"TableName: kinesis-3, kdsArn: {STREAM}",
        "kinesis-3",
        UpdateKinesisStreamingConfiguration=MICROSECOND,
    ),
    "DISABLED_WITH_CONFIGURATION": Provocation(
        "DisableKinesisStreamingDestination",
        _request(HASH, EnableKinesisStreamingConfiguration=MICROSECOND),
        invalid("Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters"),
    ),
    "DESTINATION_NOT_FOUND": Provocation(
        "UpdateKinesisStreamingDestination",
        _request(HASH, UpdateKinesisStreamingConfiguration=MICROSECOND),
        invalid(
            STATE
            + f"No streaming destination with streamArn: {STREAM} found for table with tableName: {HASH}"
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
