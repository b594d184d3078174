"""Query: key conditions, order, filters, selects, and refusals that depend on the table."""

from collections.abc import Iterator
from typing import Any

import pytest
from boto3.dynamodb.conditions import Attr, Key
from tests.conftest import MakeTable
from tests.operations.calls import (
    LEAD,
    NOT_VALID,
    PARAMETERS,
    SCHEMA_MISMATCH,
    Item,
    Request,
    call,
    invalid,
    refusal,
)
from tests.operations.standing import HASH, INDEXED, MISSING, RANGE

STRINGS = ["", "A", "AB", "B", "a", "a\u0000", "aa", "ab", "b", "z", "\u00e9", "\uffff", "\U00010000"]
NUMBERS = ["-1000", "-10", "-2", "-1.5", "-0.001", "0", "0.001", "1", "1.5", "2", "10", "99", "100", "1e20"]
BINARIES = [b"\x00", b"\x00\x00", b"\x00\xff", b"\x01", b"\x7f", b"\x80", b"\xff", b"\xff\x00", b"\xff\xff"]


@pytest.fixture(scope="module")
def tables(client: Any) -> Iterator[dict[str, str]]:
    """For each type of sort key a table with one collection of known sort keys, and some items beside it."""
    sort_keys: dict[str, list[Any]] = {"S": STRINGS[1:], "N": NUMBERS, "B": BINARIES}
    names = {type_: f"operations-query-{type_}" for type_ in sort_keys}
    for type_, name in names.items():
        client.create_table(
            TableName=name,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "pk", "AttributeType": "S"},
                {"AttributeName": "sk", "AttributeType": type_},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        for collection in ("p", "pq", "o"):
            for value in sort_keys[type_] if collection == "p" else sort_keys[type_][:2]:
                item = {"pk": {"S": collection}, "sk": {type_: value}, "place": {"S": repr(value)}}
                client.put_item(TableName=name, Item=item)
    yield names
    for name in names.values():
        client.delete_table(TableName=name)


def sort_keys(client: Any, table: str, condition: str, values: Item, **parameters: Any) -> list[Any]:
    """The sort keys of the items that a Query of collection `p` finds."""
    answer = client.query(
        TableName=table,
        KeyConditionExpression=f"pk = :p {condition}",
        ExpressionAttributeValues={":p": {"S": "p"}, **values},
        **parameters,
    )
    return [next(iter(item["sk"].values())) for item in answer["Items"]]


def expanded(numbers: list[str]) -> list[str]:
    return ["1" + "0" * 20 if number == "1e20" else number for number in numbers]


@pytest.mark.parametrize(("type_", "values"), [("S", STRINGS[1:]), ("N", expanded(NUMBERS)), ("B", BINARIES)])
def test_a_collection_comes_in_the_order_of_its_sort_keys(
    client: Any, tables: dict[str, str], type_: str, values: list[Any]
) -> None:
    assert sort_keys(client, tables[type_], "", {}) == values
    assert sort_keys(client, tables[type_], "", {}, ScanIndexForward=True) == values
    assert sort_keys(client, tables[type_], "", {}, ScanIndexForward=False) == values[::-1]


OPERATORS = ["=", "<", "<=", ">", ">="]


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize(
    ("type_", "values", "bound"),
    [
        ("S", STRINGS[1:], "a"),
        ("S", STRINGS[1:], "aaa"),
        ("N", expanded(NUMBERS), "0"),
        ("N", expanded(NUMBERS), "-1.75"),
        ("B", BINARIES, b"\x00\xff"),
        ("B", BINARIES, b"\xfe"),
    ],
)
def test_a_comparison_selects_by_order(
    client: Any, tables: dict[str, str], operator: str, type_: str, values: list[Any], bound: Any
) -> None:
    found = sort_keys(client, tables[type_], f"AND sk {operator} :b", {":b": {type_: bound}})
    assert found == [value for value in values if _compares(type_, value, operator, bound)]
    mirrored = operator.translate(str.maketrans("<>", "><"))
    assert sort_keys(client, tables[type_], f"AND :b {mirrored} sk", {":b": {type_: bound}}) == found


def _compares(type_: str, value: Any, operator: str, bound: Any) -> bool:
    if type_ == "N":
        value, bound = float(value), float(bound)
    elif type_ == "S":
        value, bound = value.encode(), bound.encode()
    outcomes = {
        "=": value == bound,
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
    }
    return bool(outcomes[operator])


