"""UpdateTable with several changes in one request: what goes together, and what is then not done at all."""

import time
from itertools import combinations
from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import PARAMETERS, Request, invalid, refusal
from tests.operations.standing import index

ENCRYPTION: Request = {"SSESpecification": {"Enabled": True}}
CLASS: Request = {"TableClass": "STANDARD_INFREQUENT_ACCESS"}
PROTECTION: Request = {"DeletionProtectionEnabled": True}
LIMITS: Request = {"OnDemandThroughput": {"MaxReadRequestUnits": 100, "MaxWriteRequestUnits": 100}}
WARM: Request = {"WarmThroughput": {"ReadUnitsPerSecond": 13_000}}
STREAM: Request = {"StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}}
MODE: Request = {"BillingMode": "PAY_PER_REQUEST"}
# The names of the changes, the one first whose refusal is told.
CHANGES = {
    "Server-Side Encryption modification": ENCRYPTION,
    "TableClass modification": CLASS,
    "DeletionProtection modification": PROTECTION,
    "OnDemandThroughput": LIMITS,
    "WarmThroughput": WARM,
    "stream": STREAM,
    "mode": MODE,
}
TOGETHER = [("OnDemandThroughput", "mode"), ("stream", "mode")]
PAIRS = [pair for pair in combinations(CHANGES, 2) if pair not in TOGETHER]


def described(client: Any, table: str) -> dict[str, Any]:
    description: dict[str, Any] = client.describe_table(TableName=table)["Table"]
    return description


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_one_request_makes_one_change(client: Any, make_table: MakeTable, first: str, second: str) -> None:
    table = make_table()
    before = described(client, table)
    text = f"{first} must be the only operation in the request"
    if first == "OnDemandThroughput":
        text = "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request"
    refused = refusal(client, "UpdateTable", TableName=table, **CHANGES[first], **CHANGES[second])
    assert refused == invalid(PARAMETERS + text)
    assert described(client, table) == before


@pytest.mark.parametrize(("first", "second"), TOGETHER)
def test_some_go_with_a_switch_to_on_demand(
    client: Any, make_table: MakeTable, first: str, second: str
) -> None:
    units = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
    table = make_table(BillingMode="PROVISIONED", ProvisionedThroughput=units)
    client.update_table(TableName=table, **CHANGES[first], **CHANGES[second])
    after = described(client, table)
    assert after["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    (parameter,) = CHANGES[first]
    assert after[parameter] == CHANGES[first][parameter]


def test_empty_throughput_beside_another_change_is_as_if_it_was_not_there(
    client: Any, make_table: MakeTable
) -> None:
    table = make_table()
    client.update_table(TableName=table, WarmThroughput={}, **PROTECTION)
    client.update_table(TableName=table, OnDemandThroughput={}, DeletionProtectionEnabled=False)
    after = described(client, table)
    assert after["WarmThroughput"]["ReadUnitsPerSecond"] == 12_000
    assert "OnDemandThroughput" not in after
    assert not after["DeletionProtectionEnabled"]


def test_definitions_count_for_new_indexes_only(client: Any, make_table: MakeTable) -> None:
    table = make_table(attributes=["a"], GlobalSecondaryIndexes=[index("idx", "a")])
    before = described(client, table)["AttributeDefinitions"]
    others = [{"AttributeName": name, "AttributeType": "N"} for name in ("pk", "a", "b")]
    client.update_table(TableName=table, AttributeDefinitions=others, **MODE)
    assert described(client, table)["AttributeDefinitions"] == before


def test_a_new_index_needs_no_definitions_but_its_own(client: Any, make_table: MakeTable) -> None:
    table = make_table(attributes=["a"], GlobalSecondaryIndexes=[index("idx", "a")])
    more = [{"AttributeName": name, "AttributeType": "S"} for name in ("b", "stale")]
    creation = [{"Create": index("another", "b", "pk")}]
    client.update_table(
        TableName=table, AttributeDefinitions=more, GlobalSecondaryIndexUpdates=creation, **MODE
    )
    names = [element["AttributeName"] for element in described(client, table)["AttributeDefinitions"]]
    assert names == ["a", "b", "pk"]
    deadline = time.monotonic() + 20
    while any("Backfilling" in part for part in described(client, table)["GlobalSecondaryIndexes"]):
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (PROTECTION, "ACTIVE"),
        (LIMITS, "ACTIVE"),
        (WARM, "ACTIVE"),
        (STREAM, "UPDATING"),
        (CLASS, "UPDATING"),
        (MODE, "UPDATING"),
        ({"TableClass": "STANDARD"}, "UPDATING"),
    ],
    ids=str,
)
def test_the_answer_says_whether_the_table_is_being_updated(
    client: Any, make_table: MakeTable, change: Request, status: str
) -> None:
    table = make_table()
    answer = client.update_table(TableName=table, **change)["TableDescription"]
    assert answer["TableStatus"] == status
    assert described(client, table)["TableStatus"] == "ACTIVE"
    client.update_table(TableName=table, DeletionProtectionEnabled=False)


def test_warm_throughput_is_answered_as_rising(client: Any, make_table: MakeTable) -> None:
    table = make_table(GlobalSecondaryIndexes=[index("idx", "pk")])
    old = {"ReadUnitsPerSecond": 12_000, "WriteUnitsPerSecond": 4_000, "Status": "UPDATING"}
    updates = [{"Update": {"IndexName": "idx", **WARM}}]
    answer = client.update_table(TableName=table, GlobalSecondaryIndexUpdates=updates, **WARM)
    (shown,) = answer["TableDescription"]["GlobalSecondaryIndexes"]
    assert (answer["TableDescription"]["WarmThroughput"], shown["WarmThroughput"]) == (old, old)
    assert (answer["TableDescription"]["TableStatus"], shown["IndexStatus"]) == ("ACTIVE", "ACTIVE")
    new = {"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 4_000, "Status": "ACTIVE"}
    after = described(client, table)
    assert (after["WarmThroughput"], after["GlobalSecondaryIndexes"][0]["WarmThroughput"]) == (new, new)
