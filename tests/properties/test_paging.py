"""Paging equals one big read: whatever the page size, direction, filter, index or segment."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.properties.bounds import bounded
from tests.properties.model import order_of, projection, text, texts
from tests.properties.service import Document, InProcess, Service, ask, items_of, pages
from tests.properties.shapes import TABLE, IndexShape, Item, TableShape, items, keys, table_shapes


@st.composite
def filled_tables(draw: st.DrawFn) -> tuple[TableShape, list[Item], InProcess]:
    """A table with up to a dozen items, often in one item collection."""
    shape = draw(table_shapes())
    contents = draw(st.lists(items(shape), max_size=12, unique_by=lambda item: text(shape.key_of(item))))
    service = InProcess()
    ask(service, "CreateTable", **shape.request())
    for item in contents:
        ask(service, "PutItem", TableName=TABLE, Item=item)
    return shape, contents, service


def _target(index: IndexShape | None) -> Document:
    return {"TableName": TABLE} if index is None else {"TableName": TABLE, "IndexName": index.name}


def _assert_pages_equal(service: Service, operation: str, request: Document, whole: list[Item]) -> None:
    """All page sizes, from one to one more than there are items."""
    for limit in range(1, len(whole) + 2):
        answers = pages(service, operation, **request, Limit=limit)
        assert items_of(answers) == whole
        for answer in answers[:-1]:
            assert answer["ScannedCount"] == answer["Count"] == limit
        assert answers[-1]["ScannedCount"] == len(whole) % limit


def _assert_filter_only_filters(
    service: Service, operation: str, request: Document, whole: list[Item]
) -> None:
    """A filter drops items from the pages; it does not change what is read."""
    filtered = {**request, **_filter(request)}
    expected = [item for item in whole if "d" in item]
    for limit in (1, 2, len(whole) + 1):
        answers = pages(service, operation, **filtered, Limit=limit)
        assert items_of(answers) == expected
        assert sum(answer["ScannedCount"] for answer in answers) == len(whole)
        assert sum(answer["Count"] for answer in answers) == len(expected)


def _filter(request: Document) -> Document:
    names = {**request.get("ExpressionAttributeNames", {}), "#filtered": "d"}
    return {"FilterExpression": "attribute_exists(#filtered)", "ExpressionAttributeNames": names}


@given(filled_tables(), st.integers(2, 5))
@bounded(60)
def test_scan_of_a_table_or_index(filled: tuple[TableShape, list[Item], InProcess], total: int) -> None:
    shape, contents, service = filled
    for index in (None, *shape.indexes):
        request = _target(index)
        whole = ask(service, "Scan", **request)["Items"]
        assert texts(whole) == texts(projection(shape, index, contents))
        _assert_pages_equal(service, "Scan", request, whole)
        _assert_filter_only_filters(service, "Scan", request, whole)
        segments: list[Item] = []
        for segment in range(total):
            part = {**request, "Segment": segment, "TotalSegments": total}
            read = ask(service, "Scan", **part)["Items"]
            _assert_pages_equal(service, "Scan", part, read)
            segments += read
        assert segments == whole, "segments are parts of the scan, in its order"


@given(filled_tables())
@bounded(60)
def test_query_of_a_table_or_index(filled: tuple[TableShape, list[Item], InProcess]) -> None:
    shape, contents, service = filled
    for index in (None, *shape.indexes):
        hash_names = ("pk",) if index is None else index.hash
        range_names = shape.range if index is None else index.range
        entries = projection(shape, index, contents)
        for key in _distinct([{name: entry[name] for name in hash_names} for entry in entries]):
            collection = [entry for entry in entries if key.items() <= entry.items()]
            _assert_query(service, _query(index, key), range_names, collection)


def _distinct(found: list[Item]) -> list[Item]:
    return list({text(key): key for key in found}.values())


def _query(index: IndexShape | None, key: Item) -> Document:
    placeholders = [(f"#{number}", f":{number}", name) for number, name in enumerate(key)]
    return {
        **_target(index),
        "KeyConditionExpression": " AND ".join(f"{name} = {value}" for name, value, _ in placeholders),
        "ExpressionAttributeNames": {placeholder: name for placeholder, _, name in placeholders},
        "ExpressionAttributeValues": {placeholder: key[name] for _, placeholder, name in placeholders},
    }


def _assert_query(
    service: Service, request: Document, range_names: tuple[str, ...], collection: list[Item]
) -> None:
    whole = ask(service, "Query", **request)["Items"]
    assert texts(whole) == texts(collection)
    sort_keys = [[order_of(item[name]) for name in range_names] for item in whole]
    assert sort_keys == sorted(sort_keys)
    backward = {**request, "ScanIndexForward": False}
    assert ask(service, "Query", **backward)["Items"] == whole[::-1]
    for paged, items_read in ((request, whole), (backward, whole[::-1])):
        _assert_pages_equal(service, "Query", paged, items_read)
        _assert_filter_only_filters(service, "Query", paged, items_read)


@given(filled_tables(), st.data())
@bounded(60)
def test_a_scan_goes_on_behind_any_key_there_or_not(
    filled: tuple[TableShape, list[Item], InProcess], data: st.DataObject
) -> None:
    """The starting key may have been deleted since: reading goes on where it would stand."""
    shape, _, service = filled
    whole = ask(service, "Scan", TableName=TABLE)["Items"]
    start = data.draw(keys(shape))
    was_there = any(shape.key_of(item) == start for item in whole)
    if not was_there:
        ask(service, "PutItem", TableName=TABLE, Item=start)
    with_start = ask(service, "Scan", TableName=TABLE)["Items"]
    position = [shape.key_of(item) for item in with_start].index(start)
    if not was_there:
        ask(service, "DeleteItem", TableName=TABLE, Key=start)
    rest = ask(service, "Scan", TableName=TABLE, ExclusiveStartKey=start)["Items"]
    assert rest == with_start[position + 1 :]


_SORT_KEY_CONDITIONS: dict[str, Any] = {
    "sk = :x": lambda sk, x, y: sk == x,
    "sk < :x": lambda sk, x, y: sk < x,
    "sk <= :x": lambda sk, x, y: sk <= x,
    "sk > :x": lambda sk, x, y: sk > x,
    "sk >= :x": lambda sk, x, y: sk >= x,
    "sk BETWEEN :x AND :y": lambda sk, x, y: x <= sk <= y,
}


@given(filled_tables(), st.data())
@bounded(60)
def test_a_sort_key_condition_reads_that_part_of_the_collection(
    filled: tuple[TableShape, list[Item], InProcess], data: st.DataObject
) -> None:
    shape, contents, service = filled
    if not shape.range or not contents:
        return
    bounds = sorted([data.draw(keys(shape))["sk"] for _ in range(2)], key=order_of)
    for item in contents[:2]:
        whole = ask(service, "Query", **_query(None, {"pk": item["pk"]}))["Items"]
        for condition, holds in _SORT_KEY_CONDITIONS.items():
            request = _sort_key_query(item["pk"], condition, bounds)
            expected = [it for it in whole if holds(order_of(it["sk"]), *map(order_of, bounds))]
            assert ask(service, "Query", **request)["Items"] == expected
            _assert_pages_equal(service, "Query", request, expected)


def _sort_key_query(partition_key: dict[str, Any], condition: str, bounds: list[dict[str, Any]]) -> Document:
    values = {":pk": partition_key, ":x": bounds[0], ":y": bounds[1]}
    if ":y" not in condition:
        del values[":y"]
    return {
        "TableName": TABLE,
        "KeyConditionExpression": f"pk = :pk AND {condition}",
        "ExpressionAttributeValues": values,
    }


def _fill_with_large_items(service: Service) -> list[Item]:
    """About 4 MB in one item collection."""
    sizes = [390_000, 1, 250_000, 390_000, 390_000, 390_000, 100, 390_000, 200_000, 390_000, 390_000, 390_000]
    table = TableShape({"pk": "S", "sk": "N"}, ("sk",), ())
    ask(service, "CreateTable", **table.request())
    contents: list[Item] = [
        {"pk": {"S": "p"}, "sk": {"N": str(number)}, "d": {"S": "x" * size}}
        for number, size in enumerate(sizes)
    ]
    for item in contents:
        ask(service, "PutItem", TableName=TABLE, Item=item)
    return contents


def test_pages_of_a_megabyte_are_one_big_read() -> None:
    service = InProcess()
    whole = _fill_with_large_items(service)
    query = _query(None, {"pk": {"S": "p"}})
    for operation, request, expected in (
        ("Scan", {"TableName": TABLE}, whole),
        ("Query", query, whole),
        ("Query", {**query, "ScanIndexForward": False}, whole[::-1]),
    ):
        answers = pages(service, operation, **request)
        assert items_of(answers) == expected
        assert len(answers) > 2
        for answer in answers:
            sizes = [len(item["d"]["S"]) for item in answer["Items"]]
            assert sum(sizes[:-1]) < 1 << 20
        for answer in answers[:-1]:
            assert sum(len(item["d"]["S"]) for item in answer["Items"]) > (1 << 20) - 400_000


def test_more_segments_than_hash_cuts_are_the_whole_scan() -> None:
    service = InProcess()
    table = TableShape({"pk": "N"}, (), ())
    ask(service, "CreateTable", **table.request())
    for number in range(200):
        ask(service, "PutItem", TableName=TABLE, Item={"pk": {"N": str(number)}})
    whole = ask(service, "Scan", TableName=TABLE)["Items"]
    for total in (100, 4096, 4099):
        read: list[Item] = []
        for segment in range(total):
            request = {"TableName": TABLE, "Segment": segment, "TotalSegments": total}
            read += items_of(pages(service, "Scan", **request))
        assert read == whole