@pytest.mark.parametrize(
    ("type_", "condition", "values", "expected"),
    [
        pytest.param("S", "BETWEEN :a AND :b", ("a", "b"), ["a", "a\0", "aa", "ab", "b"], id="strings"),
        pytest.param("S", "BETWEEN :a AND :b", ("aa", "aa"), ["aa"], id="one_string"),
        pytest.param("S", "BETWEEN :a AND :b", ("c", "y"), [], id="no_string"),
        pytest.param(
            "N", "BETWEEN :a AND :b", ("-1.5", "1.0"), ["-1.5", "-0.001", "0", "0.001", "1"], id="numbers"
        ),
        pytest.param(
            "B", "BETWEEN :a AND :b", (b"\x01", b"\x80"), [b"\x01", b"\x7f", b"\x80"], id="binaries"
        ),
    ],
)
def test_between_includes_its_bounds(
    client: Any,
    tables: dict[str, str],
    type_: str,
    condition: str,
    values: tuple[Any, Any],
    expected: list[Any],
) -> None:
    bounds = {name: {type_: value} for name, value in zip((":a", ":b"), values, strict=True)}
    assert sort_keys(client, tables[type_], f"AND sk {condition}", bounds) == expected


@pytest.mark.parametrize(
    ("type_", "prefix", "expected"),
    [
        ("S", "a", ["a", "a\0", "aa", "ab"]),
        ("S", "aa", ["aa"]),
        ("S", "\uffff", ["\uffff"]),
        ("S", "c", []),
        ("B", b"\x00", [b"\x00", b"\x00\x00", b"\x00\xff"]),
        ("B", b"\xff", [b"\xff", b"\xff\x00", b"\xff\xff"]),
        ("B", b"\xff\xff", [b"\xff\xff"]),
    ],
)
def test_begins_with_selects_a_prefix(
    client: Any, tables: dict[str, str], type_: str, prefix: Any, expected: list[Any]
) -> None:
    found = sort_keys(client, tables[type_], "AND begins_with(sk, :b)", {":b": {type_: prefix}})
    assert found == expected


def test_order_and_parentheses_of_the_conditions_do_not_matter(client: Any, tables: dict[str, str]) -> None:
    request = {
        "TableName": tables["S"],
        "ExpressionAttributeValues": {":p": {"S": "p"}, ":s": {"S": "b"}},
    }
    for condition in (
        "pk = :p AND sk = :s",
        "sk = :s AND pk = :p",
        "(pk = :p) and (sk = :s)",
        ":s = sk AND :p = pk",
    ):
        assert client.query(**request, KeyConditionExpression=condition)["Count"] == 1


def test_a_filter_counts_what_it_leaves_out(client: Any, tables: dict[str, str]) -> None:
    answer = call(
        client,
        "Query",
        TableName=tables["S"],
        KeyConditionExpression="pk = :p AND sk < :b",
        FilterExpression="#place IN (:one, :two)",
        ProjectionExpression="sk",
        ExpressionAttributeNames={"#place": "place"},
        ExpressionAttributeValues={
            ":p": {"S": "p"},
            ":b": {"S": "a"},
            ":one": {"S": "'AB'"},
            ":two": {"S": "'z'"},
        },
    )
    assert answer == {"Items": [{"sk": {"S": "AB"}}], "Count": 1, "ScannedCount": 3}


@pytest.mark.parametrize(
    ("parameters", "members"),
    [
        pytest.param({"Select": "COUNT"}, ["Count", "ScannedCount"], id="count"),
        pytest.param({"Select": "ALL_ATTRIBUTES"}, ["Count", "Items", "ScannedCount"], id="all"),
        pytest.param(
            {"Select": "SPECIFIC_ATTRIBUTES", "ProjectionExpression": "sk"},
            ["Count", "Items", "ScannedCount"],
            id="specific",
        ),
    ],
)
@pytest.mark.parametrize("collection", ["p", "absent"])
def test_select_decides_whether_items_come(
    client: Any, tables: dict[str, str], parameters: Request, members: list[str], collection: str
) -> None:
    answer = call(
        client,
        "Query",
        TableName=tables["N"],
        KeyConditionExpression="pk = :p",
        ExpressionAttributeValues={":p": {"S": collection}},
        **parameters,
    )
    assert sorted(answer) == members
    assert answer["Count"] == (len(NUMBERS) if collection == "p" else 0)


def test_boto3s_condition_objects(resource: Any, tables: dict[str, str]) -> None:
    answer = resource.Table(tables["N"]).query(
        KeyConditionExpression=Key("pk").eq("p") & Key("sk").between(-2, 2),
        FilterExpression=Attr("place").contains("1") & ~Attr("place").contains("-"),
        ScanIndexForward=False,
    )
    assert [str(item["sk"]) for item in answer["Items"]] == ["1.5", "1", "0.001"]
    assert answer["ScannedCount"] == 8


