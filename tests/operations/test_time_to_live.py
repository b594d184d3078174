"""UpdateTimeToLive and DescribeTimeToLive, and what expires on a running server.

Which items expire, and when, is in tests/background/test_time_to_live.py, where the clock can be moved.
"""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import MakeTable, client_of, running_server
from tests.operations.calls import call, invalid, refusal
from tests.operations.stream_reading import BOTH, SERVICE, arn_of, records_of
from tests.operations.table_requests import table as requested

PATIENCE_SECONDS = 20


def specification(enabled: bool = True, attribute: str = "expires") -> dict[str, Any]:
    return {"Enabled": enabled, "AttributeName": attribute}


def keys(client: Any, table: str) -> list[str]:
    return sorted(item["pk"]["S"] for item in client.scan(TableName=table)["Items"])


def wait_until_deleted(client: Any, table: str, *left: str) -> None:
    """Waits until only the items `left` are there."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while keys(client, table) != list(left):
        assert time.monotonic() < give_up, keys(client, table)
        time.sleep(0.1)


def test_it_is_enabled_and_described(client: Any, make_table: MakeTable) -> None:
    table = make_table()
    before = call(client, "DescribeTimeToLive", TableName=table)
    assert before == {"TimeToLiveDescription": {"TimeToLiveStatus": "DISABLED"}}
    answer = call(client, "UpdateTimeToLive", TableName=table, TimeToLiveSpecification=specification())
    assert answer == {"TimeToLiveSpecification": specification()}
    after = call(client, "DescribeTimeToLive", TableName=table)
    assert after == {"TimeToLiveDescription": {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}}


def test_expired_items_are_deleted_by_the_service(client: Any, streams: Any, make_table: MakeTable) -> None:
    table = make_table(StreamSpecification=BOTH)
    past, future = (str(int(time.time()) + seconds) for seconds in (-60, 3600))
    client.put_item(TableName=table, Item={"pk": {"S": "from before"}, "expires": {"N": past}})
    client.update_time_to_live(TableName=table, TimeToLiveSpecification=specification())
    client.put_item(TableName=table, Item={"pk": {"S": "later"}, "expires": {"N": future}})
    client.put_item(TableName=table, Item={"pk": {"S": "at once"}, "expires": {"N": past}})
    client.put_item(TableName=table, Item={"pk": {"S": "never"}, "expires": {"S": past}})
    wait_until_deleted(client, table, "later", "never")
    removed = [
        record for record in records_of(streams, arn_of(client, table)) if record["eventName"] == "REMOVE"
    ]
    assert sorted(record["dynamodb"]["Keys"]["pk"]["S"] for record in removed) == ["at once", "from before"]
    assert [record["userIdentity"] for record in removed] == [SERVICE, SERVICE]


def test_an_expired_item_can_be_saved_by_a_condition_on_its_time(client: Any, make_table: MakeTable) -> None:
    """Until it is deleted an expired item can be read and written, so programs that care say so."""
    table = make_table()
    now = str(int(time.time()))
    client.put_item(TableName=table, Item={"pk": {"S": "a"}, "expires": {"N": "5"}})
    assert refusal(
        client,
        "UpdateItem",
        TableName=table,
        Key={"pk": {"S": "a"}},
        UpdateExpression="SET expires = :later",
        ConditionExpression="expires > :now",
        ExpressionAttributeValues={":now": {"N": now}, ":later": {"N": "9"}},
    ).startswith("ConditionalCheckFailedException")


def test_what_expired_while_the_server_was_down_is_deleted_at_its_next_start(tmp_path: Any) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    with running_server(*arguments) as server:
        client = client_of(server.endpoint)
        client.create_table(**requested("pk", TableName="table"))
        client.update_time_to_live(TableName="table", TimeToLiveSpecification=specification())
        soon = str(int(time.time()) + 2)
        client.put_item(TableName="table", Item={"pk": {"S": "a"}, "expires": {"N": soon}})
        client.put_item(TableName="table", Item={"pk": {"S": "b"}})
        server.kill()
    time.sleep(3)
    with running_server(*arguments) as server:
        wait_until_deleted(client_of(server.endpoint), "table", "b")


@pytest.fixture(scope="module")
def slow() -> Iterator[Any]:
    """A client of a server whose tables take an hour to change."""
    with running_server("--in-memory", "--table-delay-seconds", "3600") as server:
        yield client_of(server.endpoint)


def test_a_table_that_is_being_created_is_refused(slow: Any) -> None:
    slow.create_table(**requested("pk", TableName="slow"))
    assert refusal(slow, "DescribeTimeToLive", TableName="slow") == invalid(
        "Cannot describe time to live while table is in CREATING state: Current table state is CREATING"
    )
    assert refusal(
        slow, "UpdateTimeToLive", TableName="slow", TimeToLiveSpecification=specification()
    ).startswith("ResourceInUseException")


@pytest.mark.parametrize(
    ("request_", "text"),
    [
        ({}, "Value null at 'timeToLiveSpecification' failed to satisfy constraint: Member must not be null"),
        (
            {"TimeToLiveSpecification": {"Enabled": True}},
            "Value null at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            {"TimeToLiveSpecification": {"AttributeName": "a"}},
            "Value null at 'timeToLiveSpecification.enabled' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": ""}},
            "Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
    ],
)
def test_a_bad_request_is_refused(client: Any, request_: dict[str, Any], text: str) -> None:
    refused = refusal(client, "UpdateTimeToLive", TableName="operations-none", **request_)
    assert refused == invalid("1 validation error detected: " + text)


@pytest.mark.parametrize("operation", ["UpdateTimeToLive", "DescribeTimeToLive"])
def test_a_missing_table_is_not_found(client: Any, operation: str) -> None:
    more = {"TimeToLiveSpecification": specification()} if operation == "UpdateTimeToLive" else {}
    assert refusal(client, operation, TableName="operations-none", **more) == (
        "ResourceNotFoundException: Requested resource not found: Table: operations-none not found"
    )
