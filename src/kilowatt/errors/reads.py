"""Refusals of Query and Scan: select, start keys, key conditions against the schema, segments."""

from kilowatt.errors.base import VALIDATION, ErrorSpec, Stage

_RECORDED = "seen on AWS"
_INVALID = "One or more parameter values were invalid: "

# -- Select

SELECT_NEEDS_INDEX = ErrorSpec(
    VALIDATION, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName", _RECORDED
)
SELECT_NEEDS_PROJECTION = ErrorSpec(
    VALIDATION,
    "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    _RECORDED,
)
SELECT_FORBIDS_PROJECTION = ErrorSpec(
    VALIDATION, "Cannot specify the {parameter} when choosing to get {what}", _RECORDED
)
SELECT_ALL_ON_GLOBAL_INDEX = ErrorSpec(
    VALIDATION,
    _INVALID + "Select type ALL_ATTRIBUTES is not supported for global secondary index {index} because its "
    "projection type is not ALL",
    _RECORDED,
    Stage.EXECUTION,
)
NOT_PROJECTED = ErrorSpec(
    VALIDATION,
    _INVALID + "Global secondary index {index} does not project [{attributes}]",
    "widely reported",
    Stage.EXECUTION,
)

# -- the index

INDEX_NOT_FOUND = ErrorSpec(
    VALIDATION, "The table does not have the specified index: {index}", _RECORDED, Stage.EXECUTION
)
INDEX_BACKFILLING = ErrorSpec(
    VALIDATION,
    "Cannot read from backfilling global secondary index: {index}",
    "widely reported",
    Stage.EXECUTION,
)
CONSISTENT_READ_ON_GLOBAL_INDEX = ErrorSpec(
    VALIDATION,
    "Consistent reads are not supported on global secondary indexes",
    _RECORDED,
    Stage.EXECUTION,
)

# -- key conditions

KEY_CONDITION_REQUIRED = ErrorSpec(
    VALIDATION,
    "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    _RECORDED,
)
KEY_CONDITIONS_COUNT = ErrorSpec(VALIDATION, "Conditions can be of length 1 or 2 only", _RECORDED)
KEY_CONDITION_NOT_INDEXABLE = ErrorSpec(
    VALIDATION,
    "Attempted conditional constraint is not an indexable operation",
    _RECORDED,
    Stage.EXECUTION,
)
TOO_MANY_KEY_CONDITIONS = ErrorSpec(
    VALIDATION,
    "The number of query conditions ({conditions}) exceeds the number of key attributes defined in the schema"
    " ({keys})",
    _RECORDED + ", 2026",
    Stage.EXECUTION,
)
KEY_CONDITION_MISSING = ErrorSpec(
    VALIDATION, "Query condition missed key schema element: {key}", _RECORDED, Stage.EXECUTION
)
KEY_CONDITION_TYPE = ErrorSpec(
    VALIDATION,
    _INVALID + "Condition parameter type does not match schema type",
    _RECORDED,
    Stage.EXECUTION,
)
KEY_CONDITION_UNSUPPORTED = ErrorSpec(
    VALIDATION, "Query key condition not supported", _RECORDED, Stage.EXECUTION
)
FILTER_ON_KEY = ErrorSpec(
    VALIDATION,
    "Filter Expression can only contain non-primary key attributes: Primary key attribute: {key}",
    _RECORDED,
    Stage.EXECUTION,
)
QUERY_FILTER_ON_KEY = ErrorSpec(
    VALIDATION,
    "QueryFilter can only contain non-primary key attributes: Primary key attribute: {key}",
    _RECORDED,
    Stage.EXECUTION,
)

# -- ExclusiveStartKey

START_KEY_INVALID = ErrorSpec(VALIDATION, "The provided starting key is invalid", _RECORDED, Stage.EXECUTION)
START_KEY_VALUE = ErrorSpec(VALIDATION, "The provided starting key is invalid: {text}", _RECORDED)
START_KEY_SCHEMA = ErrorSpec(
    VALIDATION,
    "The provided starting key is invalid: The provided key element does not match the schema",
    _RECORDED,
    Stage.EXECUTION,
)
START_KEY_OUTSIDE_QUERY = ErrorSpec(
    VALIDATION,
    "The provided starting key is outside query boundaries based on provided conditions",
    _RECORDED,
    Stage.EXECUTION,
)
START_KEY_OUTSIDE_RANGE = ErrorSpec(
    VALIDATION,
    "The provided starting key does not match the range key predicate",
    _RECORDED,
    Stage.EXECUTION,
)
START_KEY_OF_ONE_ROW = ErrorSpec(
    VALIDATION,
    "The query can return at most one row and cannot be restarted",
    _RECORDED,
    Stage.EXECUTION,
)
START_KEY_OUTSIDE_SEGMENT = ErrorSpec(
    VALIDATION,
    "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct"
    " Segment. TotalSegments: {total} Segment: {segment}",
    _RECORDED,
    Stage.EXECUTION,
)

# -- segments of a parallel scan

TOTAL_SEGMENTS_REQUIRED = ErrorSpec(
    VALIDATION,
    "The TotalSegments parameter is required but was not present in the request when Segment parameter is "
    "present",
    _RECORDED,
)
SEGMENT_REQUIRED = ErrorSpec(
    VALIDATION,
    "The Segment parameter is required but was not present in the request when parameter TotalSegments is "
    "present",
    _RECORDED,
)
SEGMENT_OUT_OF_RANGE = ErrorSpec(
    VALIDATION,
    "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: {segment} is "
    "not less than TotalSegments: {total}",
    _RECORDED,
)