def _query(table: str, condition: str, *values: Item, **parameters: Any) -> Request:
    placeholders = dict(zip((":p", ":s", ":t"), values, strict=False))
    request: Request = {"TableName": table, "KeyConditionExpression": condition, **parameters}
    return {**request, "ExpressionAttributeValues": placeholders} if placeholders else request


P, S, EMPTY, N = {"S": "p"}, {"S": "s"}, {"S": ""}, {"N": "1"}
CONDITION_TYPE = PARAMETERS + "Condition parameter type does not match schema type"
START = {"pk": P, "sk": S}
INVALID_START = "The provided starting key is invalid"
INDEX_START = {**START, "b": {"N": "1"}, "c": {"S": "c"}}
GLOBAL = {"IndexName": "global-b"}


def _empty_key(name: str) -> str:
    return (
        NOT_VALID
        + f"The AttributeValue for a key attribute cannot contain an empty string value. Key: {name}"
    )


# Situation, request, text.
REFUSED: list[tuple[str, Request, str]] = [
    (
        "no_key_condition",
        {"TableName": RANGE},
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    ),
    (
        "no_key_condition_but_a_filter",
        {"TableName": RANGE, "FilterExpression": "attribute_exists(x)"},
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.",
    ),
    (
        "two_conditions_on_a_hash_key_alone",
        _query(HASH, "pk = :p AND x = :s", P, S),
        "The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)",
    ),
    (
        "three_conditions",
        _query(RANGE, "pk = :p AND sk = :s AND x = :s", P, S),
        "The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)",
    ),
    (
        "no_hash_key",
        _query(RANGE, "sk = :p", P),
        "Query condition missed key schema element: pk",
    ),
    (
        "other_attribute",
        _query(RANGE, "x = :p", P),
        "Query condition missed key schema element: pk",
    ),
    (
        "other_attribute_for_the_range_key",
        _query(RANGE, "pk = :p AND x = :s", P, S),
        "Query condition missed key schema element: sk",
    ),
    ("hash_key_of_other_type", _query(RANGE, "pk = :p", N), CONDITION_TYPE),
    ("range_key_of_other_type", _query(RANGE, "pk = :p AND sk = :s", P, N), CONDITION_TYPE),
    ("hash_key_less_than", _query(RANGE, "pk < :p", P), "Query key condition not supported"),
    (
        "hash_key_begins_with",
        _query(RANGE, "begins_with(pk, :p)", P),
        "Query key condition not supported",
    ),
    ("empty_hash_key", _query(RANGE, "pk = :p", EMPTY), _empty_key("pk")),
    ("empty_range_key", _query(RANGE, "pk = :p AND sk = :s", P, EMPTY), _empty_key("sk")),
    (
        "unknown_index",
        _query(RANGE, "pk = :p", P, IndexName="none"),
        "The table does not have the specified index: none",
    ),
    (
        "consistent_on_a_global_index",
        _query(INDEXED, "b = :p", N, **GLOBAL, ConsistentRead=True),
        "Consistent reads are not supported on global secondary indexes",
    ),
    (
        "start_key_lacks_range_key",
        _query(RANGE, "pk = :p", P, ExclusiveStartKey={"pk": P}),
        INVALID_START,
    ),
    (
        "start_key_has_more",
        _query(RANGE, "pk = :p", P, ExclusiveStartKey={**START, "x": S}),
        INVALID_START,
    ),
    (
        "start_key_has_another_attribute",
        _query(RANGE, "pk = :p", P, ExclusiveStartKey={"pk": P, "x": S}),
        INVALID_START,
    ),
    (
        "start_key_of_other_hash_type",
        _query(RANGE, "pk = :p", P, ExclusiveStartKey={**START, "pk": N}),
        INVALID_START,
    ),
    (
        "start_key_of_other_range_type",
        _query(RANGE, "pk = :p", P, ExclusiveStartKey={**START, "sk": N}),
        SCHEMA_MISMATCH,
    ),
    (
        "start_key_of_an_index_lacks_table_key",
        _query(INDEXED, "b = :p", N, **GLOBAL, ExclusiveStartKey={"b": N, "c": S}),
        INVALID_START,
    ),
    (
        "start_key_of_an_index_of_other_type",
        _query(INDEXED, "b = :p", N, **GLOBAL, ExclusiveStartKey={**INDEX_START, "b": S}),
        SCHEMA_MISMATCH,
    ),
    (
        "start_key_of_an_index_with_table_key_of_other_type",
        _query(INDEXED, "b = :p", N, **GLOBAL, ExclusiveStartKey={**INDEX_START, "sk": N}),
        INVALID_START + ": " + SCHEMA_MISMATCH,
    ),
    (
        "start_key_of_another_collection",
        _query(RANGE, "pk = :p", P, ExclusiveStartKey={**START, "pk": S}),
        "The provided starting key is outside query boundaries based on provided conditions",
    ),
    (
        "start_key_before_the_range",
        _query(RANGE, "pk = :p AND sk > :s", P, {"S": "t"}, ExclusiveStartKey=START),
        "The provided starting key does not match the range key predicate",
    ),
    (
        "start_key_after_the_range",
        _query(RANGE, "pk = :p AND begins_with(sk, :s)", P, {"S": "a"}, ExclusiveStartKey=START),
        "The provided starting key does not match the range key predicate",
    ),
    (
        "start_key_of_another_collection_within_the_range",
        _query(RANGE, "pk = :p AND sk = :s", P, S, ExclusiveStartKey={**START, "pk": S}),
        "The query can return at most one row and cannot be restarted",
    ),
    (
        "filter_on_the_hash_key",
        _query(RANGE, "pk = :p", P, FilterExpression="pk = :p"),
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: pk",
    ),
    (
        "filter_on_the_range_key",
        _query(RANGE, "pk = :p", P, FilterExpression="attribute_exists(sk)"),
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
    ),
    (
        "filter_on_an_index_key",
        _query(INDEXED, "b = :p", N, **GLOBAL, FilterExpression="attribute_exists(c)"),
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: c",
    ),
    (
        "all_attributes_of_a_global_index_without_them",
        _query(INDEXED, "b = :p", N, **GLOBAL, Select="ALL_ATTRIBUTES"),
        PARAMETERS
        + "Select type ALL_ATTRIBUTES is not supported for global secondary index global-b because "
        "its projection type is not ALL",
    ),
]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(("request_", "text"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_query_that_does_not_fit_the_table_is_refused(client: Any, request_: Request, text: str) -> None:
    assert refusal(client, "Query", **request_) == invalid(text)


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(
            _query(INDEXED, "b = :p", N, **GLOBAL, FilterExpression="attribute_exists(sk)"),
            id="filter_on_a_table_key_that_is_no_key_of_the_index",
        ),
        pytest.param(
            _query(INDEXED, "c = :p", P, IndexName="global-c", Select="ALL_ATTRIBUTES"),
            id="all_attributes_of_a_global_index_with_them",
        ),
        pytest.param(
            _query(INDEXED, "pk = :p", P, IndexName="local-a", ConsistentRead=True),
            id="consistent_on_a_local_index",
        ),
        pytest.param(_query(RANGE, "pk = :p", P, ExclusiveStartKey=START), id="start_key_of_no_item"),
        pytest.param(_query(RANGE, "pk = :p AND begins_with(sk, :s)", P, EMPTY), id="begins_with_nothing"),
    ],
)
def test_a_query_at_the_edge_of_the_rules_is_accepted(client: Any, request_: Request) -> None:
    assert client.query(**request_)["Items"] in ([], [{}]) or request_["TableName"] == INDEXED


