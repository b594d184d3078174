"""The faults of item operations, in the order in which AWS finds them (recorded up to 2020, wording of 2026).

`{OPERATION}_BASE` is a good request, `{OPERATION}` the faults that can be put into it.
"""

from typing import Any

from tests.operations.calls import (
    CONDITION_FAILED,
    LEAD,
    NOT_FOUND,
    PARAMETERS,
    SCHEMA_MISMATCH,
    Request,
    invalid,
)
from tests.operations.faults import Fault
from tests.operations.standing import INDEXED, MISSING, RANGE

NEW_KEY = {"pk": {"S": "new"}, "sk": {"S": "new"}}
BAD_NUMBER = {"N": "abc"}
NUMBER_TEXT = "The parameter cannot be converted to a numeric value: abc"
BIG = {"S": "x" * 409_600}
NUMBER = {"N": "1"}
CAPACITY = {"ReturnConsumedCapacity": "ALL"}
KEY_PATH = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: "
MODEL = invalid(
    LEAD + "Failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
)


def empty(parameter: str) -> str:
    return f"Invalid {parameter}: The expression can not be empty;"


def mixed(legacy: str, expressions: str) -> str:
    return (
        "Can not use both expression and non-expression parameters in the same request: "
        f"Non-expression parameters: {{{legacy}}} Expression parameters: {{{expressions}}}"
    )


model = Fault("model", CAPACITY, MODEL)
missing_table = Fault("table", {"TableName": MISSING}, NOT_FOUND)

PUT_BASE: Request = {"TableName": INDEXED, "Item": NEW_KEY}
PUT = [
    model,
    Fault(
        "mixing",
        {"Expected": {"x": {"Exists": False}}, "ConditionExpression": ""},
        invalid(LEAD + mixed("Expected", "ConditionExpression")),
    ),
    Fault("values", {"Item": {"x": BAD_NUMBER}}, invalid(LEAD + NUMBER_TEXT)),
    Fault(
        "return_values",
        {"ReturnValues": "ALL_NEW"},
        invalid(LEAD + "ReturnValues can only be ALL_OLD or NONE"),
    ),
    Fault(
        "size",
        {"Item": {"big": BIG}},
        invalid(LEAD + "Item size has exceeded the maximum allowed size"),
    ),
    Fault("expression", {"ConditionExpression": ""}, invalid(LEAD + empty("ConditionExpression"))),
    missing_table,
    Fault(
        "key",
        {"Item": {"sk": NUMBER}},
        invalid(PARAMETERS + "Type mismatch for key sk expected: S actual: N"),
    ),
    Fault(
        "index_key",
        {"Item": {"a": NUMBER}},
        invalid(PARAMETERS + "Type mismatch for Index Key a Expected: S Actual: N IndexName: local-a"),
    ),
    Fault("condition", {"ConditionExpression": "attribute_exists(pk)"}, CONDITION_FAILED),
]

DELETE_BASE: Request = {"TableName": INDEXED, "Key": NEW_KEY}
DELETE = [
    model,
    Fault(
        "mixing",
        {"Expected": {"x": {"Exists": False}}, "ConditionExpression": ""},
        invalid(LEAD + mixed("Expected", "ConditionExpression")),
    ),
    Fault("values", {"Key": {"x": BAD_NUMBER}}, invalid(LEAD + NUMBER_TEXT)),
    Fault("expression", {"ConditionExpression": ""}, invalid(LEAD + empty("ConditionExpression"))),
    missing_table,
    Fault("key", {"Key": {"sk": NUMBER}}, invalid(SCHEMA_MISMATCH)),
    Fault("condition", {"ConditionExpression": "attribute_exists(pk)"}, CONDITION_FAILED),
]

GET_BASE: Request = {"TableName": INDEXED, "Key": NEW_KEY}
GET = [
    model,
    Fault(
        "mixing",
        {"AttributesToGet": ["x"], "ProjectionExpression": ""},
        invalid(mixed("AttributesToGet", "ProjectionExpression")),
    ),
    Fault("values", {"Key": {"x": BAD_NUMBER}}, invalid(NUMBER_TEXT)),
    Fault("expression", {"ProjectionExpression": ""}, invalid(empty("ProjectionExpression"))),
    missing_table,
    Fault("key", {"Key": {"sk": NUMBER}}, invalid(SCHEMA_MISMATCH)),
    Fault(
        "path_into_key",
        {"ProjectionExpression": "pk.x"},
        invalid(KEY_PATH + "pk"),
    ),
]

