"""The order in which requests with legacy parameters are checked: of two faults, the earlier one is reported.

The faults of each operation stand in the order recorded on AWS (up to 2020, wording of 2026). The place of
ConditionalOperator is ours.
"""

from typing import Any

import pytest
from tests.operations.calls import (
    CONDITION_FAILED,
    LEAD,
    NOT_FOUND,
    NOT_VALID,
    PARAMETERS,
    SCHEMA_MISMATCH,
    Request,
    invalid,
    refusal,
)
from tests.operations.faults import Fault, alone, pairs
from tests.operations.legacy import ALONE, OF_ONE, condition
from tests.operations.standing import INDEXED, MISSING

pytestmark = pytest.mark.usefixtures("standing_tables")

STRING, NUMBER, BAD_NUMBER = {"S": "x"}, {"N": "1"}, {"N": "abc"}
NUMBER_TEXT = "The parameter cannot be converted to a numeric value: abc"
NEW_KEY = {"pk": {"S": "new"}, "sk": {"S": "new"}}
BAD = condition("NULL", STRING)
COUNT_TEXT = PARAMETERS + "Invalid number of argument(s) for the NULL ComparisonOperator"
VALUE_TEXT = PARAMETERS + "Value cannot be used when Exists is false for Attribute: e"


def mixed(legacy: str, expressions: str) -> str:
    return (
        "Can not use both expression and non-expression parameters in the same request: "
        f"Non-expression parameters: {{{legacy}}} Expression parameters: {{{expressions}}}"
    )


model = Fault(
    "model",
    {"ReturnConsumedCapacity": "ALL"},
    invalid(
        LEAD + "Failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
    ),
)
mixing = Fault(
    "mixing", {"ConditionExpression": ""}, invalid(LEAD + mixed("Expected", "ConditionExpression"))
)
names = Fault(
    "names",
    {"ExpressionAttributeNames": {}},
    invalid(LEAD + "ExpressionAttributeNames can only be specified when using expressions"),
    frozenset({"mixing"}),
)
values = Fault(
    "values_without_expression",
    {"ExpressionAttributeValues": {}},
    invalid(
        LEAD + "ExpressionAttributeValues can only be specified when using expressions: "
        "ConditionExpression is null"
    ),
    frozenset({"mixing"}),
)
return_values = Fault(
    "return_values",
    {"ReturnValues": "ALL_NEW"},
    invalid(LEAD + "ReturnValues can only be ALL_OLD or NONE"),
)
operator = Fault(
    "conditional_operator", {"ConditionalOperator": "OR"}, invalid(LEAD + OF_ONE), frozenset({"mixing"})
)
expected = Fault(
    "expected",
    {"Expected": {"e": {"Exists": False, "Value": STRING}}},
    invalid(LEAD + VALUE_TEXT),
    frozenset({"conditional_operator"}),
)
table = Fault("table", {"TableName": MISSING}, NOT_FOUND)
EXPECTED = {"there": {"Value": STRING}}

PUT_BASE: Request = {"TableName": INDEXED, "Item": NEW_KEY, "Expected": EXPECTED}
PUT = [
    model,
    mixing,
    names,
    values,
    Fault("values", {"Item": {"x": BAD_NUMBER}}, invalid(LEAD + NUMBER_TEXT)),
    return_values,
    Fault(
        "size",
        {"Item": {"big": {"S": "x" * 409_600}}},
        invalid(LEAD + "Item size has exceeded the maximum allowed size"),
    ),
    operator,
    expected,
    table,
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
    Fault("condition", {}, CONDITION_FAILED),
]

DELETE_BASE: Request = {"TableName": INDEXED, "Key": NEW_KEY, "Expected": EXPECTED}
DELETE = [
    model,
    mixing,
    names,
    values,
    Fault("values", {"Key": {"x": BAD_NUMBER}}, invalid(LEAD + NUMBER_TEXT)),
    return_values,
    operator,
    expected,
    table,
    Fault("key", {"Key": {"sk": NUMBER}}, invalid(SCHEMA_MISMATCH)),
    Fault("condition", {}, CONDITION_FAILED),
]

