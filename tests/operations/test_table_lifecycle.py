"""Tables on a server where they stay CREATING, UPDATING and DELETING for a while."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import client_of, running_server
from tests.operations.calls import NOT_FOUND, Request, call, refusal
from tests.operations.standing import index

DELAY_SECONDS = 0.4
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
KEYS = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
}
PROVISIONED = {**KEYS, "ProvisionedThroughput": UNITS}
INDEXED = {
    **PROVISIONED,
    "GlobalSecondaryIndexes": [{**index("idx", "pk"), "ProvisionedThroughput": UNITS}],
}
KEY = {"pk": {"S": "1"}}
IN_USE = "ResourceInUseException: "
WAITS = IN_USE + "Attempt to change a resource which is still in use: "
CHANGING = WAITS + "Table is being "


@pytest.fixture(scope="module")
def slow() -> Iterator[Any]:
    """A client of a server whose tables take their time."""
    with running_server(
        "--in-memory", environment={"KILOWATT_TABLE_DELAY_SECONDS": str(DELAY_SECONDS)}
    ) as server:
        yield client_of(server.endpoint)


def state(client: Any, table: str) -> str:
    """TableStatus, or GONE."""
    try:
        return str(client.describe_table(TableName=table)["Table"]["TableStatus"])
    except client.exceptions.ResourceNotFoundException:
        return "GONE"


def until(client: Any, table: str, wanted: str) -> None:
    deadline = time.monotonic() + 20
    while state(client, table) != wanted:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def active(client: Any, table: str, **parameters: Any) -> None:
    client.create_table(TableName=table, **parameters)
    until(client, table, "ACTIVE")


ITEM_OPERATIONS: list[tuple[str, Request]] = [
    ("PutItem", {"TableName": "{}", "Item": KEY}),
    ("GetItem", {"TableName": "{}", "Key": KEY}),
    ("UpdateItem", {"TableName": "{}", "Key": KEY}),
    ("DeleteItem", {"TableName": "{}", "Key": KEY}),
    ("Scan", {"TableName": "{}"}),
    (
        "Query",
        {
            "TableName": "{}",
            "KeyConditionExpression": "pk = :p",
            "ExpressionAttributeValues": {":p": {"S": "1"}},
        },
    ),
    ("BatchGetItem", {"RequestItems": {"{}": {"Keys": [KEY]}}}),
    ("BatchWriteItem", {"RequestItems": {"{}": [{"PutRequest": {"Item": KEY}}]}}),
]


def named(request: Request, table: str) -> Request:
    """The request with the table's name for {}."""
    if "RequestItems" in request:
        return {"RequestItems": {table: request["RequestItems"]["{}"]}}
    return {**request, "TableName": table}


def check_no_item_operation_finds(client: Any, table: str) -> None:
    for operation, request in ITEM_OPERATIONS:
        assert refusal(client, operation, **named(request, table)) == NOT_FOUND


def test_a_table_being_created_is_described_but_not_served(slow: Any) -> None:
    created = slow.create_table(TableName="created", **INDEXED)["TableDescription"]
    described = slow.describe_table(TableName="created")["Table"]
    assert described == created
    assert (described["TableStatus"], described["GlobalSecondaryIndexes"][0]["IndexStatus"]) == (
        "CREATING",
    ) * 2
    assert "WarmThroughput" not in described
    check_no_item_operation_finds(slow, "created")
    assert "created" in slow.list_tables()["TableNames"]
    assert refusal(slow, "CreateTable", TableName="created", **KEYS, BillingMode="PAY_PER_REQUEST") == (
        CHANGING + "created: created"
    )
    assert refusal(slow, "DeleteTable", TableName="created") == CHANGING + "created: created"
    assert refusal(slow, "UpdateTable", TableName="created", BillingMode="PAY_PER_REQUEST") == (
        CHANGING + "created: created"
    )
    until(slow, "created", "ACTIVE")
    assert slow.describe_table(TableName="created")["Table"]["WarmThroughput"]["Status"] == "ACTIVE"
    slow.put_item(TableName="created", Item=KEY)
    assert slow.scan(TableName="created")["Items"] == [KEY]


