"""Refusals of Kinesis streaming destinations."""

from kilowatt.errors.base import LIMIT_EXCEEDED, VALIDATION, ErrorSpec, Stage

_RECORDED = "recorded on AWS, 2025-07"
_MEASURED = "AWS Controllers for Kubernetes, api-quirks of DynamoDB, DDB-TABLE-268, 301, 302, 442: measured on AWS, 2026-10"
# Of all three operations.
_STATE = "Table is not in a valid state to enable Kinesis Streaming Destination: "

NO_ENDPOINT = ErrorSpec(
    VALIDATION,
    "Kilowatt has nowhere to send changes to: start it with --kinesis-endpoint to use Kinesis streaming "
    "destinations",
    "ours: AWS needs no endpoint",
    Stage.EXECUTION,
)
NOT_DISABLED = ErrorSpec(
    VALIDATION,
    _STATE
    + "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.",
    _MEASURED,
    Stage.EXECUTION,
)
NOT_ACTIVE_TO_DISABLE = ErrorSpec(
    VALIDATION,
    _STATE + "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.",
    _MEASURED,
    Stage.EXECUTION,
)
NOT_ACTIVE_TO_UPDATE = ErrorSpec(
    VALIDATION,
    _STATE + "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. "
    "TableName: {table}, kdsArn: {stream}",
    _MEASURED,
    Stage.EXECUTION,
)
DISABLED_WITH_CONFIGURATION = ErrorSpec(
    VALIDATION,
    "Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters",
    _MEASURED,
    Stage.EXECUTION,
)
DESTINATION_NOT_FOUND = ErrorSpec(
    VALIDATION,
    _STATE + "No streaming destination with streamArn: {stream} found for table with tableName: {table}",
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