# Select and what contradicts it. Query's texts have the lead, Scan's have not.
SELECTS: list[tuple[str, Request, str]] = [
    (
        "all_projected_without_index",
        {"Select": "ALL_PROJECTED_ATTRIBUTES"},
        "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
    ),
    (
        "specific_without_projection",
        {"Select": "SPECIFIC_ATTRIBUTES"},
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
    ),
    (
        "all_with_projection",
        {"Select": "ALL_ATTRIBUTES", "ProjectionExpression": "x"},
        "Cannot specify the ProjectionExpression when choosing to get ALL_ATTRIBUTES",
    ),
    (
        "all_projected_with_projection",
        {"Select": "ALL_PROJECTED_ATTRIBUTES", "ProjectionExpression": "x", "IndexName": "some-index"},
        "Cannot specify the ProjectionExpression when choosing to get ALL_PROJECTED_ATTRIBUTES",
    ),
    (
        "count_with_projection",
        {"Select": "COUNT", "ProjectionExpression": "x"},
        "Cannot specify the ProjectionExpression when choosing to get only the Count",
    ),
]


@pytest.mark.parametrize(("parameters", "text"), [pytest.param(*case[1:], id=case[0]) for case in SELECTS])
def test_a_select_that_contradicts_the_rest_is_refused(client: Any, parameters: Request, text: str) -> None:
    request = _query(MISSING, "pk = :p", P, **parameters)
    assert refusal(client, "Query", **request) == invalid(LEAD + text)
    assert refusal(client, "Scan", TableName=MISSING, **parameters) == invalid(text)


def test_a_hash_only_table_has_collections_of_one(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk:N")
    for number in range(3):
        client.put_item(TableName=table, Item={"pk": {"N": str(number)}})
    answer = client.query(**_query(table, "pk = :p", {"N": "1.0"}))
    assert answer["Items"] == [{"pk": {"N": "1"}}]
