"""Servers over one database are one service: what one does the other knows, and either may go."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError
from tests.conftest import Server, client_of, start_server
from tests.operations.stream_reading import streams_client_of
from tests.postgres_server import database_for
from tests.triggers.conftest import ROLE, lambda_client, zipped

TABLE = "together"
KEY = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}
WITHIN_SECONDS = 1.0

Start = Callable[..., Server]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a server over the test's database."""
    dsn = database_for(str(tmp_path))
    with ExitStack() as stack:

        def start(*arguments: str) -> Server:
            server = start_server("--engine", "postgres", "--dsn", dsn, *arguments)
            stack.callback(_kill, server)
            return server

        yield start


def _kill(server: Server) -> None:
    if server.process.poll() is None:
        server.kill()


def clients(*servers: Server) -> list[Any]:
    return [client_of(server.endpoint) for server in servers]


def within(seconds: float, check: Callable[[], Any]) -> Any:
    """The first true value of `check`, which has to come in so many seconds."""
    deadline = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.02)


def code_of(call: Callable[[], Any]) -> str | None:
    """The code of a refusal; None if there was none."""
    try:
        call()
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


def create(client: Any, **parameters: Any) -> dict[str, Any]:
    request = {"TableName": TABLE, "BillingMode": "PAY_PER_REQUEST", **KEY, **parameters}
    description: dict[str, Any] = client.create_table(**request)["TableDescription"]
    return description


def create_with_stream(client: Any) -> str:
    """Creates the table; the ARN of its stream."""
    specification = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    return str(create(client, StreamSpecification=specification)["LatestStreamArn"])


def put(client: Any, key: str, **attributes: Any) -> None:
    client.put_item(TableName=TABLE, Item={"pk": {"S": key}, **attributes})


def get(client: Any, key: str) -> Any:
    return client.get_item(TableName=TABLE, Key={"pk": {"S": key}}, ConsistentRead=True).get("Item")


def test_what_one_server_wrote_the_other_reads(start: Start) -> None:
    one, other = clients(start(), start())
    create(one)
    for number in range(20):
        put(one, "a", n={"N": str(number)})
        assert get(other, "a") == {"pk": {"S": "a"}, "n": {"N": str(number)}}
        put(other, "a", n={"N": str(-number)})
        assert get(one, "a") == {"pk": {"S": "a"}, "n": {"N": str(-number)}}


def test_a_table_that_one_server_deleted_is_gone_for_the_other_within_a_second(start: Start) -> None:
    one, other = clients(start(), start())
    create(one)
    put(other, "a")
    one.delete_table(TableName=TABLE)
    # A write would compare the descriptor: never is anything stored under a table that is gone.
    assert code_of(lambda: put(other, "b")) == "ResourceNotFoundException"
    create(one)
    put(one, "c")
    within(WITHIN_SECONDS, lambda: get(other, "c"))
    one.delete_table(TableName=TABLE)
    within(WITHIN_SECONDS, lambda: code_of(lambda: get(other, "c")) == "ResourceNotFoundException")


def _index_status(client: Any) -> str:
    table = client.describe_table(TableName=TABLE)["Table"]
    return str(table["GlobalSecondaryIndexes"][0]["IndexStatus"])


def test_a_write_on_an_old_descriptor_is_planned_again(start: Start) -> None:
    """The other server knows the table without its index, and must fill that all the same."""
    one, other = clients(start(), start())
    for number in range(5):
        create(one)
        put(other, "first")
        one.update_table(
            TableName=TABLE,
            AttributeDefinitions=[*KEY["AttributeDefinitions"], {"AttributeName": "g", "AttributeType": "S"}],
            GlobalSecondaryIndexUpdates=[
                {
                    "Create": {
                        "IndexName": "by-g",
                        "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                        "Projection": {"ProjectionType": "ALL"},
                    }
                }
            ],
        )
        put(other, f"second-{number}", g={"S": "x"})
        within(10, lambda: _index_status(one) == "ACTIVE")
        found = other.query(
            TableName=TABLE,
            IndexName="by-g",
            KeyConditionExpression="g = :g",
            ExpressionAttributeValues={":g": {"S": "x"}},
        )
        assert [item["pk"]["S"] for item in found["Items"]] == [f"second-{number}"]
        one.delete_table(TableName=TABLE)


