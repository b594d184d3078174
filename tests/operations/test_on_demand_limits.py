"""OnDemandThroughput: the most that tables and global indexes on demand may use."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import PARAMETERS, Request, call, invalid, refusal
from tests.operations.standing import index
from tests.operations.table_requests import UNITS, provisioned, table, with_index

RANGE = PARAMETERS + "Requested {} for OnDemandThroughput for {} is outside of valid range"
READ, WRITE = "MaxReadRequestUnits", "MaxWriteRequestUnits"


def shown(client: Any, name: str) -> Any:
    return client.describe_table(TableName=name)["Table"].get("OnDemandThroughput")


def update(client: Any, name: str, **limits: int) -> Any:
    """The limits that the answer shows."""
    answer = call(client, "UpdateTable", TableName=name, OnDemandThroughput=limits)
    return answer["TableDescription"].get("OnDemandThroughput")


def test_members_are_set_and_cleared_one_by_one(client: Any, make_table: MakeTable) -> None:
    name = make_table()
    assert update(client, name, **{READ: 1000, WRITE: 500}) == {READ: 1000, WRITE: 500}
    assert update(client, name, **{READ: 2000}) == {READ: 2000, WRITE: 500}
    assert shown(client, name) == {READ: 2000, WRITE: 500}
    assert update(client, name, **{READ: -1}) == {READ: -1, WRITE: 500}
    assert shown(client, name) == {WRITE: 500}
    assert update(client, name, **{WRITE: -1}) == {WRITE: -1}
    assert shown(client, name) is None
    assert update(client, name, **{READ: -1, WRITE: -1}) == {READ: -1, WRITE: -1}
    assert shown(client, name) is None


def test_a_table_is_created_with_one_of_them(client: Any, make_table: MakeTable) -> None:
    name = make_table(OnDemandThroughput={READ: 100})
    assert shown(client, name) == {READ: 100}
    assert shown(client, make_table(OnDemandThroughput={})) is None


def test_an_index_has_limits_of_its_own(client: Any, make_table: MakeTable) -> None:
    name = make_table(
        OnDemandThroughput={READ: 10},
        GlobalSecondaryIndexes=[{**index("idx", "pk"), "OnDemandThroughput": {READ: 50, WRITE: 60}}],
    )
    updates = [{"Update": {"IndexName": "idx", "OnDemandThroughput": {READ: 5000}}}]
    answer = client.update_table(TableName=name, GlobalSecondaryIndexUpdates=updates)["TableDescription"]
    assert (answer["TableStatus"], answer["GlobalSecondaryIndexes"][0]["IndexStatus"]) == (
        "ACTIVE",
        "UPDATING",
    )
    after = client.describe_table(TableName=name)["Table"]
    assert after["OnDemandThroughput"] == {READ: 10}
    assert after["GlobalSecondaryIndexes"][0]["OnDemandThroughput"] == {READ: 5000, WRITE: 60}


def test_a_switch_to_provisioned_drops_them(client: Any, make_table: MakeTable) -> None:
    name = make_table(
        OnDemandThroughput={READ: 10},
        GlobalSecondaryIndexes=[{**index("idx", "pk"), "OnDemandThroughput": {READ: 50}}],
    )
    client.update_table(
        TableName=name,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=UNITS,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "idx", "ProvisionedThroughput": UNITS}}],
    )
    client.update_table(TableName=name, BillingMode="PAY_PER_REQUEST")
    after = client.describe_table(TableName=name)["Table"]
    assert "OnDemandThroughput" not in after
    assert "OnDemandThroughput" not in after["GlobalSecondaryIndexes"][0]


@pytest.mark.parametrize(
    ("limits", "unit"), [({READ: 0, WRITE: 0}, READ), ({READ: -2}, READ), ({READ: 5, WRITE: 0}, WRITE)]
)
def test_they_are_at_least_one(client: Any, make_table: MakeTable, limits: Request, unit: str) -> None:
    text = invalid(RANGE.format(unit, "table"))
    assert refusal(client, "CreateTable", **table("pk", OnDemandThroughput=limits)) == text
    name = make_table(GlobalSecondaryIndexes=[index("idx", "pk")])
    assert refusal(client, "UpdateTable", TableName=name, OnDemandThroughput=limits) == text
    text = invalid(RANGE.format(unit, "index : idx"))
    created = table("pk", GlobalSecondaryIndexes=[with_index("pk", OnDemandThroughput=limits)])
    assert refusal(client, "CreateTable", **created) == text
    updates = [{"Update": {"IndexName": "idx", "OnDemandThroughput": limits}}]
    assert refusal(client, "UpdateTable", TableName=name, GlobalSecondaryIndexUpdates=updates) == text


def test_minus_one_is_for_updates_only(client: Any) -> None:
    created = table("pk", OnDemandThroughput={READ: -1, WRITE: -1})
    assert refusal(client, "CreateTable", **created) == invalid(RANGE.format(READ, "table"))


def test_a_provisioned_table_has_none(client: Any, make_table: MakeTable) -> None:
    limits = {READ: 5}
    created = provisioned("pk", ProvisionedThroughput=UNITS, OnDemandThroughput=limits)
    assert refusal(client, "CreateTable", **created) == invalid(
        PARAMETERS
        + f"{READ} for OnDemandThroughput cannot be specified when table BillingMode is PROVISIONED."
    )
    name = make_table(BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    assert refusal(client, "UpdateTable", TableName=name, OnDemandThroughput=limits) == invalid(
        PARAMETERS
        + f"{READ} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED"
    )
