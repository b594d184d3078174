"""ConsumedCapacity: units of every operation, at the boundaries, and how each mode shows them.

Source of the amounts: the guide, "Capacity unit consumption", and measurements on AWS, 2026.
"""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import Item, Request, call
from tests.operations.standing import index

KB = 1024
KEY: Item = {"pk": {"S": "1"}}


def s(text: str) -> Item:
    return {"S": text}


def sized(size_bytes: int, **attributes: Item) -> Item:
    """An item of the table with the key pk, of exactly so many bytes; `attributes` are strings."""
    item = {**KEY, **attributes}
    used = sum(len(name) + len(value["S"]) for name, value in item.items()) + len("x")
    return {**item, "x": s("x" * (size_bytes - used))}


def units(client: Any, operation: str, **request: Any) -> Any:
    """CapacityUnits of a call."""
    answer = call(client, operation, **request, ReturnConsumedCapacity="TOTAL")
    return answer["ConsumedCapacity"]["CapacityUnits"]


def arms(client: Any, operation: str, **request: Any) -> dict[str, float]:
    """Units of a call by place: total, table, and each index by its name."""
    answer = call(client, operation, **request, ReturnConsumedCapacity="INDEXES")
    return _arms(answer["ConsumedCapacity"])


def _arms(consumed: dict[str, Any]) -> dict[str, float]:
    shown = {"total": consumed["CapacityUnits"], "table": consumed["Table"]["CapacityUnits"]}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        for name, arm in consumed.get(kind, {}).items():
            shown[name] = arm["CapacityUnits"]
    return shown


# -- reads


@pytest.mark.parametrize(
    ("size", "eventual", "strong"),
    [(10, 0.5, 1), (4 * KB, 0.5, 1), (4 * KB + 1, 1, 2), (100 * KB, 12.5, 25), (400 * KB, 50, 100)],
)
def test_a_read_costs_by_4_kilobytes(
    client: Any, make_table: MakeTable, size: int, eventual: float, strong: float
) -> None:
    table = make_table("pk")
    client.put_item(TableName=table, Item=sized(size))
    assert units(client, "GetItem", TableName=table, Key=KEY) == eventual
    assert units(client, "GetItem", TableName=table, Key=KEY, ConsistentRead=True) == strong
    projected = {"ProjectionExpression": "pk", "ConsistentRead": True}
    assert units(client, "GetItem", TableName=table, Key=KEY, **projected) == strong


def test_a_missing_item_costs_the_minimum(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert units(client, "GetItem", TableName=table, Key=KEY) == 0.5
    assert units(client, "GetItem", TableName=table, Key=KEY, ConsistentRead=True) == 1


def test_a_batch_of_reads_costs_each_item_on_its_own(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("pk")
    for number in range(3):
        client.put_item(TableName=one, Item={"pk": s(str(number))})
    client.put_item(TableName=two, Item=sized(9 * KB))
    keys = [{"pk": s(str(number))} for number in range(4)]  # the last is missing
    answer = call(
        client,
        "BatchGetItem",
        RequestItems={one: {"Keys": keys}, two: {"Keys": [KEY], "ConsistentRead": True}},
        ReturnConsumedCapacity="TOTAL",
    )
    consumed = {entry["TableName"]: entry["CapacityUnits"] for entry in answer["ConsumedCapacity"]}
    assert consumed == {one: 2, two: 3}


@pytest.fixture
def collection(client: Any, make_table: MakeTable) -> str:
    """A table with a collection of three items of 3,000 bytes each."""
    table = make_table("pk", "sk")
    for number in range(3):
        client.put_item(TableName=table, Item=sized(3000, sk=s(str(number))))
    return table


QUERY: Request = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": s("1")}}


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({}, 1.5, id="sum_of_the_items"),
        pytest.param({"ConsistentRead": True}, 3, id="consistent"),
        pytest.param({"Limit": 1}, 0.5, id="one_item"),
        pytest.param({"Limit": 2}, 1, id="two_items"),
        pytest.param({"Select": "COUNT"}, 1.5, id="count"),
        pytest.param({"FilterExpression": "attribute_not_exists(x)"}, 1.5, id="filter"),
        pytest.param({"ProjectionExpression": "sk"}, 1.5, id="projection"),
    ],
)
def test_a_page_costs_the_sum_of_what_it_evaluates(
    client: Any, collection: str, parameters: Request, expected: float
) -> None:
    assert units(client, "Query", TableName=collection, **QUERY, **parameters) == expected
    assert units(client, "Scan", TableName=collection, **parameters) == expected


