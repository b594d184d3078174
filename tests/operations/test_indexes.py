"""Secondary indexes: what is in them, what they show, and that they follow every kind of write."""

from collections.abc import Callable
from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import Item, Request, invalid, refusal
from tests.operations.standing import index, key_schema


def s(text: str) -> Item:
    return {"S": text}


def n(number: float) -> Item:
    return {"N": str(number)}


def entries(client: Any, table: str, name: str) -> list[Item]:
    """All entries of an index."""
    found: list[Item] = client.scan(TableName=table, IndexName=name)["Items"]
    return found


def keys(items: list[Item]) -> list[str]:
    return [item["pk"]["S"] for item in items]


@pytest.fixture
def table(make_table: MakeTable) -> str:
    """A table with keys pk and sk, a local index over pk and a, and a global one over g and h."""
    return make_table(
        "pk",
        "sk",
        attributes=["a", "g", "h:N"],
        LocalSecondaryIndexes=[index("local", "pk", "a")],
        GlobalSecondaryIndexes=[index("global", "g", "h")],
    )


KEY: Item = {"pk": s("1"), "sk": s("1")}
WHOLE: Item = {**KEY, "a": s("a"), "g": s("g"), "h": n(1), "word": s("w")}


# Situation, item, the indexes it is in.
SPARSE: list[tuple[str, Item, list[str]]] = [
    ("all_index_keys", WHOLE, ["local", "global"]),
    ("no_index_keys", KEY, []),
    ("local_index_key", {**KEY, "a": s("a")}, ["local"]),
    ("half_of_the_global_keys", {**KEY, "g": s("g")}, []),
    ("other_half_of_the_global_keys", {**KEY, "h": n(1)}, []),
    ("both_global_keys", {**KEY, "g": s("g"), "h": n(1)}, ["global"]),
]


@pytest.mark.parametrize(("item", "places"), [pytest.param(*case[1:], id=case[0]) for case in SPARSE])
def test_an_item_without_an_index_key_is_not_in_the_index(
    client: Any, table: str, item: Item, places: list[str]
) -> None:
    client.put_item(TableName=table, Item=item)
    for name in ("local", "global"):
        assert entries(client, table, name) == ([item] if name in places else [])


def _delete(client: Any, table: str) -> None:
    client.delete_item(TableName=table, Key=KEY)


def _put(**attributes: Item) -> Callable[[Any, str], None]:
    def put(client: Any, table: str) -> None:
        client.put_item(TableName=table, Item={**KEY, **attributes})

    return put


def _update(expression: str, **values: Item) -> Callable[[Any, str], None]:
    def update(client: Any, table: str) -> None:
        request: Request = {"TableName": table, "Key": KEY, "UpdateExpression": expression}
        if values:
            request["ExpressionAttributeValues"] = {f":{name}": value for name, value in values.items()}
        client.update_item(**request)

    return update


def _batch(*changes: Request) -> Callable[[Any, str], None]:
    def write(client: Any, table: str) -> None:
        client.batch_write_item(RequestItems={table: list(changes)})

    return write


# Situation, write to a table that holds WHOLE, entry of the local and of the global index.
WRITES: list[tuple[str, Callable[[Any, str], None], Item | None, Item | None]] = [
    ("delete", _delete, None, None),
    ("put_without_index_keys", _put(), None, None),
    ("put_of_another_local_key", _put(a=s("b")), {**KEY, "a": s("b")}, None),
    (
        "put_of_another_global_key",
        _put(g=s("x"), h=n(2)),
        None,
        {**KEY, "g": s("x"), "h": n(2)},
    ),
    (
        "update_of_a_projected_attribute",
        _update("SET word = :w", w=s("x")),
        {**WHOLE, "word": s("x")},
        {**WHOLE, "word": s("x")},
    ),
    (
        "update_of_the_local_key",
        _update("SET a = :a", a=s("b")),
        {**WHOLE, "a": s("b")},
        {**WHOLE, "a": s("b")},
    ),
    (
        "removal_of_a_global_key",
        _update("REMOVE g"),
        {name: value for name, value in WHOLE.items() if name != "g"},
        None,
    ),
    ("global_key_counted_up", _update("ADD h :one", one=n(1)), {**WHOLE, "h": n(2)}, {**WHOLE, "h": n(2)}),
    ("deletion_in_a_batch", _batch({"DeleteRequest": {"Key": KEY}}), None, None),
    (
        "put_in_a_batch",
        _batch({"PutRequest": {"Item": {**KEY, "a": s("c")}}}),
        {**KEY, "a": s("c")},
        None,
    ),
]


