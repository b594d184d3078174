"""Quotas of capacity: of a table, of an index, and of the whole account in a region."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import client_of, running_server
from tests.operations.calls import call, refusal
from tests.operations.standing import index

LIMIT = "LimitExceededException: "
MORE = " Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
TABLE = "operations-quotas"


def units(read: int, write: int = 1) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def table(name: str, read: int, write: int = 1, index_read: int | None = None) -> dict[str, Any]:
    request = {
        "TableName": name,
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "ProvisionedThroughput": units(read, write),
    }
    if index_read is not None:
        request["GlobalSecondaryIndexes"] = [
            {**index("idx", "pk"), "ProvisionedThroughput": units(index_read)}
        ]
    return request


def on_demand(name: str, **settings: Any) -> dict[str, Any]:
    request = {**table(name, 1), "BillingMode": "PAY_PER_REQUEST", **settings}
    del request["ProvisionedThroughput"]
    return request


@pytest.fixture(scope="module")
def own_server() -> Iterator[Any]:
    """A client of a server that no other tests reserve capacity on."""
    with running_server("--in-memory") as server:
        yield client_of(server.endpoint)


@pytest.fixture
def account(own_server: Any) -> Iterator[Any]:
    yield own_server
    for name in own_server.list_tables()["TableNames"]:
        own_server.delete_table(TableName=name)


def test_a_table_over_its_quota_is_refused(account: Any) -> None:
    text = (
        "The requested {}, 40001, is above the per table maximum for the account in us-east-1. "
        "Per table maximum: 40000."
    )
    assert refusal(account, "CreateTable", **table(TABLE, 40_001)) == (
        LIMIT + text.format("ReadCapacityUnits") + MORE
    )
    assert account.list_tables()["TableNames"] == []
    account.create_table(**table(TABLE, 40_000, 40_000))
    account.update_table(TableName=TABLE, ProvisionedThroughput=units(1, 1))
    assert refusal(account, "UpdateTable", TableName=TABLE, ProvisionedThroughput=units(1, 40_001)) == (
        LIMIT + text.format("WriteCapacityUnits") + MORE
    )


def test_an_index_over_its_quota_is_refused(account: Any) -> None:
    text = (
        LIMIT
        + "The requested ReadCapacityUnits for index idx, 40001, is above the per index maximum for the "
        "account in us-east-1. Per table maximum: 40000." + MORE
    )
    assert refusal(account, "CreateTable", **table(TABLE, 1, 1, 40_001)) == text
    account.create_table(**table(TABLE, 1, 1, 40_000))
    update = [{"Update": {"IndexName": "idx", "ProvisionedThroughput": units(40_001)}}]
    assert refusal(account, "UpdateTable", TableName=TABLE, GlobalSecondaryIndexUpdates=update) == text


def test_the_account_has_a_quota_over_all_tables_and_indexes(account: Any) -> None:
    account.create_table(**table("one", 40_000, 1, 30_000))
    text = (
        "This request would have caused the ReadCapacityUnits limit to be exceeded for the account in "
        "us-east-1. Current ReadCapacityUnits reserved by the account: {}. Limit: 80000. Requested: {}."
    )
    two = table("two", 9_000, 1, 1_001)
    assert refusal(account, "CreateTable", **two) == LIMIT + text.format(70_000, 10_001) + MORE
    account.create_table(**table("two", 9_000, 1, 1_000))
    raised = {"TableName": "two", "ProvisionedThroughput": units(9_001, 1)}
    assert refusal(account, "UpdateTable", **raised) == LIMIT + text.format(80_000, 1) + MORE
    account.delete_table(TableName="one")
    account.update_table(**raised)


def test_tables_on_demand_and_of_other_regions_reserve_nothing(account: Any, own_server: Any) -> None:
    account.create_table(**table("one", 40_000, 40_000, 40_000))
    account.create_table(**on_demand("two"))
    elsewhere = client_of(own_server.meta.endpoint_url, region_name="eu-west-1")
    elsewhere.create_table(**table("three", 1))
    elsewhere.delete_table(TableName="three")
    account.update_table(
        TableName="one",
        BillingMode="PAY_PER_REQUEST",
    )
    account.create_table(**table("four", 1))


@pytest.mark.parametrize(
    ("setting", "member", "quota"),
    [
        ("OnDemandThroughput", "MaxReadRequestUnits", "TableMaxReadCapacityUnits"),
        ("WarmThroughput", "WriteUnitsPerSecond", "TableMaxWriteCapacityUnits"),
    ],
)
def test_the_quota_of_a_table_bounds_its_other_throughputs(
    account: Any, setting: str, member: str, quota: str
) -> None:
    text = (
        f"{LIMIT}Subscriber limit exceeded: Requested {member} for {setting} for table exceeds {quota} of "
        "the account in region us-east-1"
    )
    over = {setting: {member: 40_001}}
    assert refusal(account, "CreateTable", **on_demand(TABLE, **over)) == text
    account.create_table(**on_demand(TABLE))
    assert refusal(account, "UpdateTable", TableName=TABLE, **over) == text
    account.update_table(TableName=TABLE, **{setting: {member: 40_000}})


def test_the_quotas_can_be_set_and_are_described() -> None:
    quotas = ("--max-tables", "2", "--table-max-capacity-units", "50000")
    with running_server("--in-memory", *quotas, "--account-max-capacity-units", "1000000") as server:
        client = client_of(server.endpoint)
        assert call(client, "DescribeLimits") == {
            "AccountMaxReadCapacityUnits": 1_000_000,
            "AccountMaxWriteCapacityUnits": 1_000_000,
            "TableMaxReadCapacityUnits": 50_000,
            "TableMaxWriteCapacityUnits": 50_000,
        }
        client.create_table(**table("one", 50_000, 50_000, 50_000))
        assert "Per table maximum: 50000." in refusal(client, "CreateTable", **table("two", 50_001))
        client.create_table(**table("two", 50_000))
        assert refusal(client, "CreateTable", **table("three", 1)) == (
            LIMIT + "Subscriber limit exceeded: There is a limit of 2 tables per subscriber"
        )


def test_a_table_made_under_higher_quotas_can_be_lowered(tmp_path: Any) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    with running_server(*data, "--table-max-capacity-units", "60000") as server:
        client_of(server.endpoint).create_table(**table(TABLE, 60_000))
    with running_server(*data) as server:
        client = client_of(server.endpoint)
        client.update_table(TableName=TABLE, ProvisionedThroughput=units(50_000, 2))
        client.update_table(TableName=TABLE, TableClass="STANDARD")