def test_a_stream_is_read_through_any_server(start: Start) -> None:
    servers = [start(), start()]
    one, other = clients(*servers)
    arn = create_with_stream(one)
    for number in range(40):
        put((one, other)[number % 2], f"{number}")
    readers = [streams_client_of(server.endpoint) for server in servers]
    shard = readers[0].describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = readers[1].get_shard_iterator(StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    seen: list[str] = []
    for turn in range(40):
        page = readers[turn % 2].get_records(ShardIterator=iterator, Limit=7)
        iterator = page["NextShardIterator"]
        seen += [record["dynamodb"]["Keys"]["pk"]["S"] for record in page["Records"]]
        if len(seen) == 40:
            break
    assert seen == [f"{number}" for number in range(40)]


def test_items_expire_whichever_server_is_left(start: Start) -> None:
    servers = [start(), start()]
    one, other = clients(*servers)
    create(one)
    one.update_time_to_live(
        TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
    )
    past = {"N": str(int(time.time()) - 5)}
    put(one, "a", expires=past)
    within(10, lambda: get(one, "a") is None)
    servers[0].kill()
    put(other, "b", expires=past)
    within(10, lambda: get(other, "b") is None)
    third = start()
    servers[1].stop()
    (client,) = clients(third)
    put(client, "c", expires=past)
    within(10, lambda: get(client, "c") is None)


class Noted:
    """A function that writes down its events, made through one server."""

    def __init__(self, out: Path, server: Server) -> None:
        self._out = out
        self.lambda_ = lambda_client(server.endpoint)
        self.lambda_.create_function(
            FunctionName="noted",
            Runtime="python3.12",
            Role=ROLE,
            Handler="app.handler",
            Code={"ZipFile": zipped()},
            Environment={"Variables": {"OUT": str(out)}},
        )

    def map(self, stream: str) -> str:
        """Maps a stream to it; the UUID of the mapping."""
        mapping = self.lambda_.create_event_source_mapping(
            EventSourceArn=stream, FunctionName="noted", StartingPosition="TRIM_HORIZON"
        )
        return str(mapping["UUID"])

    def keys(self) -> list[str]:
        lines = self._out.read_text().splitlines() if self._out.exists() else []
        records = [record for line in lines for record in json.loads(line)["Records"]]
        return [record["dynamodb"]["Keys"]["pk"]["S"] for record in records]


def test_triggers_run_on_one_server_and_go_on_when_it_is_gone(start: Start, tmp_path: Path) -> None:
    servers = [start(), start()]
    one, other = clients(*servers)
    arn = create_with_stream(one)
    # The first server has the lease of the jobs; it is told nothing of this by anybody but the database.
    noted = Noted(tmp_path / "events", servers[1])
    mapping = noted.map(arn)
    for number in range(5):
        put((one, other)[number % 2], f"before-{number}")
    within(20, lambda: len(noted.keys()) >= 5)
    servers[0].kill()
    for number in range(5):
        put(other, f"after-{number}")
    expected = {f"{when}-{number}" for when in ("before", "after") for number in range(5)}
    within(30, lambda: set(noted.keys()) == expected)
    noted.lambda_.delete_event_source_mapping(UUID=mapping)
    time.sleep(2)
    count = len(noted.keys())
    put(other, "unheard")
    time.sleep(1)
    assert len(noted.keys()) == count


def test_a_mapping_that_is_disabled_through_another_server_stops(start: Start, tmp_path: Path) -> None:
    servers = [start(), start()]
    one, _ = clients(*servers)
    arn = create_with_stream(one)
    noted = Noted(tmp_path / "events", servers[0])
    mapping = noted.map(arn)
    put(one, "heard")
    within(20, lambda: noted.keys() == ["heard"])
    other = lambda_client(servers[1].endpoint)
    answer = other.update_event_source_mapping(UUID=mapping, Enabled=False)
    assert answer["State"] == "Disabling"
    assert other.get_event_source_mapping(UUID=mapping)["State"] == "Disabled"
    time.sleep(2)
    put(one, "unheard")
    time.sleep(1)
    assert noted.keys() == ["heard"]
    noted.lambda_.update_event_source_mapping(UUID=mapping, Enabled=True)
    within(20, lambda: noted.keys() == ["heard", "unheard"])


def test_servers_are_replaced_one_by_one_and_nobody_notices(start: Start) -> None:
    servers = [start(), start()]
    create(*clients(servers[0]))
    acknowledged: list[set[str]] = [set(), set()]
    surprises: list[str] = []
    enough = threading.Event()

    def work(writer: int) -> None:
        count = 0
        while not enough.is_set():
            for server in servers:  # as a balancer does, that tries the next
                key = f"{writer}-{count}"
                try:
                    put(client_of(server.endpoint), key)
                except (EndpointConnectionError, HTTPClientError):
                    continue
                except ClientError as error:
                    surprises.append(str(error))
                acknowledged[writer].add(key)
                count += 1
                break
            else:
                surprises.append("no server answered")

    writers = [threading.Thread(target=work, args=(number,)) for number in range(2)]
    for writer in writers:
        writer.start()
    for place in (0, 1):
        time.sleep(0.7)
        new = start()
        old, servers[place] = servers[place], new
        assert old.stop() == 0
    time.sleep(0.7)
    enough.set()
    for writer in writers:
        writer.join()
    assert surprises == []
    (client,) = clients(servers[0])
    pages = client.get_paginator("scan").paginate(TableName=TABLE, ConsistentRead=True)
    found = {item["pk"]["S"] for page in pages for item in page["Items"]}
    assert acknowledged[0] | acknowledged[1] <= found
    assert all(acknowledged)


def test_a_table_s_limit_is_that_of_both_servers_together(start: Start) -> None:
    units, seconds = 60, 8.0
    enforce = ("--capacity-mode", "enforce")
    servers = [start(*enforce), start(*enforce)]
    throughput = {"ReadCapacityUnits": units, "WriteCapacityUnits": units}
    (client,) = clients(servers[0])
    create(client, BillingMode="PROVISIONED", ProvisionedThroughput=throughput)
    counts = [0, 0]
    counting, enough = threading.Event(), threading.Event()

    def load(number: int) -> None:
        client = client_of(servers[number].endpoint)
        count = 0
        while not enough.is_set():
            count += 1
            refusal = code_of(partial(put, client, f"{number}-{count}"))
            assert refusal in {None, "ProvisionedThroughputExceededException"}
            if refusal is None and counting.is_set():
                counts[number] += 1
            if refusal is not None:
                time.sleep(0.005)

    loads = [threading.Thread(target=load, args=(number,)) for number in (0, 1)]
    for thread in loads:
        thread.start()
    time.sleep(4)  # the first second's store is spent, and both know of each other
    counting.set()
    time.sleep(seconds)
    enough.set()
    for thread in loads:
        thread.join()
    assert sum(counts) == pytest.approx(units * seconds, rel=0.1), counts