@pytest.mark.parametrize(
    ("write", "local", "global_"), [pytest.param(*case[1:], id=case[0]) for case in WRITES]
)
def test_the_indexes_follow_a_write(
    client: Any,
    table: str,
    write: Callable[[Any, str], None],
    local: Item | None,
    global_: Item | None,
) -> None:
    client.put_item(TableName=table, Item=WHOLE)
    write(client, table)
    assert entries(client, table, "local") == ([] if local is None else [local])
    assert entries(client, table, "global") == ([] if global_ is None else [global_])


def test_an_entry_comes_into_the_index_when_its_key_does(client: Any, table: str) -> None:
    client.put_item(TableName=table, Item=KEY)
    _update("SET a = :a", a=s("a"))(client, table)
    assert entries(client, table, "local") == [{**KEY, "a": s("a")}]


PROJECTIONS: list[tuple[str, Request, list[str]]] = [
    ("KEYS_ONLY", {"ProjectionType": "KEYS_ONLY"}, ["a", "pk", "sk"]),
    (
        "INCLUDE",
        {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["word", "absent"]},
        ["a", "pk", "sk", "word"],
    ),
    ("ALL", {"ProjectionType": "ALL"}, ["a", "g", "h", "pk", "sk", "word"]),
]


@pytest.mark.parametrize("local", [True, False], ids=["local", "global"])
@pytest.mark.parametrize(
    ("projection", "names"), [pytest.param(*case[1:], id=case[0]) for case in PROJECTIONS]
)
def test_an_index_shows_what_it_projects(
    client: Any, make_table: MakeTable, local: bool, projection: Request, names: list[str]
) -> None:
    keys_ = ("pk", "a") if local else ("a",)
    indexes = [{"IndexName": "idx", "KeySchema": key_schema(*keys_), "Projection": projection}]
    parameter = "LocalSecondaryIndexes" if local else "GlobalSecondaryIndexes"
    table = make_table("pk", "sk", attributes=["a"], **{parameter: indexes})
    client.put_item(TableName=table, Item=WHOLE)
    expected = {name: WHOLE[name] for name in names}
    assert entries(client, table, "idx") == [expected]
    condition = "pk = :v" if local else "a = :v"
    request = {
        "TableName": table,
        "IndexName": "idx",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {":v": WHOLE["pk" if local else "a"]},
    }
    assert client.query(**request)["Items"] == [expected]
    assert client.query(**request, Select="ALL_PROJECTED_ATTRIBUTES")["Items"] == [expected]
    assert client.query(**request, ProjectionExpression="pk, sk")["Items"] == [KEY]


@pytest.fixture
def keys_only(client: Any, make_table: MakeTable) -> str:
    """A table with KEYS_ONLY indexes, local and global, that holds three items of one collection."""
    table = make_table(
        "pk",
        "sk",
        attributes=["a"],
        LocalSecondaryIndexes=[index("local", "pk", "a", projection="KEYS_ONLY")],
        GlobalSecondaryIndexes=[index("global", "a", projection="KEYS_ONLY")],
    )
    for number in range(3):
        item = {
            "pk": s("1"),
            "sk": s(str(number)),
            "a": s(str(9 - number)),
            "word": s(f"w{number}"),
            "place": {"M": {"x": n(number), "y": n(0)}},
        }
        client.put_item(TableName=table, Item=item)
    return table


def query_local(client: Any, table: str, **parameters: Any) -> list[Item]:
    found: list[Item] = client.query(
        TableName=table,
        IndexName="local",
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": s("1")},
        **parameters,
    )["Items"]
    return found


@pytest.mark.parametrize("consistent", [False, True])
def test_a_local_index_fetches_what_it_does_not_project(
    client: Any, keys_only: str, consistent: bool
) -> None:
    whole = query_local(client, keys_only, Select="ALL_ATTRIBUTES", ConsistentRead=consistent)
    assert [item["word"]["S"] for item in whole] == ["w2", "w1", "w0"]
    parts = query_local(client, keys_only, ProjectionExpression="word, place.x", ConsistentRead=consistent)
    assert parts == [{"word": s(f"w{number}"), "place": {"M": {"x": n(number)}}} for number in (2, 1, 0)]
    scanned = client.scan(TableName=keys_only, IndexName="local", Select="ALL_ATTRIBUTES")["Items"]
    assert scanned == whole


def test_a_local_index_does_not_show_what_it_does_not_project(client: Any, keys_only: str) -> None:
    assert [sorted(item) for item in query_local(client, keys_only)] == [["a", "pk", "sk"]] * 3


