"""Refusals of item operations: keys against the schema, index keys, return values, batches, paging."""

from kilowatt.errors.base import (
    CONDITIONAL_CHECK_FAILED,
    ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED,
    RESOURCE_NOT_FOUND,
    VALIDATION,
    ErrorSpec,
    Stage,
)

_RECORDED = "seen on AWS"
_INVALID = "One or more parameter values were invalid: "
_NOT_VALID = "One or more parameter values are not valid. "

# -- the table that an item operation names

TABLE_NOT_FOUND = ErrorSpec(RESOURCE_NOT_FOUND, "Requested resource not found", _RECORDED, Stage.EXECUTION)

# -- keys against the table's schema

KEY_SCHEMA_MISMATCH = ErrorSpec(
    VALIDATION, "The provided key element does not match the schema", _RECORDED, Stage.EXECUTION
)
ITEM_KEY_MISSING = ErrorSpec(
    VALIDATION, _INVALID + "Missing the key {key} in the item", _RECORDED, Stage.EXECUTION
)
ITEM_KEY_TYPE = ErrorSpec(
    VALIDATION,
    _INVALID + "Type mismatch for key {key} expected: {expected} actual: {actual}",
    _RECORDED,
    Stage.EXECUTION,
)
KEY_EMPTY = ErrorSpec(
    VALIDATION,
    _NOT_VALID + "The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {key}",
    _RECORDED,
    Stage.EXECUTION,
)
HASH_KEY_TOO_LONG = ErrorSpec(
    VALIDATION,
    _INVALID + "Size of hashkey has exceeded the maximum size limit of2048 bytes",
    _RECORDED,
    Stage.EXECUTION,
)
RANGE_KEY_TOO_LONG = ErrorSpec(
    VALIDATION,
    _INVALID + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes",
    _RECORDED,
    Stage.EXECUTION,
)
KEY_PATH_NOT_SCALAR = ErrorSpec(
    VALIDATION,
    "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: {kind}: {key}",
    _RECORDED,
    Stage.EXECUTION,
)

# -- index keys in an item

INDEX_KEY_TYPE = ErrorSpec(
    VALIDATION,
    _INVALID + "Type mismatch for Index Key {key} Expected: {expected} Actual: {actual} IndexName: {index}",
    _RECORDED,
    Stage.EXECUTION,
)
INDEX_KEY_EMPTY = ErrorSpec(
    VALIDATION,
    _NOT_VALID + "A value specified for a secondary index key is not supported. The AttributeValue for a key "
    "attribute cannot contain an empty {kind} value. IndexName: {index}, IndexKey: {key}",
    _RECORDED,
    Stage.EXECUTION,
)
INDEX_KEY_EMPTY_BY_UPDATE = ErrorSpec(
    VALIDATION,
    _NOT_VALID + "The update expression attempted to update a secondary index key to a value that is not "
    "supported. The AttributeValue for a key attribute cannot contain an empty {kind} value.",
    _RECORDED,
    Stage.EXECUTION,
)

# -- conditions and return values

CONDITION_FAILED = ErrorSpec(
    CONDITIONAL_CHECK_FAILED, "The conditional request failed", _RECORDED, Stage.EXECUTION
)
RETURN_VALUES_OLD_ONLY = ErrorSpec(VALIDATION, "ReturnValues can only be ALL_OLD or NONE", _RECORDED)
COLLECTION_TOO_LARGE = ErrorSpec(
    ITEM_COLLECTION_SIZE_LIMIT_EXCEEDED, "Collection size exceeded.", "service model", Stage.EXECUTION
)

# -- updates

UPDATE_OF_KEY = ErrorSpec(
    VALIDATION,
    _INVALID + "Cannot update attribute {key}. This attribute is part of the key",
    _RECORDED,
    Stage.EXECUTION,
)

# -- batches

BATCH_GET_DUPLICATES = ErrorSpec(VALIDATION, "Provided list of item keys contains duplicates", _RECORDED)
BATCH_WRITE_DUPLICATES = ErrorSpec(
    VALIDATION, "Provided list of item keys contains duplicates", _RECORDED, Stage.EXECUTION
)
BATCH_TABLE_TWICE = ErrorSpec(
    VALIDATION,
    _INVALID + "Table {table} is named more than once in RequestItems",
    "ours: the model allows each table once, by name or ARN; AWS's text is not known",
    Stage.EXECUTION,
)
BATCH_GET_TOO_MANY = ErrorSpec(VALIDATION, "Too many items requested for the BatchGetItem call", _RECORDED)
BATCH_WRITE_TOO_MANY = ErrorSpec(
    VALIDATION,
    "Too many items requested for the BatchWriteItem call",
    "ours, in the form of BatchGetItem's",
)

# -- which parameters go together

MIXED_PARAMETERS = ErrorSpec(
    VALIDATION,
    "Can not use both expression and non-expression parameters in the same request: Non-expression parameters:"
    " {{{legacy}}} Expression parameters: {{{expressions}}}",
    _RECORDED,
)
NAMES_WITHOUT_EXPRESSION = ErrorSpec(
    VALIDATION, "ExpressionAttributeNames can only be specified when using expressions", _RECORDED
)
VALUES_WITHOUT_EXPRESSION = ErrorSpec(
    VALIDATION,
    "ExpressionAttributeValues can only be specified when using expressions: {missing} {verb} null",
    _RECORDED,
)
INVALID_EXPRESSION_VALUE = ErrorSpec(
    VALIDATION, "ExpressionAttributeValues contains invalid value: {text} for key {key}", _RECORDED
)
