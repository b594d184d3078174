"""What transactions consume, and the item collections that they touch."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import Item, call
from tests.operations.standing import index
from tests.operations.transactions import check, delete, get, key, put, update, write

READ = "TransactGetItems"


def capacity(client: Any, mode: str, *actions: Any, **parameters: Any) -> dict[str, Item]:
    """ConsumedCapacity of a transaction of writes, by table."""
    answer = write(client, *actions, ReturnConsumedCapacity=mode, **parameters)
    return _by_table(answer["ConsumedCapacity"])


def _by_table(consumed: list[Item]) -> dict[str, Item]:
    by_table = {str(entry.pop("TableName")): entry for entry in consumed}
    assert len(by_table) == len(consumed)
    return by_table


def writes(units: float) -> Item:
    return {"CapacityUnits": units, "WriteCapacityUnits": units}


def reads(units: float) -> Item:
    return {"CapacityUnits": units, "ReadCapacityUnits": units}


def sized(text: str, size_bytes: int) -> Item:
    """An item of so many bytes."""
    return {**key(text), "a": {"S": "x" * (size_bytes - len("pk") - len(text) - len("a"))}}


def test_nothing_is_told_unasked(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    for parameters in ({}, {"ReturnConsumedCapacity": "NONE"}):
        assert write(client, put(table, key("a")), **parameters) == {}
        assert call(client, READ, TransactItems=[get(table, key("b"))], **parameters) == {"Responses": [{}]}


@pytest.mark.parametrize(
    ("size_bytes", "units"), [(100, 2.0), (1024, 2.0), (1025, 4.0), (2048, 4.0), (2049, 6.0)]
)
def test_each_action_costs_its_units_twice(
    client: Any, make_table: MakeTable, size_bytes: int, units: float
) -> None:
    table = make_table("pk")
    item = sized("a", size_bytes)
    expression = "SET b = :b"
    assert capacity(client, "TOTAL", put(table, item)) == {table: writes(units)}
    assert capacity(client, "TOTAL", check(table, key("a"), "attribute_exists(pk)")) == {table: writes(units)}
    assert capacity(client, "TOTAL", put(table, key("a"))) == {table: writes(units)}
    client.put_item(TableName=table, Item=sized("a", size_bytes - 2))
    assert capacity(client, "TOTAL", update(table, key("a"), expression, b={"S": "x"})) == {
        table: writes(units)
    }
    assert capacity(client, "TOTAL", delete(table, key("a"))) == {table: writes(units)}


def test_what_is_not_there_costs_a_unit_twice(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert capacity(client, "TOTAL", delete(table, key("a"))) == {table: writes(2)}
    assert capacity(client, "TOTAL", check(table, key("a"), "attribute_not_exists(pk)")) == {table: writes(2)}
    assert capacity(client, "TOTAL", update(table, key("a"), "REMOVE b")) == {table: writes(2)}


def test_units_are_told_by_table(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("pk")
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{two}"
    actions = [put(one, key("a")), put(arn, sized("a", 1500)), put(one, key("b"))]
    assert capacity(client, "TOTAL", *actions) == {one: writes(4), arn: writes(4)}
    assert capacity(client, "INDEXES", *actions) == {
        one: {**writes(4), "Table": writes(4)},
        arn: {**writes(4), "Table": writes(4)},
    }


def test_indexes_cost_once(client: Any, make_table: MakeTable) -> None:
    table = make_table(
        "pk",
        "sk",
        attributes=["a", "g"],
        LocalSecondaryIndexes=[index("local", "pk", "a")],
        GlobalSecondaryIndexes=[index("global", "g")],
    )
    item_key = {**key("1"), "sk": {"S": "1"}}
    item = {**item_key, "a": {"S": "a"}, "g": {"S": "g"}}
    assert capacity(client, "INDEXES", put(table, item)) == {
        table: {
            **writes(4),
            "Table": writes(2),
            "LocalSecondaryIndexes": {"local": writes(1)},
            "GlobalSecondaryIndexes": {"global": writes(1)},
        }
    }
    assert capacity(client, "TOTAL", put(table, {**item, "sk": {"S": "2"}})) == {table: writes(4)}
    moved = update(table, item_key, "SET g = :g", g={"S": "h"})
    assert capacity(client, "INDEXES", moved) == {
        table: {
            **writes(5),
            "Table": writes(2),
            "LocalSecondaryIndexes": {"local": writes(1)},
            "GlobalSecondaryIndexes": {"global": writes(2)},
        }
    }
    untouched = check(table, item_key, "attribute_exists(pk)")
    assert capacity(client, "INDEXES", untouched) == {table: {**writes(2), "Table": writes(2)}}


def test_a_replay_reads(client: Any, make_table: MakeTable) -> None:
    """What it reads is the larger image of each item, as it was when the transaction was done."""
    table = make_table("pk", attributes=["g"], GlobalSecondaryIndexes=[index("global", "g")])
    client.put_item(TableName=table, Item=sized("b", 9000))
    actions = [
        put(table, {**key("a"), "g": {"S": "g"}}),
        put(table, key("b")),
        check(table, key("c"), "attribute_not_exists(pk)"),
    ]
    token = {"ClientRequestToken": f"{table}-replay"}
    assert capacity(client, "INDEXES", *actions, **token) == {
        table: {**writes(23), "Table": writes(22), "GlobalSecondaryIndexes": {"global": writes(1)}}
    }
    client.put_item(TableName=table, Item=sized("a", 9000))
    assert capacity(client, "TOTAL", *actions, **token) == {table: reads(2 + 6 + 2)}
    assert capacity(client, "INDEXES", *actions, **token) == {table: {**reads(10), "Table": reads(10)}}


@pytest.mark.parametrize(("size_bytes", "units"), [(100, 2.0), (4096, 2.0), (4097, 4.0)])
def test_each_item_read_costs_its_units_twice(
    client: Any, make_table: MakeTable, size_bytes: int, units: float
) -> None:
    table, other = make_table("pk"), make_table("pk")
    client.put_item(TableName=table, Item=sized("a", size_bytes))
    gets = [
        get(table, key("a"), ProjectionExpression="pk"),
        get(other, key("missing")),
        get(table, key("missing")),
    ]
    total = call(client, READ, TransactItems=gets, ReturnConsumedCapacity="TOTAL")
    assert _by_table(total["ConsumedCapacity"]) == {table: reads(units + 2), other: reads(2)}
    by_index = call(client, READ, TransactItems=gets, ReturnConsumedCapacity="INDEXES")
    assert _by_table(by_index["ConsumedCapacity"]) == {
        table: {**reads(units + 2), "Table": reads(units + 2)},
        other: {**reads(2), "Table": reads(2)},
    }


def test_collections_that_were_written_are_shown_if_asked(client: Any, make_table: MakeTable) -> None:
    local = [index("local", "pk", "a")]
    table = make_table("pk", "sk", attributes=["a"], LocalSecondaryIndexes=local)
    plain = make_table("pk")
    first, second, third = ({**key(name), "sk": {"S": "1"}} for name in "abc")
    actions = [
        put(table, first),
        put(plain, key("a")),
        delete(table, second),
        check(table, third, "attribute_not_exists(pk)"),
    ]
    metrics = [{"ItemCollectionKey": key(name), "SizeEstimateRangeGB": [0.0, 1.0]} for name in ("a", "b")]
    answer = write(client, *actions, ReturnItemCollectionMetrics="SIZE")
    assert answer == {"ItemCollectionMetrics": {table: metrics}}
    assert write(client, *actions, ReturnItemCollectionMetrics="NONE") == {}
    assert write(client, put(plain, key("a")), ReturnItemCollectionMetrics="SIZE") == {}
    checks = [check(table, third, "attribute_not_exists(pk)")]
    assert write(client, *checks, ReturnItemCollectionMetrics="SIZE") == {}
