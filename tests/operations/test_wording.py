"""The two vintages of AWS's texts: the server speaks that of 2026, or with a setting that of 2025."""

from typing import Any

import pytest
from tests.operations.calls import (
    CONDITION_FAILED,
    LEAD,
    NOT_FOUND,
    PARAMETERS,
    SCHEMA_MISMATCH,
    Request,
    invalid,
    refusal,
)
from tests.operations.standing import HASH, INDEXED, MISSING, RANGE

pytestmark = pytest.mark.usefixtures("standing_tables")

KEY = {"pk": {"S": "1"}}
BAD = {"N": "x"}
NOT_A_NUMBER = "The parameter cannot be converted to a numeric value: x"
UNUSED_NAME = {"ExpressionAttributeNames": {"#n": "n"}}
UNUSED_TEXT = "Value provided in ExpressionAttributeNames unused in expressions: keys: {#n}"
EMPTY_SET = PARAMETERS + "An string set  may not be empty"

# Situation, operation, request, text of both vintages, whether 2026 puts the lead before it.
BOTH: list[tuple[str, str, Request, str, bool]] = [
    (
        "put_unused_name",
        "PutItem",
        {"Item": KEY, "ConditionExpression": "attribute_exists(x)", **UNUSED_NAME},
        UNUSED_TEXT,
        True,
    ),
    ("put_empty_set", "PutItem", {"Item": {**KEY, "x": {"SS": []}}}, EMPTY_SET, True),
    ("put_bad_number", "PutItem", {"Item": {**KEY, "x": BAD}}, NOT_A_NUMBER, True),
    (
        "delete_unused_name",
        "DeleteItem",
        {"Key": KEY, "ConditionExpression": "attribute_exists(x)", **UNUSED_NAME},
        UNUSED_TEXT,
        True,
    ),
    (
        "update_unused_name",
        "UpdateItem",
        {"Key": KEY, "UpdateExpression": "REMOVE x", **UNUSED_NAME},
        UNUSED_TEXT,
        True,
    ),
    (
        "update_section_twice",
        "UpdateItem",
        {"Key": KEY, "UpdateExpression": "REMOVE x REMOVE y"},
        'Invalid UpdateExpression: The "REMOVE" section can only be used once in an update expression;',
        True,
    ),
    (
        "update_empty_values",
        "UpdateItem",
        {"Key": KEY, "UpdateExpression": "REMOVE x", "ExpressionAttributeValues": {}},
        "ExpressionAttributeValues must not be empty",
        True,
    ),
    (
        "update_empty_expression",
        "UpdateItem",
        {"Key": KEY, "UpdateExpression": ""},
        "Invalid UpdateExpression: The expression can not be empty;",
        True,
    ),
    (
        "update_overlapping_paths",
        "UpdateItem",
        {"Key": KEY, "UpdateExpression": "REMOVE x, x.y"},
        "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of "
        "these paths; path one: [x], path two: [x, y]",
        True,
    ),
    (
        "query_select",
        "Query",
        {
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": "1"}},
            "Select": "ALL_PROJECTED_ATTRIBUTES",
        },
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        True,
    ),
    (
        "query_unused_name",
        "Query",
        {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "1"}}, **UNUSED_NAME},
        UNUSED_TEXT,
        False,
    ),
    (
        "query_empty_filter",
        "Query",
        {
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": "1"}},
            "FilterExpression": "",
        },
        "Invalid FilterExpression: The expression can not be empty;",
        False,
    ),
    (
        "scan_select",
        "Scan",
        {"Select": "ALL_PROJECTED_ATTRIBUTES"},
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        False,
    ),
    ("scan_unused_name", "Scan", {"ProjectionExpression": "x", **UNUSED_NAME}, UNUSED_TEXT, False),
    (
        "get_unused_name",
        "GetItem",
        {"Key": KEY, "ProjectionExpression": "x", **UNUSED_NAME},
        UNUSED_TEXT,
        False,
    ),
]


@pytest.mark.parametrize(
    ("operation", "request_", "text", "lead"), [pytest.param(*case[1:], id=case[0]) for case in BOTH]
)
def test_what_is_found_in_a_request_has_the_lead_since_2026(
    client: Any, client_2025: Any, operation: str, request_: Request, text: str, lead: bool
) -> None:
    assert refusal(client, operation, TableName=HASH, **request_) == invalid(LEAD + text if lead else text)
    assert refusal(client_2025, operation, TableName=HASH, **request_) == invalid(text)


