"""Refusals of Kinesis streaming destinations."""

from kilowatt.errors.base import LIMIT_EXCEEDED, VALIDATION, ErrorSpec, Stage

_RECORDED = "recorded on AWS, 2025-07"
_OURS = "ours: AWS's text is not known"
_TO_ENABLE = "Table is not in a valid state to enable Kinesis Streaming Destination: "

NO_ENDPOINT = ErrorSpec(
    VALIDATION,
    "Kilowatt has nowhere to send changes to: start it with --kinesis-endpoint to use Kinesis streaming "
    "destinations",
    "ours: AWS needs no endpoint",
    Stage.EXECUTION,
)
NOT_A_STREAM = ErrorSpec(
    VALIDATION, "StreamArn is not the ARN of a Kinesis data stream: {stream}", _OURS, Stage.EXECUTION
)
ANOTHER_REGION = ErrorSpec(
    VALIDATION,
    "The Kinesis data stream must be in the Region of the table: {stream}",
    "the rule is the guide's; the text is ours",
    Stage.EXECUTION,
)
NOT_DISABLED = ErrorSpec(
    VALIDATION,
    _TO_ENABLE
    + "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation",
    "reported up to DISABLED; the rest is ours",
    Stage.EXECUTION,
)
NOT_ACTIVE = ErrorSpec(
    VALIDATION,
    "Table is not in a valid state to {verb} Kinesis Streaming Destination: "
    "KinesisStreamingDestination must be ACTIVE to perform {operation} operation",
    "ours, after the text for enabling",
    Stage.EXECUTION,
)
DESTINATION_NOT_FOUND = ErrorSpec(
    VALIDATION,
    _TO_ENABLE + "No streaming destination with streamArn: {stream} found for table with tableName: {table}",
    _RECORDED,
    Stage.EXECUTION,
)
NO_CONFIGURATION = ErrorSpec(
    VALIDATION,
    "Streaming destination cannot be updated with given parameters: "
    "UpdateKinesisStreamingConfiguration cannot be null or contain only null values",
    _RECORDED,
    Stage.EXECUTION,
)
SAME_PRECISION = ErrorSpec(
    VALIDATION,
    "Invalid Request: Precision is already set to the desired value of {precision} for tableId: {id}, "
    "kdsArn: {stream}",
    _RECORDED,
    Stage.EXECUTION,
)
TOO_MANY_PRECISION_CHANGES = ErrorSpec(
    LIMIT_EXCEEDED,
    "The precision of a streaming destination can be changed {limit} times in 24 hours",
    "the rule is the guide's; the text is ours",
    Stage.EXECUTION,
)