def test_the_date_of_going_on_demand_shows_once_active(slow: Any) -> None:
    created = slow.create_table(TableName="on-demand", **KEYS, BillingMode="PAY_PER_REQUEST")[
        "TableDescription"
    ]
    assert created["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    until(slow, "on-demand", "ACTIVE")
    summary = slow.describe_table(TableName="on-demand")["Table"]["BillingModeSummary"]
    assert summary["LastUpdateToPayPerRequestDateTime"] > created["CreationDateTime"]


def units_of(part: dict[str, Any]) -> tuple[int, int, int]:
    shown = part["ProvisionedThroughput"]
    return shown["ReadCapacityUnits"], shown["WriteCapacityUnits"], shown["NumberOfDecreasesToday"]


def test_a_table_being_updated_serves_and_shows_the_old_units(slow: Any) -> None:
    active(slow, "updated", **INDEXED)
    slow.update_table(
        TableName="updated", ProvisionedThroughput={"ReadCapacityUnits": 4, "WriteCapacityUnits": 6}
    )
    during = slow.describe_table(TableName="updated")["Table"]
    assert (during["TableStatus"], units_of(during)) == ("UPDATING", (5, 6, 0))
    assert during["GlobalSecondaryIndexes"][0]["IndexStatus"] == "ACTIVE"
    slow.put_item(TableName="updated", Item=KEY)
    assert refusal(slow, "DeleteTable", TableName="updated") == (
        WAITS + "Table: updated is in the process of being updated."
    )
    assert refusal(slow, "UpdateTable", TableName="updated", BillingMode="PAY_PER_REQUEST") == (
        WAITS + "Table IOPS are currently being updated. Table: updated"
    )
    until(slow, "updated", "ACTIVE")
    after = slow.describe_table(TableName="updated")["Table"]
    assert units_of(after) == (4, 6, 1)
    last = [part["ProvisionedThroughput"]["LastDecreaseDateTime"] for part in (during, after)]
    assert last[0] < last[1]


def test_an_index_being_updated_is_not_updated_again(slow: Any) -> None:
    active(slow, "index-updated", **INDEXED)
    update = {"Update": {"IndexName": "idx", "ProvisionedThroughput": {**UNITS, "ReadCapacityUnits": 9}}}
    answer = slow.update_table(TableName="index-updated", GlobalSecondaryIndexUpdates=[update])
    part = answer["TableDescription"]["GlobalSecondaryIndexes"][0]
    assert answer["TableDescription"]["TableStatus"] == "ACTIVE"
    assert (part["IndexStatus"], units_of(part)) == ("UPDATING", (5, 6, 0))
    assert "LastIncreaseDateTime" in part["ProvisionedThroughput"]
    assert "LastIncreaseDateTime" not in answer["TableDescription"]["ProvisionedThroughput"]
    assert refusal(slow, "UpdateTable", TableName="index-updated", GlobalSecondaryIndexUpdates=[update]) == (
        IN_USE + "Attempt to change a resource which is still in use: Index is being updated.  Table: "
        "index-updated Index: idx"
    )
    assert refusal(slow, "DeleteTable", TableName="index-updated") == (
        WAITS + "Cannot delete table while indexes are being created, updated, or deleted."
    )
    assert state(slow, "index-updated") == "ACTIVE"
    time.sleep(DELAY_SECONDS)
    part = slow.describe_table(TableName="index-updated")["Table"]["GlobalSecondaryIndexes"][0]
    assert (part["IndexStatus"], units_of(part)) == ("ACTIVE", (9, 6, 0))


def test_a_table_being_deleted_is_described_as_the_deletion_was_answered(slow: Any) -> None:
    active(slow, "deleted", **PROVISIONED)
    slow.put_item(TableName="deleted", Item=KEY)
    deleted = call(slow, "DeleteTable", TableName="deleted")["TableDescription"]
    assert (deleted["TableStatus"], deleted["ItemCount"]) == ("DELETING", 1)
    assert call(slow, "DescribeTable", TableName="deleted")["Table"] == deleted
    assert refusal(slow, "DeleteTable", TableName="deleted") == CHANGING + "deleted: deleted"
    check_no_item_operation_finds(slow, "deleted")
    assert refusal(slow, "CreateTable", TableName="deleted", **PROVISIONED) == (
        IN_USE + "Table already exists: deleted"
    )
    assert refusal(slow, "UpdateTable", TableName="deleted", BillingMode="PAY_PER_REQUEST") == (
        CHANGING + "deleted: deleted"
    )
    assert "deleted" in slow.list_tables()["TableNames"]
    until(slow, "deleted", "GONE")
    missing = f"{NOT_FOUND}: Table: deleted not found"
    assert refusal(slow, "DeleteTable", TableName="deleted") == missing


def test_a_table_that_is_gone_leaves_nothing(slow: Any) -> None:
    active(slow, "gone", **PROVISIONED)
    slow.put_item(TableName="gone", Item=KEY)
    slow.delete_table(TableName="gone")
    time.sleep(DELAY_SECONDS)
    assert "gone" not in slow.list_tables()["TableNames"]
    active(slow, "gone", **PROVISIONED)
    assert slow.scan(TableName="gone")["Count"] == 0
    assert slow.describe_table(TableName="gone")["Table"]["ItemCount"] == 0


def test_the_waiters_wait(slow: Any) -> None:
    config = {"Delay": 1, "MaxAttempts": 5}
    slow.create_table(TableName="waited", **PROVISIONED)
    slow.get_waiter("table_exists").wait(TableName="waited", WaiterConfig=config)
    slow.delete_table(TableName="waited")
    slow.get_waiter("table_not_exists").wait(TableName="waited", WaiterConfig=config)
    assert state(slow, "waited") == "GONE"


def test_a_state_outlasts_a_restart(tmp_path: Any) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"), "--table-delay-seconds", "600")
    with running_server(*arguments) as server:
        client_of(server.endpoint).create_table(TableName="created", **PROVISIONED)
    with running_server(*arguments) as server:
        assert state(client_of(server.endpoint), "created") == "CREATING"


def test_more_than_five_hundred_changing_tables_are_too_many() -> None:
    with running_server("--in-memory", "--table-delay-seconds", "600") as server:
        client = client_of(server.endpoint)
        for number in range(500):
            client.create_table(TableName=f"table-{number}", **PROVISIONED)
        assert refusal(client, "CreateTable", TableName="one-more", **PROVISIONED) == (
            "LimitExceededException: Subscriber limit exceeded: Only 500 tables can be created, updated, or "
            "deleted simultaneously"
        )
        assert refusal(client, "CreateTable", TableName="table-0", **PROVISIONED) == (
            CHANGING + "created: table-0"
        )
