"""DeleteItem: conditions and return values."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import CONDITION_FAILED, Wire, call, refusal
from tests.operations.standing import MISSING

KEY = {"pk": {"S": "1"}}
ITEM = {**KEY, "word": {"S": "w"}}


@pytest.fixture
def table(client: Any, make_table: MakeTable) -> str:
    """A table that holds ITEM."""
    table = make_table("pk")
    client.put_item(TableName=table, Item=ITEM)
    return table


@pytest.mark.parametrize(
    ("parameters", "first", "second"),
    [
        pytest.param({}, {}, {}, id="nothing"),
        pytest.param({"ReturnValues": "NONE"}, {}, {}, id="none"),
        pytest.param({"ReturnValues": "ALL_OLD"}, {"Attributes": ITEM}, {}, id="all_old"),
    ],
)
def test_a_delete_succeeds_also_on_nothing(
    client: Any, table: str, parameters: Any, first: Any, second: Any
) -> None:
    assert call(client, "DeleteItem", TableName=table, Key=KEY, **parameters) == first
    assert "Item" not in client.get_item(TableName=table, Key=KEY)
    assert call(client, "DeleteItem", TableName=table, Key=KEY, **parameters) == second


def test_a_delete_leaves_other_items(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk")
    keys = [{"pk": {"S": "1"}, "sk": {"S": text}} for text in ("a", "ab", "b")]
    for key in keys:
        client.put_item(TableName=table, Item=key)
    client.delete_item(TableName=table, Key=keys[0])
    assert client.scan(TableName=table)["Items"] == keys[1:]


@pytest.mark.parametrize(
    ("condition", "holds"),
    [("word = :w", True), ("word <> :w", False), ("attribute_not_exists(pk) OR word < :w", False)],
)
def test_a_delete_happens_only_if_its_condition_holds(
    client: Any, table: str, condition: str, holds: bool
) -> None:
    request = {
        "TableName": table,
        "Key": KEY,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {":w": {"S": "w"}},
    }
    if holds:
        client.delete_item(**request)
    else:
        assert refusal(client, "DeleteItem", **request) == CONDITION_FAILED
    assert ("Item" in client.get_item(TableName=table, Key=KEY)) is not holds


def test_a_condition_on_an_absent_item_can_hold(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    request = {"TableName": table, "Key": KEY}
    assert call(client, "DeleteItem", **request, ConditionExpression="attribute_not_exists(pk)") == {}
    refused = refusal(client, "DeleteItem", **request, ConditionExpression="attribute_exists(pk)")
    assert refused == CONDITION_FAILED


@pytest.mark.parametrize(("asked", "shown"), [("ALL_OLD", ITEM), ("NONE", None)])
def test_a_failed_condition_shows_the_item_if_asked(wire: Wire, table: str, asked: str, shown: Any) -> None:
    request = {
        "TableName": table,
        "Key": KEY,
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": asked,
    }
    status, document = wire.send("DeleteItem", request)
    assert (status, document.get("Item")) == (400, shown)


@pytest.mark.parametrize("return_values", ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
def test_return_values_of_an_update_are_refused(client: Any, return_values: str) -> None:
    refused = refusal(client, "DeleteItem", TableName=MISSING, Key=KEY, ReturnValues=return_values)
    assert refused.startswith("ValidationException: ")