UPDATE_BASE: Request = {"TableName": INDEXED, "Key": NEW_KEY}
UPDATE = [
    model,
    Fault(
        "mixing",
        {"Expected": {"x": {"Exists": False}}, "ConditionExpression": ""},
        invalid(LEAD + mixed("Expected", "ConditionExpression")),
    ),
    Fault("values", {"Key": {"x": BAD_NUMBER}}, invalid(LEAD + NUMBER_TEXT)),
    Fault("expression", {"ConditionExpression": ""}, invalid(LEAD + empty("ConditionExpression"))),
    missing_table,
    Fault("key", {"Key": {"sk": NUMBER}}, invalid(SCHEMA_MISMATCH)),
]

# What UpdateItem finds in its expression once it knows the table: all in one expression, the first first.
UPDATE_PARTS = [
    ("key", "pk = :s", PARAMETERS + "Cannot update attribute pk. This attribute is part of the key"),
    (
        "index_key_type",
        "b = :s",
        PARAMETERS + "Type mismatch for Index Key b Expected: N Actual: S IndexName: global-b",
    ),
    (
        "path_into_key",
        "x = sk.y",
        KEY_PATH + "sk",
    ),
]

GET_KEYS = [{"pk": {"S": str(number)}, "sk": {"S": "1"}} for number in range(60)]
BATCH_GET_BASE: Request = {"RequestItems": {INDEXED: {"Keys": [NEW_KEY]}}}
BATCH_GET = [
    model,
    Fault(
        "mixing",
        {"RequestItems": {INDEXED: {"AttributesToGet": ["x"], "ProjectionExpression": ""}}},
        invalid(mixed("AttributesToGet", "ProjectionExpression")),
    ),
    Fault(
        "expression",
        {"RequestItems": {INDEXED: {"ProjectionExpression": ""}}},
        invalid(empty("ProjectionExpression")),
    ),
    Fault(
        "values",
        {"RequestItems": {INDEXED: {"Keys": [{"a": BAD_NUMBER}]}}},
        invalid(NUMBER_TEXT),
    ),
    Fault(
        "duplicates",
        {"RequestItems": {INDEXED: {"Keys": [NEW_KEY]}}},
        invalid("Provided list of item keys contains duplicates"),
    ),
    Fault(
        "too_many",
        {"RequestItems": {INDEXED: {"Keys": GET_KEYS}, RANGE: {"Keys": GET_KEYS}}},
        invalid("Too many items requested for the BatchGetItem call"),
    ),
    Fault("table", {"RequestItems": {MISSING: {"Keys": [NEW_KEY]}}}, NOT_FOUND),
    Fault(
        "key",
        {"RequestItems": {INDEXED: {"Keys": [{"pk": {"S": "z"}}]}}},
        invalid(SCHEMA_MISMATCH),
    ),
    Fault(
        "path_into_key",
        {"RequestItems": {INDEXED: {"ProjectionExpression": "pk.x"}}},
        invalid(KEY_PATH + "pk"),
    ),
]


def put_of(**attributes: Any) -> dict[str, Any]:
    return {"PutRequest": {"Item": {**NEW_KEY, **attributes}}}


