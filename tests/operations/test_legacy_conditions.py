"""The conditions of Expected, QueryFilter, ScanFilter and KeyConditions: their meaning and their refusals."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import (
    CONDITION_FAILED,
    LEAD,
    NOT_FOUND,
    PARAMETERS,
    Request,
    call,
    invalid,
    refusal,
)
from tests.operations.legacy import ALONE, BINARY, NUMBER, OF_ONE, STRING, VALUES, condition
from tests.operations.standing import MISSING

KEY = {"pk": {"S": "p"}, "sk": {"S": "s"}}
ALL = frozenset({*VALUES, "absent"})

# -- the 13 operators on all types

# Operator, operands, the types of the attributes it is true of.
OPERATORS: list[tuple[str, list[Any], set[str]]] = [
    *[("EQ", [value], {tag}) for tag, value in VALUES.items()],
    *[("NE", [value], {*ALL} - {tag}) for tag, value in VALUES.items()],
    ("EQ", [{"SS": ["d", "bc"]}], {"SS"}),
    ("EQ", [{"N": "5.0"}], {"N"}),
    ("EQ", [{"S": "5"}], set()),
    ("NE", [{"N": "6"}], {*ALL}),
    ("LT", [{"S": "bd"}], {"S"}),
    ("LT", [STRING], set()),
    ("LT", [{"N": "10"}], {"N"}),
    ("LT", [{"B": b"bd"}], {"B"}),
    ("LE", [STRING], {"S"}),
    ("LE", [{"N": "4.9"}], set()),
    ("LE", [BINARY], {"B"}),
    ("GT", [{"S": "b"}], {"S"}),
    ("GT", [{"N": "-10"}], {"N"}),
    ("GT", [BINARY], set()),
    ("GE", [STRING], {"S"}),
    ("GE", [{"N": "5"}], {"N"}),
    ("GE", [{"B": b"c"}], set()),
    ("BETWEEN", [STRING, STRING], {"S"}),
    ("BETWEEN", [{"N": "5"}, {"N": "10"}], {"N"}),
    ("BETWEEN", [{"N": "6"}, {"N": "10"}], set()),
    ("BETWEEN", [{"B": b"b"}, {"B": b"c"}], {"B"}),
    ("IN", [{"S": "x"}, STRING], {"S"}),
    ("IN", [{"N": "5.0"}], {"N"}),
    ("IN", [{"B": b"x"}], set()),
    ("BEGINS_WITH", [{"S": "b"}], {"S"}),
    ("BEGINS_WITH", [{"S": ""}], {"S"}),
    ("BEGINS_WITH", [{"B": b"b"}], {"B"}),
    ("BEGINS_WITH", [{"B": b"c"}], set()),
    ("CONTAINS", [{"S": "c"}], {"S"}),
    ("CONTAINS", [STRING], {"S", "SS", "L"}),
    ("CONTAINS", [NUMBER], {"NS", "L"}),
    ("CONTAINS", [BINARY], {"B", "BS", "L"}),
    ("CONTAINS", [{"BOOL": True}], {"L"}),
    ("CONTAINS", [{"NULL": True}], {"L"}),
    ("NOT_CONTAINS", [{"S": "c"}], {*ALL} - {"S"}),
    ("NOT_CONTAINS", [STRING], {*ALL} - {"S", "SS", "L"}),
    ("NOT_CONTAINS", [NUMBER], {*ALL} - {"NS", "L"}),
    ("NULL", [], {"absent"}),
    ("NOT_NULL", [], {*VALUES}),
]
_operators = pytest.mark.parametrize(
    ("operator", "operands", "expected"),
    [
        pytest.param(*case, id=f"{case[0]}-{'_'.join(next(iter(value)) for value in case[1])}-{number}")
        for number, case in enumerate(OPERATORS)
    ],
)


@pytest.fixture(scope="module")
def types_table(client: Any) -> Iterator[str]:
    """A table with an item for each type, of that name as its sort key, and one without the attribute."""
    name = "legacy-types"
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    for tag, value in VALUES.items():
        client.put_item(TableName=name, Item={"pk": {"S": "p"}, "sk": {"S": tag}, "a.b": value})
    client.put_item(TableName=name, Item={"pk": {"S": "p"}, "sk": {"S": "absent"}, "a": {"M": {"b": STRING}}})
    yield name
    client.delete_table(TableName=name)


def _types(answer: dict[str, Any]) -> set[str]:
    assert answer["ScannedCount"] == len(ALL)
    return {item["sk"]["S"] for item in answer["Items"]}


@_operators
def test_filters_keep_the_items_they_are_true_of(
    client: Any, types_table: str, operator: str, operands: list[Any], expected: set[str]
) -> None:
    wanted = {"a.b": condition(operator, *operands)}
    assert _types(client.scan(TableName=types_table, ScanFilter=wanted)) == expected
    key = {"pk": condition("EQ", {"S": "p"})}
    assert _types(client.query(TableName=types_table, KeyConditions=key, QueryFilter=wanted)) == expected


@_operators
def test_expected_lets_the_items_pass_that_it_is_true_of(
    client: Any, types_table: str, operator: str, operands: list[Any], expected: set[str]
) -> None:
    passed = set()
    for tag in ALL:
        request = {"TableName": types_table, "Key": {"pk": {"S": "p"}, "sk": {"S": tag}}}
        try:
            client.update_item(**request, Expected={"a.b": condition(operator, *operands)})
        except client.exceptions.ConditionalCheckFailedException:
            continue
        passed.add(tag)
    assert passed == expected


# Operator, the types that its operands can't have.
REFUSED_TYPES: dict[str, frozenset[str]] = {
    **dict.fromkeys(("EQ", "NE"), frozenset()),
    **dict.fromkeys(("LT", "LE", "GT", "GE", "BETWEEN", "IN"), frozenset(VALUES) - {"S", "N", "B"}),
    **dict.fromkeys(("CONTAINS", "NOT_CONTAINS"), frozenset(("SS", "NS", "BS", "L", "M"))),
    "BEGINS_WITH": frozenset(VALUES) - {"S", "B"},
}
# How each parameter takes conditions: operation, parameter, what else it needs, lead of its texts.
PLACES: list[tuple[str, str, Request, str]] = [
    ("Scan", "ScanFilter", {}, ""),
    ("Query", "QueryFilter", {"KeyConditions": {"k": condition("EQ", STRING)}}, ""),
    ("Query", "KeyConditions", {}, ""),
    ("PutItem", "Expected", {"Item": {"pk": STRING}}, LEAD),
    ("DeleteItem", "Expected", {"Key": {"pk": STRING}}, LEAD),
    ("UpdateItem", "Expected", {"Key": {"pk": STRING}}, LEAD),
]
_places = pytest.mark.parametrize(
    ("operation", "parameter", "base", "lead"),
    [pytest.param(*place, id=f"{place[0]}-{place[1]}") for place in PLACES],
)


def _refused(client: Any, operation: str, parameter: str, base: Request, conditions: Any) -> str:
    return refusal(client, operation, **base, TableName=MISSING, **{parameter: conditions})


@_places
@pytest.mark.parametrize("operator", REFUSED_TYPES)
def test_operators_refuse_operands_of_some_types(
    client: Any, operation: str, parameter: str, base: Request, lead: str, operator: str
) -> None:
    for tag, value in VALUES.items():
        operands = [value, value] if operator == "BETWEEN" else [value]
        refused = _refused(client, operation, parameter, base, {"x": condition(operator, *operands)})
        text = f"{lead}{PARAMETERS}ComparisonOperator {operator} is not valid for {tag} AttributeValue type"
        assert refused == (invalid(text) if tag in REFUSED_TYPES[operator] else NOT_FOUND)


COUNTS = {
    **dict.fromkeys(("EQ", "NE", "LT", "LE", "GT", "GE"), (1,)),
    **dict.fromkeys(("CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"), (1,)),
    **dict.fromkeys(("NULL", "NOT_NULL"), (0,)),
    "IN": (1, 2, 3, 100),
    "BETWEEN": (2,),
}


@_places
@pytest.mark.parametrize("operator", COUNTS)
def test_operators_take_a_number_of_operands(
    client: Any, operation: str, parameter: str, base: Request, lead: str, operator: str
) -> None:
    for count in (0, 1, 2, 3, 100, 101):
        refused = _refused(client, operation, parameter, base, {"x": condition(operator, *[STRING] * count)})
        text = f"{lead}{PARAMETERS}Invalid number of argument(s) for the {operator} ComparisonOperator"
        assert refused == (NOT_FOUND if count in COUNTS[operator] else invalid(text))


# Conditions with two faults each: the earlier is reported.
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    (
        "value_before_count",
        {"x": condition("NULL", {"N": "abc"})},
        "The parameter cannot be converted to a numeric value: abc",
    ),
    (
        "values_in_their_order",
        {"x": condition("IN", {"SS": []}, {"N": "abc"})},
        PARAMETERS + "An string set  may not be empty",
    ),
    (
        "count_before_types",
        {"x": condition("BETWEEN", STRING, NUMBER, STRING)},
        PARAMETERS + "Invalid number of argument(s) for the BETWEEN ComparisonOperator",
    ),
    (
        "mixed_before_type",
        {"x": condition("IN", STRING, {"SS": ["x"]})},
        PARAMETERS + "AttributeValues inside AttributeValueList must be of same type",
    ),
    (
        "mixed_before_bounds",
        {"x": condition("BETWEEN", STRING, NUMBER)},
        PARAMETERS + "AttributeValues inside AttributeValueList must be of same type",
    ),
    (
        "type_before_bounds",
        {"x": condition("BETWEEN", {"BOOL": True}, {"BOOL": False})},
        PARAMETERS + "ComparisonOperator BETWEEN is not valid for BOOL AttributeValue type",
    ),
    (
        "bounds",
        {"x": condition("BETWEEN", {"N": "10"}, {"N": "9"})},
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    ),
    (
        "attributes_in_their_order",
        {"x": condition("BETWEEN", {"B": b"b"}, {"B": b"a"}), "a": condition("NULL", {"N": "abc"})},
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
    ),
]


@_places
@pytest.mark.parametrize(("conditions", "text"), [pytest.param(*fault[1:], id=fault[0]) for fault in FAULTS])
def test_the_earlier_fault_of_a_condition_is_reported(
    client: Any, operation: str, parameter: str, base: Request, lead: str, conditions: Any, text: str
) -> None:
    assert _refused(client, operation, parameter, base, conditions) == invalid(lead + text)


@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_a_condition_needs_an_operator(client: Any, operation: str) -> None:
    parameter = f"{operation}Filter"
    refused = refusal(
        client, operation, TableName=MISSING, **{parameter: {"a": {"AttributeValueList": [STRING]}}}
    )
    path = f"{parameter[0].lower()}{parameter[1:]}.a.member.comparisonOperator"
    assert refused == invalid(
        f"{LEAD}Value null at '{path}' failed to satisfy constraint: Member must not be null"
    )


# -- Expected in its own form

EXPECTED_FAULTS: list[tuple[str, dict[str, Any], str]] = [
    (
        "value_before_list",
        {"x": {"Value": {"N": "abc"}, "AttributeValueList": [STRING]}},
        "The parameter cannot be converted to a numeric value: abc",
    ),
    (
        "list_before_exists",
        {"x": {"Value": STRING, "AttributeValueList": [], "Exists": True, "ComparisonOperator": "EQ"}},
        PARAMETERS + "Value and AttributeValueList cannot be used together for Attribute: x",
    ),
    (
        "list_and_value_without_operator",
        {"x": {"Value": STRING, "AttributeValueList": [STRING], "Exists": False}},
        PARAMETERS + "Value and AttributeValueList cannot be used together for Attribute: x",
    ),
    (
        "exists_before_missing_value",
        {"x": {"Exists": False, "ComparisonOperator": "EQ"}},
        PARAMETERS + "Exists and ComparisonOperator cannot be used together for Attribute: x",
    ),
    (
        "missing_value",
        {"x": {"ComparisonOperator": "BETWEEN"}},
        PARAMETERS
        + "Value or AttributeValueList must be used with ComparisonOperator: BETWEEN for Attribute: x",
    ),
    (
        "empty_list_is_no_missing_value",
        {"x": condition("EQ")},
        PARAMETERS + "Invalid number of argument(s) for the EQ ComparisonOperator",
    ),
    (
        "value_counts_as_an_operand",
        {"x": {"ComparisonOperator": "NULL", "Value": STRING}},
        PARAMETERS + "Invalid number of argument(s) for the NULL ComparisonOperator",
    ),
    (
        "list_before_missing_value",
        {"x": {"AttributeValueList": [STRING], "Exists": True}},
        PARAMETERS + "AttributeValueList can only be used with a ComparisonOperator for Attribute: x",
    ),
    (
        "list_without_operator",
        {"x": {"AttributeValueList": [STRING], "Exists": False}},
        PARAMETERS + "AttributeValueList can only be used with a ComparisonOperator for Attribute: x",
    ),
    ("nothing", {"x": {}}, PARAMETERS + "Value must be provided when Exists is null for Attribute: x"),
    (
        "exists",
        {"x": {"Exists": True}},
        PARAMETERS + "Value must be provided when Exists is true for Attribute: x",
    ),
    (
        "value_of_absent",
        {"x": {"Exists": False, "Value": STRING}},
        PARAMETERS + "Value cannot be used when Exists is false for Attribute: x",
    ),
    (
        "attributes_in_their_order",
        {"x": {"Exists": False, "Value": STRING}, "a": {"Value": {"N": "abc"}}},
        PARAMETERS + "Value cannot be used when Exists is false for Attribute: x",
    ),
]


@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem", "UpdateItem"])
@pytest.mark.parametrize(
    ("expected", "text"), [pytest.param(*fault[1:], id=fault[0]) for fault in EXPECTED_FAULTS]
)
def test_the_earlier_fault_of_expected_is_reported(
    client: Any, operation: str, expected: Any, text: str
) -> None:
    request = {"Item" if operation == "PutItem" else "Key": {"pk": STRING}}
    assert refusal(client, operation, TableName=MISSING, **request, Expected=expected) == invalid(LEAD + text)


def test_expected_of_2025_has_no_lead(client_2025: Any) -> None:
    request = {"TableName": MISSING, "Key": {"pk": STRING}, "Expected": {"x": {"Exists": True}}}
    assert refusal(client_2025, "DeleteItem", **request) == invalid(
        PARAMETERS + "Value must be provided when Exists is true for Attribute: x"
    )


@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem", "UpdateItem"])
@pytest.mark.parametrize(
    ("expected", "extra", "holds"),
    [
        pytest.param({}, {}, True, id="nothing_expected"),
        pytest.param({"a": {"Value": STRING}}, {}, True, id="value"),
        pytest.param({"a": {"Value": NUMBER}}, {}, False, id="other_value"),
        pytest.param({"a": {"Value": STRING, "Exists": True}}, {}, True, id="value_exists"),
        pytest.param({"none": {"Value": STRING}}, {}, False, id="value_of_nothing"),
        pytest.param({"a": {"Exists": False}}, {}, False, id="exists"),
        pytest.param({"none": {"Exists": False}}, {}, True, id="absent"),
        pytest.param(
            {"a": {"ComparisonOperator": "GT", "Value": {"S": "b"}}}, {}, True, id="operator_and_value"
        ),
        pytest.param(
            {"a": {"Value": STRING}, "none": {"Exists": True, "Value": STRING}},
            {},
            False,
            id="all_by_default",
        ),
        pytest.param(
            {"a": {"Value": STRING}, "none": {"Value": STRING}},
            {"ConditionalOperator": "AND"},
            False,
            id="and",
        ),
        pytest.param(
            {"a": {"Value": STRING}, "none": {"Value": STRING}}, {"ConditionalOperator": "OR"}, True, id="or"
        ),
        pytest.param(
            {"a": {"Value": NUMBER}, "none": {"Value": STRING}},
            {"ConditionalOperator": "OR"},
            False,
            id="or_of_none",
        ),
    ],
)
def test_a_write_is_done_when_what_it_expects_holds(
    client: Any, make_table: MakeTable, operation: str, expected: Any, extra: Request, holds: bool
) -> None:
    table = make_table("pk", "sk")
    item = {**KEY, "a": STRING}
    client.put_item(TableName=table, Item=item)
    request = {
        "TableName": table,
        "Expected": expected,
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        **extra,
    }
    request["Item" if operation == "PutItem" else "Key"] = KEY
    if operation == "UpdateItem":
        request["AttributeUpdates"] = {"a": {"Value": NUMBER}}
    if holds:
        assert call(client, operation, **request) == {}
        return
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as failed:
        call(client, operation, **request)
    assert failed.value.response["Item"] == item
    assert client.get_item(TableName=table, Key=KEY)["Item"] == item


def test_put_if_absent(client: Any, make_table: MakeTable) -> None:
    request = {"TableName": make_table("pk", "sk"), "Item": KEY, "Expected": {"pk": {"Exists": False}}}
    assert call(client, "PutItem", **request) == {}
    assert refusal(client, "PutItem", **request) == CONDITION_FAILED


# -- ConditionalOperator


@_places
@pytest.mark.parametrize("joined_by", ["AND", "OR"])
def test_conditional_operator_needs_two_conditions(
    client: Any, operation: str, parameter: str, base: Request, lead: str, joined_by: str
) -> None:
    request = {"TableName": MISSING, **base, "ConditionalOperator": joined_by}
    both = {"a": condition("NULL"), "b": condition("NULL")}
    if parameter == "KeyConditions":  # which it does not join
        assert refusal(client, operation, **request, KeyConditions=both) == invalid(ALONE)
        return
    assert refusal(client, operation, **request) == invalid(lead + ALONE)
    assert refusal(client, operation, **request, **{parameter: {}}) == invalid(lead + ALONE)
    one = {"a": condition("NULL")}
    assert refusal(client, operation, **request, **{parameter: one}) == invalid(lead + OF_ONE)
    assert refusal(client, operation, **request, **{parameter: both}) == NOT_FOUND


@pytest.mark.parametrize(
    ("joined_by", "conditions", "expected"),
    [
        ("AND", {"a.b": condition("EQ", STRING), "none": condition("NULL")}, {"S"}),
        ("AND", {"a.b": condition("EQ", STRING), "none": condition("NOT_NULL")}, set()),
        ("OR", {"a.b": condition("EQ", STRING), "none": condition("NOT_NULL")}, {"S"}),
        ("OR", {"a.b": condition("EQ", STRING), "a": condition("NOT_NULL")}, {"S", "absent"}),
    ],
)
def test_conditional_operator_joins_filters(
    client: Any, types_table: str, joined_by: str, conditions: Any, expected: set[str]
) -> None:
    request = {"TableName": types_table, "ConditionalOperator": joined_by}
    assert _types(client.scan(**request, ScanFilter=conditions)) == expected
    key = {"pk": condition("EQ", {"S": "p"})}
    assert _types(client.query(**request, KeyConditions=key, QueryFilter=conditions)) == expected


def test_filters_are_joined_by_and_by_default(client: Any, types_table: str) -> None:
    conditions = {"a.b": condition("CONTAINS", STRING), "sk": condition("NE", {"S": "SS"})}
    assert _types(client.scan(TableName=types_table, ScanFilter=conditions)) == {"S", "L"}