UPDATE_BASE: Request = {
    "TableName": INDEXED,
    "Key": NEW_KEY,
    "Expected": EXPECTED,
    "AttributeUpdates": {"word": {"Value": STRING}},
}
UPDATE = [
    model,
    Fault(
        "mixing",
        {"ConditionExpression": "", "UpdateExpression": ""},
        invalid(LEAD + mixed("AttributeUpdates, Expected", "UpdateExpression, ConditionExpression")),
    ),
    names,
    Fault("values", {"Key": {"x": BAD_NUMBER}}, invalid(LEAD + NUMBER_TEXT)),
    operator,
    Fault(
        "update",
        {"AttributeUpdates": {"x": {"Action": "ADD", "Value": STRING}}},
        invalid(LEAD + PARAMETERS + "ADD action is not supported for the type S"),
    ),
    expected,
    table,
    Fault("key", {"Key": {"sk": NUMBER}}, invalid(SCHEMA_MISMATCH)),
    Fault(
        "update_of_key",
        {"AttributeUpdates": {"pk": {"Action": "DELETE"}}},
        invalid(PARAMETERS + "Cannot update attribute pk. This attribute is part of the key"),
    ),
    Fault(
        "index_key",
        {"AttributeUpdates": {"a": {"Value": NUMBER}}},
        invalid(PARAMETERS + "Type mismatch for Index Key a Expected: S Actual: N IndexName: local-a"),
    ),
    Fault("condition", {}, CONDITION_FAILED),
]

GET_BASE: Request = {"TableName": INDEXED, "Key": NEW_KEY, "AttributesToGet": ["x"]}
GET = [
    model,
    Fault(
        "mixing",
        {"ProjectionExpression": ""},
        invalid(mixed("AttributesToGet", "ProjectionExpression")),
    ),
    Fault(
        "names",
        {"ExpressionAttributeNames": {}},
        invalid("ExpressionAttributeNames can only be specified when using expressions"),
        frozenset({"mixing"}),
    ),
    Fault("values", {"Key": {"x": BAD_NUMBER}}, invalid(NUMBER_TEXT)),
    Fault(
        "duplicate",
        {"AttributesToGet": ["x"]},
        invalid(PARAMETERS + "Duplicate value in attribute name: x"),
    ),
    table,
    Fault("key", {"Key": {"sk": NUMBER}}, invalid(SCHEMA_MISMATCH)),
]

BATCH_GET_BASE: Request = {"RequestItems": {INDEXED: {"Keys": [NEW_KEY], "AttributesToGet": ["x"]}}}
BATCH_GET = [
    model,
    Fault(
        "mixing",
        {"RequestItems": {INDEXED: {"ProjectionExpression": ""}}},
        invalid(mixed("AttributesToGet", "ProjectionExpression")),
    ),
    Fault(
        "duplicate",
        {"RequestItems": {INDEXED: {"AttributesToGet": ["x"]}}},
        invalid(PARAMETERS + "Duplicate value in attribute name: x"),
    ),
    Fault("values", {"RequestItems": {INDEXED: {"Keys": [{"a": BAD_NUMBER}]}}}, invalid(NUMBER_TEXT)),
    Fault(
        "duplicates",
        {"RequestItems": {INDEXED: {"Keys": [NEW_KEY]}}},
        invalid("Provided list of item keys contains duplicates"),
    ),
    Fault("table", {"RequestItems": {MISSING: {"Keys": [NEW_KEY]}}}, NOT_FOUND),
    Fault("key", {"RequestItems": {INDEXED: {"Keys": [{"pk": {"S": "z"}}]}}}, invalid(SCHEMA_MISMATCH)),
]

LIMIT = Fault(
    "model",
    {"Limit": 0},
    invalid(
        LEAD + "Value '0' at 'limit' failed to satisfy constraint: "
        "Member must have value greater than or equal to 1"
    ),
)
START = {"pk": {"S": "1"}, "sk": {"S": "1"}, "b": NUMBER, "c": {"S": "1"}}
index = Fault("index", {"IndexName": "none"}, invalid("The table does not have the specified index: none"))
consistent = Fault(
    "consistent",
    {"ConsistentRead": True},
    invalid("Consistent reads are not supported on global secondary indexes"),
)
start_values = Fault("start_values", {"ExclusiveStartKey": {"x": BAD_NUMBER}}, invalid(NUMBER_TEXT))
start_key = Fault(
    "start_key",
    {"ExclusiveStartKey": {"pk": {"S": "1"}, "b": NUMBER}},
    invalid("The provided starting key is invalid"),
    frozenset({"start_values"}),
)
start_key_type = Fault(
    "start_key_type",
    {"ExclusiveStartKey": {**START, "b": {"S": "1"}}},
    invalid(SCHEMA_MISMATCH),
    frozenset({"start_values", "start_key"}),
)
start_key_of_table = Fault(
    "start_key_of_table",
    {"ExclusiveStartKey": {**START, "pk": NUMBER}},
    invalid("The provided starting key is invalid: The provided key element does not match the schema"),
    frozenset({"start_values", "start_key", "start_key_type"}),
)
all_attributes = Fault(
    "all_attributes",
    {"Select": "ALL_ATTRIBUTES"},
    invalid(
        PARAMETERS
        + "Select type ALL_ATTRIBUTES is not supported for global secondary index global-b because "
        "its projection type is not ALL"
    ),
    frozenset({"select", "duplicate"}),
)