# Situation, operation, request, refusal: found when the table is known, and the same in both vintages.
EXECUTION: list[tuple[str, str, Request, str]] = [
    ("missing_table", "PutItem", {"TableName": MISSING, "Item": KEY}, NOT_FOUND),
    ("key_schema", "UpdateItem", {"TableName": RANGE, "Key": KEY}, invalid(SCHEMA_MISMATCH)),
    (
        "long_key",
        "UpdateItem",
        {"TableName": HASH, "Key": {"pk": {"S": "x" * 2049}}},
        invalid(PARAMETERS + "Size of hashkey has exceeded the maximum size limit of2048 bytes"),
    ),
    (
        "update_of_a_key",
        "UpdateItem",
        {"TableName": HASH, "Key": KEY, "UpdateExpression": "REMOVE pk"},
        invalid(PARAMETERS + "Cannot update attribute pk. This attribute is part of the key"),
    ),
    (
        "item_lacks_a_key",
        "PutItem",
        {"TableName": RANGE, "Item": KEY},
        invalid(PARAMETERS + "Missing the key sk in the item"),
    ),
    (
        "index_key_type",
        "PutItem",
        {"TableName": INDEXED, "Item": {**KEY, "sk": {"S": "1"}, "b": {"S": "1"}}},
        invalid(PARAMETERS + "Type mismatch for Index Key b Expected: N Actual: S IndexName: global-b"),
    ),
    (
        "absent_operand",
        "UpdateItem",
        {"TableName": HASH, "Key": KEY, "UpdateExpression": "SET x = y"},
        invalid("The provided expression refers to an attribute that does not exist in the item"),
    ),
    (
        "condition",
        "DeleteItem",
        {"TableName": HASH, "Key": KEY, "ConditionExpression": "attribute_exists(pk)"},
        CONDITION_FAILED,
    ),
]


@pytest.mark.parametrize(
    ("operation", "request_", "expected"), [pytest.param(*case[1:], id=case[0]) for case in EXECUTION]
)
def test_what_is_found_at_execution_is_worded_the_same(
    client: Any, client_2025: Any, operation: str, request_: Request, expected: str
) -> None:
    assert refusal(client, operation, **request_) == expected
    assert refusal(client_2025, operation, **request_) == expected


def test_several_broken_constraints_were_all_reported_until_2025(client: Any, client_2025: Any) -> None:
    """The order of the entries is not stable on AWS."""
    request = {"TableName": "a;", "Key": KEY, "ReturnValues": "ALL", "ReturnConsumedCapacity": "SOME"}
    lead, _, entries = refusal(client_2025, "UpdateItem", **request).partition(" detected: ")
    assert lead == "ValidationException: 4 validation errors"
    assert set(entries.split("; ")) == {
        "Value 'a;' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression "
        "pattern: [a-zA-Z0-9_.-]+",
        "Value 'a;' at 'tableName' failed to satisfy constraint: Member must have length greater than or "
        "equal to 3",
        "Value 'ALL' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
        "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]",
        "Value 'SOME' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum "
        "value set: [INDEXES, TOTAL, NONE]",
    }
    assert refusal(client, "UpdateItem", **request).count("failed to satisfy constraint") == 1


def test_a_bad_return_value_is_named_without_its_path_since_2026(client: Any, client_2025: Any) -> None:
    request = {"TableName": HASH, "Key": KEY, "ReturnValues": "ALL"}
    assert refusal(client, "UpdateItem", **request) == invalid(
        LEAD + "Failed to satisfy constraint: Member must satisfy enum value set: "
        "[ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]"
    )
    assert refusal(client_2025, "UpdateItem", **request) == invalid(
        LEAD
        + "Value 'ALL' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: "
        "[ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"
    )


def test_a_bad_value_of_an_update_was_named_by_its_placeholder_until_2025(
    client: Any, client_2025: Any
) -> None:
    request = {
        "TableName": HASH,
        "Key": KEY,
        "UpdateExpression": "SET x = :x",
        "ExpressionAttributeValues": {":x": {"SS": []}},
    }
    assert refusal(client, "UpdateItem", **request) == invalid(LEAD + EMPTY_SET)
    assert refusal(client_2025, "UpdateItem", **request) == invalid(
        f"ExpressionAttributeValues contains invalid value: {EMPTY_SET} for key :x"
    )


def test_a_table_operation_without_a_name_has_its_own_text_until_2025(client: Any, client_2025: Any) -> None:
    assert refusal(client, "DescribeTable") == invalid(
        LEAD + "Value null at 'tableName' failed to satisfy constraint: Member must not be null"
    )
    assert refusal(client_2025, "DescribeTable") == invalid(
        "The parameter 'TableName' is required but was not present in the request"
    )