def test_a_page_of_nothing_costs_the_minimum(client: Any, collection: str) -> None:
    request = {**QUERY, "ExpressionAttributeValues": {":p": s("absent")}}
    assert units(client, "Query", TableName=collection, **request) == 0.5
    assert units(client, "Query", TableName=collection, **request, ConsistentRead=True) == 1


@pytest.fixture
def local(make_table: MakeTable) -> str:
    """A table with a local index over pk and a that projects keys only."""
    return make_table(
        "pk",
        "sk",
        attributes=["a"],
        LocalSecondaryIndexes=[index("local", "pk", "a", projection="KEYS_ONLY")],
    )


@pytest.mark.parametrize(
    ("size", "consistent", "expected"),
    [
        pytest.param(100, False, {"total": 2, "table": 1.5, "local": 0.5}, id="small"),
        pytest.param(100, True, {"total": 4, "table": 3, "local": 1}, id="small_consistent"),
        pytest.param(9 * KB, False, {"total": 5, "table": 4.5, "local": 0.5}, id="of_9_KB"),
        pytest.param(9 * KB, True, {"total": 10, "table": 9, "local": 1}, id="of_9_KB_consistent"),
    ],
)
def test_items_fetched_for_a_local_index_cost_one_by_one(
    client: Any, local: str, size: int, consistent: bool, expected: dict[str, float]
) -> None:
    for number in range(3):
        client.put_item(TableName=local, Item=sized(size, sk=s(str(number)), a=s("a")))
    request = {"TableName": local, "IndexName": "local", **QUERY, "ConsistentRead": consistent}
    assert arms(client, "Query", **request, Select="ALL_ATTRIBUTES") == expected
    assert arms(client, "Query", **request, ProjectionExpression="x") == expected
    index_alone = {"total": expected["local"], "table": 0, "local": expected["local"]}
    assert arms(client, "Query", **request) == index_alone


def test_an_index_costs_what_it_projects(client: Any, make_table: MakeTable) -> None:
    table = make_table(
        "pk",
        "sk",
        attributes=["g"],
        GlobalSecondaryIndexes=[index("keys", "g", projection="KEYS_ONLY"), index("whole", "g")],
    )
    for number in range(3):
        client.put_item(TableName=table, Item=sized(4000, sk=s(str(number)), g=s("g")))
    query = {"KeyConditionExpression": "g = :g", "ExpressionAttributeValues": {":g": s("g")}}
    for operation, request in (("Query", query), ("Scan", {})):
        for name, cost in (("keys", 0.5), ("whole", 1.5)):
            shown = arms(client, operation, TableName=table, IndexName=name, **request)
            assert shown == {"total": cost, "table": 0, name: cost}


# -- writes


@pytest.mark.parametrize(
    ("size", "expected"), [(10, 1), (KB, 1), (KB + 1, 2), (10 * KB, 10), (400 * KB, 400)]
)
def test_a_write_costs_by_1_kilobyte(client: Any, make_table: MakeTable, size: int, expected: float) -> None:
    table = make_table("pk")
    assert units(client, "PutItem", TableName=table, Item=sized(size)) == expected
    assert units(client, "DeleteItem", TableName=table, Key=KEY) == expected
    assert units(client, "DeleteItem", TableName=table, Key=KEY) == 1


@pytest.mark.parametrize(("old", "new"), [(5 * KB, 2 * KB), (2 * KB, 5 * KB), (5 * KB, 5 * KB)])
def test_a_replacement_costs_the_larger_item(client: Any, make_table: MakeTable, old: int, new: int) -> None:
    table = make_table("pk")
    client.put_item(TableName=table, Item=sized(old))
    assert units(client, "PutItem", TableName=table, Item=sized(new)) == 5


@pytest.mark.parametrize(
    ("update", "values", "expected"),
    [
        pytest.param("SET y = :y", {":y": s("y")}, 6, id="one_byte_more_than_5_KB"),
        pytest.param("REMOVE x", {}, 5, id="a_smaller_item"),
        pytest.param("SET x = x", {}, 5, id="the_same_item"),
        pytest.param("REMOVE y", {}, 5, id="nothing"),
    ],
)
def test_an_update_costs_the_whole_item(
    client: Any, make_table: MakeTable, update: str, values: Item, expected: float
) -> None:
    table = make_table("pk")
    client.put_item(TableName=table, Item=sized(5 * KB))
    request: Request = {"ExpressionAttributeValues": values} if values else {}
    consumed = units(client, "UpdateItem", TableName=table, Key=KEY, UpdateExpression=update, **request)
    assert consumed == expected


