"""How many tables there may be, and how often their settings may change."""

from typing import Any

import pytest
from tests.conftest import MakeTable, client_of, running_server
from tests.operations.calls import Wire, refusal
from tests.operations.standing import index

LIMIT = "LimitExceededException: Subscriber limit exceeded: "
KEYS = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def units(read: int) -> dict[str, int]:
    return {"ReadCapacityUnits": read, "WriteCapacityUnits": 10}


@pytest.fixture
def provisioned(make_table: MakeTable) -> str:
    return make_table(
        "pk",
        BillingMode="PROVISIONED",
        ProvisionedThroughput=units(10),
        GlobalSecondaryIndexes=[{**index("idx", "pk"), "ProvisionedThroughput": units(10)}],
    )


def test_the_fifth_decrease_of_an_hour_is_refused_and_changes_nothing(client: Any, provisioned: str) -> None:
    for read in (9, 8, 7, 6):
        client.update_table(TableName=provisioned, ProvisionedThroughput=units(read))
    refused = refusal(client, "UpdateTable", TableName=provisioned, ProvisionedThroughput=units(5))
    assert refused.startswith(LIMIT + "Provisioned throughput decreases are limited within a given UTC day.")
    assert "Number of decreases today: 4. Last decrease at " in refused
    described = client.describe_table(TableName=provisioned)["Table"]["ProvisionedThroughput"]
    assert (described["ReadCapacityUnits"], described["NumberOfDecreasesToday"]) == (6, 4)
    client.update_table(TableName=provisioned, ProvisionedThroughput=units(7))


def test_an_index_has_a_budget_of_its_own_and_one_over_it_fails_the_call(
    client: Any, provisioned: str
) -> None:
    def update_of_index(read: int) -> list[dict[str, Any]]:
        return [{"Update": {"IndexName": "idx", "ProvisionedThroughput": units(read)}}]

    for read in (9, 8, 7, 6):
        client.update_table(TableName=provisioned, GlobalSecondaryIndexUpdates=update_of_index(read))
    refused = refusal(
        client,
        "UpdateTable",
        TableName=provisioned,
        ProvisionedThroughput=units(9),
        GlobalSecondaryIndexUpdates=update_of_index(5),
    )
    assert refused.startswith(LIMIT + "Provisioned throughput decreases are limited")
    described = client.describe_table(TableName=provisioned)["Table"]
    assert described["ProvisionedThroughput"]["ReadCapacityUnits"] == 10
    client.update_table(TableName=provisioned, ProvisionedThroughput=units(9))


def test_the_fifth_switch_to_on_demand_of_a_day_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", BillingMode="PROVISIONED", ProvisionedThroughput=units(10))
    for _ in range(4):
        client.update_table(TableName=table, BillingMode="PAY_PER_REQUEST")
        client.update_table(TableName=table, BillingMode="PROVISIONED", ProvisionedThroughput=units(10))
    refused = refusal(client, "UpdateTable", TableName=table, BillingMode="PAY_PER_REQUEST")
    assert refused == LIMIT + "Update to PayPerRequest mode are limited to 4 times in 1 day(s)."
    assert (
        client.describe_table(TableName=table)["Table"]["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    )


def test_the_third_change_of_the_class_in_a_month_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    answer = client.update_table(TableName=table, TableClass="STANDARD")["TableDescription"]
    assert answer["TableStatus"] == "UPDATING"
    assert "TableClassSummary" not in client.describe_table(TableName=table)["Table"]
    client.update_table(TableName=table, TableClass="STANDARD_INFREQUENT_ACCESS")
    answer = client.update_table(TableName=table, TableClass="STANDARD")["TableDescription"]
    assert answer["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    summary = client.describe_table(TableName=table)["Table"]["TableClassSummary"]
    assert summary.keys() == {"TableClass", "LastUpdateDateTime"}
    for table_class in ("STANDARD_INFREQUENT_ACCESS", "STANDARD"):
        refused = refusal(client, "UpdateTable", TableName=table, TableClass=table_class)
        assert refused == LIMIT + "Updates to TableClass are limited to 2 times in 30 day(s)."


def test_an_account_has_no_more_than_2500_tables_in_a_region() -> None:
    with running_server("--in-memory") as server:
        wire = Wire(server.endpoint)
        for number in range(2500):
            assert wire.send("CreateTable", {"TableName": f"table-{number}", **KEYS})[0] == 200
        one_more = {"TableName": "one-more", **KEYS}
        assert (
            wire.refusal("CreateTable", one_more) == LIMIT + "There is a limit of 2500 tables per subscriber"
        )
        client_of(server.endpoint, region_name="eu-west-1").create_table(**one_more)
        wire.send("DeleteTable", {"TableName": "table-7"})
        assert wire.send("CreateTable", one_more)[0] == 200
        wire.connection.close()
