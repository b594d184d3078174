"""Wrong JSON types: one text for each declared type and each JSON type, by where the value stands."""

from typing import Any

import pytest
from tests.shapes.refusals import refused, text

from kilowatt.errors.wording import Wording
from kilowatt.shapes import validate
from kilowatt.shapes.validate import validate_exactly

OBJECT = "Start of structure or map found where not expected"
FIELD = "Unexpected field type"
ELEMENT = "Unexpected value type in payload"
GENERIC = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are "
    "in module java.base of loader 'bootstrap')"
)
PACKAGE = "com.amazonaws.dynamodb.v20120810."
SCALARS = (True, False, 12, 1.5, "text")


def put(value: Any) -> dict[str, Any]:
    return {"TableName": "abc", "Item": {"a": value}}


def unrecognized(java_class: str) -> str:
    return f"Unrecognized collection type class {java_class}"


SCALAR_ROWS = [
    # (operation, request with the wrong value, text)
    ("Query", {"IndexName": True}, "TRUE_VALUE cannot be converted to String"),
    ("Query", {"IndexName": False}, "FALSE_VALUE cannot be converted to String"),
    ("Query", {"IndexName": 12}, "NUMBER_VALUE cannot be converted to String"),
    ("Query", {"IndexName": 1.5}, "DECIMAL_VALUE cannot be converted to String"),
    ("Query", {"IndexName": []}, unrecognized("java.lang.String")),
    ("Query", {"IndexName": {}}, OBJECT),
    ("Query", {"Limit": "12"}, "STRING_VALUE cannot be converted to Integer"),
    ("Query", {"Limit": True}, "TRUE_VALUE cannot be converted to Integer"),
    ("Query", {"Limit": False}, "FALSE_VALUE cannot be converted to Integer"),
    ("Query", {"Limit": []}, unrecognized("java.lang.Integer")),
    ("Query", {"Limit": {}}, OBJECT),
    ("Query", {"ConsistentRead": "maybe"}, "Unexpected token received from parser"),
    ("Query", {"ConsistentRead": ""}, "Unexpected token received from parser"),
    ("Query", {"ConsistentRead": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
    ("Query", {"ConsistentRead": 1.5}, "DECIMAL_VALUE cannot be converted to Boolean"),
    ("Query", {"ConsistentRead": []}, unrecognized("java.lang.Boolean")),
    ("Query", {"ConsistentRead": {}}, OBJECT),
]


@pytest.mark.parametrize(("operation", "request_json", "expected"), SCALAR_ROWS)
def test_wrong_scalar_type(operation: str, request_json: dict[str, Any], expected: str) -> None:
    error = refused(operation, request_json)
    assert error.text == expected
    assert (error.type.code, error.type.text_key) == ("SerializationException", "Message")


def units(value: Any) -> dict[str, Any]:
    return {"ProvisionedThroughput": {"ReadCapacityUnits": value, "WriteCapacityUnits": 1}}


def scaling(value: Any) -> dict[str, Any]:
    policy = {"TargetTrackingScalingPolicyConfiguration": {"TargetValue": value}}
    return {"ProvisionedWriteCapacityAutoScalingUpdate": {"ScalingPolicyUpdate": policy}}


@pytest.mark.parametrize(
    ("operation", "member", "name"),
    [("CreateTable", units, "Long"), ("UpdateTableReplicaAutoScaling", scaling, "Double")],
)
def test_wrong_number_type(operation: str, member: Any, name: str) -> None:
    assert text(operation, member("1")) == f"STRING_VALUE cannot be converted to {name}"
    assert text(operation, member(True)) == f"TRUE_VALUE cannot be converted to {name}"
    assert text(operation, member(False)) == f"FALSE_VALUE cannot be converted to {name}"
    assert text(operation, member([])) == unrecognized(f"java.lang.{name}")
    assert text(operation, member({})) == OBJECT


def test_wrong_timestamp() -> None:
    wrong = "{} can not be converted to milliseconds since epoch"
    for value, token in (("now", "STRING_VALUE"), (True, "TRUE_VALUE"), (False, "FALSE_VALUE")):
        assert text("ListBackups", {"TimeRangeLowerBound": value}) == wrong.format(token)
    assert text("ListBackups", {"TimeRangeLowerBound": []}) == unrecognized("java.util.Date")
    assert text("ListBackups", {"TimeRangeLowerBound": {}}) == OBJECT


@pytest.mark.parametrize(
    ("value", "kind"), [(2**31, "int"), (-(2**31) - 1, "int"), (1e20, "int")], ids=["above", "below", "huge"]
)
def test_integer_beyond_32_bits(value: float, kind: str) -> None:
    bounds = "(-2147483648 - 2147483647)"
    assert text("Query", {"Limit": value}) == f"Numeric value ({value}) out of range of {kind} {bounds}"


def test_long_beyond_64_bits() -> None:
    bounds = "(-9223372036854775808 - 9223372036854775807)"
    for value in (2**63, 1e30):
        assert text("CreateTable", units(value)) == f"Numeric value ({value}) out of range of long {bounds}"


BLOB_ROWS: list[tuple[Any, str]] = [
    *((value, "only base-64-encoded strings are convertible to bytes") for value in (True, False, 1, 1.5)),
    ([], unrecognized("java.nio.ByteBuffer")),
    ({}, OBJECT),
    ("abc", "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
    ("=+/=", "Invalid last non-pad Base64 character dectected"),
    ("+/+=", "Invalid last non-pad Base64 character dectected"),
    ("AB==", "Invalid last non-pad Base64 character dectected"),
    ("AA==AAAA", "Invalid last non-pad Base64 character dectected"),
    ("AA\nA", "Invalid last non-pad Base64 character dectected"),
    ("äöüß", "Invalid last non-pad Base64 character dectected"),
    ("====", "Invalid last non-pad Base64 character dectected"),
]


@pytest.mark.parametrize(("value", "expected"), BLOB_ROWS)
def test_wrong_blob(value: Any, expected: str) -> None:
    assert text("PutItem", put({"B": value})) == expected
    assert text("PutItem", put({"BS": ["AAAA", value]})) == expected


@pytest.mark.parametrize("value", ["", "AAAA", "AA==", "AAA=", "+/8="])
def test_good_blob_is_accepted(value: str) -> None:
    request = put({"B": value})
    assert validate("PutItem", request, Wording.W2026) is request


LIST_MEMBERS = [
    ("Query", lambda value: {"AttributesToGet": value}),
    ("BatchGetItem", lambda value: {"RequestItems": {"abc": {"Keys": value}}}),
    ("PutItem", lambda value: put({"SS": value})),
    ("PutItem", lambda value: put({"NS": value})),
    ("PutItem", lambda value: put({"BS": value})),
    ("PutItem", lambda value: put({"L": value})),
    ("CreateTable", lambda value: {"KeySchema": value}),
]


@pytest.mark.parametrize(("operation", "member"), LIST_MEMBERS)
def test_wrong_list(operation: str, member: Any) -> None:
    for value in SCALARS:
        assert text(operation, member(value)) == FIELD
    assert text(operation, member({})) == OBJECT


def test_wrong_list_in_a_map() -> None:
    for value in SCALARS:
        assert text("BatchWriteItem", {"RequestItems": {"abc": value}}) == GENERIC
    assert text("BatchWriteItem", {"RequestItems": {"abc": {}}}) == OBJECT


MAP_MEMBERS = [
    ("PutItem", lambda value: {"Item": value}, PACKAGE + "AttributeValue"),
    ("PutItem", lambda value: put({"M": value}), PACKAGE + "AttributeValue"),
    ("PutItem", lambda value: {"Expected": value}, PACKAGE + "ExpectedAttributeValue"),
    ("PutItem", lambda value: {"ExpressionAttributeNames": value}, "java.lang.String"),
    ("UpdateItem", lambda value: {"AttributeUpdates": value}, PACKAGE + "AttributeValueUpdate"),
    ("Query", lambda value: {"KeyConditions": value}, PACKAGE + "Condition"),
    ("BatchGetItem", lambda value: {"RequestItems": value}, PACKAGE + "KeysAndAttributes"),
    ("BatchWriteItem", lambda value: {"RequestItems": value}, f"java.util.List<{PACKAGE}WriteRequest>"),
]


@pytest.mark.parametrize(("operation", "member", "values"), MAP_MEMBERS)
def test_wrong_map(operation: str, member: Any, values: str) -> None:
    for value in SCALARS:
        assert text(operation, member(value)) == FIELD
    array = f"Unrecognized collection type java.util.Map<java.lang.String, {values}>"
    assert text(operation, member([])) == array


def test_wrong_map_in_a_list() -> None:
    for value in SCALARS:
        assert text("BatchGetItem", {"RequestItems": {"abc": {"Keys": [value]}}}) == GENERIC
    array = f"Unrecognized collection type java.util.Map<java.lang.String, {PACKAGE}AttributeValue>"
    assert text("BatchGetItem", {"RequestItems": {"abc": {"Keys": [[]]}}}) == array


def index_update(action: str) -> Any:
    return lambda value: {"GlobalSecondaryIndexUpdates": [{action: value}]}


def write(action: str) -> Any:
    return lambda value: {"RequestItems": {"abc": [{action: value}]}}


STRUCTURE_MEMBERS = [
    ("CreateTable", lambda value: {"ProvisionedThroughput": value}, "ProvisionedThroughput"),
    ("CreateTable", lambda value: {"LocalSecondaryIndexes": [{"Projection": value}]}, "Projection"),
    (
        "CreateTable",
        lambda value: {"GlobalSecondaryIndexes": [{"ProvisionedThroughput": value}]},
        "ProvisionedThroughput",
    ),
    ("UpdateTable", index_update("Update"), "UpdateGlobalSecondaryIndexAction"),
    ("UpdateTable", index_update("Create"), "CreateGlobalSecondaryIndexAction"),
    ("UpdateTable", index_update("Delete"), "DeleteGlobalSecondaryIndexAction"),
    ("PutItem", lambda value: {"Expected": {"a": {"Value": value}}}, "AttributeValue"),
    ("UpdateItem", lambda value: {"AttributeUpdates": {"a": {"Value": value}}}, "AttributeValue"),
    ("BatchWriteItem", write("PutRequest"), "PutRequest"),
    ("BatchWriteItem", write("DeleteRequest"), "DeleteRequest"),
]


@pytest.mark.parametrize(("operation", "member", "name"), STRUCTURE_MEMBERS)
def test_wrong_structure_in_a_structure(operation: str, member: Any, name: str) -> None:
    for value in SCALARS:
        assert text(operation, member(value)) == FIELD
    assert text(operation, member([])) == unrecognized(PACKAGE + name)


STRUCTURE_ELEMENTS = [
    ("CreateTable", lambda value: {"KeySchema": [value]}, "KeySchemaElement"),
    ("CreateTable", lambda value: {"AttributeDefinitions": [value]}, "AttributeDefinition"),
    ("CreateTable", lambda value: {"LocalSecondaryIndexes": [value]}, "LocalSecondaryIndex"),
    ("CreateTable", lambda value: {"GlobalSecondaryIndexes": [value]}, "GlobalSecondaryIndex"),
    ("CreateTable", lambda value: {"Tags": [value]}, "Tag"),
    ("UpdateTable", lambda value: {"GlobalSecondaryIndexUpdates": [value]}, "GlobalSecondaryIndexUpdate"),
    ("PutItem", put, "AttributeValue"),
    ("PutItem", lambda value: put({"L": [value]}), "AttributeValue"),
    ("PutItem", lambda value: put({"M": {"k": value}}), "AttributeValue"),
    ("PutItem", lambda value: {"Expected": {"a": value}}, "ExpectedAttributeValue"),
    ("PutItem", lambda value: {"ExpressionAttributeValues": {":a": value}}, "AttributeValue"),
    ("GetItem", lambda value: {"Key": {"a": value}}, "AttributeValue"),
    ("UpdateItem", lambda value: {"AttributeUpdates": {"a": value}}, "AttributeValueUpdate"),
    ("Query", lambda value: {"KeyConditions": {"a": value}}, "Condition"),
    ("Query", lambda value: {"QueryFilter": {"a": value}}, "Condition"),
    ("Query", lambda value: {"QueryFilter": {"a": {"AttributeValueList": [value]}}}, "AttributeValue"),
    ("Query", lambda value: {"ExclusiveStartKey": {"a": value}}, "AttributeValue"),
    ("Scan", lambda value: {"ScanFilter": {"a": value}}, "Condition"),
    ("BatchGetItem", lambda value: {"RequestItems": {"abc": value}}, "KeysAndAttributes"),
    ("BatchWriteItem", lambda value: {"RequestItems": {"abc": [value]}}, "WriteRequest"),
]


@pytest.mark.parametrize(("operation", "member", "name"), STRUCTURE_ELEMENTS)
def test_wrong_structure_in_a_collection(operation: str, member: Any, name: str) -> None:
    for value in SCALARS:
        assert text(operation, member(value)) == ELEMENT
    assert text(operation, member([])) == unrecognized(PACKAGE + name)


@pytest.mark.parametrize("tag", ["S", "N"])
def test_wrong_string_content(tag: str) -> None:
    assert text("PutItem", put({tag: 12})) == "NUMBER_VALUE cannot be converted to String"
    assert text("PutItem", put({tag + "S": ["a", 12]})) == "NUMBER_VALUE cannot be converted to String"


@pytest.mark.parametrize("tag", ["BOOL", "NULL"])
def test_wrong_boolean_content(tag: str) -> None:
    assert text("PutItem", put({tag: 1})) == "NUMBER_VALUE cannot be converted to Boolean"
    assert text("PutItem", put({tag: "maybe"})) == "Unexpected token received from parser"


@pytest.mark.parametrize("request_json", [[], "text", 12, 1.5, True, None])
def test_request_that_is_no_object_is_refused_without_a_text(request_json: Any) -> None:
    error = refused("GetItem", request_json)
    assert (error.type.code, error.text) == ("SerializationException", "")


def test_first_wrong_member_of_the_document_wins() -> None:
    request = {"TableName": "abc", "Key": {"a": {"S": 1}}, "ProjectionExpression": True}
    assert text("GetItem", request) == "NUMBER_VALUE cannot be converted to String"
    backwards = dict(reversed(request.items()))
    assert text("GetItem", backwards) == "TRUE_VALUE cannot be converted to String"


def test_wrong_type_is_told_before_any_broken_constraint() -> None:
    assert text("Scan", {"TableName": "", "Limit": "ten"}) == "STRING_VALUE cannot be converted to Integer"
    assert text("DeleteTable", {"TableName": 3}) == "NUMBER_VALUE cannot be converted to String"


@pytest.mark.parametrize(
    ("sent", "boolean"),
    [
        *((value, True) for value in ("true", "TRUE", "1", "yes", "Yes")),
        *((value, False) for value in ("false", "False", "0", "no", "NO")),
    ],
)
def test_string_booleans_are_converted(sent: str, boolean: bool) -> None:
    request = {"TableName": "abc", "ConsistentRead": sent}
    assert validate("Scan", request, Wording.W2026)["ConsistentRead"] is boolean
    assert request["ConsistentRead"] == sent
    good = validate_exactly("PutItem", put({"BOOL": sent}), Wording.W2026)
    assert good["Item"]["a"]["BOOL"] is boolean


@pytest.mark.parametrize(("sent", "integer"), [(3.7, 3), (3.0, 3), (1.2, 1)])
def test_fractions_are_cut_off(sent: float, integer: int) -> None:
    limit = validate("Scan", {"TableName": "abc", "Limit": sent}, Wording.W2026)["Limit"]
    assert (limit, type(limit)) == (integer, int)


def test_null_members_are_dropped_at_any_depth() -> None:
    nested = {"d": None, "e": {"L": [{"N": "1", "S": None}]}}
    item = {"a": {"S": "x", "N": None}, "b": None, "c": {"M": nested}}
    good = validate_exactly("PutItem", {"TableName": "abc", "Item": item, "Expected": None}, Wording.W2026)
    assert good == {"TableName": "abc", "Item": {"a": {"S": "x"}, "c": {"M": {"e": {"L": [{"N": "1"}]}}}}}


@pytest.mark.parametrize("unknown", [None, 1, "x", [None], {"anything": [None]}])
def test_unknown_members_are_dropped_at_any_depth(unknown: Any) -> None:
    described = {"TableName": "abc", "Future": unknown}
    assert validate("DescribeTable", described, Wording.W2026) == {"TableName": "abc"}
    keys = {"Keys": [{"pk": {"S": "a", "X": unknown}}], "FilterExpression": unknown}
    batch = {"RequestItems": {"abc": keys}, "TableName": unknown}
    good = validate("BatchGetItem", batch, Wording.W2026)
    assert good == {"RequestItems": {"abc": {"Keys": [{"pk": {"S": "a"}}]}}}


@pytest.mark.parametrize("value", [{}, {"S": "a", "N": "1"}, {"SS": []}, {"N": "x"}, {"NULL": False}])
def test_content_of_values_is_not_judged(value: dict[str, Any]) -> None:
    assert validate_exactly("PutItem", put(value), Wording.W2026) == put(value)


@pytest.mark.parametrize("tag", ["L", "M"])
@pytest.mark.parametrize("levels", [33, 45, 500])
def test_values_nested_too_deeply_pass(tag: str, levels: int) -> None:
    value: dict[str, Any] = {"S": "a"}
    for _ in range(levels):
        value = {"L": [value]} if tag == "L" else {"M": {"k": value}}
    assert "Item" in validate_exactly("PutItem", put(value), Wording.W2026)


def test_wrong_type_inside_the_nesting_limit_is_told() -> None:
    value: dict[str, Any] = {"S": 1}
    for _ in range(32):
        value = {"L": [value]}
    assert text("PutItem", put(value)) == "NUMBER_VALUE cannot be converted to String"