BATCH_WRITE_BASE: Request = {"RequestItems": {INDEXED: [put_of()]}}
BATCH_WRITE = [
    model,
    Fault(
        "no_action",
        {"RequestItems": {INDEXED: [{}]}},
        invalid(
            "Supplied AttributeValue has more than one datatypes set, must contain exactly one of "
            "the supported datatypes"
        ),
    ),
    Fault("values", {"RequestItems": {INDEXED: [put_of(x=BAD_NUMBER)]}}, invalid(NUMBER_TEXT)),
    Fault("table", {"RequestItems": {MISSING: [put_of()]}}, NOT_FOUND),
    Fault(
        "key",
        {"RequestItems": {INDEXED: [{"DeleteRequest": {"Key": {"pk": {"S": "1"}}}}]}},
        invalid(SCHEMA_MISMATCH),
    ),
    Fault(
        "index_key",
        {"RequestItems": {INDEXED: [put_of(a=NUMBER)]}},
        invalid(PARAMETERS + "Type mismatch for Index Key a Expected: S Actual: N IndexName: local-a"),
    ),
    Fault(
        "duplicates",
        {"RequestItems": {INDEXED: [{"DeleteRequest": {"Key": NEW_KEY}}]}},
        invalid("Provided list of item keys contains duplicates"),
    ),
]

