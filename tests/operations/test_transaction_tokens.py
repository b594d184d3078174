"""ClientRequestToken: a transaction that is sent again is done once."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.auth.signing import MovableClock
from tests.conftest import MakeTable, client_of, start_server
from tests.engine.held_sync import HeldSync
from tests.operations.calls import Item, Wire, call, invalid, refusal
from tests.operations.in_process import CREATE, TABLE, Held, InProcessServer
from tests.operations.transactions import (
    CANCELED,
    canceled,
    check,
    count,
    delete,
    get,
    key,
    put,
    stored,
    update,
    write,
)

from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.rocksdb import RocksEngine

WRITE = "TransactWriteItems"
# The wire's text is not known; this is the service model's.
MISMATCH = (
    "IdempotentParameterMismatchException: DynamoDB rejected the request because you retried a request with "
    "a different payload but with an idempotent token that was already used."
)
TEN_MINUTES = 600


def amount(client: Any, table: str, text: str = "a") -> str:
    """How often `count` took place."""
    item = stored(client, table, key(text))
    return str(item["amount"]["N"]) if item else "0"


def token(table: str) -> str:
    return f"token-{table}"[:36]


def test_a_transaction_that_is_sent_again_is_done_once(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    for _ in range(3):
        assert write(client, count(table, key("a")), ClientRequestToken=token(table)) == {}
    assert amount(client, table) == "1"


def test_what_happened_since_does_not_matter(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    actions = [put(table, key("a"), ConditionExpression="attribute_not_exists(pk)")]
    write(client, *actions, ClientRequestToken=token(table))
    client.put_item(TableName=table, Item={**key("a"), "word": {"S": "later"}})
    write(client, *actions, ClientRequestToken=token(table))
    assert stored(client, table, key("a")) == {**key("a"), "word": {"S": "later"}}


def test_what_is_to_be_returned_is_not_part_of_it(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    write(client, count(table, key("a")), ClientRequestToken=token(table))
    asked = {"ReturnConsumedCapacity": "TOTAL", "ReturnItemCollectionMetrics": "SIZE"}
    answer = write(client, count(table, key("a")), ClientRequestToken=token(table), **asked)
    assert answer["ConsumedCapacity"] == [
        {"TableName": table, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}
    ]
    assert amount(client, table) == "1"


def test_without_a_token_it_is_done_again(wire: Wire, client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    for _ in range(2):
        assert wire.send(WRITE, {"TransactItems": [count(table, key("a"))]}) == (200, {})
    assert amount(client, table) == "2"


def test_boto3_makes_a_token_for_each_call(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    for _ in range(2):
        write(client, count(table, key("a")))
    assert amount(client, table) == "2"


def test_another_transaction_with_the_token_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    first = count(table, key("a"))
    write(client, first, ClientRequestToken=token(table))
    for actions in (
        [count(table, key("b"))],
        [first, count(table, key("b"))],
        [update(table, key("a"), "ADD amount :one", one={"N": "2"})],
        [delete(table, key("a"))],
    ):
        refused = refusal(client, WRITE, TransactItems=actions, ClientRequestToken=token(table))
        assert refused == MISMATCH
    assert client.scan(TableName=table)["Items"] == [{**key("a"), "amount": {"N": "1"}}]
    assert write(client, first, ClientRequestToken=token(table)) == {}


def test_the_order_of_attributes_does_not_matter(client: Any, wire: Wire, make_table: MakeTable) -> None:
    table = make_table("pk", "sk")
    item_key = {**key("a"), "sk": {"S": "b"}}
    parameters = {
        "ExpressionAttributeNames": {"#a": "a", "#b": "b"},
        "ExpressionAttributeValues": {":a": {"N": "1"}, ":m": {"M": {"x": {"S": "1"}, "y": {"S": "2"}}}},
    }
    actions = [
        {"Update": {"TableName": table, "Key": item_key, "UpdateExpression": "SET #b = :m ADD #a :a"}},
        put(table, {**item_key, "sk": {"S": "c"}, "map": {"M": {"x": {"S": "1"}, "y": {"S": "2"}}}}),
    ]
    actions[0]["Update"].update(parameters)
    request = {"TransactItems": actions, "ClientRequestToken": token(table)}
    for sent in (request, turned(request)):
        assert wire.send(WRITE, json.dumps(sent)) == (200, {})
    assert client.get_item(TableName=table, Key=item_key)["Item"]["a"] == {"N": "1"}
    # The order of actions does.
    other = {**request, "TransactItems": actions[::-1]}
    assert wire.refusal(WRITE, other) == MISMATCH


def turned(content: Any) -> Any:
    """The same with the members of every object in the opposite order."""
    if isinstance(content, dict):
        return {name: turned(value) for name, value in reversed(content.items())}
    return [turned(element) for element in content] if isinstance(content, list) else content


def test_the_token_of_a_canceled_transaction_can_be_used_again(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    needed = check(table, key("b"), "attribute_exists(pk)")
    actions = [count(table, key("a")), needed]
    for _ in range(2):
        canceled(client, WRITE, *actions, ClientRequestToken=token(table))
    client.put_item(TableName=table, Item=key("b"))
    for _ in range(2):
        write(client, *actions, ClientRequestToken=token(table))
    assert amount(client, table) == "1"


def test_a_transaction_that_is_sent_again_is_checked_again(client: Any, make_table: MakeTable) -> None:
    """A fault of the request comes before its token."""
    table = make_table("pk")
    write(client, count(table, key("a")), ClientRequestToken=token(table))
    actions = [count(table, key("a")), count(table, key("a"))]
    assert refusal(client, WRITE, TransactItems=actions, ClientRequestToken=token(table)) == invalid(
        "Transaction request cannot include multiple operations on one item"
    )


def test_each_region_has_its_own_tokens(server: Any, make_table: MakeTable, client: Any) -> None:
    table = make_table("pk")
    write(client, count(table, key("a")), ClientRequestToken=token(table))
    elsewhere = client_of(server.endpoint, region_name="eu-west-1")
    elsewhere.create_table(**{**CREATE, "TableName": table})
    write(elsewhere, count(table, key("a")), ClientRequestToken=token(table))
    assert amount(elsewhere, table) == "1"
    elsewhere.delete_table(TableName=table)


@pytest.mark.parametrize("size", [0, 37])
def test_a_token_has_one_to_36_characters(client: Any, make_table: MakeTable, size: int) -> None:
    actions = [put(make_table("pk"), key("a"))]
    refused = refusal(client, WRITE, TransactItems=actions, ClientRequestToken="x" * size)
    bound = "greater than or equal to 1" if size == 0 else "less than or equal to 36"
    assert refused == invalid(
        f"1 validation error detected: Value '{'x' * size}' at 'clientRequestToken' failed to satisfy "
        f"constraint: Member must have length {bound}"
    )


def test_a_token_outlives_a_crash(tmp_path: Path) -> None:
    directory = str(tmp_path / "data")
    request = {"ClientRequestToken": "token", "ReturnConsumedCapacity": "TOTAL"}
    first = start_server("--data-dir", directory)
    client = client_of(first.endpoint)
    client.create_table(**CREATE)
    write(client, count(TABLE, key("a")), **request)
    first.kill()
    second = start_server("--data-dir", directory)
    client = client_of(second.endpoint)
    replayed = write(client, count(TABLE, key("a")), **request)
    assert "ReadCapacityUnits" in replayed["ConsumedCapacity"][0]
    other = [count(TABLE, key("b"))]
    assert refusal(client, WRITE, TransactItems=other, ClientRequestToken="token") == MISMATCH
    assert amount(client, TABLE) == "1"
    assert second.stop() == 0


# -- over time


def counted(name: str, text: str) -> dict[str, Any]:
    return {"TransactItems": [count(TABLE, key(text))], "ClientRequestToken": name}


async def amounts(server: InProcessServer) -> dict[str, str]:
    items = (await server.send("Scan", TableName=TABLE))["Items"]
    return {item["pk"]["S"]: item["amount"]["N"] for item in items}


@pytest.mark.parametrize("begin", [1_800_000_000, 1_800_000_599])
def test_a_token_counts_for_ten_minutes(begin: int) -> None:
    async def scenario() -> None:
        clock = MovableClock(begin)
        server = InProcessServer(MemoryEngine(), clock)
        await server.create_table()
        for seconds in (0, 1, TEN_MINUTES - 2):
            clock.time += seconds
            assert await server.send(WRITE, **counted("token", "a")) == {}
        assert await amounts(server) == {"a": "1"}
        clock.time += 2  # 10 minutes and a second after it was done
        assert await server.send(WRITE, **counted("token", "a")) == {}
        assert await amounts(server) == {"a": "2"}
        assert await server.send(WRITE, **counted("token", "b")) == {
            "status": 400,
            "__type": "com.amazonaws.dynamodb.v20120810#IdempotentParameterMismatchException",
            "Message": MISMATCH.partition(": ")[2],
        }
        clock.time += TEN_MINUTES + 1
        assert await server.send(WRITE, **counted("token", "b")) == {}
        assert await amounts(server) == {"a": "2", "b": "1"}

    asyncio.run(scenario())


def test_old_tokens_are_deleted() -> None:
    async def scenario() -> None:
        clock = MovableClock(1_800_000_000)
        engine = MemoryEngine()
        server = InProcessServer(engine, clock)
        await server.create_table()
        for number in range(10):
            await server.send(WRITE, **counted(f"first-{number}", "a"))
        assert len(await _token_records(engine)) == 10
        clock.time += TEN_MINUTES
        await server.send(WRITE, **counted("second", "a"))
        assert len(await _token_records(engine)) == 11
        clock.time += TEN_MINUTES
        await server.send(WRITE, **counted("third", "a"))
        names = [record.rpartition(b"\0")[2] for record in await _token_records(engine)]
        assert names == [b"second", b"third"]
        clock.time += 100 * TEN_MINUTES
        # Whoever writes first cleans up, with a token or without.
        await server.send(WRITE, TransactItems=[count(TABLE, key("a"))])
        assert await _token_records(engine) == []

    asyncio.run(scenario())


async def _token_records(engine: MemoryEngine) -> list[bytes]:
    return [record for record, _ in await engine.scan(b"R", b"S", 100, 1 << 20)]


# -- at the same time


@asynccontextmanager
async def held_server(directory: Path) -> AsyncIterator[Held]:
    sync = HeldSync()
    sync.let_go.set()
    engine = RocksEngine.open(directory, sync)
    server = InProcessServer(engine)
    await server.create_table()
    held = Held(server, sync)
    held.hold()
    try:
        yield held
    finally:
        await held.let_go()
        await engine.close()


def test_a_transaction_under_way_is_in_progress(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with held_server(tmp_path / "data") as held:
            first = await held.under_way(WRITE, **counted("token", "a"))
            for text in ("a", "b"):
                assert await held.server.send(WRITE, **counted("token", text)) == {
                    "status": 400,
                    "__type": "com.amazonaws.dynamodb.v20120810#TransactionInProgressException",
                    "Message": "Transaction from previous request is still in progress",
                }
            other = await held.under_way(WRITE, **counted("another", "b"))
            await held.let_go()
            assert (await first, await other) == ({}, {})
            assert await held.server.send(WRITE, **counted("token", "a")) == {}
            assert await amounts(held.server) == {"a": "1", "b": "1"}

    asyncio.run(scenario())


def test_a_caller_that_went_away_may_send_it_again(tmp_path: Path) -> None:
    async def scenario() -> None:
        async with held_server(tmp_path / "data") as held:
            first = await held.under_way(WRITE, **counted("token", "a"))
            first.cancel()
            await asyncio.gather(first, return_exceptions=True)
            again = await held.under_way(WRITE, **counted("token", "a"))
            await held.let_go()
            assert await again == {}
            assert await amounts(held.server) == {"a": "1"}

    asyncio.run(scenario())


def test_a_table_that_changes_meanwhile_does_not_make_it_another_transaction() -> None:
    """Planned anew, as another server changed the table, it is still the request that was sent."""

    async def scenario() -> None:
        engine = MemoryEngine()
        server, other = InProcessServer(engine), InProcessServer(engine)
        await server.create_table()
        await server.send("PutItem", TableName=TABLE, Item=key("known"))
        changed = await other.send("UpdateTable", TableName=TABLE, DeletionProtectionEnabled=True)
        assert "status" not in changed
        for _ in range(2):
            item: Item = {**key("a"), "n": {"N": "1.0"}, "set": {"NS": ["2.0", "1"]}}
            answer = await server.send(WRITE, TransactItems=[put(TABLE, item)], ClientRequestToken="token")
            assert answer == {}

    asyncio.run(scenario())


def test_a_mismatch_is_told_before_a_conflict(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    write(client, count(table, key("a")), ClientRequestToken=token(table))
    failing = check(table, key("a"), "attribute_not_exists(pk)")
    refused = refusal(client, WRITE, TransactItems=[failing], ClientRequestToken=token(table))
    assert refused == MISMATCH
    assert not refused.startswith(CANCELED)
    assert call(client, "TransactGetItems", TransactItems=[get(table, key("b"))]) == {"Responses": [{}]}
