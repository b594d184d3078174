"""Global indexes that UpdateTable adds to tables with items, and takes away again."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import MakeTable, client_of, start_server

from kilowatt.domain.values.sizes import item_size

Item = dict[str, Any]
INDEX = "by-group"
GROUP_KEY = [{"AttributeName": "group", "KeyType": "HASH"}, {"AttributeName": "rank", "KeyType": "RANGE"}]
GROUP_TYPES = [
    {"AttributeName": "group", "AttributeType": "S"},
    {"AttributeName": "rank", "AttributeType": "N"},
]
_PATIENCE_SECONDS = 60


def creation(name: str = INDEX, **parameters: Any) -> dict[str, Any]:
    create = {"IndexName": name, "KeySchema": GROUP_KEY, "Projection": {"ProjectionType": "ALL"}}
    return {
        "AttributeDefinitions": GROUP_TYPES,
        "GlobalSecondaryIndexUpdates": [{"Create": {**create, **parameters}}],
    }


def deletion(name: str = INDEX) -> dict[str, Any]:
    return {"GlobalSecondaryIndexUpdates": [{"Delete": {"IndexName": name}}]}


def item(number: int, group: str = "g") -> Item:
    return {
        "pk": {"S": f"item-{number}"},
        "group": {"S": f"{group}-{number % 7}"},
        "rank": {"N": str(number)},
        "filler": {"S": "x" * (number % 50)},
    }


def load(client: Any, table: str, count: int) -> None:
    for start in range(0, count, 25):
        numbers = range(start, min(start + 25, count))
        puts = [{"PutRequest": {"Item": item(number)}} for number in numbers]
        client.batch_write_item(RequestItems={table: puts})


def described_index(client: Any, table: str) -> dict[str, Any] | None:
    indexes = client.describe_table(TableName=table)["Table"].get("GlobalSecondaryIndexes", [])
    return next((index for index in indexes if index["IndexName"] == INDEX), None)


def wait_until_active(client: Any, table: str) -> dict[str, Any]:
    until = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < until:
        index = described_index(client, table)
        if index is not None and index["IndexStatus"] == "ACTIVE":
            return index
        time.sleep(0.02)
    raise AssertionError("the index does not become ACTIVE")


def scanned(client: Any, table: str, **parameters: Any) -> dict[str, Item]:
    pages = client.get_paginator("scan").paginate(TableName=table, **parameters)
    return {found["pk"]["S"]: found for page in pages for found in page["Items"]}


def assert_index_is_the_tables_projection(client: Any, table: str) -> None:
    items = scanned(client, table)
    expected = {pk: found for pk, found in items.items() if "group" in found and "rank" in found}
    assert scanned(client, table, IndexName=INDEX) == expected
    index = described_index(client, table)
    assert index is not None
    assert index["ItemCount"] == len(expected)
    assert index["IndexSizeBytes"] == sum(item_size(found) for found in expected.values())


def refused(call: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call()
    return caught.value.response["Error"]["Code"], caught.value.response["Error"]["Message"]


def test_an_index_added_to_a_table_with_items_holds_their_projection(
    client: Any, make_table: MakeTable
) -> None:
    table = make_table()
    load(client, table, 260)
    client.put_item(TableName=table, Item={"pk": {"S": "without"}})
    answer = client.update_table(TableName=table, **creation())["TableDescription"]
    announced = answer["GlobalSecondaryIndexes"][0]
    assert (announced["IndexStatus"], announced["Backfilling"]) == ("CREATING", False)
    assert "Backfilling" not in wait_until_active(client, table)
    assert_index_is_the_tables_projection(client, table)
    found = client.query(
        TableName=table,
        IndexName=INDEX,
        KeyConditionExpression="#g = :g AND #r > :r",
        ExpressionAttributeNames={"#g": "group", "#r": "rank"},
        ExpressionAttributeValues={":g": {"S": "g-3"}, ":r": {"N": "200"}},
    )["Items"]
    assert [int(entry["rank"]["N"]) for entry in found] == [n for n in range(201, 260) if n % 7 == 3]


def test_items_that_the_index_cannot_hold_are_left_out(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    load(client, table, 3)
    for number, value in enumerate([{"N": "1"}, {"S": ""}, {"S": "x" * 2049}, {"NULL": True}]):
        client.put_item(
            TableName=table, Item={"pk": {"S": f"bad-{number}"}, "group": value, "rank": {"N": "1"}}
        )
    client.update_table(TableName=table, **creation())
    assert wait_until_active(client, table)["ItemCount"] == 3
    assert sorted(scanned(client, table, IndexName=INDEX)) == ["item-0", "item-1", "item-2"]


def test_live_writes_during_the_backfill_leave_an_exact_index(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    load(client, table, 2000)
    stop = threading.Event()

    def keep_writing(seed: int) -> None:
        number = seed
        while not stop.is_set():
            number = (number * 1103515245 + 12345) % 2**31
            key = number % 2500
            if number % 3 == 0:
                client.delete_item(TableName=table, Key={"pk": {"S": f"item-{key}"}})
            elif number % 3 == 1:
                client.put_item(TableName=table, Item=item(key, "changed"))
            else:
                client.update_item(
                    TableName=table,
                    Key={"pk": {"S": f"item-{key}"}},
                    UpdateExpression="SET #r = :r REMOVE filler",
                    ExpressionAttributeNames={"#r": "rank"},
                    ExpressionAttributeValues={":r": {"N": str(number)}},
                )

    writers = [threading.Thread(target=keep_writing, args=(seed,)) for seed in (1, 2, 3)]
    for writer in writers:
        writer.start()
    client.update_table(TableName=table, **creation())
    wait_until_active(client, table)
    time.sleep(0.1)
    stop.set()
    for writer in writers:
        writer.join()
    assert_index_is_the_tables_projection(client, table)


def test_transactions_during_the_backfill_leave_an_exact_index(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    load(client, table, 2000)
    stop = threading.Event()
    done: list[int] = []

    def keep_writing(seed: int) -> None:
        number = seed
        while not stop.is_set():
            number = (number * 1103515245 + 12345) % 2**31
            one, two, three = ((number + step) % 2500 for step in (0, 700, 1400))
            update = {
                "TableName": table,
                "Key": {"pk": {"S": f"item-{three}"}},
                "UpdateExpression": "SET #r = :r REMOVE filler",
                "ExpressionAttributeNames": {"#r": "rank"},
                "ExpressionAttributeValues": {":r": {"N": str(number)}},
            }
            actions = [
                {"Delete": {"TableName": table, "Key": {"pk": {"S": f"item-{one}"}}}},
                {"Put": {"TableName": table, "Item": item(two, "changed")}},
                {"Update": update},
            ]
            try:
                client.transact_write_items(TransactItems=actions)
            except client.exceptions.TransactionCanceledException as canceled:
                reasons = canceled.response["CancellationReasons"]
                assert {reason["Code"] for reason in reasons} <= {"None", "TransactionConflict"}
            else:
                done.append(number)

    writers = [threading.Thread(target=keep_writing, args=(seed,)) for seed in (1, 2, 3)]
    for writer in writers:
        writer.start()
    client.update_table(TableName=table, **creation())
    wait_until_active(client, table)
    time.sleep(0.1)
    stop.set()
    for writer in writers:
        writer.join()
    assert len(done) > 10
    assert_index_is_the_tables_projection(client, table)


def test_a_backfill_goes_on_after_a_crash(tmp_path: Path) -> None:
    server = start_server("--data-dir", str(tmp_path / "data"))
    client = client_of(server.endpoint)
    client.create_table(
        TableName="crashed",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    load(client, "crashed", 3000)
    client.update_table(TableName="crashed", **creation())
    kills = 0
    while True:
        index = described_index(client, "crashed")
        if index is not None and index["IndexStatus"] == "ACTIVE":
            break
        server.kill()
        kills += 1
        server = start_server("--data-dir", str(tmp_path / "data"))
        client = client_of(server.endpoint)
        client.put_item(TableName="crashed", Item=item(kills * 97, "after-crash"))
        time.sleep(0.02)
    try:
        assert kills
        assert_index_is_the_tables_projection(client, "crashed")
    finally:
        server.stop()


def test_a_deleted_index_is_gone_with_its_definitions(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    load(client, table, 30)
    client.update_table(TableName=table, **creation())
    wait_until_active(client, table)
    answer = client.update_table(TableName=table, **deletion())["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "DELETING"
    described = client.describe_table(TableName=table)["Table"]
    assert "GlobalSecondaryIndexes" not in described
    assert described["AttributeDefinitions"] == [{"AttributeName": "pk", "AttributeType": "S"}]
    assert refused(lambda: client.scan(TableName=table, IndexName=INDEX)) == (
        "ValidationException",
        f"The table does not have the specified index: {INDEX}",
    )
    client.update_table(TableName=table, **creation())
    wait_until_active(client, table)
    assert_index_is_the_tables_projection(client, table)


def test_what_an_index_update_must_not_do_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    client.update_table(TableName=table, **creation())
    wait_until_active(client, table)
    code, text = refused(lambda: client.update_table(TableName=table, **creation()))
    assert (code, text) == ("ValidationException", "Attempting to create an index which already exists")
    two = creation("one")
    two["GlobalSecondaryIndexUpdates"] += creation("two")["GlobalSecondaryIndexUpdates"]
    assert refused(lambda: client.update_table(TableName=table, **two)) == (
        "LimitExceededException",
        "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
    )
    code, _ = refused(lambda: client.update_table(TableName=table, **deletion("unknown")))
    assert code == "ResourceNotFoundException"
    undefined = creation("three")
    undefined["GlobalSecondaryIndexUpdates"][0]["Create"]["KeySchema"] = [
        {"AttributeName": "nowhere", "KeyType": "HASH"}
    ]
    code, text = refused(lambda: client.update_table(TableName=table, **undefined))
    assert code == "ValidationException"
    assert text.startswith(
        "One or more parameter values were invalid: Some index key attributes are not defined"
    )
    del undefined["AttributeDefinitions"]
    assert refused(lambda: client.update_table(TableName=table, **undefined)) == (
        "ValidationException",
        "One or more parameter values were invalid: AttributeDefinitions is not specified for index: three",
    )


def test_more_than_20_global_indexes_are_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    for number in range(20):
        client.update_table(TableName=table, **creation(f"index-{number}"))
        until = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < until and any(
            index["IndexStatus"] != "ACTIVE"
            for index in client.describe_table(TableName=table)["Table"]["GlobalSecondaryIndexes"]
        ):
            time.sleep(0.01)
    assert refused(lambda: client.update_table(TableName=table, **creation("one-more"))) == (
        "LimitExceededException",
        "Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20",
    )


def test_an_index_being_filled_is_not_read_and_its_table_not_deleted(
    client: Any, make_table: MakeTable
) -> None:
    table = make_table()
    load(client, table, 3000)
    client.update_table(TableName=table, **creation())
    read = refused(lambda: client.scan(TableName=table, IndexName=INDEX))
    deleted = refused(lambda: client.delete_table(TableName=table))
    another = refused(lambda: client.update_table(TableName=table, **creation("another")))
    assert read == (
        "ValidationException",
        f"Cannot read from backfilling global secondary index: {INDEX}",
    )
    assert deleted == (
        "ResourceInUseException",
        "Attempt to change a resource which is still in use: Cannot delete table while indexes are being "
        "created, updated, or deleted.",
    )
    assert another[0] == "LimitExceededException"
    wait_until_active(client, table)
