"""Which expression parameters go together, with each other and with legacy ones, and bad placeholders."""

from typing import Any

import pytest
from tests.operations.calls import LEAD, NOT_FOUND, Request, invalid, refusal
from tests.operations.standing import MISSING

STRING = {"S": "1"}
VALUES = {"ExpressionAttributeValues": {":v": STRING}}
NAMES = {"ExpressionAttributeNames": {"#n": "x"}}
EXPECTED: Request = {"Expected": {"x": {"Exists": False}}}
FILTER = {"x": {"ComparisonOperator": "NULL"}}
KEY_CONDITIONS = {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [STRING]}}

# What each operation needs at least. The table does not exist: what is refused is refused before.
BASES: dict[str, Request] = {
    "GetItem": {"TableName": MISSING, "Key": {"pk": STRING}},
    "PutItem": {"TableName": MISSING, "Item": {"pk": STRING}},
    "DeleteItem": {"TableName": MISSING, "Key": {"pk": STRING}},
    "UpdateItem": {"TableName": MISSING, "Key": {"pk": STRING}},
    "Query": {"TableName": MISSING},
    "Scan": {"TableName": MISSING},
}
LEADS = {name: LEAD if name in {"PutItem", "DeleteItem", "UpdateItem"} else "" for name in BASES}

# Operation, legacy parameters, expression parameters, both as AWS lists them.
MIXED: list[tuple[str, Request, Request, str, str]] = [
    (
        "GetItem",
        {"AttributesToGet": ["x"]},
        {"ProjectionExpression": "x"},
        "AttributesToGet",
        "ProjectionExpression",
    ),
    ("PutItem", EXPECTED, {"ConditionExpression": "x"}, "Expected", "ConditionExpression"),
    ("DeleteItem", EXPECTED, {"ConditionExpression": ""}, "Expected", "ConditionExpression"),
    (
        "UpdateItem",
        {**EXPECTED, "AttributeUpdates": {"x": {"Action": "DELETE"}}},
        {"ConditionExpression": "x", "UpdateExpression": "x"},
        "AttributeUpdates, Expected",
        "UpdateExpression, ConditionExpression",
    ),
    (
        "UpdateItem",
        EXPECTED,
        {"UpdateExpression": ""},
        "Expected",
        "UpdateExpression",
    ),
    (
        "Query",
        {
            "KeyConditions": KEY_CONDITIONS,
            "ConditionalOperator": "AND",
            "QueryFilter": FILTER,
            "AttributesToGet": ["x"],
        },
        {"KeyConditionExpression": "x", "FilterExpression": "x", "ProjectionExpression": "x"},
        "AttributesToGet, QueryFilter, ConditionalOperator, KeyConditions",
        "ProjectionExpression, FilterExpression, KeyConditionExpression",
    ),
    (
        "Query",
        {"QueryFilter": FILTER},
        {"FilterExpression": ""},
        "QueryFilter",
        "FilterExpression",
    ),
    (
        "Scan",
        {"ConditionalOperator": "OR", "ScanFilter": FILTER, "AttributesToGet": ["x"]},
        {"FilterExpression": "x", "ProjectionExpression": "x"},
        "AttributesToGet, ScanFilter, ConditionalOperator",
        "ProjectionExpression, FilterExpression",
    ),
]


@pytest.mark.parametrize(
    ("operation", "legacy", "expressions", "legacy_list", "expression_list"),
    [pytest.param(*case, id=f"{case[0]}-{case[3]}".replace(", ", "_")) for case in MIXED],
)
def test_legacy_and_expression_parameters_together_are_refused(
    client: Any,
    operation: str,
    legacy: Request,
    expressions: Request,
    legacy_list: str,
    expression_list: str,
) -> None:
    refused = refusal(client, operation, **BASES[operation], **legacy, **expressions)
    assert refused == invalid(
        LEADS[operation] + "Can not use both expression and non-expression parameters in the same request: "
        f"Non-expression parameters: {{{legacy_list}}} Expression parameters: {{{expression_list}}}"
    )


def test_legacy_and_expression_parameters_of_one_table_in_a_batch_are_refused(client: Any) -> None:
    request = {"Keys": [{"pk": STRING}], "AttributesToGet": ["x"], "ProjectionExpression": "x"}
    assert refusal(client, "BatchGetItem", RequestItems={MISSING: request}) == invalid(
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}"
    )


@pytest.mark.parametrize("operation", BASES)
@pytest.mark.parametrize("names", [{"#n": "x"}, {}], ids=["some", "empty"])
def test_names_without_an_expression_are_refused(client: Any, operation: str, names: Request) -> None:
    refused = refusal(client, operation, **BASES[operation], ExpressionAttributeNames=names)
    assert refused == invalid(
        LEADS[operation] + "ExpressionAttributeNames can only be specified when using expressions"
    )


@pytest.mark.parametrize(
    ("operation", "expressions", "missing"),
    [
        ("PutItem", {}, "ConditionExpression is null"),
        ("DeleteItem", {}, "ConditionExpression is null"),
        ("UpdateItem", {}, "UpdateExpression and ConditionExpression are null"),
        ("Query", {}, "FilterExpression and KeyConditionExpression are null"),
        (
            "Query",
            {"ProjectionExpression": "x"},
            "FilterExpression and KeyConditionExpression are null",
        ),
        ("Scan", {}, "FilterExpression is null"),
        ("Scan", {"ProjectionExpression": "x"}, "FilterExpression is null"),
    ],
)
def test_values_without_an_expression_that_takes_them_are_refused(
    client: Any, operation: str, expressions: Request, missing: str
) -> None:
    refused = refusal(client, operation, **BASES[operation], **expressions, **VALUES)
    assert refused == invalid(
        LEADS[operation]
        + "ExpressionAttributeValues can only be specified when using expressions: "
        + missing
    )