def test_an_update_that_makes_no_item_costs_one_unit(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert units(client, "UpdateItem", TableName=table, Key=KEY, UpdateExpression="REMOVE x") == 1


def test_a_batch_of_writes_costs_each_on_its_own(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("pk")
    client.put_item(TableName=one, Item={**sized(3 * KB), "pk": s("3")})
    puts = [{"PutRequest": {"Item": sized(size)}} for size in (100, 1200)]
    deletes = [{"DeleteRequest": {"Key": {"pk": s(key)}}} for key in ("3", "absent")]
    answer = call(
        client,
        "BatchWriteItem",
        RequestItems={one: [puts[0], *deletes], two: [puts[1]]},
        ReturnConsumedCapacity="INDEXES",
    )
    consumed = {entry["TableName"]: _arms(entry) for entry in answer["ConsumedCapacity"]}
    assert consumed == {one: {"total": 5, "table": 5}, two: {"total": 2, "table": 2}}


# -- indexes on writes


@pytest.fixture
def indexed(make_table: MakeTable) -> str:
    """A table with keys pk and sk; indexes: local (pk, a; keys), whole (g; all), part (g; keys and p)."""
    return make_table(
        "pk",
        "sk",
        attributes=["a", "g"],
        LocalSecondaryIndexes=[index("local", "pk", "a", projection="KEYS_ONLY")],
        GlobalSecondaryIndexes=[
            index("whole", "g"),
            {
                **index("part", "g"),
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["p"]},
            },
        ],
    )


SK: Item = {"sk": s("1")}
LARGE = s("x" * 2000)

# Situation, item before, item after (None: none), units by place.
INDEX_WRITES: list[tuple[str, Item | None, Item | None, dict[str, float]]] = [
    ("not_in_any_index", None, {}, {"total": 1, "table": 1}),
    ("stays_out_of_the_indexes", {}, {"x": s("x")}, {"total": 1, "table": 1}),
    (
        "comes_into_all",
        None,
        {"a": s("a"), "g": s("g")},
        {"total": 4, "table": 1, "local": 1, "whole": 1, "part": 1},
    ),
    (
        "comes_large_into_those_that_project_it",
        None,
        {"a": s("a"), "g": s("g"), "x": LARGE},
        {"total": 6, "table": 2, "local": 1, "whole": 2, "part": 1},
    ),
    (
        "goes_out_of_all",
        {"a": s("a"), "g": s("g"), "p": LARGE},
        {},
        {"total": 7, "table": 2, "local": 1, "whole": 2, "part": 2},
    ),
    ("same_item", {"a": s("a"), "g": s("g")}, {"a": s("a"), "g": s("g")}, {"total": 1, "table": 1}),
    (
        "same_item_with_a_set_in_another_order",
        {"g": s("g"), "p": {"SS": ["a", "b"]}},
        {"g": s("g"), "p": {"SS": ["b", "a"]}},
        {"total": 1, "table": 1},
    ),
    (
        "attribute_that_one_index_projects",
        {"a": s("a"), "g": s("g")},
        {"a": s("a"), "g": s("g"), "x": s("x")},
        {"total": 2, "table": 1, "whole": 1},
    ),
    (
        "attribute_that_two_indexes_project",
        {"a": s("a"), "g": s("g"), "p": LARGE},
        {"a": s("a"), "g": s("g"), "p": s("p")},
        {"total": 6, "table": 2, "whole": 2, "part": 2},
    ),
    (
        "another_index_key",
        {"a": s("a"), "g": s("g")},
        {"a": s("a"), "g": s("h")},
        {"total": 5, "table": 1, "whole": 2, "part": 2},
    ),
    (
        "another_index_key_of_a_large_item",
        {"g": s("g"), "x": LARGE},
        {"g": s("h"), "x": LARGE},
        {"total": 8, "table": 2, "whole": 4, "part": 2},
    ),
    (
        "deleted",
        {"a": s("a"), "g": s("g"), "x": LARGE},
        None,
        {"total": 6, "table": 2, "local": 1, "whole": 2, "part": 1},
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "expected"), [pytest.param(*case[1:], id=case[0]) for case in INDEX_WRITES]
)
@pytest.mark.parametrize("batch", [False, True], ids=["alone", "in_a_batch"])
def test_a_write_costs_each_index_that_it_changes(
    client: Any,
    indexed: str,
    before: Item | None,
    after: Item | None,
    expected: dict[str, float],
    batch: bool,
) -> None:
    key = {**KEY, **SK}
    if before is not None:
        client.put_item(TableName=indexed, Item={**key, **before})
    if after is None:
        change: Request = {"DeleteRequest": {"Key": key}}
    else:
        change = {"PutRequest": {"Item": {**key, **after}}}
    if batch:
        answer = call(
            client,
            "BatchWriteItem",
            RequestItems={indexed: [change]},
            ReturnConsumedCapacity="INDEXES",
        )
        assert _arms(answer["ConsumedCapacity"][0]) == expected
    elif after is None:
        assert arms(client, "DeleteItem", TableName=indexed, Key=key) == expected
    else:
        assert arms(client, "PutItem", TableName=indexed, Item={**key, **after}) == expected


def test_an_update_costs_only_the_indexes_that_it_changes(client: Any, indexed: str) -> None:
    key = {**KEY, **SK}
    client.put_item(TableName=indexed, Item={**key, "a": s("a"), "g": s("g")})
    request: Request = {"TableName": indexed, "Key": key, "ExpressionAttributeValues": {":v": s("v")}}
    for update, expected in (
        ("SET x = :v", {"total": 2, "table": 1, "whole": 1}),
        ("SET p = :v", {"total": 3, "table": 1, "whole": 1, "part": 1}),
        ("SET p = :v", {"total": 1, "table": 1}),
        ("SET a = :v", {"total": 4, "table": 1, "local": 2, "whole": 1}),
        ("SET g = :v", {"total": 5, "table": 1, "whole": 2, "part": 2}),
    ):
        assert arms(client, "UpdateItem", **request, UpdateExpression=update) == expected


# -- shapes


OPERATIONS: list[tuple[str, Request]] = [
    ("PutItem", {"Item": {**KEY, **SK}}),
    ("GetItem", {"Key": {**KEY, **SK}}),
    ("UpdateItem", {"Key": {**KEY, **SK}}),
    ("DeleteItem", {"Key": {**KEY, **SK}}),
    ("Query", QUERY),
    ("Scan", {}),
]


@pytest.mark.parametrize(("operation", "request_"), OPERATIONS, ids=[name for name, _ in OPERATIONS])
def test_each_mode_shows_its_members(
    client: Any, make_table: MakeTable, operation: str, request_: Request
) -> None:
    table = make_table("pk", "sk")
    request = {"TableName": table, **request_}
    cost = 0.5 if operation in {"GetItem", "Query", "Scan"} else 1.0
    assert "ConsumedCapacity" not in call(client, operation, **request)
    none = call(client, operation, **request, ReturnConsumedCapacity="NONE")
    assert "ConsumedCapacity" not in none
    total = call(client, operation, **request, ReturnConsumedCapacity="TOTAL")
    assert total["ConsumedCapacity"] == {"TableName": table, "CapacityUnits": cost}
    shown = call(client, operation, **request, ReturnConsumedCapacity="INDEXES")
    assert shown["ConsumedCapacity"] == {
        "TableName": table,
        "CapacityUnits": cost,
        "Table": {"CapacityUnits": cost},
    }


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem"])
def test_a_batch_shows_a_list(client: Any, make_table: MakeTable, operation: str) -> None:
    table = make_table("pk")
    one: Any = {"Keys": [KEY]} if operation == "BatchGetItem" else [{"PutRequest": {"Item": KEY}}]
    request = {"RequestItems": {table: one}}
    cost = 0.5 if operation == "BatchGetItem" else 1.0
    assert "ConsumedCapacity" not in call(client, operation, **request)
    total = call(client, operation, **request, ReturnConsumedCapacity="TOTAL")
    assert total["ConsumedCapacity"] == [{"TableName": table, "CapacityUnits": cost}]
    shown = call(client, operation, **request, ReturnConsumedCapacity="INDEXES")
    assert shown["ConsumedCapacity"] == [
        {"TableName": table, "CapacityUnits": cost, "Table": {"CapacityUnits": cost}}
    ]


def test_units_are_doubles_on_the_wire(wire: Any, make_table: MakeTable) -> None:
    request = {"TableName": make_table("pk"), "Item": KEY, "ReturnConsumedCapacity": "TOTAL"}
    consumed = wire.send("PutItem", request)[1]["ConsumedCapacity"]
    assert isinstance(consumed["CapacityUnits"], float)