QUERY_BASE: Request = {
    "TableName": INDEXED,
    "IndexName": "global-b",
    "KeyConditions": {"b": condition("EQ", NUMBER)},
    "QueryFilter": {"word": condition("NULL")},
}
QUERY = [
    LIMIT,
    Fault(
        "mixing",
        {"FilterExpression": "", "KeyConditionExpression": ""},
        invalid(mixed("QueryFilter, KeyConditions", "FilterExpression, KeyConditionExpression")),
    ),
    Fault(
        "names",
        {"ExpressionAttributeNames": {}},
        invalid("ExpressionAttributeNames can only be specified when using expressions"),
        frozenset({"mixing"}),
    ),
    Fault(
        "select",
        {"Select": "SPECIFIC_ATTRIBUTES"},
        invalid(
            LEAD + "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
            "SPECIFIC_ATTRIBUTES"
        ),
    ),
    Fault("conditional_operator", {"ConditionalOperator": "OR"}, invalid(OF_ONE), frozenset({"mixing"})),
    Fault(
        "query_filter", {"QueryFilter": {"e": BAD}}, invalid(COUNT_TEXT), frozenset({"conditional_operator"})
    ),
    Fault(
        "duplicate",
        {"AttributesToGet": ["b", "b"]},
        invalid(PARAMETERS + "Duplicate value in attribute name: b"),
        frozenset({"mixing", "select"}),
    ),
    start_values,
    Fault(
        "key_conditions",
        {"KeyConditions": {"c": condition("BETWEEN", STRING, NUMBER)}},
        invalid(PARAMETERS + "AttributeValues inside AttributeValueList must be of same type"),
    ),
    Fault(
        "key_conditions_count",
        {"KeyConditions": {"x": condition("EQ", STRING), "y": condition("EQ", STRING)}},
        invalid("Conditions can be of length 1 or 2 only"),
    ),
    table,
    index,
    consistent,
    start_key,
    start_key_type,
    Fault(
        "not_indexable",
        {"KeyConditions": {"c": condition("NE", NUMBER)}},
        invalid("Attempted conditional constraint is not an indexable operation"),
        frozenset({"key_conditions", "key_conditions_count"}),
    ),
    Fault(
        "condition_type",
        {"KeyConditions": {"c": condition("LT", NUMBER)}},
        invalid(PARAMETERS + "Condition parameter type does not match schema type"),
        frozenset({"key_conditions", "key_conditions_count", "not_indexable"}),
    ),
    Fault(
        "empty",
        {"KeyConditions": {"c": condition("EQ", {"S": ""})}},
        invalid(
            NOT_VALID + "The AttributeValue for a key attribute cannot contain an empty string value. Key: c"
        ),
        frozenset({"key_conditions", "key_conditions_count", "not_indexable", "condition_type"}),
    ),
    start_key_of_table,
    Fault(
        "start_outside",
        {"ExclusiveStartKey": {**START, "b": {"N": "2"}}},
        invalid("The provided starting key is outside query boundaries based on provided conditions"),
        frozenset({"start_values", "start_key", "start_key_type", "start_key_of_table"}),
    ),
    Fault(
        "filter_on_key",
        {"QueryFilter": {"c": condition("NULL")}},
        invalid("QueryFilter can only contain non-primary key attributes: Primary key attribute: c"),
        frozenset({"conditional_operator"}),
    ),
    all_attributes,
]

