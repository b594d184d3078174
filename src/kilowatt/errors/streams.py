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

_MEASURED = "seen on AWS, 2026-10"
_OURS = "ours: AWS's text is not known"
_INVALID = "One or more parameter values were invalid: "

# -- StreamSpecification

CREATED_WITHOUT_VIEW_TYPE = ErrorSpec(
    VALIDATION,
    _INVALID + "Table is being created with a stream enabled, UpdateViewType is required",
    _MEASURED,
)
CREATED_WITH_VIEW_TYPE = ErrorSpec(
    VALIDATION,
    _INVALID + "Table is being created with a stream disabled, UpdateViewType should not be specified",
    _MEASURED,
)
ENABLED_WITHOUT_VIEW_TYPE = ErrorSpec(
    VALIDATION, _INVALID + "If stream is being enabled then UpdateViewType is required", _MEASURED
)
DISABLED_WITH_VIEW_TYPE = ErrorSpec(
    VALIDATION, _INVALID + "If stream is being disabled, then UpdateViewType must not be specified", _MEASURED
)
NOT_WITH_THROUGHPUT = ErrorSpec(
    VALIDATION, _INVALID + "You cannot modify stream status while updating table IOPS", _MEASURED
)
NOT_WITH_INDEXES = ErrorSpec(
    VALIDATION, _INVALID + "You cannot create or delete index while changing stream status", _MEASURED
)
ALREADY_ENABLED = ErrorSpec(
    VALIDATION, "Table already has an enabled stream: TableName: {table}", _MEASURED, Stage.EXECUTION
)
NOTHING_TO_DISABLE = ErrorSpec(
    VALIDATION, "Table has no stream to disable: TableName: {table}", _MEASURED, Stage.EXECUTION
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
    "seen on AWS, 2019",
    Stage.EXECUTION,
)
TOO_MANY_RECORDS = ErrorSpec(
    LIMIT_EXCEEDED,
    "GetRecords returns at most {limit} records",
    "the rule is the service model's; the text is ours",
)