def test_a_global_index_never_fetches(client: Any, keys_only: str) -> None:
    for operation, condition in (
        ("Scan", {}),
        (
            "Query",
            {"KeyConditionExpression": "a = :a", "ExpressionAttributeValues": {":a": s("9")}},
        ),
    ):
        refused = refusal(
            client,
            operation,
            TableName=keys_only,
            IndexName="global",
            ProjectionExpression="word",
            **condition,
        )
        assert refused.startswith("ValidationException: ")  # AWS's text was not seen in a recording


def test_equal_index_keys_come_in_the_order_of_the_table_keys_hash(
    client: Any, make_table: MakeTable
) -> None:
    """The order is AWS's, as recorded; it is not documented."""
    table = make_table("pk", "sk", attributes=["g"], GlobalSecondaryIndexes=[index("global", "g")])
    order = ["bb", "aa", "ce", "ea", "da", "cd"]
    for pair in sorted(order):
        client.put_item(TableName=table, Item={"pk": s(pair[0]), "sk": s(pair[1]), "g": s("same")})
    request = {
        "TableName": table,
        "IndexName": "global",
        "KeyConditionExpression": "g = :g",
        "ExpressionAttributeValues": {":g": s("same")},
    }
    for forward in (True, False):
        items = client.query(**request, ScanIndexForward=forward)["Items"]
        found = [item["pk"]["S"] + item["sk"]["S"] for item in items]
        assert found == (order if forward else order[::-1])


def test_a_local_index_orders_a_collection_by_its_own_key(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk", attributes=["a:N"], LocalSecondaryIndexes=[index("local", "pk", "a")])
    for number in (10, 9, -1, 0.5, 100):
        client.put_item(TableName=table, Item={"pk": s("1"), "sk": s(str(number)), "a": n(number)})
        client.put_item(TableName=table, Item={"pk": s("2"), "sk": s(str(number)), "a": n(number)})
    assert [item["a"]["N"] for item in query_local(client, table)] == ["-1", "0.5", "9", "10", "100"]
    between = client.query(
        TableName=table,
        IndexName="local",
        KeyConditionExpression="pk = :p AND a BETWEEN :low AND :high",
        ExpressionAttributeValues={":p": s("1"), ":low": n(0), ":high": n(10)},
        ScanIndexForward=False,
    )
    assert [item["a"]["N"] for item in between["Items"]] == ["10", "9", "0.5"]


def test_two_indexes_over_one_attribute_are_both_kept(client: Any, make_table: MakeTable) -> None:
    table = make_table(
        "pk",
        attributes=["g"],
        GlobalSecondaryIndexes=[index("one", "g"), index("two", "g", "pk", projection="KEYS_ONLY")],
    )
    client.put_item(TableName=table, Item={"pk": s("1"), "g": s("x"), "word": s("w")})
    client.put_item(TableName=table, Item={"pk": s("1"), "g": s("y"), "word": s("w")})
    assert entries(client, table, "one") == [{"pk": s("1"), "g": s("y"), "word": s("w")}]
    assert entries(client, table, "two") == [{"pk": s("1"), "g": s("y")}]


def test_many_items_can_have_one_index_key(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", attributes=["g"], GlobalSecondaryIndexes=[index("global", "g")])
    for number in range(10):
        client.put_item(TableName=table, Item={"pk": s(str(number)), "g": s("same")})
    client.delete_item(TableName=table, Key={"pk": s("3")})
    assert sorted(keys(entries(client, table, "global"))) == list("012456789")


# -- keys of several attributes


def _several(hashes: int, ranges: int) -> list[dict[str, str]]:
    return [
        *({"AttributeName": f"h{number}", "KeyType": "HASH"} for number in range(hashes)),
        *({"AttributeName": f"r{number}", "KeyType": "RANGE"} for number in range(ranges)),
    ]


@pytest.fixture
def multiple(client: Any, make_table: MakeTable) -> str:
    """A table with an index of two partition and three sort attributes, of different types."""
    table = make_table(
        "pk",
        attributes=["h0", "h1:N", "r0", "r1:N", "r2"],
        GlobalSecondaryIndexes=[
            {"IndexName": "idx", "KeySchema": _several(2, 3), "Projection": {"ProjectionType": "ALL"}}
        ],
    )
    rows = [("x", 1, 2, "p"), ("x", 1, 10, "q"), ("x", 1, 10, "r"), ("y", 1, 2, "p"), ("x", 2, 2, "p")]
    for number, (r0, h1, r1, r2) in enumerate(rows):
        item = {"pk": s(str(number)), "h0": s("h"), "h1": n(h1), "r0": s(r0), "r1": n(r1), "r2": s(r2)}
        client.put_item(TableName=table, Item=item)
    client.put_item(
        TableName=table, Item={"pk": s("partial"), "h0": s("h"), "h1": n(1), "r0": s("x"), "r1": n(2)}
    )
    return table


VALUES = {":h": s("h"), ":n1": n(1), ":x": s("x"), ":n2": n(2), ":n10": n(10), ":q": s("q")}


def query_several(table: str, condition: str) -> Request:
    used = {name: value for name, value in VALUES.items() if name in condition.replace(")", " ").split()}
    return {
        "TableName": table,
        "IndexName": "idx",
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": used,
    }


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("h0 = :h AND h1 = :n1", "0123"),
        ("h1 = :n2 AND h0 = :h", "4"),
        ("h0 = :h AND h1 = :n1 AND r0 = :x", "012"),
        ("h0 = :h AND h1 = :n1 AND r0 > :x", "3"),
        ("h0 = :h AND h1 = :n1 AND r0 = :x AND r1 = :n10", "12"),
        ("h0 = :h AND h1 = :n1 AND r0 = :x AND r1 < :n10", "0"),
        ("h0 = :h AND h1 = :n1 AND r0 = :x AND r1 BETWEEN :n2 AND :n10", "012"),
        ("h0 = :h AND h1 = :n1 AND r0 = :x AND r1 = :n10 AND r2 > :q", "2"),
        ("h0 = :h AND h1 = :n1 AND r0 = :x AND r1 = :n10 AND begins_with(r2, :q)", "1"),
    ],
)
def test_a_key_of_several_attributes_is_queried_from_the_left(
    client: Any, multiple: str, condition: str, expected: str
) -> None:
    assert keys(client.query(**query_several(multiple, condition))["Items"]) == list(expected)


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param("h0 = :h", id="one_partition_attribute_of_two"),
        pytest.param("h0 = :h AND h1 > :n1", id="partition_attribute_greater"),
        pytest.param("h0 = :h AND h1 = :n1 AND r1 = :n2", id="first_sort_attribute_left_out"),
        pytest.param("h0 = :h AND h1 = :n1 AND r0 = :x AND r2 = :q", id="sort_attribute_left_out"),
        pytest.param("h0 = :h AND h1 = :n1 AND r0 > :x AND r1 = :n2", id="condition_after_an_inequality"),
    ],
)
def test_a_query_that_leaves_a_gap_in_the_key_is_refused(client: Any, multiple: str, condition: str) -> None:
    refused = refusal(client, "Query", **query_several(multiple, condition))
    assert refused.startswith("ValidationException: ")  # AWS's texts for these are not known


