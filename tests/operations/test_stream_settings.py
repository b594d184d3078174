"""Streams as CreateTable, UpdateTable and DeleteTable make, change and end them."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import MakeTable, client_of, running_server
from tests.operations.calls import invalid, refusal
from tests.operations.stream_reading import BOTH, arn_of, records_of, shards_of, streams_client_of
from tests.operations.table_requests import table as requested

KEYS = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
DISABLED = {"StreamEnabled": False}


def described(client: Any, table: str) -> dict[str, Any]:
    description: dict[str, Any] = client.describe_table(TableName=table)["Table"]
    return description


def test_a_table_is_created_with_a_stream(client: Any, make_table: MakeTable) -> None:
    description = described(client, make_table(StreamSpecification=BOTH))
    assert description["StreamSpecification"] == BOTH
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}", description["LatestStreamLabel"])
    arn = f"{description['TableArn']}/stream/{description['LatestStreamLabel']}"
    assert description["LatestStreamArn"] == arn


@pytest.mark.parametrize("parameters", [{}, {"StreamSpecification": DISABLED}], ids=["without", "disabled"])
def test_a_table_without_a_stream_says_nothing_of_it(
    client: Any, streams: Any, make_table: MakeTable, parameters: dict[str, Any]
) -> None:
    table = make_table(**parameters)
    description = described(client, table)
    assert {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel"}.isdisjoint(description)
    assert streams.list_streams(TableName=table)["Streams"] == []


def test_a_stream_begins_when_it_is_enabled(client: Any, streams: Any, make_table: MakeTable) -> None:
    table = make_table()
    client.put_item(TableName=table, Item={"pk": {"S": "before"}})
    answer = client.update_table(TableName=table, StreamSpecification=BOTH)["TableDescription"]
    assert (answer["TableStatus"], answer["StreamSpecification"]) == ("UPDATING", BOTH)
    client.put_item(TableName=table, Item={"pk": {"S": "after"}})
    assert described(client, table)["LatestStreamArn"] == answer["LatestStreamArn"]
    (record,) = records_of(streams, answer["LatestStreamArn"])
    assert record["dynamodb"]["Keys"] == {"pk": {"S": "after"}}


def test_a_disabled_stream_is_named_and_readable_and_takes_nothing_more(
    client: Any, streams: Any, make_table: MakeTable
) -> None:
    table = make_table(StreamSpecification=BOTH)
    arn = arn_of(client, table)
    client.put_item(TableName=table, Item={"pk": {"S": "before"}})
    client.update_table(TableName=table, StreamSpecification=DISABLED)
    client.put_item(TableName=table, Item={"pk": {"S": "after"}})
    description = described(client, table)
    assert "StreamSpecification" not in description
    assert description["LatestStreamArn"] == arn
    assert streams.describe_stream(StreamArn=arn)["StreamDescription"]["StreamStatus"] == "DISABLED"
    (shard,) = shards_of(streams, arn)
    assert "EndingSequenceNumber" in shard["SequenceNumberRange"]
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in records_of(streams, arn)] == ["before"]


def test_a_stream_enabled_again_is_another(client: Any, streams: Any, make_table: MakeTable) -> None:
    table = make_table(StreamSpecification=BOTH)
    old = arn_of(client, table)
    client.put_item(TableName=table, Item={"pk": {"S": "a"}})
    client.update_table(TableName=table, StreamSpecification=DISABLED)
    client.update_table(TableName=table, StreamSpecification=KEYS)
    client.put_item(TableName=table, Item={"pk": {"S": "b"}})
    new = arn_of(client, table)
    assert new > old
    assert [it["StreamArn"] for it in streams.list_streams(TableName=table)["Streams"]] == [old, new]
    views = [
        [(record["dynamodb"]["Keys"]["pk"]["S"], record["dynamodb"]["StreamViewType"]) for record in records]
        for records in (records_of(streams, old), records_of(streams, new))
    ]
    assert views == [[("a", "NEW_AND_OLD_IMAGES")], [("b", "KEYS_ONLY")]]


def test_the_view_type_of_a_stream_cannot_be_changed(client: Any, make_table: MakeTable) -> None:
    table = make_table(StreamSpecification=BOTH)
    for specification in (BOTH, KEYS):
        assert refusal(client, "UpdateTable", TableName=table, StreamSpecification=specification) == invalid(
            f"Table already has an enabled stream: TableName: {table}"
        )
    assert described(client, table)["StreamSpecification"] == BOTH


def test_other_changes_of_a_table_leave_its_stream_alone(
    client: Any, streams: Any, make_table: MakeTable
) -> None:
    table = make_table(StreamSpecification=BOTH)
    arn = arn_of(client, table)
    client.put_item(TableName=table, Item={"pk": {"S": "a"}})
    client.update_table(TableName=table, DeletionProtectionEnabled=True)
    client.put_item(TableName=table, Item={"pk": {"S": "b"}})
    client.update_table(TableName=table, DeletionProtectionEnabled=False)
    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in records_of(streams, arn)] == ["a", "b"]
    (shard,) = shards_of(streams, arn)
    assert "EndingSequenceNumber" not in shard["SequenceNumberRange"]


def test_a_stream_can_be_enabled_together_with_the_switch_to_on_demand(
    client: Any, make_table: MakeTable
) -> None:
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    table = make_table(BillingMode="PROVISIONED", ProvisionedThroughput=units)
    client.update_table(TableName=table, BillingMode="PAY_PER_REQUEST", StreamSpecification=BOTH)
    description = described(client, table)
    assert description["StreamSpecification"] == BOTH
    assert description["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"


@pytest.fixture(scope="module")
def slow() -> Iterator[tuple[Any, Any]]:
    """Clients of a server whose tables take an hour to change."""
    with running_server("--in-memory", "--table-delay-seconds", "3600") as server:
        yield client_of(server.endpoint), streams_client_of(server.endpoint)


def test_a_table_that_is_being_created_has_its_stream_at_once(slow: tuple[Any, Any]) -> None:
    client, streams = slow
    request = requested("pk", TableName="slow", StreamSpecification=BOTH)
    answer = client.create_table(**request)["TableDescription"]
    description = described(client, "slow")
    assert (description["TableStatus"], description["StreamSpecification"]) == ("CREATING", BOTH)
    assert answer["LatestStreamLabel"] == description["LatestStreamLabel"]
    assert len(shards_of(streams, answer["LatestStreamArn"])) == 1


def test_a_stream_is_as_old_as_the_request_for_it() -> None:
    """However long the table stays UPDATING."""
    with running_server("--in-memory", "--table-delay-seconds", "1") as server:
        client, streams = client_of(server.endpoint), streams_client_of(server.endpoint)
        client.create_table(**requested("pk", TableName="later"))
        client.get_waiter("table_exists").wait(TableName="later", WaiterConfig={"Delay": 1})
        answer = client.update_table(TableName="later", StreamSpecification=BOTH)
        answered = time.time()
        arn = answer["TableDescription"]["LatestStreamArn"]
        description = streams.describe_stream(StreamArn=arn)["StreamDescription"]
        assert description["CreationRequestDateTime"].timestamp() < answered + 0.001