SCAN_BASE: Request = {
    "TableName": INDEXED,
    "IndexName": "global-b",
    "ScanFilter": {"word": condition("NULL")},
}
SCAN = [
    LIMIT,
    Fault("mixing", {"FilterExpression": ""}, invalid(mixed("ScanFilter", "FilterExpression"))),
    Fault(
        "values_without_expression",
        {"ExpressionAttributeValues": {}},
        invalid(
            "ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null"
        ),
        frozenset({"mixing"}),
    ),
    Fault(
        "select",
        {"Select": "SPECIFIC_ATTRIBUTES"},
        invalid(
            "Must specify the AttributesToGet or ProjectionExpression when choosing to get "
            "SPECIFIC_ATTRIBUTES"
        ),
    ),
    Fault("conditional_operator", {"ConditionalOperator": "OR"}, invalid(OF_ONE), frozenset({"mixing"})),
    Fault(
        "duplicate",
        {"AttributesToGet": ["b", "b"]},
        invalid(PARAMETERS + "Duplicate value in attribute name: b"),
        frozenset({"mixing", "select"}),
    ),
    Fault(
        "scan_filter", {"ScanFilter": {"e": BAD}}, invalid(COUNT_TEXT), frozenset({"conditional_operator"})
    ),
    start_values,
    Fault(
        "segment",
        {"Segment": 4},
        invalid(
            "The TotalSegments parameter is required but was not present in the request when Segment "
            "parameter is present"
        ),
    ),
    table,
    index,
    consistent,
    start_key,
    start_key_type,
    all_attributes,
    start_key_of_table,
]

_OPERATIONS = {
    "PutItem": (PUT_BASE, PUT),
    "DeleteItem": (DELETE_BASE, DELETE),
    "UpdateItem": (UPDATE_BASE, UPDATE),
    "GetItem": (GET_BASE, GET),
    "BatchGetItem": (BATCH_GET_BASE, BATCH_GET),
    "Query": (QUERY_BASE, QUERY),
    "Scan": (SCAN_BASE, SCAN),
}
_CASES = [
    pytest.param(operation, *case.values, id=f"{operation}-{case.id}")
    for operation, (base, faults) in _OPERATIONS.items()
    for case in (*alone(base, faults), *pairs(base, faults))
]


@pytest.mark.parametrize(("operation", "request_", "text"), _CASES)
def test_the_earlier_fault_is_reported(client: Any, operation: str, request_: Request, text: str) -> None:
    assert refusal(client, operation, **request_) == text


KEY_CONDITIONS = {"KeyConditions": {"pk": condition("EQ", STRING)}}
ATTRIBUTES = {"AttributesToGet": ["x", "x"]}
BAD_START = {"ExclusiveStartKey": {"x": BAD_NUMBER}}


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        pytest.param(
            {**KEY_CONDITIONS, **ATTRIBUTES, "FilterExpression": ""},
            mixed("AttributesToGet", "FilterExpression"),
            id="key_conditions_are_not_listed",
        ),
        pytest.param(
            {**KEY_CONDITIONS, "ConditionalOperator": "AND", "ProjectionExpression": ""},
            mixed("ConditionalOperator", "ProjectionExpression"),
            id="conditional_operator_is_listed",
        ),
        pytest.param(
            {**KEY_CONDITIONS, "KeyConditionExpression": ""},
            mixed("KeyConditions", "KeyConditionExpression"),
            id="two_key_conditions",
        ),
        pytest.param(
            {**KEY_CONDITIONS, "ExpressionAttributeValues": {":a": STRING}, "ProjectionExpression": "x"},
            "ExpressionAttributeValues can only be specified when using expressions: "
            "FilterExpression and KeyConditionExpression are null",
            id="values_with_a_projection",
        ),
        pytest.param(
            {"ConditionalOperator": "AND", **ATTRIBUTES, **BAD_START}, ALONE, id="operator_before_attributes"
        ),
        pytest.param(
            {**ATTRIBUTES, **BAD_START},
            PARAMETERS + "Duplicate value in attribute name: x",
            id="attributes_before_start_key",
        ),
        pytest.param(
            {"QueryFilter": {"x": condition("NULL")}, **BAD_START},
            NUMBER_TEXT,
            id="start_key_before_no_condition",
        ),
        pytest.param(
            {"QueryFilter": {"x": condition("NULL")}},
            "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
            id="no_condition",
        ),
        pytest.param(
            {"KeyConditions": {"pk": BAD}, "FilterExpression": ""},
            "Invalid FilterExpression: The expression can not be empty;",
            id="expression_before_key_conditions",
        ),
        pytest.param(
            {
                "KeyConditions": {"pk": BAD},
                "FilterExpression": "x = :a",
                "ExpressionAttributeValues": {":a": STRING, ":b": STRING},
            },
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}",
            id="unused_values_before_key_conditions",
        ),
        pytest.param({"KeyConditions": {}, **BAD_START}, NUMBER_TEXT, id="start_key_before_count"),
    ],
)
def test_a_query_s_legacy_parameters_are_checked_in_order(client: Any, request_: Request, text: str) -> None:
    assert refusal(client, "Query", TableName=MISSING, **request_) == invalid(text)
