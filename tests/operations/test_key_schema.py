"""Keys and index keys against the table's schema, in every operation that takes them."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import NOT_VALID, PARAMETERS, SCHEMA_MISMATCH, invalid, refusal
from tests.operations.standing import HASH, INDEXED, ITEM, RANGE, index

pytestmark = pytest.mark.usefixtures("standing_tables")

HASH_TOO_LONG = PARAMETERS + "Size of hashkey has exceeded the maximum size limit of2048 bytes"
RANGE_TOO_LONG = PARAMETERS + "Aggregated size of all range keys has exceeded the size limit of 1024 bytes"
STRING = {"S": "1"}
OTHER_TYPES: list[dict[str, Any]] = [
    {"N": "1"},
    {"B": b"1"},
    {"BOOL": True},
    {"NULL": True},
    {"SS": ["a"]},
    {"NS": ["1"]},
    {"BS": [b"a"]},
    {"M": {}},
    {"L": []},
]


def empty(kind: str, key: str) -> str:
    return (
        NOT_VALID + f"The AttributeValue for a key attribute cannot contain an empty {kind} value. Key: {key}"
    )


def key(**attributes: Any) -> dict[str, Any]:
    return attributes


# Situation, key of the table with pk and sk, text.
BAD_KEYS: list[tuple[str, dict[str, Any], str]] = [
    ("no_attributes", key(), SCHEMA_MISMATCH),
    ("no_range_key", key(pk=STRING), SCHEMA_MISMATCH),
    ("other_attribute", key(pk=STRING, x=STRING), SCHEMA_MISMATCH),
    ("further_attribute", key(pk=STRING, sk=STRING, x=STRING), SCHEMA_MISMATCH),
    ("hash_key_of_other_type", key(pk={"N": "1"}, sk=STRING), SCHEMA_MISMATCH),
    ("range_key_of_other_type", key(pk=STRING, sk={"B": b"1"}), SCHEMA_MISMATCH),
    ("empty_hash_key", key(pk={"S": ""}, sk=STRING), empty("string", "pk")),
    ("empty_range_key", key(pk=STRING, sk={"S": ""}), empty("string", "sk")),
    ("long_hash_key", key(pk={"S": "x" * 2049}, sk=STRING), HASH_TOO_LONG),
    ("long_hash_key_of_wide_characters", key(pk={"S": "é" * 1025}, sk=STRING), HASH_TOO_LONG),
    ("long_range_key", key(pk=STRING, sk={"S": "x" * 1025}), RANGE_TOO_LONG),
    ("empty_hash_key_and_wrong_range_key", key(pk={"S": ""}, sk={"N": "1"}), empty("string", "pk")),
    ("long_hash_key_and_empty_range_key", key(pk={"S": "x" * 2049}, sk={"S": ""}), HASH_TOO_LONG),
]
bad_keys = pytest.mark.parametrize(
    ("key", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_KEYS]
)


@bad_keys
@pytest.mark.parametrize("operation", ["GetItem", "DeleteItem", "UpdateItem"])
def test_a_key_that_does_not_fit_is_refused(
    client: Any, operation: str, key: dict[str, Any], text: str
) -> None:
    assert refusal(client, operation, TableName=RANGE, Key=key) == invalid(text)


@bad_keys
def test_a_key_of_a_batch_to_read_that_does_not_fit_is_refused(
    client: Any, key: dict[str, Any], text: str
) -> None:
    assert refusal(client, "BatchGetItem", RequestItems={RANGE: {"Keys": [key]}}) == invalid(text)


@bad_keys
def test_a_key_of_a_batch_to_delete_that_does_not_fit_is_refused(
    client: Any, key: dict[str, Any], text: str
) -> None:
    changes = [{"DeleteRequest": {"Key": key}}]
    assert refusal(client, "BatchWriteItem", RequestItems={RANGE: changes}) == invalid(text)


def _missing(name: str) -> str:
    return PARAMETERS + f"Missing the key {name} in the item"


def _wrong_type(name: str, actual: str) -> str:
    return PARAMETERS + f"Type mismatch for key {name} expected: S actual: {actual}"


# Situation, item for the table with pk and sk, text.
BAD_ITEMS: list[tuple[str, dict[str, Any], str]] = [
    ("no_attributes", key(), _missing("pk")),
    ("no_range_key", key(pk=STRING, x=STRING), _missing("sk")),
    *(
        (f"hash_key_is_{next(iter(value))}", key(pk=value, sk=STRING), _wrong_type("pk", next(iter(value))))
        for value in OTHER_TYPES
    ),
    ("range_key_is_N", key(pk=STRING, sk={"N": "1"}), _wrong_type("sk", "N")),
    ("empty_hash_key", key(pk={"S": ""}, sk=STRING), empty("string", "pk")),
    ("empty_range_key", key(pk=STRING, sk={"S": ""}), empty("string", "sk")),
    ("long_hash_key", key(pk={"S": "x" * 2049}, sk=STRING), HASH_TOO_LONG),
    ("long_range_key", key(pk=STRING, sk={"S": "x" * 1025}), RANGE_TOO_LONG),
    ("wrong_hash_key_and_no_range_key", key(pk={"N": "1"}), _wrong_type("pk", "N")),
]


@pytest.mark.parametrize(("item", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_ITEMS])
def test_an_item_that_does_not_fit_is_refused(client: Any, item: dict[str, Any], text: str) -> None:
    assert refusal(client, "PutItem", TableName=RANGE, Item=item) == invalid(text)


@pytest.mark.parametrize(("item", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_ITEMS])
def test_an_item_of_a_batch_that_does_not_fit_is_refused(
    client: Any, item: dict[str, Any], text: str
) -> None:
    """A batch has one text for missing keys and keys of other types."""
    if "Missing" in text or "Type mismatch" in text:
        text = SCHEMA_MISMATCH
    changes = [{"PutRequest": {"Item": item}}]
    assert refusal(client, "BatchWriteItem", RequestItems={RANGE: changes}) == invalid(text)


def test_an_empty_binary_key_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk:B")
    refused = refusal(client, "GetItem", TableName=table, Key={"pk": {"B": b""}})
    assert refused == invalid(empty("binary", "pk"))


def test_keys_of_the_greatest_length_are_accepted(client: Any) -> None:
    key = {"pk": {"S": "p" * 2048}, "sk": {"S": "s" * 1024}}
    client.put_item(TableName=RANGE, Item=key)
    assert client.get_item(TableName=RANGE, Key=key)["Item"] == key
    client.delete_item(TableName=RANGE, Key=key)


def _index_type(name: str, expected: str, actual: str, index_name: str) -> str:
    return (
        PARAMETERS + f"Type mismatch for Index Key {name} Expected: {expected} Actual: {actual} "
        f"IndexName: {index_name}"
    )


EMPTY_INDEX_KEY = (
    NOT_VALID + "A value specified for a secondary index key is not supported. The AttributeValue for a key "
    "attribute cannot contain an empty string value. IndexName: local-a, IndexKey: a"
)
INDEX_KEYS = {"pk": STRING, "sk": STRING}

# Situation, attribute, its value, text.
BAD_INDEX_KEYS: list[tuple[str, str, dict[str, Any], str]] = [
    ("local_of_other_type", "a", {"N": "1"}, _index_type("a", "S", "N", "local-a")),
    ("local_of_null", "a", {"NULL": True}, _index_type("a", "S", "NULL", "local-a")),
    ("global_of_other_type", "b", {"S": "1"}, _index_type("b", "N", "S", "global-b")),
    ("global_of_a_list", "b", {"L": []}, _index_type("b", "N", "L", "global-b")),
    ("long_local_range_key", "a", {"S": "x" * 1025}, RANGE_TOO_LONG),
    ("long_global_range_key", "c", {"S": "x" * 1025}, RANGE_TOO_LONG),
]
bad_index_keys = pytest.mark.parametrize(
    ("name", "value", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_INDEX_KEYS]
)


@bad_index_keys
def test_an_item_with_a_bad_index_key_is_refused(
    client: Any, name: str, value: dict[str, Any], text: str
) -> None:
    item = {**INDEX_KEYS, name: value}
    assert refusal(client, "PutItem", TableName=INDEXED, Item=item) == invalid(text)
    changes = [{"PutRequest": {"Item": item}}]
    assert refusal(client, "BatchWriteItem", RequestItems={INDEXED: changes}) == invalid(text)


@bad_index_keys
def test_an_update_to_a_bad_index_key_is_refused(
    client: Any, name: str, value: dict[str, Any], text: str
) -> None:
    refused = refusal(
        client,
        "UpdateItem",
        TableName=INDEXED,
        Key=INDEX_KEYS,
        UpdateExpression=f"SET {name} = :v",
        ExpressionAttributeValues={":v": value},
    )
    if "Aggregated" in text:  # AWS's text for an update is not known
        assert refused.startswith("ValidationException: ")
    else:
        assert refused == invalid(text)
    assert "Item" not in client.get_item(TableName=INDEXED, Key=INDEX_KEYS)


def test_a_long_global_hash_key_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", attributes=["h"], GlobalSecondaryIndexes=[index("idx", "h")])
    item = {"pk": STRING, "h": {"S": "x" * 2049}}
    assert refusal(client, "PutItem", TableName=table, Item=item) == invalid(HASH_TOO_LONG)


def test_an_item_with_an_empty_index_key_is_refused(client: Any) -> None:
    item = {**INDEX_KEYS, "a": {"S": ""}}
    assert refusal(client, "PutItem", TableName=INDEXED, Item=item) == invalid(EMPTY_INDEX_KEY)


def test_an_update_to_an_empty_index_key_is_refused(client: Any) -> None:
    refused = refusal(
        client,
        "UpdateItem",
        TableName=INDEXED,
        Key=INDEX_KEYS,
        UpdateExpression="SET a = :v",
        ExpressionAttributeValues={":v": {"S": ""}},
    )
    assert refused == invalid(
        NOT_VALID + "The update expression attempted to update a secondary index key to a value that is not "
        "supported. The AttributeValue for a key attribute cannot contain an empty string value."
    )


NESTED = "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "


@pytest.mark.parametrize(
    ("path", "named"),
    [
        pytest.param("pk.x", "Key: pk", id="into_hash_key"),
        pytest.param("sk[0]", "Key: sk", id="into_range_key"),
        pytest.param("a.x", "IndexKey: a", id="into_local_index_key"),
        pytest.param("b[1]", "IndexKey: b", id="into_global_index_key"),
        pytest.param("x.y, c.x", "IndexKey: c", id="second_path"),
    ],
)
def test_a_path_into_a_key_is_refused_in_every_expression(client: Any, path: str, named: str) -> None:
    table, key = {"TableName": INDEXED}, {"Key": INDEX_KEYS}
    condition = " AND ".join(f"attribute_exists({part})" for part in path.split(","))
    values = {"ExpressionAttributeValues": {":pk": STRING}}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("GetItem", {**table, **key, "ProjectionExpression": path}),
        ("BatchGetItem", {"RequestItems": {INDEXED: {"Keys": [INDEX_KEYS], "ProjectionExpression": path}}}),
        ("Scan", {**table, "ProjectionExpression": path}),
        ("Scan", {**table, "FilterExpression": condition}),
        (
            "Query",
            {**table, **values, "KeyConditionExpression": "pk = :pk", "ProjectionExpression": path},
        ),
        ("DeleteItem", {**table, **key, "ConditionExpression": condition}),
        ("UpdateItem", {**table, **key, "ConditionExpression": condition}),
        ("PutItem", {**table, "Item": INDEX_KEYS, "ConditionExpression": condition}),
    ]
    for operation, request in calls:
        assert refusal(client, operation, **request) == invalid(NESTED + named), operation


def test_a_path_into_an_attribute_that_is_no_key_is_fine(client: Any) -> None:
    answer = client.get_item(TableName=HASH, Key={"pk": {"S": "there"}}, ProjectionExpression="elements[0]")
    assert answer["Item"] == {"elements": ITEM["elements"]}
