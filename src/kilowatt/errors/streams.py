"""Refusals of streams: of their settings, of their readers."""

from kilowatt.errors.base import (
    EXPIRED_ITERATOR,
    LIMIT_EXCEEDED,
    RESOURCE_NOT_FOUND,
    TRIMMED_DATA_ACCESS,
    VALIDATION,
    ErrorSpec,
    Stage,
)

_RECORDED = "seen on AWS"
_OURS = "ours: AWS's text is not known"
_INVALID = "One or more parameter values were invalid: "

# -- StreamSpecification

VIEW_TYPE_MISSING = ErrorSpec(VALIDATION, _INVALID + "StreamViewType is required", "widely reported")
VIEW_TYPE_WITHOUT_STREAM = ErrorSpec(
    VALIDATION, _INVALID + "StreamViewType must not be given when the stream is disabled", _OURS
)
ALREADY_ENABLED = ErrorSpec(
    VALIDATION, "Table already has an enabled stream: TableName: {table}", "widely reported", Stage.EXECUTION
)
NOTHING_TO_DISABLE = ErrorSpec(
    VALIDATION, "Table has no stream to disable: TableName: {table}", "reported in part", Stage.EXECUTION
)

# -- readers

STREAM_NOT_FOUND = ErrorSpec(
    RESOURCE_NOT_FOUND,
    "Requested resource not found: Stream: {stream} not found",
    "recorded on AWS, 2024-11",
    Stage.EXECUTION,
)
SHARD_NOT_FOUND = ErrorSpec(
    RESOURCE_NOT_FOUND,
    "Requested resource not found: Shard: {shard} in stream: {stream} not found",
    "ours, after the text for streams",
    Stage.EXECUTION,
)
SEQUENCE_NUMBER_MISSING = ErrorSpec(
    VALIDATION, "SequenceNumber is required for ShardIteratorType {type}", _OURS
)
TIMESTAMP_MISSING = ErrorSpec(VALIDATION, "Timestamp is required for ShardIteratorType AT_TIMESTAMP", _OURS)
TIMESTAMP_AHEAD = ErrorSpec(
    VALIDATION, "Timestamp must not be in the future", "the rule is the service model's; the text is ours"
)
SEQUENCE_NUMBER_OF_ANOTHER = ErrorSpec(
    VALIDATION, "SequenceNumber is not one of the shard: {number}", _OURS, Stage.EXECUTION
)
INVALID_ITERATOR = ErrorSpec(VALIDATION, "Invalid ShardIterator", "reported in part")
ITERATOR_EXPIRED = ErrorSpec(
    EXPIRED_ITERATOR,
    "The provided iterator exceeds the maximum age allowed.",
    "service model",
    Stage.EXECUTION,
)
TRIMMED = ErrorSpec(
    TRIMMED_DATA_ACCESS,
    "The data you are trying to access has been trimmed",
    _RECORDED + ", 2019",
    Stage.EXECUTION,
)
TOO_MANY_RECORDS = ErrorSpec(
    LIMIT_EXCEEDED,
    "GetRecords returns at most {limit} records",
    "the rule is the service model's; the text is ours",
)
