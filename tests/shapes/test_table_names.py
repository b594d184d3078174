"""Table names, in the two families of operations and the two wordings."""

from typing import Any

import pytest
from tests.shapes.refusals import entries, text

from kilowatt.errors.wording import Wording
from kilowatt.shapes import validate

LEAD = "1 validation error detected: "
NULL = "Value null at 'tableName' failed to satisfy constraint: Member must not be null"
EMPTY_2026 = (
    LEAD
    + "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
)
LENGTH = "TableName must be at least 3 characters long and at most 255 characters long"
ON_TABLES = ("CreateTable", "UpdateTable", "DeleteTable", "DescribeTable", "DescribeTimeToLive")
ON_ITEMS = ("GetItem", "PutItem", "UpdateItem", "DeleteItem", "Query", "Scan")
MEMBERS: dict[str, Any] = {"Key": {}, "Item": {}}
_REQUIRED: dict[str, dict[str, Any]] = {
    "PutItem": {"Item": {}},
    **{operation: {"Key": {}} for operation in ("GetItem", "UpdateItem", "DeleteItem")},
}
ARN = "arn:aws:dynamodb:us-east-1:123456789012:table/"

on_tables = pytest.mark.parametrize("operation", ON_TABLES)
on_items = pytest.mark.parametrize("operation", ON_ITEMS)
both_wordings = pytest.mark.parametrize("wording", Wording)


def pattern(name: str) -> str:
    return (
        f"Value '{name}' at 'tableName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"
    )


def length(name: str, comparison: str) -> str:
    return f"Value '{name}' at 'tableName' failed to satisfy constraint: Member must have length {comparison}"


@on_tables
def test_absent_on_tables(operation: str) -> None:
    required = "The parameter 'TableName' is required but was not present in the request"
    assert text(operation, {}, Wording.W2025) == required
    assert text(operation, {"TableName": None}, Wording.W2025) == required
    assert text(operation, {}) == LEAD + NULL


@on_tables
def test_empty_on_tables(operation: str) -> None:
    assert text(operation, {"TableName": ""}, Wording.W2025) == LENGTH
    assert text(operation, {"TableName": ""}) == (
        f"2 validation errors detected: {pattern('')}; {length('', 'greater than or equal to 3')}"
    )


@on_tables
@pytest.mark.parametrize("name", ["a", "ab", ";", "a" * 256, "a" * 2000])
def test_wrong_length_on_tables_in_2025(operation: str, name: str) -> None:
    assert text(operation, {"TableName": name}, Wording.W2025) == LENGTH


@on_tables
def test_wrong_length_on_tables_in_2025_is_told_alone(operation: str) -> None:
    assert text(operation, {"TableName": "a", "KeySchema": []}, Wording.W2025) == LENGTH


@on_tables
def test_wrong_length_on_tables(operation: str) -> None:
    assert text(operation, {"TableName": "ab"}) == LEAD + length("ab", "greater than or equal to 3")
    name = "a" * 256
    assert text(operation, {"TableName": name}) == LEAD + length(name, "less than or equal to 255")


@on_tables
@both_wordings
def test_wrong_characters_on_tables(operation: str, wording: Wording) -> None:
    assert text(operation, {"TableName": "abc;"}, wording) == LEAD + pattern("abc;")


@on_items
def test_absent_on_items(operation: str) -> None:
    assert entries(operation, MEMBERS) == {NULL}
    assert text(operation, MEMBERS) == LEAD + NULL


@on_items
def test_empty_on_items(operation: str) -> None:
    request = {**MEMBERS, "TableName": ""}
    assert entries(operation, request) == {pattern(""), length("", "greater than or equal to 3")}
    assert text(operation, request) == EMPTY_2026


@on_items
def test_short_and_wrong_on_items_is_two_entries(operation: str) -> None:
    request = {**MEMBERS, "TableName": "a;"}
    assert entries(operation, request) == {pattern("a;"), length("a;", "greater than or equal to 3")}
    assert text(operation, request) == LEAD + pattern("a;")


@on_items
def test_short_on_items(operation: str) -> None:
    request = {**MEMBERS, "TableName": "ab"}
    assert entries(operation, request) == {length("ab", "greater than or equal to 3")}


@on_items
def test_long_on_items(operation: str) -> None:
    name = "a" * 256
    assert entries(operation, {**MEMBERS, "TableName": name}) == {length(name, "less than or equal to 255")}


@pytest.mark.parametrize("operation", ON_TABLES + ON_ITEMS)
@pytest.mark.parametrize(
    "name",
    ["abc", "a" * 255, "A-Z_0.9", ARN + "abc", "arn:aws-cn:dynamodb:local:000000000000:table/" + "a" * 255],
)
def test_good_names(operation: str, name: str) -> None:
    request = {"TableName": name, **_REQUIRED.get(operation, {})}
    assert validate(operation, request, Wording.W2026) is request


@pytest.mark.parametrize("name", [ARN + "ab", ARN + "abc/index/abc", "arn:aws:s3:::abc", ARN + "a b"])
def test_other_arns_are_refused(name: str) -> None:
    assert text("GetItem", {"TableName": name, "Key": {}}) == LEAD + pattern(name)


def test_empty_name_further_inside_has_the_entries_of_any_other() -> None:
    request = {"TransactItems": [{"Get": {"TableName": "", "Key": {}}}]}
    path = "transactItems.1.member.get.tableName"
    assert text("TransactGetItems", request) == LEAD + pattern("").replace("tableName", path)
