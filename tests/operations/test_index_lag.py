"""A server whose global indexes lag behind their tables."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import client_of, running_server, start_server
from tests.operations.standing import index
from tests.operations.test_index_updates import creation, wait_until_active

# Long enough that nothing is due while a test looks.
LONG_SECONDS = 600
SHORT_SECONDS = 0.5
TABLE = "operations-index-lag"

Item = dict[str, Any]


@pytest.fixture(scope="module")
def lagging() -> Iterator[Any]:
    with running_server("--in-memory", "--index-lag-seconds", str(LONG_SECONDS)) as server:
        yield client_of(server.endpoint)


@pytest.fixture
def table(lagging: Any) -> Iterator[str]:
    yield _create(lagging)
    lagging.delete_table(TableName=TABLE)


def _create(client: Any) -> str:
    client.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "author")
        ],
        LocalSecondaryIndexes=[index("local", "pk", "author")],
        GlobalSecondaryIndexes=[index("global", "author", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    return TABLE


def _item(number: int, author: str = "amara") -> Item:
    return {"pk": {"S": "chat"}, "sk": {"S": f"{number:03}"}, "author": {"S": author}}


def _put(client: Any, number: int, author: str = "amara") -> None:
    client.put_item(TableName=TABLE, Item=_item(number, author))


def _scanned(client: Any, index_name: str | None = None) -> list[Item]:
    target = {} if index_name is None else {"IndexName": index_name}
    items: list[Item] = client.scan(TableName=TABLE, **target)["Items"]
    return items


def _queried(client: Any, author: str = "amara") -> list[Item]:
    items: list[Item] = client.query(
        TableName=TABLE,
        IndexName="global",
        KeyConditionExpression="author = :a",
        ExpressionAttributeValues={":a": {"S": author}},
    )["Items"]
    return items


@pytest.mark.usefixtures("table")
def test_a_new_item_is_in_the_table_and_its_local_index_but_not_yet_in_the_global_one(lagging: Any) -> None:
    _put(lagging, 1)
    assert _scanned(lagging) == [_item(1)]
    assert _scanned(lagging, "local") == [_item(1)]
    assert _scanned(lagging, "global") == []
    assert _queried(lagging) == []


@pytest.mark.usefixtures("table")
def test_a_batch_lags_too(lagging: Any) -> None:
    puts = [{"PutRequest": {"Item": _item(number)}} for number in range(3)]
    lagging.batch_write_item(RequestItems={TABLE: puts})
    assert len(_scanned(lagging)) == 3
    assert _scanned(lagging, "global") == []


def test_an_index_catches_up_after_the_lag() -> None:
    with running_server(
        "--in-memory", environment={"KILOWATT_INDEX_LAG_SECONDS": str(SHORT_SECONDS)}
    ) as server:
        client = client_of(server.endpoint)
        _create(client)
        _put(client, 1)
        begun = time.monotonic()
        _put(client, 2, "ben")
        client.update_item(
            TableName=TABLE,
            Key={"pk": {"S": "chat"}, "sk": {"S": "001"}},
            UpdateExpression="SET author = :a",
            ExpressionAttributeValues={":a": {"S": "chidi"}},
        )
        while not (found := _queried(client, "chidi")):
            assert time.monotonic() - begun < 20
        assert time.monotonic() - begun >= SHORT_SECONDS
        assert found == [_item(1, "chidi")]
        assert _queried(client, "ben") == [_item(2, "ben")]
        assert _queried(client, "amara") == []


def test_a_deleted_item_stays_in_the_index_for_the_while(tmp_path: Path) -> None:
    data = str(tmp_path / "data")
    with running_server("--data-dir", data) as server:
        client = client_of(server.endpoint)
        _create(client)
        _put(client, 1)
    with running_server("--data-dir", data, "--index-lag-seconds", str(LONG_SECONDS)) as server:
        client = client_of(server.endpoint)
        client.delete_item(TableName=TABLE, Key={"pk": {"S": "chat"}, "sk": {"S": "001"}})
        assert _scanned(client) == []
        assert _queried(client) == [_item(1)]


def test_a_crash_loses_no_change_of_an_index(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"), "--index-lag-seconds", str(LONG_SECONDS))
    server = start_server(*arguments)
    client = client_of(server.endpoint)
    _create(client)
    for number in range(10):
        _put(client, number)
    assert _queried(client) == []
    server.kill()
    with running_server(*arguments) as again:
        client = client_of(again.endpoint)
        assert _queried(client) == [_item(number) for number in range(10)]
        _put(client, 10)
        assert len(_queried(client)) == 10


def test_an_index_added_to_a_table_is_whole_once_it_is_active_and_lags_from_then_on(lagging: Any) -> None:
    name = "operations-index-lag-added"
    lagging.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    for number in range(50):
        lagging.put_item(TableName=name, Item=_grouped(number))
    lagging.update_table(TableName=name, **creation())
    wait_until_active(lagging, name)
    assert lagging.scan(TableName=name, IndexName="by-group")["Count"] == 50
    lagging.put_item(TableName=name, Item=_grouped(50))
    assert lagging.scan(TableName=name, IndexName="by-group")["Count"] == 50
    lagging.delete_table(TableName=name)


def _grouped(number: int) -> Item:
    return {"pk": {"S": str(number)}, "group": {"S": "g"}, "rank": {"N": str(number)}}