def test_names_come_before_values_without_an_expression(client: Any) -> None:
    refused = refusal(client, "PutItem", **BASES["PutItem"], **NAMES, **VALUES)
    assert refused == invalid(LEAD + "ExpressionAttributeNames can only be specified when using expressions")


# An expression for each operation that uses :v; for those that take values.
WITH_VALUE: dict[str, Request] = {
    "PutItem": {"ConditionExpression": "x = :v"},
    "DeleteItem": {"ConditionExpression": "x = :v"},
    "UpdateItem": {"UpdateExpression": "SET x = :v"},
    "Query": {"KeyConditionExpression": "x = :v"},
    "Scan": {"FilterExpression": "x = :v"},
}
# Situation, placeholders, text; in the order in which they are checked.
PLACEHOLDERS: list[tuple[str, Request, str]] = [
    (
        "empty_names",
        {"ExpressionAttributeNames": {}, "ExpressionAttributeValues": {}},
        "ExpressionAttributeNames must not be empty",
    ),
    (
        "bad_name_key",
        {"ExpressionAttributeNames": {"n": "x"}, "ExpressionAttributeValues": {}},
        'ExpressionAttributeNames contains invalid key: Syntax error; key: "n"',
    ),
    (
        "bad_name_key_and_bad_value_key",
        {"ExpressionAttributeNames": {"n": "x"}, "ExpressionAttributeValues": {"v": STRING}},
        'ExpressionAttributeNames contains invalid key: Syntax error; key: "n"',
    ),
    (
        "name_key_of_one_character",
        {"ExpressionAttributeNames": {"#": "x"}, **VALUES},
        'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"',
    ),
    (
        "empty_values",
        {"ExpressionAttributeValues": {}},
        "ExpressionAttributeValues must not be empty",
    ),
    (
        "bad_value_key_after_a_bad_value",
        {"ExpressionAttributeValues": {":a": {"N": "x"}, "v": STRING}},
        'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"',
    ),
    (
        "value_key_with_a_dash",
        {"ExpressionAttributeValues": {":v-1": STRING}},
        'ExpressionAttributeValues contains invalid key: Syntax error; key: ":v-1"',
    ),
    (
        "unused_name_and_value",
        {**NAMES, "ExpressionAttributeValues": {":v": STRING, ":w": STRING}},
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}",
    ),
    (
        "unused_value",
        {"ExpressionAttributeValues": {":v": STRING, ":w": STRING}},
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}",
    ),
]


@pytest.mark.parametrize("operation", WITH_VALUE)
@pytest.mark.parametrize(
    ("placeholders", "text"), [pytest.param(*case[1:], id=case[0]) for case in PLACEHOLDERS]
)
def test_bad_placeholders_are_refused(client: Any, operation: str, placeholders: Request, text: str) -> None:
    refused = refusal(client, operation, **BASES[operation], **WITH_VALUE[operation], **placeholders)
    assert refused == invalid(LEADS[operation] + text)


@pytest.mark.parametrize("operation", WITH_VALUE)
def test_a_bad_value_comes_before_a_bad_expression_and_unused_names(client: Any, operation: str) -> None:
    (expression,) = WITH_VALUE[operation]
    bad_value = {"ExpressionAttributeValues": {":v": {"N": "x"}}}
    refused = refusal(client, operation, **BASES[operation], **{expression: ""}, **bad_value, **NAMES)
    text = "The parameter cannot be converted to a numeric value: x"
    wrapped = f"ExpressionAttributeValues contains invalid value: {text} for key :v"
    assert refused == invalid(LEAD + text if LEADS[operation] else wrapped)


def test_all_unused_names_are_named(client: Any) -> None:
    names = {"#a": "a", "#b": "b", "#used": "x"}
    refused = refusal(
        client, "GetItem", **BASES["GetItem"], ProjectionExpression="#used", ExpressionAttributeNames=names
    )
    lead, _, keys = refused.partition("{")
    assert lead == invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: ")
    assert set(keys.rstrip("}").split(", ")) == {"#a", "#b"}


def test_a_syntax_error_comes_before_unused_names(client: Any) -> None:
    refused = refusal(client, "Scan", **BASES["Scan"], FilterExpression="x =", **NAMES)
    assert refused.startswith(invalid('Invalid FilterExpression: Syntax error; token: "<EOF>"'))


@pytest.mark.parametrize(
    ("operation", "expressions", "first"),
    [
        (
            "UpdateItem",
            {"ConditionExpression": "", "UpdateExpression": ""},
            "UpdateExpression",
        ),
        (
            "Query",
            {"ProjectionExpression": "", "FilterExpression": "", "KeyConditionExpression": ""},
            "KeyConditionExpression",
        ),
        (
            "Query",
            {"ProjectionExpression": "", "FilterExpression": "", "KeyConditionExpression": "x = x"},
            "KeyConditionExpression",
        ),
        ("Scan", {"ProjectionExpression": "", "FilterExpression": ""}, "FilterExpression"),
    ],
)
def test_expressions_are_read_in_their_order(
    client: Any, operation: str, expressions: Request, first: str
) -> None:
    refused = refusal(client, operation, **BASES[operation], **expressions)
    assert f"Invalid {first}: " in refused


@pytest.mark.parametrize("operation", [name for name in BASES if name != "Query"])
def test_a_good_request_gets_as_far_as_the_missing_table(client: Any, operation: str) -> None:
    assert refusal(client, operation, **BASES[operation]) == NOT_FOUND
