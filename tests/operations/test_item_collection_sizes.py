"""Sizes of item collections: estimates, and the limit (small here, 10 GB by default)."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import MakeTable, client_of, running_server
from tests.operations.calls import invalid, refusal
from tests.operations.standing import index
from tests.operations.transactions import GOOD, canceled

LIMIT_BYTES = 1000
TOO_LARGE = "ItemCollectionSizeLimitExceededException: Collection size exceeded."
KEYS = {
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "a", "g")
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "LocalSecondaryIndexes": [index("local", "pk", "a", projection="KEYS_ONLY")],
    "GlobalSecondaryIndexes": [index("global", "g")],
}


@pytest.fixture(scope="module")
def client_of_small() -> Iterator[Any]:
    arguments = ("--in-memory", "--item-collection-limit-bytes", str(LIMIT_BYTES))
    with running_server(*arguments) as server:
        yield client_of(server.endpoint)


@pytest.fixture
def small(client_of_small: Any) -> Iterator[Any]:
    """A client of a server with a small limit, and an empty table `small`."""
    client_of_small.create_table(TableName="small", **KEYS)
    yield client_of_small
    client_of_small.delete_table(TableName="small")


def item(sort_key: str, size: int, **more: str) -> dict[str, Any]:
    """An item of `size` bytes besides those of `more`: pk 2 + 1, sk 2 + 1, text 4 + the rest."""
    attributes = {"pk": "p", "sk": sort_key, "text": "t" * (size - 10), **more}
    return {name: {"S": value} for name, value in attributes.items()}


def key(sort_key: str) -> dict[str, Any]:
    return {"pk": {"S": "p"}, "sk": {"S": sort_key}}


def put(client: Any, new: dict[str, Any]) -> None:
    client.put_item(TableName="small", Item=new)


def put_action(new: dict[str, Any]) -> dict[str, Any]:
    return {"Put": {"TableName": "small", "Item": new}}


def put_refused(client: Any, new: dict[str, Any]) -> str:
    return refusal(client, "PutItem", TableName="small", Item=new)


def test_a_collection_may_fill_the_limit_and_not_pass_it(small: Any) -> None:
    put(small, item("1", 600))
    put(small, item("2", 400))
    assert put_refused(small, item("3", 10)) == TOO_LARGE
    assert small.scan(TableName="small")["Count"] == 2
    put(small, {**item("1", 900), "pk": {"S": "q"}})


def test_entries_of_local_indexes_count_and_those_of_global_ones_do_not(small: Any) -> None:
    # The entry of the local index: pk 2 + 1, sk 2 + 1, a 1 + 1; in the item a has 2 bytes and g 3 more.
    put(small, item("1", 987, a="x", g="yy"))
    assert put_refused(small, item("2", 10)) == TOO_LARGE
    small.delete_item(TableName="small", Key=key("1"))
    assert put_refused(small, item("1", 988, a="x", g="yy")) == TOO_LARGE


def test_writes_that_shrink_are_allowed_and_make_room(small: Any) -> None:
    put(small, item("1", 600))
    put(small, item("2", 400))
    grow = {"UpdateExpression": "SET more = :m", "ExpressionAttributeValues": {":m": {"S": "m"}}}
    assert refusal(small, "UpdateItem", TableName="small", Key=key("1"), **grow) == TOO_LARGE
    small.update_item(
        TableName="small", Key=key("1"), UpdateExpression="REMOVE #t", ExpressionAttributeNames={"#t": "text"}
    )
    small.update_item(TableName="small", Key=key("1"), **grow)
    small.delete_item(TableName="small", Key=key("2"))
    put(small, item("3", 900))


def test_a_batch_that_passes_the_limit_writes_nothing(small: Any) -> None:
    puts = [{"PutRequest": {"Item": item(str(number), 400)}} for number in range(3)]
    assert refusal(small, "BatchWriteItem", RequestItems={"small": puts}) == TOO_LARGE
    assert small.scan(TableName="small")["Count"] == 0
    small.batch_write_item(RequestItems={"small": puts[:2]})
    assert put_refused(small, item("5", 201)) == TOO_LARGE


def test_a_new_table_of_the_same_name_begins_with_empty_collections(small: Any) -> None:
    put(small, item("1", 1000))
    small.delete_table(TableName="small")
    small.create_table(TableName="small", **KEYS)
    put(small, item("1", 1000))


def test_tables_without_local_indexes_have_no_limit(client_of_small: Any) -> None:
    keys = {**KEYS, "AttributeDefinitions": KEYS["AttributeDefinitions"][:2]}
    del keys["LocalSecondaryIndexes"], keys["GlobalSecondaryIndexes"]
    client_of_small.create_table(TableName="free", **keys)
    client_of_small.put_item(TableName="free", Item=item("1", 5000))


def test_the_size_outlasts_a_restart(tmp_path: Any) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"), "--item-collection-limit-bytes", str(LIMIT_BYTES))
    with running_server(*arguments) as server:
        client = client_of(server.endpoint)
        client.create_table(TableName="small", **KEYS)
        put(client, item("1", 1000))
    with running_server(*arguments) as server:
        assert put_refused(client_of(server.endpoint), item("2", 10)) == TOO_LARGE


LARGE = 136_000  # three of them are below 400 KB (409,600 bytes), an item and three entries are not


def test_an_item_and_its_entries_in_local_indexes_share_the_item_limit(
    client: Any, make_table: MakeTable
) -> None:
    table = make_table(
        "pk",
        "sk",
        attributes=["a", "b", "c"],
        LocalSecondaryIndexes=[index(f"local-{name}", "pk", name) for name in ("a", "b", "c")],
    )
    new = item("1", LARGE, a="x", b="x")
    client.put_item(TableName=table, Item=new)
    in_three = {**new, "c": {"S": "x"}}
    too_large = invalid("Item size has exceeded the maximum allowed size")
    assert refusal(client, "PutItem", TableName=table, Item=in_three) == too_large
    puts = [{"PutRequest": {"Item": in_three}}]
    assert refusal(client, "BatchWriteItem", RequestItems={table: puts}) == too_large
    update = {"UpdateExpression": "SET c = :c", "ExpressionAttributeValues": {":c": {"S": "x"}}}
    assert refusal(client, "UpdateItem", TableName=table, Key=key("1"), **update) == invalid(
        "Item size to update has exceeded the maximum allowed size"
    )
    client.update_item(TableName=table, Key=key("1"), UpdateExpression="REMOVE a")
    client.update_item(TableName=table, Key=key("1"), **update)


def test_entries_of_global_indexes_do_not_count_against_the_item_limit(
    client: Any, make_table: MakeTable
) -> None:
    indexes = [index(f"global-{number}", "pk") for number in range(4)]
    table = make_table("pk", "sk", GlobalSecondaryIndexes=indexes)
    client.put_item(TableName=table, Item=item("1", 400_000))


def test_a_transaction_may_not_pass_the_limit_either(small: Any) -> None:
    """Of its actions in one collection, the one that passes the limit is the reason."""
    actions = [put_action(item(name, size)) for name, size in (("a", 400), ("b", 400), ("c", 400), ("d", 10))]
    refused = canceled(small, "TransactWriteItems", *actions)
    too_large = {"Code": "ItemCollectionSizeLimitExceeded", "Message": "Collection size exceeded."}
    assert refused == [GOOD, GOOD, too_large, GOOD]
    assert small.scan(TableName="small")["Items"] == []
    put(small, item("a", 400))
    put(small, item("b", 400))
    small.transact_write_items(
        TransactItems=[{"Delete": {"TableName": "small", "Key": key("a")}}, put_action(item("c", 400))]
    )
