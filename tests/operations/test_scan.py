"""Scan: hash order, segments, filters, indexes, and refusals that depend on the table."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, NOT_FOUND, SCHEMA_MISMATCH, Item, Request, call, invalid, refusal
from tests.operations.standing import HASH, INDEXED, MISSING, RANGE

# In the order of AWS's partition hash, as recorded.
STRINGS_IN_HASH_ORDER = ["2", "8", "9", "1", "6", "hello", "0", "5", "4", "äáöü", "aardman", "7", "3", "zapf"]
NUMBERS_IN_HASH_ORDER = [
    "7",
    "999.9",
    "8",
    "3",
    "2",
    "-999.9",
    "9",
    "4",
    "-0.09",
    "6",
    "1",
    "0",
    "0.012345",
    "5",
]
S, N = {"S": "1"}, {"N": "1"}


@pytest.mark.parametrize(("type_", "order"), [("S", STRINGS_IN_HASH_ORDER), ("N", NUMBERS_IN_HASH_ORDER)])
def test_items_come_in_hash_order(client: Any, make_table: MakeTable, type_: str, order: list[str]) -> None:
    table = make_table(f"pk:{type_}")
    for text in sorted(order):
        client.put_item(TableName=table, Item={"pk": {type_: text}})
    assert [item["pk"][type_] for item in client.scan(TableName=table)["Items"]] == order


@pytest.mark.parametrize(("key", "segment"), [("3635", 0), ("228", 0), ("1668", 1), ("3435", 4)])
def test_a_key_is_in_its_segment_of_4096(client: Any, make_table: MakeTable, key: str, segment: int) -> None:
    table = make_table("pk")
    client.put_item(TableName=table, Item={"pk": {"S": key}})
    request = {"TableName": table, "TotalSegments": 4096}
    for candidate in (segment - 1, segment, segment + 1):
        if candidate >= 0:
            assert client.scan(**request, Segment=candidate)["Count"] == (candidate == segment)


@pytest.mark.parametrize(("key", "segment"), [("251", 1), ("2388", 4095)])
def test_a_number_key_is_in_its_segment_of_4096(
    client: Any, make_table: MakeTable, key: str, segment: int
) -> None:
    table = make_table("pk:N")
    client.put_item(TableName=table, Item={"pk": {"N": key}})
    assert client.scan(TableName=table, TotalSegments=4096, Segment=segment)["Count"] == 1


@pytest.fixture(scope="module")
def many(client: Any) -> Iterator[str]:
    """A table of 200 items in 100 collections; half of the items are in its index."""
    name = "operations-scan"
    client.create_table(
        TableName=name,
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "N"},
            {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "half", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-half",
                "KeySchema": [{"AttributeName": "half", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    for start in range(0, 200, 20):
        changes = [{"PutRequest": {"Item": _numbered(number)}} for number in range(start, start + 20)]
        client.batch_write_item(RequestItems={name: changes})
    yield name
    client.delete_table(TableName=name)


def _numbered(number: int) -> Item:
    item: Item = {
        "pk": {"N": str(number // 2)},
        "sk": {"N": str(number % 2)},
        "number_": {"N": str(number)},
    }
    return {**item, "half": {"S": str(number)}} if number % 2 else item


def scanned(client: Any, table: str, **parameters: Any) -> list[int]:
    """The numbers of the items that a Scan of all pages finds, in its order."""
    numbers: list[int] = []
    request = {"TableName": table, **parameters}
    while True:
        answer = client.scan(**request)
        numbers += [int(item["pk"]["N"]) * 2 + int(item["sk"]["N"]) for item in answer["Items"]]
        if "LastEvaluatedKey" not in answer:
            return numbers
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


@pytest.mark.parametrize("total", [1, 2, 3, 7, 4096, 1_000_000])
def test_segments_share_the_items_out(client: Any, many: str, total: int) -> None:
    whole = scanned(client, many)
    assert sorted(whole) == list(range(200))
    if total <= 7:
        parts = [scanned(client, many, Segment=n, TotalSegments=total) for n in range(total)]
        assert [number for part in parts for number in part] == whole
    else:
        first = scanned(client, many, Segment=0, TotalSegments=total)
        assert set(first) < set(whole)


@pytest.mark.parametrize("total", [1, 3])
def test_segments_of_an_index_share_its_entries_out(client: Any, many: str, total: int) -> None:
    parts = [scanned(client, many, IndexName="by-half", Segment=n, TotalSegments=total) for n in range(total)]
    assert sorted(number for part in parts for number in part) == list(range(1, 200, 2))


def test_pages_of_a_segment_stay_in_it(client: Any, many: str) -> None:
    whole = scanned(client, many, Segment=1, TotalSegments=3)
    assert scanned(client, many, Segment=1, TotalSegments=3, Limit=7) == whole


def test_a_starting_key_of_another_segment_is_refused(client: Any, many: str) -> None:
    page = client.scan(TableName=many, Segment=0, TotalSegments=2, Limit=1)
    refused = refusal(
        client,
        "Scan",
        TableName=many,
        Segment=1,
        TotalSegments=2,
        ExclusiveStartKey=page["LastEvaluatedKey"],
    )
    assert refused == invalid(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
        "correct Segment. TotalSegments: 2 Segment: 1"
    )


def test_a_filter_may_name_keys_and_counts_what_it_leaves_out(client: Any, many: str) -> None:
    answer = call(
        client,
        "Scan",
        TableName=many,
        FilterExpression="pk = :p AND number_ >= :n",
        ExpressionAttributeValues={":p": {"N": "7"}, ":n": {"N": "15"}},
    )
    assert answer == {"Items": [_numbered(15)], "Count": 1, "ScannedCount": 200}


def test_a_count_has_no_items(client: Any, many: str) -> None:
    assert call(client, "Scan", TableName=many, Select="COUNT") == {"Count": 200, "ScannedCount": 200}


@pytest.mark.usefixtures("standing_tables")
def test_an_empty_table_has_an_empty_page(client: Any) -> None:
    assert call(client, "Scan", TableName=RANGE) == {"Items": [], "Count": 0, "ScannedCount": 0}


# Situation, filter, whether it keeps the item below.
FILTERED: Item = {
    "pk": {"S": "f"},
    "s": {"S": "abc"},
    "n": {"N": "10"},
    "b": {"B": b"\x01\x02"},
    "yes": {"BOOL": True},
    "nothing": {"NULL": True},
    "ss": {"SS": ["a", "b"]},
    "ns": {"NS": ["1", "2"]},
    "l": {"L": [{"S": "x"}, {"N": "10"}, {"L": []}]},
    "m": {"M": {"k": {"S": "v"}, "deep": {"M": {"n": {"N": "1"}}}}},
}
VALUES: Item = {
    ":abc": {"S": "abc"},
    ":a": {"S": "a"},
    ":bc": {"S": "bc"},
    ":x": {"S": "x"},
    ":v": {"S": "v"},
    ":n10": {"N": "10"},
    ":n9": {"N": "9"},
    ":n2": {"N": "2.0"},
    ":n3": {"N": "3"},
    ":s10": {"S": "10"},
    ":b1": {"B": b"\x01"},
    ":true": {"BOOL": True},
    ":false": {"BOOL": False},
    ":null": {"NULL": True},
    ":ba": {"SS": ["b", "a"]},
    ":list": {"L": [{"S": "x"}, {"N": "10.0"}, {"L": []}]},
    ":map": {"M": {"deep": {"M": {"n": {"N": "1"}}}, "k": {"S": "v"}}},
    ":empty": {"L": []},
    ":S": {"S": "S"},
    ":M": {"S": "M"},
    ":NULL": {"S": "NULL"},
}
FILTERS = [
    ("s = :abc", True),
    ("s <> :abc", False),
    ("s < :bc", True),
    ("n > :n9", True),
    ("n < :n9", False),
    ("n = :s10", False),
    ("n <> :s10", True),
    ("n > :s10", False),
    ("s > :n9", False),
    ("n BETWEEN :n9 AND :n10", True),
    ("n IN (:n9, :s10)", False),
    ("n IN (:s10, :n10)", True),
    ("b > :b1", True),
    ("yes = :true", True),
    ("yes = :false", False),
    ("nothing = :null", True),
    ("ss = :ba", True),
    ("l = :list", True),
    ("m = :map", True),
    ("m.k = :v", True),
    ("m.deep.n < :n9", True),
    ("l[1] = :n10", True),
    ("l[2] = :empty", True),
    ("l[3] = :empty", False),
    ("s.k = :v", False),
    ("attribute_exists(m.deep)", True),
    ("attribute_exists(nothing)", True),
    ("attribute_exists(l[3])", False),
    ("attribute_not_exists(m.absent)", True),
    ("attribute_type(s, :S)", True),
    ("attribute_type(m, :M)", True),
    ("attribute_type(nothing, :NULL)", True),
    ("attribute_type(n, :S)", False),
    ("begins_with(s, :a)", True),
    ("begins_with(s, :bc)", False),
    ("begins_with(b, :b1)", True),
    ("begins_with(n, :a)", False),
    ("contains(s, :bc)", True),
    ("contains(s, :x)", False),
    ("contains(ss, :a)", True),
    ("contains(ns, :n2)", True),
    ("contains(ns, :n3)", False),
    ("contains(l, :n10)", True),
    ("contains(l, :x)", True),
    ("contains(b, :b1)", True),
    ("size(s) = :n3", True),
    ("size(ss) = :n2", True),
    ("size(l) = :n3", True),
    ("size(m) < :n3", True),
    ("size(n) > :n2", False),
    ("absent = :abc", False),
    ("absent <> :abc", True),
    ("NOT absent = :abc", True),
    ("n = l[1]", True),
    ("s = :abc AND NOT (n = :n9 OR yes = :false)", True),
    ("s = :x OR s = :abc AND n = :n9", False),
    ("(s = :x OR s = :abc) AND n = :n10", True),
]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(("condition", "kept"), FILTERS)
def test_a_filter_keeps_what_its_condition_holds_for(client: Any, condition: str, kept: bool) -> None:
    client.put_item(TableName=HASH, Item=FILTERED)
    words = condition.replace("(", " ").replace(")", " ").replace(",", " ").split()
    used = {name: value for name, value in VALUES.items() if name in words}
    answer = client.scan(
        TableName=HASH,
        FilterExpression=f"pk = :pk AND ({condition})",
        ExpressionAttributeValues={":pk": {"S": "f"}, **used},
    )
    assert answer["Count"] == kept
    client.delete_item(TableName=HASH, Key={"pk": {"S": "f"}})


INVALID_START = "The provided starting key is invalid"
INDEX_START = {"pk": S, "sk": S, "b": N, "c": S}

REFUSED: list[tuple[str, Request, str]] = [
    (
        "total_segments_0",
        {"TableName": HASH, "Segment": 0, "TotalSegments": 0},
        LEAD
        + "Value '0' at 'totalSegments' failed to satisfy constraint: Member must have value greater than "
        "or equal to 1",
    ),
    (
        "too_many_segments",
        {"TableName": HASH, "Segment": 0, "TotalSegments": 1_000_001},
        LEAD + "Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have value less "
        "than or equal to 1000000",
    ),
    (
        "segment_below_0",
        {"TableName": HASH, "Segment": -1, "TotalSegments": 1},
        LEAD + "Value '-1' at 'segment' failed to satisfy constraint: Member must have value greater than or "
        "equal to 0",
    ),
    (
        "unknown_index",
        {"TableName": HASH, "IndexName": "none"},
        "The table does not have the specified index: none",
    ),
    (
        "start_key_lacks_range_key",
        {"TableName": RANGE, "ExclusiveStartKey": {"pk": S}},
        f"{INVALID_START}: {SCHEMA_MISMATCH}",
    ),
    (
        "start_key_of_other_type",
        {"TableName": RANGE, "ExclusiveStartKey": {"pk": N, "sk": S}},
        f"{INVALID_START}: {SCHEMA_MISMATCH}",
    ),
    (
        "start_key_of_other_attributes",
        {"TableName": RANGE, "ExclusiveStartKey": {"pk": S, "x": S}},
        f"{INVALID_START}: {SCHEMA_MISMATCH}",
    ),
    (
        "start_key_of_an_index_lacks_table_key",
        {"TableName": INDEXED, "IndexName": "global-b", "ExclusiveStartKey": {"b": N, "c": S}},
        INVALID_START,
    ),
    (
        "start_key_of_an_index_lacks_index_key",
        {
            "TableName": INDEXED,
            "IndexName": "global-b",
            "ExclusiveStartKey": {"pk": S, "sk": S, "b": N, "x": S},
        },
        INVALID_START,
    ),
    (
        "start_key_of_an_index_of_other_type",
        {"TableName": INDEXED, "IndexName": "global-b", "ExclusiveStartKey": {**INDEX_START, "c": N}},
        SCHEMA_MISMATCH,
    ),
    (
        "start_key_of_an_index_with_table_key_of_other_type",
        {"TableName": INDEXED, "IndexName": "global-b", "ExclusiveStartKey": {**INDEX_START, "pk": N}},
        f"{INVALID_START}: {SCHEMA_MISMATCH}",
    ),
]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(("request_", "text"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_scan_that_does_not_fit_the_table_is_refused(client: Any, request_: Request, text: str) -> None:
    assert refusal(client, "Scan", **request_) == invalid(text)


def test_a_scan_of_a_missing_table_is_refused(client: Any) -> None:
    assert refusal(client, "Scan", TableName=MISSING) == NOT_FOUND
