"""WarmThroughput: what a table is ready for, which never falls."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import PARAMETERS, invalid, refusal
from tests.operations.standing import index


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def warm(read: int, write: int) -> dict[str, int]:
    return {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write}


def shown(client: Any, table: str) -> list[tuple[int, int]]:
    """Those of the table and of its index."""
    described = client.describe_table(TableName=table)["Table"]
    parts = [part["WarmThroughput"] for part in (described, *described["GlobalSecondaryIndexes"])]
    return [(part["ReadUnitsPerSecond"], part["WriteUnitsPerSecond"]) for part in parts]


@pytest.fixture
def table(make_table: MakeTable) -> str:
    return make_table(
        "pk",
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units(10, 20),
        GlobalSecondaryIndexes=[{**index("idx", "pk"), "ProvisionedThroughput": units(30, 40)}],
    )


def update_of_index(**settings: Any) -> list[dict[str, Any]]:
    return [{"Update": {"IndexName": "idx", **settings}}]


def test_it_follows_the_units_upwards_only(client: Any, table: str) -> None:
    assert shown(client, table) == [(10, 20), (30, 40)]
    client.update_table(
        TableName=table,
        ProvisionedThroughput=units(5, 25),
        GlobalSecondaryIndexUpdates=update_of_index(ProvisionedThroughput=units(35, 35)),
    )
    assert shown(client, table) == [(10, 25), (35, 40)]


def test_it_stays_through_changes_of_the_billing_mode(client: Any, table: str) -> None:
    client.update_table(TableName=table, ProvisionedThroughput=units(13_000, 10))
    client.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")
    assert shown(client, table) == [(13_000, 4_000), (12_000, 4_000)]
    client.update_table(
        TableName=table,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units(1, 1),
        GlobalSecondaryIndexUpdates=update_of_index(ProvisionedThroughput=units(1, 1)),
    )
    assert shown(client, table) == [(13_000, 4_000), (12_000, 4_000)]


def test_it_can_be_raised_and_not_lowered(client: Any, table: str) -> None:
    client.update_table(
        TableName=table,
        WarmThroughput=warm(100, 200),
        GlobalSecondaryIndexUpdates=update_of_index(WarmThroughput={"WriteUnitsPerSecond": 400}),
    )
    assert shown(client, table) == [(100, 200), (30, 400)]
    lower = (
        "Requested WriteUnitsPerSecond for WarmThroughput for {} is lower than current WarmThroughput, "
        "decreasing WarmThroughput is not supported"
    )
    assert refusal(client, "UpdateTable", TableName=table, WarmThroughput=warm(100, 199)) == invalid(
        PARAMETERS + lower.format("table")
    )
    update = update_of_index(WarmThroughput=warm(30, 399))
    assert refusal(client, "UpdateTable", TableName=table, GlobalSecondaryIndexUpdates=update) == invalid(
        PARAMETERS + lower.format("index idx")
    )
    client.update_table(TableName=table, WarmThroughput=warm(100, 200))