def test_a_missing_partition_attribute_is_named(client: Any, multiple: str) -> None:
    refused = refusal(client, "Query", **query_several(multiple, "h0 = :h"))
    assert refused == invalid("Query condition missed key schema element: h1")


def test_an_item_that_lacks_one_of_several_key_attributes_is_not_in_the_index(
    client: Any, multiple: str
) -> None:
    assert sorted(keys(entries(client, multiple, "idx"))) == list("01234")


def test_a_key_of_several_attributes_is_described_in_its_order(client: Any, multiple: str) -> None:
    described = client.describe_table(TableName=multiple)["Table"]["GlobalSecondaryIndexes"][0]
    assert described["KeySchema"] == _several(2, 3)


def test_four_and_four_key_attributes_are_the_most(client: Any, make_table: MakeTable) -> None:
    names = [f"h{number}" for number in range(4)] + [f"r{number}" for number in range(4)]
    indexes = [{"IndexName": "idx", "KeySchema": _several(4, 4), "Projection": {"ProjectionType": "ALL"}}]
    table = make_table("pk", attributes=names, GlobalSecondaryIndexes=indexes)
    item = {"pk": s("1"), **{name: s(name) for name in names}}
    client.put_item(TableName=table, Item=item)
    assert entries(client, table, "idx") == [item]


def test_pages_of_a_key_of_several_attributes_lose_nothing(client: Any, multiple: str) -> None:
    request = query_several(multiple, "h0 = :h AND h1 = :n1")
    for forward in (True, False):
        pages = client.get_paginator("query").paginate(
            **request, ScanIndexForward=forward, PaginationConfig={"PageSize": 1}
        )
        found = [key for page in pages for key in keys(page["Items"])]
        assert found == list("0123" if forward else "3210")
