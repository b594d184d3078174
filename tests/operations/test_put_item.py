"""PutItem: replaces whole items; conditions and return values."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import CONDITION_FAILED, LEAD, Wire, call, invalid, refusal
from tests.operations.standing import MISSING

KEY = {"pk": {"S": "1"}}
OLD = {**KEY, "word": {"S": "old"}, "only_old": {"BOOL": True}}
NEW = {**KEY, "word": {"S": "new"}}


def put(client: Any, table: str, item: Any, **parameters: Any) -> dict[str, Any]:
    return call(client, "PutItem", TableName=table, Item=item, **parameters)


def stored(client: Any, table: str) -> Any:
    return client.get_item(TableName=table, Key=KEY, ConsistentRead=True).get("Item")


def test_a_put_replaces_the_whole_item(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert put(client, table, OLD) == {}
    assert put(client, table, NEW) == {}
    assert stored(client, table) == NEW


@pytest.mark.parametrize(
    ("return_values", "first", "second"),
    [("NONE", {}, {}), ("ALL_OLD", {}, {"Attributes": OLD})],
)
def test_return_values_of_a_new_and_of_a_replaced_item(
    client: Any, make_table: MakeTable, return_values: str, first: Any, second: Any
) -> None:
    table = make_table("pk")
    assert put(client, table, OLD, ReturnValues=return_values) == first
    assert put(client, table, NEW, ReturnValues=return_values) == second


@pytest.mark.parametrize("return_values", ["ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"])
def test_return_values_of_an_update_are_refused(client: Any, return_values: str) -> None:
    refused = refusal(client, "PutItem", TableName=MISSING, Item=KEY, ReturnValues=return_values)
    assert refused == invalid(LEAD + "ReturnValues can only be ALL_OLD or NONE")


def test_a_condition_guards_a_new_item(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    create = {"ConditionExpression": "attribute_not_exists(pk)"}
    put(client, table, OLD, **create)
    assert refusal(client, "PutItem", TableName=table, Item=NEW, **create) == CONDITION_FAILED
    assert stored(client, table) == OLD


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("word = :old", True),
        ("word <> :old", False),
        ("word > :old", False),
        ("word >= :old", True),
        ("absent = :old", False),
        ("absent <> :old", True),
        ("absent < :old", False),
        ("NOT word = :old", False),
        ("word = :old AND absent = :old", False),
        ("word = :old OR absent = :old", True),
        ("NOT absent = :old AND word = :old", True),
        ("absent = :old OR word = :old AND only_old = :old", False),
        ("(absent = :old OR word = :old) AND NOT only_old = :old", True),
        ("word BETWEEN :old AND :old", True),
        ("word IN (:old)", True),
        ("begins_with(word, :old)", True),
        ("contains(word, :old)", True),
        ("attribute_exists(only_old) AND word = :old", True),
        ("attribute_not_exists(only_old) AND word = :old", False),
    ],
)
def test_a_put_happens_only_if_its_condition_holds(
    client: Any, make_table: MakeTable, condition: str, holds: bool
) -> None:
    table = make_table("pk")
    put(client, table, OLD)
    request = {
        "TableName": table,
        "Item": NEW,
        "ConditionExpression": condition,
        "ExpressionAttributeValues": {":old": {"S": "old"}},
    }
    if holds:
        client.put_item(**request)
        assert stored(client, table) == NEW
    else:
        assert refusal(client, "PutItem", **request) == CONDITION_FAILED
        assert stored(client, table) == OLD


@pytest.mark.parametrize(("asked", "shown"), [("ALL_OLD", OLD), ("NONE", None), (None, None)])
def test_a_failed_condition_shows_the_item_if_asked(
    wire: Wire, client: Any, make_table: MakeTable, asked: str | None, shown: Any
) -> None:
    table = make_table("pk")
    put(client, table, OLD)
    request = {"TableName": table, "Item": NEW, "ConditionExpression": "attribute_not_exists(pk)"}
    if asked is not None:
        request["ReturnValuesOnConditionCheckFailure"] = asked
    status, document = wire.send("PutItem", request)
    assert status == 400
    assert document["__type"] == "com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException"
    assert document["message"] == "The conditional request failed"
    assert document.get("Item") == shown


def test_a_failed_condition_on_nothing_shows_no_item(wire: Wire, make_table: MakeTable) -> None:
    request = {
        "TableName": make_table("pk"),
        "Item": NEW,
        "ConditionExpression": "attribute_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    status, document = wire.send("PutItem", request)
    assert (status, sorted(document)) == (400, ["__type", "message"])


def test_a_table_can_be_named_by_its_arn(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    answer = put(client, arn, NEW, ReturnConsumedCapacity="TOTAL")
    assert answer == {"ConsumedCapacity": {"TableName": arn, "CapacityUnits": 1.0}}
    assert stored(client, table) == NEW
