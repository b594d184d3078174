"""What AttributesToGet, AttributeUpdates and KeyConditions do, and their refusals."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import (
    CONDITION_FAILED,
    LEAD,
    NOT_FOUND,
    PARAMETERS,
    Item,
    Request,
    call,
    invalid,
    refusal,
)
from tests.operations.legacy import NUMBER, STRING, VALUES, condition
from tests.operations.standing import HASH, INDEXED, MISSING, RANGE

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}

# -- AttributesToGet


@pytest.mark.usefixtures("standing_tables")
def test_attributes_to_get_names_whole_attributes(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk")
    item = {**KEY, "a": {"M": {"b": STRING}}, "a.b": NUMBER}
    client.put_item(TableName=table, Item=item)
    wanted = {"AttributesToGet": ["a.b", "none", "sk"]}
    kept = {"a.b": NUMBER, "sk": {"S": "s"}}
    assert client.get_item(TableName=table, Key=KEY, **wanted)["Item"] == kept
    batch = client.batch_get_item(RequestItems={table: {"Keys": [KEY], **wanted}})
    assert batch["Responses"] == {table: [kept]}
    assert client.scan(TableName=table, **wanted)["Items"] == [kept]
    assert client.scan(TableName=table, **wanted, Select="SPECIFIC_ATTRIBUTES")["Items"] == [kept]
    conditions = {"pk": condition("EQ", {"S": "p"})}
    assert client.query(TableName=table, KeyConditions=conditions, **wanted)["Items"] == [kept]


def test_attributes_to_get_that_are_not_there_leave_an_empty_item(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk")
    client.put_item(TableName=table, Item=KEY)
    assert client.get_item(TableName=table, Key=KEY, AttributesToGet=["none"])["Item"] == {}


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("GetItem", {"TableName": MISSING, "Key": KEY, "AttributesToGet": ["a", "b", "b", "a"]}),
        ("Scan", {"TableName": MISSING, "AttributesToGet": ["b", "b"]}),
        ("Query", {"TableName": MISSING, "AttributesToGet": ["b", "a", "b"]}),
        ("BatchGetItem", {"RequestItems": {MISSING: {"Keys": [KEY], "AttributesToGet": ["b", "b"]}}}),
    ],
)
def test_an_attribute_to_get_stands_once(client: Any, operation: str, request_: Request) -> None:
    assert refusal(client, operation, **request_) == invalid(
        PARAMETERS + "Duplicate value in attribute name: b"
    )


@pytest.mark.parametrize(("operation", "lead"), [("Query", LEAD), ("Scan", "")])
@pytest.mark.parametrize(
    ("select", "what"),
    [
        ("ALL_ATTRIBUTES", "ALL_ATTRIBUTES"),
        ("ALL_PROJECTED_ATTRIBUTES", "ALL_PROJECTED_ATTRIBUTES"),
        ("COUNT", "only the Count"),
    ],
)
def test_select_of_other_attributes_goes_not_with_attributes_to_get(
    client: Any, operation: str, lead: str, select: str, what: str
) -> None:
    refused = refusal(
        client, operation, TableName=MISSING, IndexName="any", AttributesToGet=["a"], Select=select
    )
    assert refused == invalid(f"{lead}Cannot specify the AttributesToGet when choosing to get {what}")


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_a_global_index_gives_only_what_it_projects(client: Any, operation: str) -> None:
    request: Request = {"TableName": INDEXED, "IndexName": "global-b", "AttributesToGet": ["b", "word"]}
    if operation == "Query":
        request["KeyConditions"] = {"b": condition("EQ", {"N": "1"})}
    refused = refusal(client, operation, **request)
    assert refused == invalid(PARAMETERS + "Global secondary index global-b does not project [word]")


@pytest.mark.usefixtures("standing_tables")
def test_a_local_index_gets_from_the_table_what_it_does_not_project(client: Any) -> None:
    conditions = {"pk": condition("EQ", {"S": "there"}), "a": condition("BEGINS_WITH", {"S": "a"})}
    request = {"TableName": INDEXED, "IndexName": "local-a", "KeyConditions": conditions}
    assert client.query(**request, AttributesToGet=["word"])["Items"] == [{"word": {"S": "one"}}]


# -- AttributeUpdates

UPDATE_FAULTS: list[tuple[str, dict[str, Any], str]] = [
    (
        "value_before_type",
        {"x": {"Action": "DELETE", "Value": {"N": "abc"}}},
        "The parameter cannot be converted to a numeric value: abc",
    ),
    (
        "put",
        {"x": {"Action": "PUT"}},
        PARAMETERS + "Only DELETE action is allowed when no attribute value is specified",
    ),
    (
        "add",
        {"x": {"Action": "ADD"}},
        PARAMETERS + "Only DELETE action is allowed when no attribute value is specified",
    ),
    ("default", {"x": {}}, PARAMETERS + "Only DELETE action is allowed when no attribute value is specified"),
    (
        "attributes_in_their_order",
        {"x": {"Action": "ADD", "Value": STRING}, "a": {"Value": {"N": "abc"}}},
        PARAMETERS + "ADD action is not supported for the type S",
    ),
]


@pytest.mark.parametrize(
    ("updates", "text"), [pytest.param(*fault[1:], id=fault[0]) for fault in UPDATE_FAULTS]
)
def test_the_earlier_fault_of_an_update_is_reported(client: Any, updates: Any, text: str) -> None:
    refused = refusal(client, "UpdateItem", TableName=MISSING, Key=KEY, AttributeUpdates=updates)
    assert refused == invalid(LEAD + text)


@pytest.mark.parametrize(
    ("action", "types", "text"),
    [
        ("PUT", {*VALUES}, ""),
        ("DELETE", {"SS", "NS", "BS"}, "DELETE action with value is not supported for the type "),
        ("ADD", {"N", "SS", "NS", "BS", "L"}, "ADD action is not supported for the type "),
    ],
)
def test_actions_take_values_of_some_types(client: Any, action: str, types: set[str], text: str) -> None:
    for tag, value in VALUES.items():
        updates = {"x": {"Action": action, "Value": value}}
        refused = refusal(client, "UpdateItem", TableName=MISSING, Key=KEY, AttributeUpdates=updates)
        assert refused == (NOT_FOUND if tag in types else invalid(LEAD + PARAMETERS + text + tag))


OLD: Item = {**KEY, "n": NUMBER, "set": {"SS": ["a", "b"]}, "list": {"L": [NUMBER]}, "word": STRING}
UPDATES = {
    "n": {"Action": "ADD", "Value": {"N": "-2"}},
    "set": {"Action": "DELETE", "Value": {"SS": ["a"]}},
    "list": {"Action": "ADD", "Value": {"L": [STRING]}},
    "word": {"Action": "DELETE"},
    "new.one": {"Value": {"M": {}}},
}
CHANGED: Item = {"n": {"N": "3"}, "set": {"SS": ["b"]}, "list": {"L": [NUMBER, STRING]}, "new.one": {"M": {}}}


@pytest.mark.parametrize(
    ("mode", "attributes"),
    [
        ("NONE", None),
        ("ALL_OLD", OLD),
        ("ALL_NEW", {**KEY, **CHANGED}),
        ("UPDATED_OLD", {name: OLD[name] for name in ("n", "set", "list", "word")}),
        ("UPDATED_NEW", CHANGED),
    ],
)
def test_attribute_updates_change_and_return_whole_attributes(
    client: Any, make_table: MakeTable, mode: str, attributes: Item | None
) -> None:
    table = make_table("pk", "sk")
    client.put_item(TableName=table, Item=OLD)
    answer = client.update_item(TableName=table, Key=KEY, AttributeUpdates=UPDATES, ReturnValues=mode)
    assert answer.get("Attributes") == attributes
    assert client.get_item(TableName=table, Key=KEY)["Item"] == {**KEY, **CHANGED}


@pytest.mark.parametrize(
    ("updates", "item"),
    [
        pytest.param({"a": {"Value": STRING}}, {**KEY, "a": STRING}, id="put"),
        pytest.param({"a": {"Action": "ADD", "Value": NUMBER}}, {**KEY, "a": NUMBER}, id="add"),
        pytest.param(
            {"a": {"Action": "DELETE"}, "b": {"Value": STRING}}, {**KEY, "b": STRING}, id="delete_and_put"
        ),
        pytest.param({"a": {"Action": "DELETE"}}, None, id="delete"),
        pytest.param({"a": {"Action": "DELETE", "Value": {"SS": ["a"]}}}, None, id="delete_elements"),
        pytest.param({}, KEY, id="nothing"),
    ],
)
def test_attribute_updates_of_a_missing_item(
    client: Any, make_table: MakeTable, updates: Any, item: Item | None
) -> None:
    table = make_table("pk", "sk")
    assert call(client, "UpdateItem", TableName=table, Key=KEY, AttributeUpdates=updates) == {}
    assert client.get_item(TableName=table, Key=KEY).get("Item") == item


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("updates", "text"),
    [
        pytest.param(
            {"a": {"Value": NUMBER}, "pk": {"Action": "DELETE"}},
            PARAMETERS + "Cannot update attribute pk. This attribute is part of the key",
            id="key_before_index_key",
        ),
        pytest.param(
            {"a": {"Value": NUMBER}, "word": {"Action": "ADD", "Value": NUMBER}},
            PARAMETERS + "Type mismatch for Index Key a Expected: S Actual: N IndexName: local-a",
            id="index_key_before_stored_type",
        ),
        pytest.param(
            {"word": {"Action": "ADD", "Value": NUMBER}},
            "Type mismatch for attribute to update",
            id="add_number",
        ),
        pytest.param(
            {"amount": {"Action": "ADD", "Value": {"L": []}}},
            "Type mismatch for attribute to update",
            id="add_list",
        ),
        pytest.param(
            {"elements": {"Action": "DELETE", "Value": {"SS": ["x"]}}},
            "Type mismatch for attribute to update",
            id="delete_elements",
        ),
        pytest.param(
            {"amount": {"Action": "ADD", "Value": {"N": "9" * 38 + "0" * 88}}},
            "Attempting to store more than 38 significant digits in a Number",
            id="sum_too_long",
        ),
    ],
)
def test_attribute_updates_that_do_not_fit_are_refused(client: Any, updates: Any, text: str) -> None:
    key = {"pk": {"S": "there"}, "sk": {"S": "there"}}
    refused = refusal(client, "UpdateItem", TableName=INDEXED, Key=key, AttributeUpdates=updates)
    assert refused == invalid(text)


@pytest.mark.usefixtures("standing_tables")
def test_what_is_expected_is_checked_before_the_update_is_made(client: Any) -> None:
    refused = refusal(
        client,
        "UpdateItem",
        TableName=INDEXED,
        Key={"pk": {"S": "there"}, "sk": {"S": "there"}},
        AttributeUpdates={"word": {"Action": "ADD", "Value": NUMBER}},
        Expected={"word": {"Exists": False}},
    )
    assert refused == CONDITION_FAILED


# -- KeyConditions

# Sort keys of each type, in order.
SORT_KEYS: dict[str, list[Any]] = {
    "S": [{"S": "a"}, {"S": "b"}, {"S": "bc"}, {"S": "c"}],
    "N": [{"N": "-1"}, {"N": "2"}, {"N": "10"}, {"N": "10.5"}],
    "B": [{"B": b"\x00"}, {"B": b"b"}, {"B": b"bc"}, {"B": b"\xff"}],
}
# Operator, positions of its operands in SORT_KEYS, positions of what it finds.
RANGES: list[tuple[str, list[int], list[int]]] = [
    ("EQ", [1], [1]),
    ("LT", [2], [0, 1]),
    ("LE", [2], [0, 1, 2]),
    ("GT", [2], [3]),
    ("GE", [2], [2, 3]),
    ("BETWEEN", [1, 2], [1, 2]),
    ("BETWEEN", [1, 1], [1]),
    ("BEGINS_WITH", [1], [1, 2]),
]


@pytest.mark.parametrize("tag", SORT_KEYS)
def test_key_conditions_find_a_range_of_sort_keys(client: Any, make_table: MakeTable, tag: str) -> None:
    table = make_table("pk", f"sk:{tag}")
    keys = SORT_KEYS[tag]
    for value in keys:
        client.put_item(TableName=table, Item={"pk": {"S": "p"}, "sk": value})
    client.put_item(TableName=table, Item={"pk": {"S": "other"}, "sk": keys[1]})
    base = {"TableName": table, "AttributesToGet": ["sk"]}
    partition = {"pk": condition("EQ", {"S": "p"})}
    assert [item["sk"] for item in client.query(**base, KeyConditions=partition)["Items"]] == keys
    for operator, operands, found in RANGES:
        if operator == "BEGINS_WITH" and tag == "N":
            continue
        conditions = {"sk": condition(operator, *[keys[position] for position in operands]), **partition}
        answer = client.query(**base, KeyConditions=conditions)
        assert [item["sk"] for item in answer["Items"]] == [keys[position] for position in found]
        backward = client.query(**base, KeyConditions=conditions, ScanIndexForward=False)
        assert backward["Items"] == answer["Items"][::-1]


def test_key_conditions_go_with_filter_and_projection_expressions(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk:N")
    for number in range(4):
        item = {
            "pk": {"S": "p"},
            "sk": {"N": str(number)},
            "a": {"N": str(number % 2)},
            "b": {"L": [STRING, NUMBER]},
        }
        client.put_item(TableName=table, Item=item)
    answer = client.query(
        TableName=table,
        KeyConditions={"pk": condition("EQ", {"S": "p"}), "sk": condition("GT", {"N": "0"})},
        FilterExpression="#a = :0",
        ProjectionExpression="sk, b[1]",
        ExpressionAttributeNames={"#a": "a"},
        ExpressionAttributeValues={":0": {"N": "1"}},
    )
    assert answer["Items"] == [{"sk": {"N": str(number)}, "b": {"L": [NUMBER]}} for number in (1, 3)]
    assert answer["ScannedCount"] == 3


def test_pages_of_key_conditions_join_to_the_whole(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk")
    keys = [{"pk": {"S": "p"}, "sk": {"S": letter}} for letter in "abcde"]
    for key in keys:
        client.put_item(TableName=table, Item=key)
    request = {
        "TableName": table,
        "KeyConditions": {
            "pk": condition("EQ", {"S": "p"}),
            "sk": condition("BETWEEN", {"S": "b"}, {"S": "d"}),
        },
        "Limit": 1,
    }
    found = [page["Items"] for page in client.get_paginator("query").paginate(**request)]
    assert found == [[keys[1]], [keys[2]], [keys[3]], []]


NUMBER_1, EMPTY = {"N": "1"}, {"S": ""}
EQUAL = condition("EQ", STRING)
NOT_INDEXABLE = "Attempted conditional constraint is not an indexable operation"
NOT_SUPPORTED = "Query key condition not supported"
WRONG_TYPE = PARAMETERS + "Condition parameter type does not match schema type"
TOO_MANY = "The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)"
# Table, key conditions with up to two faults, the text of the earlier; in AWS's order.
KEY_FAULTS: list[tuple[str, str, Request, str]] = [
    ("count_before_missing", HASH, {"x": EQUAL, "y": EQUAL}, TOO_MANY),
    ("count_before_operator", HASH, {"pk": condition("NULL"), "y": EQUAL}, TOO_MANY),
    ("missing", RANGE, {"x": EQUAL}, "Query condition missed key schema element: pk"),
    (
        "missing_before_operator_of_the_next",
        RANGE,
        {"sk": condition("NE", STRING), "x": EQUAL},
        "Query condition missed key schema element: pk",
    ),
    ("missing_sort_key", RANGE, {"pk": EQUAL, "x": EQUAL}, "Query condition missed key schema element: sk"),
    ("operator_before_missing_sort_key", RANGE, {"pk": condition("NOT_NULL"), "x": EQUAL}, NOT_INDEXABLE),
    *[
        (f"operator_{operator}", RANGE, {"pk": condition(operator, *operands)}, NOT_INDEXABLE)
        for operator, operands in {
            "NULL": [],
            "NOT_NULL": [],
            "NE": [NUMBER_1],
            "CONTAINS": [NUMBER_1],
            "NOT_CONTAINS": [NUMBER_1],
            "IN": [NUMBER_1],
        }.items()
    ],
    ("operator_of_sort_key", RANGE, {"pk": EQUAL, "sk": condition("IN", STRING)}, NOT_INDEXABLE),
    ("type_before_equality", RANGE, {"pk": condition("LT", NUMBER_1)}, WRONG_TYPE),
    ("type_of_sort_key", RANGE, {"pk": EQUAL, "sk": condition("EQ", {"BOOL": True})}, WRONG_TYPE),
    *[
        (f"equality_before_empty_{operator}", RANGE, {"pk": condition(operator, *operands)}, NOT_SUPPORTED)
        for operator, operands in {
            **dict.fromkeys(("LT", "LE", "GT", "GE", "BEGINS_WITH"), (EMPTY,)),
            "BETWEEN": (EMPTY, EMPTY),
        }.items()
    ],
    (
        "empty",
        RANGE,
        {"pk": condition("EQ", EMPTY), "sk": condition("EQ", NUMBER_1)},
        "One or more parameter values are not valid. "
        "The AttributeValue for a key attribute cannot contain an empty string value. Key: pk",
    ),
]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("table", "conditions", "text"), [pytest.param(*fault[1:], id=fault[0]) for fault in KEY_FAULTS]
)
def test_key_conditions_that_do_not_fit_the_schema_are_refused(
    client: Any, table: str, conditions: Any, text: str
) -> None:
    assert refusal(client, "Query", TableName=table, KeyConditions=conditions) == invalid(text)


@pytest.mark.parametrize("names", ["", "abc"])
def test_key_conditions_are_one_or_two(client: Any, names: str) -> None:
    refused = refusal(client, "Query", TableName=MISSING, KeyConditions=dict.fromkeys(names, EQUAL))
    assert refused == invalid("Conditions can be of length 1 or 2 only")


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("index", "key", "operator", "named"),
    [
        (None, {"pk": EQUAL}, "NULL", "pk"),
        (None, {"pk": EQUAL}, "NOT_NULL", "sk"),
        ("global-c", {"c": EQUAL}, "NULL", "c"),
        ("local-a", {"pk": EQUAL}, "NULL", "a"),
    ],
)
def test_a_query_filter_names_no_key(
    client: Any, index: str | None, key: Request, operator: str, named: str
) -> None:
    request: Request = {"TableName": INDEXED, "KeyConditions": key} | ({"IndexName": index} if index else {})
    filtered = {"word": condition("NULL"), named: condition(operator)}
    assert refusal(client, "Query", **request, QueryFilter=filtered) == invalid(
        f"QueryFilter can only contain non-primary key attributes: Primary key attribute: {named}"
    )


@pytest.mark.usefixtures("standing_tables")
def test_a_query_filter_of_an_index_may_name_the_table_s_key(client: Any) -> None:
    request = {
        "TableName": INDEXED,
        "IndexName": "global-c",
        "KeyConditions": {"c": condition("EQ", {"S": "c"})},
    }
    assert client.query(**request, QueryFilter={"pk": condition("NOT_NULL")})["Count"] == 1


@pytest.mark.usefixtures("standing_tables")
def test_a_scan_filter_may_name_keys(client: Any) -> None:
    conditions = {"pk": condition("BEGINS_WITH", {"S": "the"}), "sk": condition("NOT_NULL")}
    assert client.scan(TableName=INDEXED, ScanFilter=conditions)["Count"] == 1
