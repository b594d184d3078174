"""UpdateTable: billing mode, throughput and settings."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, NOT_FOUND, PARAMETERS, Request, invalid, refusal
from tests.operations.standing import HASH, INDEXED, MISSING, index

UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 6}
TOO_MANY_UNITS = 1_000_000_000_001
NO_UNITS = {"NumberOfDecreasesToday": 0, "ReadCapacityUnits": 0, "WriteCapacityUnits": 0}


def units(read: int, write: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": write}


def provisioned(make_table: MakeTable, **parameters: Any) -> str:
    return make_table("pk", BillingMode="PROVISIONED", ProvisionedThroughput=UNITS, **parameters)


def described(client: Any, table: str) -> dict[str, Any]:
    description: dict[str, Any] = client.describe_table(TableName=table)["Table"]
    return description


def test_raised_units_are_answered_with_the_old_ones_and_then_hold(
    client: Any, make_table: MakeTable
) -> None:
    table = provisioned(make_table)
    answer = client.update_table(TableName=table, ProvisionedThroughput=units(7, 8))["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    shown = answer["ProvisionedThroughput"]
    assert (shown["ReadCapacityUnits"], shown["WriteCapacityUnits"]) == (5, 6)
    assert "LastIncreaseDateTime" in shown
    assert "LastDecreaseDateTime" not in shown
    after = described(client, table)["ProvisionedThroughput"]
    assert (after["ReadCapacityUnits"], after["WriteCapacityUnits"]) == (7, 8)
    assert after["NumberOfDecreasesToday"] == 0


def test_lowered_units_count_as_a_decrease(client: Any, make_table: MakeTable) -> None:
    table = provisioned(make_table)
    client.update_table(TableName=table, ProvisionedThroughput=units(4, 6))
    client.update_table(TableName=table, ProvisionedThroughput=units(4, 5))
    after = described(client, table)["ProvisionedThroughput"]
    assert after["NumberOfDecreasesToday"] == 2
    assert "LastDecreaseDateTime" in after
    assert "LastIncreaseDateTime" not in after


def test_a_table_goes_on_demand_and_back(client: Any, make_table: MakeTable) -> None:
    table = provisioned(
        make_table, GlobalSecondaryIndexes=[{**index("idx", "pk"), "ProvisionedThroughput": UNITS}]
    )
    answer = client.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")["TableDescription"]
    assert answer["BillingModeSummary"] == {"BillingMode": "PAY_PER_REQUEST"}
    assert answer["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    assert answer["GlobalSecondaryIndexes"][0]["IndexStatus"] == "UPDATING"
    after = described(client, table)
    assert "LastUpdateToPayPerRequestDateTime" in after["BillingModeSummary"]
    assert after["ProvisionedThroughput"]["WriteCapacityUnits"] == 0
    assert after["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 0
    client.update_table(
        TableName=table,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units(3, 4),
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "idx", "ProvisionedThroughput": units(1, 2)}}],
    )
    back = described(client, table)
    assert back["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert "LastUpdateToPayPerRequestDateTime" in back["BillingModeSummary"]
    assert back["ProvisionedThroughput"]["ReadCapacityUnits"] == 3
    assert back["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["WriteCapacityUnits"] == 2


def test_an_index_alone_gets_other_units(client: Any, make_table: MakeTable) -> None:
    table = provisioned(
        make_table, GlobalSecondaryIndexes=[{**index("idx", "pk"), "ProvisionedThroughput": UNITS}]
    )
    client.update_table(
        TableName=table,
        GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "idx", "ProvisionedThroughput": units(9, 9)}}],
    )
    after = described(client, table)
    assert after["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert after["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]["ReadCapacityUnits"] == 9


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"OnDemandThroughput": {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}},
            id="on_demand_limits",
        ),
        pytest.param(
            {"WarmThroughput": {"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000}},
            id="warm_throughput",
        ),
    ],
)
def test_a_setting_of_an_index_is_described_after_the_change(
    client: Any, make_table: MakeTable, change: Request
) -> None:
    table = make_table("pk", GlobalSecondaryIndexes=[index("idx", "pk")])
    client.update_table(
        TableName=table, GlobalSecondaryIndexUpdates=[{"Update": {"IndexName": "idx", **change}}]
    )
    after = described(client, table)["GlobalSecondaryIndexes"][0]
    for name, content in change.items():
        assert content.items() <= after[name].items()


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        pytest.param(
            {"OnDemandThroughput": {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}},
            {"OnDemandThroughput": {"MaxReadRequestUnits": 5, "MaxWriteRequestUnits": 6}},
            id="on_demand_limits",
        ),
        pytest.param(
            {"WarmThroughput": {"ReadUnitsPerSecond": 13_000, "WriteUnitsPerSecond": 5_000}},
            {
                "WarmThroughput": {
                    "ReadUnitsPerSecond": 13_000,
                    "WriteUnitsPerSecond": 5_000,
                    "Status": "ACTIVE",
                }
            },
            id="warm_throughput",
        ),
    ],
)
def test_a_setting_is_described_after_the_change(
    client: Any, make_table: MakeTable, change: Request, shown: dict[str, Any]
) -> None:
    table = make_table("pk")
    client.update_table(TableName=table, **change)
    description = described(client, table)
    assert {name: description.get(name) for name in shown} == shown


def test_data_stays_through_a_change(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    client.put_item(TableName=table, Item={"pk": {"S": "1"}})
    client.update_table(TableName=table, TableClass="STANDARD_INFREQUENT_ACCESS")
    client.put_item(TableName=table, Item={"pk": {"S": "2"}})
    assert client.scan(TableName=table)["Count"] == 2


ON_DEMAND_WITH_UNITS = invalid(
    PARAMETERS + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
    "PAY_PER_REQUEST"
)
UNITS_MISSING = invalid(
    PARAMETERS + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED"
)
EMPTY_ELEMENT = invalid(
    PARAMETERS + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
    "GlobalSecondaryIndexUpdate.Delete must not be null"
)
NOTHING_TO_DO = invalid(
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, "
    "SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, "
    "MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is "
    "required"
)
UNKNOWN_CLASS = invalid(
    "Invalid table-class parameter provided. Please try again with a valid table-class value: "
    "[STANDARD, STANDARD_INFREQUENT_ACCESS]."
)
TOO_LARGE = invalid("Given value 1000000000001 for ReadCapacityUnits is out of bounds")


def update_of(name: str, read: int = 1) -> dict[str, Any]:
    return {"Update": {"IndexName": name, "ProvisionedThroughput": units(read, 1)}}


TWO_DELETIONS = [{"Delete": {"IndexName": "global-b"}}, {"Delete": {"IndexName": "global-c"}}]
# Situation, request, refusal; in AWS's order.
REFUSED: list[tuple[str, Request, str]] = [
    (
        "no_table_name",
        {"BillingMode": "PAY_PER_REQUEST"},
        invalid(LEAD + "Value null at 'tableName' failed to satisfy constraint: Member must not be null"),
    ),
    (
        "index_update_without_units",
        {"TableName": INDEXED, "GlobalSecondaryIndexUpdates": [{"Delete": {}}]},
        invalid(
            LEAD + "Value null at 'globalSecondaryIndexUpdates.1.member.delete.indexName' failed to satisfy "
            "constraint: Member must not be null"
        ),
    ),
    ("nothing_to_do", {"TableName": HASH}, NOTHING_TO_DO),
    ("empty_index_updates", {"TableName": HASH, "GlobalSecondaryIndexUpdates": []}, NOTHING_TO_DO),
    ("empty_warm_throughput", {"TableName": HASH, "WarmThroughput": {}}, NOTHING_TO_DO),
    (
        "consistency_alone",
        {"TableName": HASH, "MultiRegionConsistency": "STRONG"},
        NOTHING_TO_DO.replace("MultiRegionConsistency, ", ""),
    ),
    (
        "empty_index_updates_with_another_change",
        {"TableName": HASH, "GlobalSecondaryIndexUpdates": [], "BillingMode": "PAY_PER_REQUEST"},
        invalid(PARAMETERS + "List of GlobalSecondaryIndexUpdates is empty"),
    ),
    ("no_units_when_provisioned", {"TableName": HASH, "BillingMode": "PROVISIONED"}, UNITS_MISSING),
    (
        "too_many_units",
        {"TableName": HASH, "ProvisionedThroughput": units(TOO_MANY_UNITS, 1)},
        TOO_LARGE,
    ),
    ("empty_index_update", {"TableName": INDEXED, "GlobalSecondaryIndexUpdates": [{}]}, EMPTY_ELEMENT),
    (
        "index_twice",
        {"TableName": INDEXED, "GlobalSecondaryIndexUpdates": [update_of("global-b"), update_of("global-b")]},
        invalid(
            PARAMETERS + "Only one global secondary index update per index is allowed simultaneously. Index: "
            "global-b"
        ),
    ),
    (
        "missing_table",
        {"TableName": MISSING, "BillingMode": "PAY_PER_REQUEST"},
        f"{NOT_FOUND}: Table: {MISSING} not found",
    ),
    (
        "units_of_a_table_on_demand",
        {"TableName": HASH, "ProvisionedThroughput": UNITS},
        ON_DEMAND_WITH_UNITS,
    ),
    (
        "units_with_billing_mode_on_demand",
        {"TableName": HASH, "BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": UNITS},
        ON_DEMAND_WITH_UNITS,
    ),
    (
        "no_units_for_indexes",
        {"TableName": INDEXED, "BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS},
        invalid(PARAMETERS + "ProvisionedThroughput must be specified for index: global-b,global-c"),
    ),
    (
        "no_units_for_one_index",
        {
            "TableName": INDEXED,
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": UNITS,
            "GlobalSecondaryIndexUpdates": [update_of("global-b")],
        },
        invalid(PARAMETERS + "ProvisionedThroughput must be specified for index: global-c"),
    ),
    (
        "too_many_units_of_an_index",
        {
            "TableName": INDEXED,
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": UNITS,
            "GlobalSecondaryIndexUpdates": [update_of("global-b", TOO_MANY_UNITS), update_of("global-c")],
        },
        invalid(
            "This operation cannot be performed with given input values. Please contact DynamoDB service "
            "team for more info: Action Blocked: IndexUpdate"
        ),
    ),
    # Of two faults the earlier is reported.
    ("class_before_nothing_to_do", {"TableName": HASH, "TableClass": "GLASS"}, UNKNOWN_CLASS),
    (
        "nothing_to_do_before_missing_table",
        {"TableName": MISSING, "GlobalSecondaryIndexUpdates": []},
        NOTHING_TO_DO,
    ),
    (
        "missing_units_before_index_update",
        {"TableName": INDEXED, "BillingMode": "PROVISIONED", "GlobalSecondaryIndexUpdates": [{}]},
        UNITS_MISSING,
    ),
    (
        "too_many_units_before_index_update",
        {
            "TableName": INDEXED,
            "ProvisionedThroughput": units(TOO_MANY_UNITS, 1),
            "GlobalSecondaryIndexUpdates": [{}],
        },
        TOO_LARGE,
    ),
    (
        "empty_index_update_before_index_twice",
        {
            "TableName": INDEXED,
            "GlobalSecondaryIndexUpdates": [{}, update_of("global-b"), update_of("global-b")],
        },
        EMPTY_ELEMENT,
    ),
    (
        "empty_index_update_before_index_twice_wherever_it_stands",
        {
            "TableName": INDEXED,
            "GlobalSecondaryIndexUpdates": [update_of("global-b"), update_of("global-b"), {}],
        },
        EMPTY_ELEMENT,
    ),
    (
        "index_twice_before_missing_table",
        {"TableName": MISSING, "GlobalSecondaryIndexUpdates": [update_of("idx"), update_of("idx")]},
        invalid(
            PARAMETERS + "Only one global secondary index update per index is allowed simultaneously. Index: "
            "idx"
        ),
    ),
    (
        "missing_table_before_two_deletions",
        {"TableName": MISSING, "GlobalSecondaryIndexUpdates": TWO_DELETIONS},
        f"{NOT_FOUND}: Table: {MISSING} not found",
    ),
    (
        "units_on_demand_before_two_deletions",
        {
            "TableName": INDEXED,
            "ProvisionedThroughput": UNITS,
            "GlobalSecondaryIndexUpdates": TWO_DELETIONS,
        },
        ON_DEMAND_WITH_UNITS,
    ),
    (
        "two_deletions_before_index_units",
        {
            "TableName": INDEXED,
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": UNITS,
            "GlobalSecondaryIndexUpdates": [
                update_of("global-b", TOO_MANY_UNITS),
                {"Delete": {"IndexName": "global-c"}},
                {"Delete": {"IndexName": "none"}},
            ],
        },
        "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
        "simultaneously per table",
    ),
    (
        "empty_index_update_before_missing_table",
        {"TableName": MISSING, "GlobalSecondaryIndexUpdates": [{}]},
        EMPTY_ELEMENT,
    ),
    (
        "missing_table_before_units_on_demand",
        {"TableName": MISSING, "BillingMode": "PAY_PER_REQUEST", "ProvisionedThroughput": UNITS},
        f"{NOT_FOUND}: Table: {MISSING} not found",
    ),
    (
        "units_on_demand_before_index_units",
        {
            "TableName": INDEXED,
            "ProvisionedThroughput": UNITS,
            "GlobalSecondaryIndexUpdates": [update_of("global-b", TOO_MANY_UNITS)],
        },
        ON_DEMAND_WITH_UNITS,
    ),
    (
        "index_units_before_units_missing_for_an_index",
        {
            "TableName": INDEXED,
            "BillingMode": "PROVISIONED",
            "ProvisionedThroughput": UNITS,
            "GlobalSecondaryIndexUpdates": [update_of("global-b", TOO_MANY_UNITS)],
        },
        invalid(
            "This operation cannot be performed with given input values. Please contact DynamoDB service "
            "team for more info: Action Blocked: IndexUpdate"
        ),
    ),
]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(("request_", "expected"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED])
def test_a_bad_change_is_refused(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "UpdateTable", **request_) == expected


def test_unchanged_units_are_refused(client: Any, make_table: MakeTable) -> None:
    table = provisioned(make_table)
    assert refusal(client, "UpdateTable", TableName=table, ProvisionedThroughput=UNITS) == invalid(
        "The provisioned throughput for the table will not change. The requested value equals the current "
        "value. Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. "
        "Current WriteCapacityUnits provisioned for the table: 6. Requested WriteCapacityUnits: 6. Refer to "
        "the Amazon DynamoDB Developer Guide for current limits and how to request higher limits."
    )


def test_index_units_come_before_unchanged_units(client: Any, make_table: MakeTable) -> None:
    table = provisioned(
        make_table, GlobalSecondaryIndexes=[{**index("idx", "pk"), "ProvisionedThroughput": UNITS}]
    )
    refused = refusal(
        client,
        "UpdateTable",
        TableName=table,
        ProvisionedThroughput=UNITS,
        GlobalSecondaryIndexUpdates=[update_of("idx", TOO_MANY_UNITS)],
    )
    assert refused.endswith("Action Blocked: IndexUpdate")


def test_more_than_five_indexes_are_updated_at_once(client: Any, make_table: MakeTable) -> None:
    names = [f"idx-{number}" for number in range(6)]
    table = provisioned(
        make_table,
        GlobalSecondaryIndexes=[{**index(name, "pk"), "ProvisionedThroughput": UNITS} for name in names],
    )
    client.update_table(TableName=table, GlobalSecondaryIndexUpdates=[update_of(name, 9) for name in names])
    after = described(client, table)["GlobalSecondaryIndexes"]
    assert {part["ProvisionedThroughput"]["ReadCapacityUnits"] for part in after} == {9}


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    "content",
    [
        pytest.param({"OnDemandThroughput": {"MaxReadRequestUnits": 5}}, id="limits"),
        pytest.param({"WarmThroughput": {"ReadUnitsPerSecond": 13_000}}, id="warm_throughput"),
        pytest.param({"ProvisionedThroughput": units(1, 1)}, id="units"),
    ],
)
def test_a_change_of_an_index_that_is_no_global_one_is_refused(client: Any, content: Request) -> None:
    def refused(**action: Any) -> str:
        return refusal(client, "UpdateTable", TableName=INDEXED, GlobalSecondaryIndexUpdates=[action])

    unknown = f"{NOT_FOUND}: Index none for table {INDEXED}"
    assert refused(Update={"IndexName": "none", **content}) == unknown
    assert refused(Delete={"IndexName": "none"}) == unknown
    local = "an index that is not a GlobalSecondaryIndex: local-a"
    assert refused(Update={"IndexName": "local-a", **content}) == invalid(f"Cannot update {local}")
    assert refused(Delete={"IndexName": "local-a"}) == invalid(f"Cannot delete {local}")


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        pytest.param("SSESpecification", {"Enabled": True}, id="encryption"),
        pytest.param("ReplicaUpdates", [{"Create": {"RegionName": "eu-west-1"}}], id="replica"),
    ],
)
def test_what_kilowatt_does_not_do_yet_is_refused_and_changes_nothing(
    client: Any, parameter: str, value: Any
) -> None:
    before = described(client, INDEXED)
    text = f"Kilowatt does not support {parameter} in UpdateTable yet."
    assert refusal(client, "UpdateTable", TableName=INDEXED, **{parameter: value}) == invalid(text)
    assert described(client, INDEXED) == before
