"""Who meets a transaction under way: writes and other transactions, but not reads of single items."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import client_of, running_server
from tests.engine.held_sync import HeldSync
from tests.operations.calls import Request, call, refusal
from tests.operations.in_process import CREATE, TABLE, Held, InProcessServer
from tests.operations.transactions import CONFLICT, GOOD, canceled, check, get, key, put, update

from kilowatt.engine.rocksdb import RocksEngine

CONFLICT_TYPE = "com.amazonaws.dynamodb.v20120810#TransactionConflictException"
CANCELED_TYPE = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
SINGLE: list[tuple[str, Request]] = [
    ("PutItem", {"Item": key("a")}),
    ("UpdateItem", {"Key": key("a")}),
    ("DeleteItem", {"Key": key("a")}),
]

Scenario = Callable[[Held], Awaitable[None]]


@pytest.fixture
def play(tmp_path: Path) -> Callable[[Scenario], None]:
    """Plays a scenario on a durable server with an empty table, whose sync the scenario holds."""

    async def played(scenario: Scenario) -> None:
        sync = HeldSync()
        sync.let_go.set()
        engine = RocksEngine.open(tmp_path / "data", sync)
        server = InProcessServer(engine)
        await server.create_table()
        held = Held(server, sync)
        held.hold()
        try:
            await scenario(held)
        finally:
            await held.let_go()
            await engine.close()

    return lambda scenario: asyncio.run(played(scenario))


def transaction(*actions: Request) -> Request:
    return {"TransactItems": list(actions)}


WRITES_A_AND_B = transaction(put(TABLE, {**key("a"), "word": {"S": "new"}}), put(TABLE, key("b")))


@pytest.mark.parametrize(("operation", "request_"), SINGLE)
@pytest.mark.parametrize("action", [put(TABLE, key("a")), check(TABLE, key("a"), "attribute_not_exists(pk)")])
def test_a_single_write_meets_a_transaction(
    play: Callable[[Scenario], None], operation: str, request_: Request, action: Request
) -> None:
    async def scenario(held: Held) -> None:
        first = await held.under_way("TransactWriteItems", **transaction(put(TABLE, key("b")), action))
        assert await held.server.send(operation, TableName=TABLE, **request_) == {
            "status": 400,
            "__type": CONFLICT_TYPE,
            "message": CONFLICT["Message"],
        }
        await held.let_go()
        assert await first == {}
        assert await held.server.send(operation, TableName=TABLE, **request_) == {}

    play(scenario)


def test_a_batch_leaves_what_a_transaction_holds(play: Callable[[Scenario], None]) -> None:
    def puts(*names: str) -> list[Request]:
        return [{"PutRequest": {"Item": {**key(name), "word": {"S": "batch"}}}} for name in names]

    async def scenario(held: Held) -> None:
        await held.under_way("TransactWriteItems", **WRITES_A_AND_B)
        only = await held.server.send("BatchWriteItem", RequestItems={TABLE: puts("a", "b")})
        assert only == {"UnprocessedItems": {TABLE: puts("a", "b")}}
        parameters = {"ReturnConsumedCapacity": "TOTAL"}
        some = await held.under_way("BatchWriteItem", RequestItems={TABLE: puts("c", "a", "d")}, **parameters)
        await held.let_go()
        assert await some == {
            "UnprocessedItems": {TABLE: puts("a")},
            "ConsumedCapacity": [{"TableName": TABLE, "CapacityUnits": 2.0}],
        }
        items = (await held.server.send("Scan", TableName=TABLE))["Items"]
        words = {item["pk"]["S"]: item.get("word", {}).get("S") for item in items}
        assert words == {"a": "new", "b": None, "c": "batch", "d": "batch"}

    play(scenario)


def test_another_transaction_is_canceled(play: Callable[[Scenario], None]) -> None:
    async def scenario(held: Held) -> None:
        await held.under_way("TransactWriteItems", **WRITES_A_AND_B)
        absent = {"ConditionExpression": "attribute_exists(pk)"}
        actions = [put(TABLE, key("c")), put(TABLE, key("a")), put(TABLE, key("d"), **absent)]
        second = await held.under_way("TransactWriteItems", **transaction(*actions))
        # One that is canceled holds nothing itself.
        third = await held.under_way("PutItem", TableName=TABLE, Item=key("c"))
        await held.let_go()
        assert (await second)["CancellationReasons"] == [
            GOOD,
            CONFLICT,
            {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"},
        ]
        assert await third == {}
        again = await held.server.send("TransactWriteItems", **transaction(*actions[:2]))
        assert again == {}

    play(scenario)


def test_reads_of_a_transaction_meet_one_of_writes(play: Callable[[Scenario], None]) -> None:
    async def scenario(held: Held) -> None:
        await held.under_way("TransactWriteItems", **WRITES_A_AND_B)
        gets = transaction(get(TABLE, key("c")), get(TABLE, key("a")))
        answer = await held.server.send("TransactGetItems", **gets)
        assert answer == {
            "status": 400,
            "__type": CANCELED_TYPE,
            "Message": "Transaction cancelled, please refer cancellation reasons for specific reasons "
            "[None, TransactionConflict]",
            "CancellationReasons": [GOOD, CONFLICT],
        }
        await held.let_go()
        item = {**key("a"), "word": {"S": "new"}}
        assert await held.server.send("TransactGetItems", **gets) == {"Responses": [{}, {"Item": item}]}

    play(scenario)


def test_single_reads_meet_nobody(play: Callable[[Scenario], None]) -> None:
    query = {"KeyConditionExpression": "pk = :a", "ExpressionAttributeValues": {":a": {"S": "a"}}}

    async def scenario(held: Held) -> None:
        await held.under_way("TransactWriteItems", **WRITES_A_AND_B)
        reads = [
            await held.under_way("GetItem", TableName=TABLE, Key=key("a")),
            await held.under_way("Query", TableName=TABLE, **query),
            await held.under_way("Scan", TableName=TABLE),
            await held.under_way("BatchGetItem", RequestItems={TABLE: {"Keys": [key("a")]}}),
        ]
        await held.let_go()
        assert [(await read).get("status", 200) for read in reads] == [200] * 4

    play(scenario)


def test_a_transaction_does_not_meet_a_single_write(play: Callable[[Scenario], None]) -> None:
    async def scenario(held: Held) -> None:
        written = await held.under_way("PutItem", TableName=TABLE, Item=key("a"))
        condition = check(TABLE, key("a"), "attribute_exists(pk)")
        second = await held.under_way("TransactWriteItems", **transaction(condition))
        await held.let_go()
        assert (await written, await second) == ({}, {})

    play(scenario)


def test_a_caller_that_goes_away_leaves_nothing_held(play: Callable[[Scenario], None]) -> None:
    async def scenario(held: Held) -> None:
        first = await held.under_way("TransactWriteItems", **WRITES_A_AND_B)
        first.cancel()
        await asyncio.gather(first, return_exceptions=True)
        again = await held.under_way("PutItem", TableName=TABLE, Item=key("a"))
        await held.let_go()
        assert await again == {}

    play(scenario)


# -- conflicts on demand


@pytest.fixture(scope="module")
def always() -> Iterator[Any]:
    """A client of a server where everybody meets a transaction, and has an empty table."""
    with running_server("--in-memory", "--transaction-conflict-rate", "1") as server:
        client = client_of(server.endpoint)
        client.create_table(**CREATE)
        yield client


@pytest.mark.parametrize(("operation", "request_"), SINGLE)
def test_with_a_rate_of_one_every_write_conflicts(always: Any, operation: str, request_: Request) -> None:
    refused = refusal(always, operation, TableName=TABLE, **request_)
    assert refused == f"TransactionConflictException: {CONFLICT['Message']}"


def test_with_a_rate_of_one_every_transaction_is_canceled(always: Any) -> None:
    writes = [put(TABLE, key("a")), update(TABLE, key("b"), "REMOVE a")]
    assert canceled(always, "TransactWriteItems", *writes) == [CONFLICT, CONFLICT]
    assert canceled(always, "TransactGetItems", get(TABLE, key("a"))) == [CONFLICT]


def test_with_a_rate_of_one_a_batch_writes_nothing(always: Any) -> None:
    items = {TABLE: [{"PutRequest": {"Item": key("a")}}]}
    assert call(always, "BatchWriteItem", RequestItems=items) == {"UnprocessedItems": items}


def test_with_a_rate_of_one_single_reads_go_on(always: Any) -> None:
    assert call(always, "GetItem", TableName=TABLE, Key=key("a")) == {}
    assert call(always, "Scan", TableName=TABLE)["Items"] == []


def test_with_a_rate_of_a_half_some_conflict() -> None:
    with running_server("--in-memory", "--transaction-conflict-rate", "0.5") as server:
        client = client_of(server.endpoint)
        client.create_table(**CREATE)
        written = 0
        for number in range(100):
            try:
                client.put_item(TableName=TABLE, Item=key(str(number)))
                written += 1
            except client.exceptions.TransactionConflictException:
                pass
        assert 20 < written < 80
        assert client.scan(TableName=TABLE, Select="COUNT")["Count"] == written