START = {"pk": {"S": "1"}, "sk": {"S": "1"}, "b": {"N": "1"}, "c": {"S": "1"}}
START_KEYS = frozenset({"start_values", "start_key", "start_key_type", "start_key_of_table"})
QUERY_BASE: Request = {
    "TableName": INDEXED,
    "IndexName": "global-b",
    "KeyConditionExpression": "b = :b",
    "ExpressionAttributeValues": {":b": NUMBER},
}
QUERY = [
    Fault(
        "model",
        {"Limit": 0},
        invalid(
            LEAD + "Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        ),
    ),
    Fault(
        "mixing",
        {"AttributesToGet": ["x"]},
        invalid(mixed("AttributesToGet", "KeyConditionExpression")),
    ),
    Fault("start_values", {"ExclusiveStartKey": {"x": BAD_NUMBER}}, invalid(NUMBER_TEXT)),
    Fault(
        "expression",
        {"ProjectionExpression": ""},
        invalid(empty("ProjectionExpression")),
        frozenset({"mixing"}),
    ),
    missing_table,
    Fault(
        "index",
        {"IndexName": "none"},
        invalid("The table does not have the specified index: none"),
    ),
    Fault(
        "consistent",
        {"ConsistentRead": True},
        invalid("Consistent reads are not supported on global secondary indexes"),
    ),
    Fault(
        "start_key",
        {"ExclusiveStartKey": {"pk": {"S": "1"}, "b": NUMBER}},
        invalid("The provided starting key is invalid"),
        frozenset({"start_values"}),
    ),
    Fault(
        "start_key_type",
        {"ExclusiveStartKey": {**START, "b": {"S": "1"}}},
        invalid(SCHEMA_MISMATCH),
        frozenset({"start_values", "start_key"}),
    ),
    Fault(
        "condition_type",
        {"ExpressionAttributeValues": {":b": {"S": "1"}}},
        invalid(PARAMETERS + "Condition parameter type does not match schema type"),
    ),
    Fault(
        "start_key_of_table",
        {"ExclusiveStartKey": {**START, "pk": NUMBER}},
        invalid("The provided starting key is invalid: The provided key element does not match the schema"),
        frozenset({"start_values", "start_key", "start_key_type"}),
    ),
    Fault(
        "start_outside",
        {"ExclusiveStartKey": {**START, "b": {"N": "2"}}},
        invalid("The provided starting key is outside query boundaries based on provided conditions"),
        START_KEYS,
    ),
    Fault(
        "start_outside_range",
        {
            "KeyConditionExpression": "b = :b AND c > :c",
            "ExpressionAttributeValues": {":c": {"S": "5"}},
            "ExclusiveStartKey": START,
        },
        invalid("The provided starting key does not match the range key predicate"),
        START_KEYS | {"start_outside"},
    ),
    Fault(
        "projection_into_key",
        {"ProjectionExpression": "pk.x"},
        invalid(KEY_PATH + "pk"),
        frozenset({"mixing", "expression"}),
    ),
    Fault(
        "filter_on_key",
        {"FilterExpression": "c = :b AND sk.y = :b"},
        invalid("Filter Expression can only contain non-primary key attributes: Primary key attribute: c"),
        frozenset({"mixing"}),
    ),
    Fault(
        "all_attributes",
        {"Select": "ALL_ATTRIBUTES"},
        invalid(
            PARAMETERS + "Select type ALL_ATTRIBUTES is not supported for global secondary index "
            "global-b because its projection type is not ALL"
        ),
        frozenset({"projection_into_key", "expression"}),
    ),
    Fault(
        "filter_into_key",
        {"FilterExpression": "sk.x = :b"},
        invalid(KEY_PATH + "sk"),
        frozenset({"mixing"}),
    ),
]

SCAN_BASE: Request = {"TableName": INDEXED, "IndexName": "global-b"}
SCAN = [
    Fault(
        "model",
        {"Limit": 0},
        invalid(
            LEAD + "Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        ),
    ),
    Fault(
        "mixing",
        {"AttributesToGet": ["x"], "FilterExpression": ""},
        invalid(mixed("AttributesToGet", "FilterExpression")),
    ),
    Fault(
        "select",
        {"Select": "SPECIFIC_ATTRIBUTES"},
        invalid(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
            "SPECIFIC_ATTRIBUTES"
        ),
        frozenset({"mixing"}),
    ),
    Fault("start_values", {"ExclusiveStartKey": {"x": BAD_NUMBER}}, invalid(NUMBER_TEXT)),
    Fault(
        "segment_alone",
        {"Segment": 4},
        invalid(
            "The TotalSegments parameter is required but was not present in the request when "
            "Segment parameter is present"
        ),
    ),
    Fault(
        "total_alone",
        {"TotalSegments": 4},
        invalid(
            "The Segment parameter is required but was not present in the request when parameter "
            "TotalSegments is present"
        ),
        frozenset({"segment_alone"}),
    ),
    Fault(
        "segment_too_large",
        {"Segment": 4, "TotalSegments": 4},
        invalid(
            "The Segment parameter is zero-based and must be less than parameter TotalSegments: "
            "Segment: 4 is not less than TotalSegments: 4"
        ),
        frozenset({"segment_alone", "total_alone"}),
    ),
    Fault("filter", {"FilterExpression": ""}, invalid(empty("FilterExpression"))),
    Fault(
        "projection",
        {"ProjectionExpression": ""},
        invalid(empty("ProjectionExpression")),
        frozenset({"mixing", "select"}),
    ),
    missing_table,
    Fault(
        "index",
        {"IndexName": "none"},
        invalid("The table does not have the specified index: none"),
    ),
    Fault(
        "consistent",
        {"ConsistentRead": True},
        invalid("Consistent reads are not supported on global secondary indexes"),
    ),
    Fault(
        "start_key",
        {"ExclusiveStartKey": {"pk": {"S": "1"}, "b": NUMBER}},
        invalid("The provided starting key is invalid"),
        frozenset({"start_values"}),
    ),
    Fault(
        "start_key_type",
        {"ExclusiveStartKey": {**START, "b": {"S": "1"}}},
        invalid(SCHEMA_MISMATCH),
        frozenset({"start_values", "start_key"}),
    ),
    Fault(
        "all_attributes",
        {"Select": "ALL_ATTRIBUTES"},
        invalid(
            PARAMETERS + "Select type ALL_ATTRIBUTES is not supported for global secondary index "
            "global-b because its projection type is not ALL"
        ),
        frozenset({"projection"}),
    ),
    Fault(
        "start_key_of_table",
        {"ExclusiveStartKey": {**START, "pk": NUMBER}},
        invalid("The provided starting key is invalid: The provided key element does not match the schema"),
        frozenset({"start_values", "start_key", "start_key_type"}),
    ),
    Fault(
        "start_outside_segment",
        {"ExclusiveStartKey": START, "Segment": 0, "TotalSegments": 2},
        invalid(
            "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey "
            "with correct Segment. TotalSegments: 2 Segment: 0"
        ),
        START_KEYS | {"segment_alone", "total_alone", "segment_too_large"},
    ),
    Fault(
        "projection_into_key",
        {"ProjectionExpression": "pk.x"},
        invalid(KEY_PATH + "pk"),
        frozenset({"mixing", "select", "all_attributes"}),
    ),
    Fault(
        "filter_into_key",
        {"FilterExpression": "attribute_exists(sk.x)"},
        invalid(KEY_PATH + "sk"),
        frozenset({"mixing"}),
    ),
]
