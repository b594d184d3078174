"""Pages: where they end, what their last key is, and that together they are the whole."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import Item, Request
from tests.operations.standing import index, key_schema

TABLE = "operations-paging"
BIG = "operations-paging-big"
BIG_BYTES = 100_000
MEGABYTE = 1024 * 1024


def s(text: str) -> Item:
    return {"S": text}


def _definition(name: str) -> Request:
    return {
        "TableName": name,
        "KeySchema": key_schema("pk", "sk"),
        "AttributeDefinitions": [
            {"AttributeName": attribute, "AttributeType": "S"} for attribute in ("pk", "sk", "a", "g")
        ],
        "LocalSecondaryIndexes": [index("local", "pk", "a", projection="KEYS_ONLY")],
        "GlobalSecondaryIndexes": [index("global", "g", "a")],
        "BillingMode": "PAY_PER_REQUEST",
    }


@pytest.fixture(scope="module", autouse=True)
def tables(client: Any) -> Iterator[None]:
    """TABLE has 20 items in the collection p, BIG 25 of 100 kB; index keys go the other way, some twice."""
    client.create_table(**_definition(TABLE))
    client.create_table(**_definition(BIG))
    for number in range(20):
        client.put_item(TableName=TABLE, Item=_item("p", number, 20))
    for number in range(3):
        client.put_item(TableName=TABLE, Item=_item("q", number, 20))
    for number in range(25):
        item = _item("p", number, 25)
        size = sum(len(name) + len(value["S"]) for name, value in item.items()) + 1
        client.put_item(TableName=BIG, Item={**item, "x": s("x" * (BIG_BYTES - size))})
    yield
    client.delete_table(TableName=TABLE)
    client.delete_table(TableName=BIG)


def _item(collection: str, number: int, count: int) -> Item:
    return {
        "pk": s(collection),
        "sk": s(f"{number:02}"),
        "a": s(f"{(count - number) // 2:02}"),
        "g": s("g" + collection),
    }


QUERY: Request = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": s("p")}}
GLOBAL: Request = {
    "IndexName": "global",
    "KeyConditionExpression": "g = :g",
    "ExpressionAttributeValues": {":g": s("gp")},
}
# Way of reading 20 items of TABLE, operation, request, attributes of a last key.
READS: list[tuple[str, str, Request, list[str]]] = [
    ("table", "query", QUERY, ["pk", "sk"]),
    ("table_backward", "query", {**QUERY, "ScanIndexForward": False}, ["pk", "sk"]),
    (
        "range",
        "query",
        {
            "KeyConditionExpression": "pk = :p AND sk BETWEEN :a AND :b",
            "ExpressionAttributeValues": {":p": s("p"), ":a": s("00"), ":b": s("19")},
        },
        ["pk", "sk"],
    ),
    ("local_index", "query", {**QUERY, "IndexName": "local"}, ["a", "pk", "sk"]),
    (
        "local_index_backward",
        "query",
        {**QUERY, "IndexName": "local", "ScanIndexForward": False},
        ["a", "pk", "sk"],
    ),
    (
        "local_index_with_fetch",
        "query",
        {**QUERY, "IndexName": "local", "Select": "ALL_ATTRIBUTES"},
        ["a", "pk", "sk"],
    ),
    ("global_index", "query", GLOBAL, ["a", "g", "pk", "sk"]),
    (
        "global_index_backward",
        "query",
        {**GLOBAL, "ScanIndexForward": False},
        ["a", "g", "pk", "sk"],
    ),
    ("scan", "scan", {}, ["pk", "sk"]),
    ("scan_of_local_index", "scan", {"IndexName": "local"}, ["a", "pk", "sk"]),
    ("scan_of_global_index", "scan", {"IndexName": "global"}, ["a", "g", "pk", "sk"]),
]
reads = pytest.mark.parametrize(
    ("operation", "request_", "last_key"), [pytest.param(*case[1:], id=case[0]) for case in READS]
)


def pages_of(client: Any, operation: str, table: str, request: Request) -> list[dict[str, Any]]:
    """All pages, by hand."""
    request = {"TableName": table, **request}
    pages = []
    while True:
        page = getattr(client, operation)(**request)
        pages.append(page)
        if "LastEvaluatedKey" not in page:
            return pages
        assert len(pages) < 100, "the pages do not end"
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def items_of(pages: list[dict[str, Any]]) -> list[Item]:
    return [item for page in pages for item in page["Items"]]


@reads
@pytest.mark.parametrize("limit", [1, 3, 7, 19])
def test_pages_by_limit_are_the_whole(
    client: Any, operation: str, request_: Request, last_key: list[str], limit: int
) -> None:
    whole = getattr(client, operation)(TableName=TABLE, **request_)
    assert "LastEvaluatedKey" not in whole
    assert whole["Count"] == (20 if operation == "query" else 23)
    pages = pages_of(client, operation, TABLE, {**request_, "Limit": limit})
    assert items_of(pages) == whole["Items"]
    for page in pages[:-1]:
        assert page["Count"] == page["ScannedCount"] == limit
        assert sorted(page["LastEvaluatedKey"]) == last_key
        for name, value in page["LastEvaluatedKey"].items():
            assert page["Items"][-1][name] == value
    assert pages[-1]["Count"] < limit


@reads
def test_a_page_that_reaches_its_limit_has_a_last_key_even_at_the_end(
    client: Any, operation: str, request_: Request, last_key: list[str]
) -> None:
    count = 20 if operation == "query" else 23
    at_the_end = getattr(client, operation)(TableName=TABLE, **request_, Limit=count)
    assert at_the_end["Count"] == count
    assert sorted(at_the_end["LastEvaluatedKey"]) == last_key
    beyond = getattr(client, operation)(TableName=TABLE, **request_, Limit=count + 1)
    assert beyond["Count"] == count
    assert "LastEvaluatedKey" not in beyond
    after = getattr(client, operation)(
        TableName=TABLE, **request_, ExclusiveStartKey=at_the_end["LastEvaluatedKey"]
    )
    assert after["Items"] == []
    assert "LastEvaluatedKey" not in after


def test_a_limit_counts_items_before_the_filter(client: Any) -> None:
    request = {
        **QUERY,
        "FilterExpression": "a = :a",
        "ExpressionAttributeValues": {":p": s("p"), ":a": s("00")},
        "Limit": 6,
    }
    pages = pages_of(client, "query", TABLE, request)
    assert [(page["Count"], page["ScannedCount"]) for page in pages] == [(0, 6), (0, 6), (0, 6), (1, 2)]
    assert items_of(pages) == [_item("p", 19, 20)]


def test_a_projection_does_not_change_the_last_key(client: Any) -> None:
    page = client.query(TableName=TABLE, **QUERY, ProjectionExpression="g", Limit=2)
    assert page["Items"] == [{"g": s("gp")}] * 2
    assert page["LastEvaluatedKey"] == {"pk": s("p"), "sk": s("01")}


def test_a_count_has_pages_too(client: Any) -> None:
    pages = pages_of(client, "query", TABLE, {**QUERY, "Select": "COUNT", "Limit": 8})
    assert [page["Count"] for page in pages] == [8, 8, 4]
    assert all("Items" not in page for page in pages)


def test_a_starting_key_need_not_exist(client: Any) -> None:
    request = {"TableName": TABLE, **QUERY, "ExclusiveStartKey": {"pk": s("p"), "sk": s("05+")}}
    forward = client.query(**request)
    assert [item["sk"]["S"] for item in forward["Items"]] == [f"{n:02}" for n in range(6, 20)]
    backward = client.query(**request, ScanIndexForward=False)
    assert [item["sk"]["S"] for item in backward["Items"]] == [f"{n:02}" for n in range(5, -1, -1)]


def test_a_starting_key_is_compared_by_value(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk:N")
    for number in range(4):
        client.put_item(TableName=table, Item={"pk": s("p"), "sk": {"N": str(number)}})
    start = {"pk": s("p"), "sk": {"N": "01.0"}}
    page = client.query(TableName=table, **QUERY, ExclusiveStartKey=start)
    assert [item["sk"]["N"] for item in page["Items"]] == ["2", "3"]


def test_an_item_that_goes_between_two_pages_does_no_harm(client: Any) -> None:
    item = {"pk": s("between"), "sk": s("1")}
    for number in ("0", "1", "2"):
        client.put_item(TableName=TABLE, Item={"pk": s("between"), "sk": s(number)})
    request = {**QUERY, "ExpressionAttributeValues": {":p": s("between")}}
    page = client.query(TableName=TABLE, **request, Limit=2)
    client.delete_item(TableName=TABLE, Key=item)
    rest = client.query(TableName=TABLE, **request, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert [item["sk"]["S"] for item in rest["Items"]] == ["2"]
    for number in ("0", "2"):
        client.delete_item(TableName=TABLE, Key={"pk": s("between"), "sk": s(number)})


# Ways of reading the 25 items of BIG, which are more than 1 MB.
BIG_READS: list[tuple[str, str, Request]] = [
    ("table", "query", QUERY),
    ("table_backward", "query", {**QUERY, "ScanIndexForward": False}),
    ("global_index", "query", GLOBAL),
    ("global_index_backward", "query", {**GLOBAL, "ScanIndexForward": False}),
    ("local_index_with_fetch", "query", {**QUERY, "IndexName": "local", "Select": "ALL_ATTRIBUTES"}),
    (
        "local_index_with_fetch_backward",
        "query",
        {**QUERY, "IndexName": "local", "ProjectionExpression": "pk, sk, x", "ScanIndexForward": False},
    ),
    ("scan", "scan", {}),
    ("scan_of_local_index_with_fetch", "scan", {"IndexName": "local", "Select": "ALL_ATTRIBUTES"}),
]
big_reads = pytest.mark.parametrize(
    ("operation", "request_"), [pytest.param(*case[1:], id=case[0]) for case in BIG_READS]
)


@big_reads
def test_a_page_ends_at_a_megabyte(client: Any, operation: str, request_: Request) -> None:
    """Within one item: AWS measures the items a little smaller than they are."""
    pages = pages_of(client, operation, BIG, request_)
    assert len(pages) == 3
    assert len({item["sk"]["S"] for item in items_of(pages)}) == 25
    assert sum(page["Count"] for page in pages) == 25
    for page in pages[:-1]:
        assert abs(page["Count"] * BIG_BYTES - MEGABYTE) <= BIG_BYTES
    assert [item["sk"]["S"] for item in items_of(pages)] == _order(client, operation, request_)


def _order(client: Any, operation: str, request: Request) -> list[str]:
    """The sort keys in the order in which the smallest pages have them."""
    pages = pages_of(client, operation, BIG, {**request, "Limit": 1})
    return [item["sk"]["S"] for item in items_of(pages)]


def test_a_limit_does_not_make_a_page_greater_than_a_megabyte(client: Any) -> None:
    assert client.query(TableName=BIG, **QUERY, Limit=25)["Count"] in (10, 11)


@pytest.mark.parametrize("operation", ["query", "scan"])
def test_a_filter_that_keeps_nothing_leaves_empty_pages_with_a_last_key(client: Any, operation: str) -> None:
    request: Request = {"FilterExpression": "attribute_not_exists(x)"}
    if operation == "query":
        request |= QUERY
    pages = pages_of(client, operation, BIG, request)
    assert len(pages) == 3
    assert items_of(pages) == []
    assert sum(page["ScannedCount"] for page in pages) == 25


def test_an_index_of_small_entries_needs_no_pages(client: Any) -> None:
    page = client.query(TableName=BIG, **QUERY, IndexName="local")
    assert page["Count"] == 25
    assert "LastEvaluatedKey" not in page
