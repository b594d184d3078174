"""Errors in the shape of a request: wrong JSON types, and values outside the service model's constraints.

The first half are SerializationExceptions: the first wrong member of the document, alone; JSON that is not an
object at all is refused as `errors/wire.py` refuses what is not JSON. The second half are
ValidationExceptions, put together from entries `Value {value} at '{path}' failed to satisfy constraint: {text}`
by `errors/wording.py`.
"""

from kilowatt.errors.base import SERIALIZATION, VALIDATION, ErrorSpec

_RECORDED = "recorded on AWS, up to 2020"

# -- wrong JSON types

UNCONVERTIBLE = ErrorSpec(SERIALIZATION, "{token} cannot be converted to {type}", _RECORDED)
NOT_A_TIMESTAMP = ErrorSpec(
    SERIALIZATION,
    "{token} can not be converted to milliseconds since epoch",
    "seen on other AWS services of the same protocol, 2023",
)
NOT_BOOLEAN_TEXT = ErrorSpec(SERIALIZATION, "Unexpected token received from parser", _RECORDED)
NUMBER_OUT_OF_RANGE = ErrorSpec(
    SERIALIZATION,
    "Numeric value ({value}) out of range of {type} ({low} - {high})",
    "ours: the words of the JSON parser that AWS's texts point to",
)
NOT_BASE64_TEXT = ErrorSpec(SERIALIZATION, "only base-64-encoded strings are convertible to bytes", _RECORDED)
BASE64_LENGTH = ErrorSpec(
    SERIALIZATION, "Base64 encoded length is expected a multiple of 4 bytes but found: {length}", _RECORDED
)
BASE64_CONTENT = ErrorSpec(
    SERIALIZATION, "Invalid last non-pad Base64 character dectected", _RECORDED + "; the typo is AWS's"
)
UNEXPECTED_ARRAY = ErrorSpec(SERIALIZATION, "Unrecognized collection type {type}", _RECORDED)
UNEXPECTED_OBJECT = ErrorSpec(SERIALIZATION, "Start of structure or map found where not expected", _RECORDED)
UNEXPECTED_FIELD = ErrorSpec(SERIALIZATION, "Unexpected field type", _RECORDED)
UNEXPECTED_ELEMENT = ErrorSpec(SERIALIZATION, "Unexpected value type in payload", _RECORDED)
UNEXPECTED_GENERIC = ErrorSpec(
    SERIALIZATION,
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class"
    " (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base"
    " of loader 'bootstrap')",
    _RECORDED,
)

# -- constraints of the service model: the texts of one entry

NOT_NULL = "Member must not be null"
MINIMUM_LENGTH = "Member must have length greater than or equal to {bound}"
MAXIMUM_LENGTH = "Member must have length less than or equal to {bound}"
MINIMUM_VALUE = "Member must have value greater than or equal to {bound}"
MAXIMUM_VALUE = "Member must have value less than or equal to {bound}"
PATTERN = "Member must satisfy regular expression pattern: {pattern}"
ENUM = "Member must satisfy enum value set: [{values}]"
MAP_KEYS = "Map keys must satisfy constraint: [{constraints}]"
MAP_VALUE = "Map value must satisfy constraint: [{constraints}]"
LIST_MEMBER = "Member must satisfy constraint: [{constraints}]"

ENTRY = "Value {value} at '{path}' failed to satisfy constraint: {constraint}"
ENTRY_WITHOUT_VALUE = "Value at '{path}' failed to satisfy constraint: {constraint}"
ENTRY_WITHOUT_PATH = "Failed to satisfy constraint: {constraint}"

CONSTRAINTS = ErrorSpec(
    VALIDATION, "{count} validation error{plural} detected: {entries}", "recorded on AWS, 2013-2026"
)

# -- checks of single members that have words of their own

TABLE_NAME_REQUIRED = ErrorSpec(
    VALIDATION,
    "The parameter 'TableName' is required but was not present in the request",
    _RECORDED + ", for the operations on tables",
)
TABLE_NAME_LENGTH = ErrorSpec(
    VALIDATION,
    "TableName must be at least 3 characters long and at most 255 characters long",
    _RECORDED + ", for the operations on tables",
)
TABLE_ARN_REQUIRED = ErrorSpec(VALIDATION, "Invalid TableArn", _RECORDED + ", for the operations on tags")
