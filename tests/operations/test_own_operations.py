"""Kilowatt's own operations on a real server: DescribePartitions, DescribeContributors, DescribeAdvice.

What they tell of tables in use is in tests/capacity/test_own_operations.py, where the clock can be moved.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import MakeTable, Server, client_of
from tests.operations.calls import Wire, invalid
from tests.operations.standing import index

OWN = ("DescribePartitions", "DescribeContributors", "DescribeAdvice")


@pytest.fixture
def wire(server: Server) -> Iterator[Wire]:
    wire = Wire(server.endpoint)
    yield wire
    wire.connection.close()


def _good(wire: Wire, operation: str, **request: Any) -> dict[str, Any]:
    status, document = wire.send(operation, request)
    assert status == 200, document
    return document


def test_a_new_table_on_demand_has_four_partitions(wire: Wire, make_table: MakeTable) -> None:
    table = make_table()
    document = _good(wire, "DescribePartitions", TableName=table)
    assert document["TableName"] == table
    assert document["CapacityMode"] == "observe"
    starts = [(one["Number"], one["RangeStart"]) for one in document["Partitions"]]
    assert starts == [(number, f"{4 * number:x}".ljust(16, "0")) for number in range(4)]
    assert {one["Heat"] for one in document["Partitions"]} == {0}
    assert document["DividedPartitions"] == []


def test_the_keys_of_a_table_are_told_as_they_were_written(wire: Wire, make_table: MakeTable) -> None:
    table = make_table("pk:B", "sk:N")
    client = client_of(wire.endpoint)
    client.update_contributor_insights(TableName=table, ContributorInsightsAction="ENABLE")
    client.put_item(TableName=table, Item={"pk": {"B": b"\0\1"}, "sk": {"N": "-1.50"}})
    document = _good(wire, "DescribeContributors", TableName=table)
    assert document["ContributorInsightsStatus"] == "ENABLED"
    shown = {rule["Rule"]: [one["Key"] for one in rule["Contributors"]] for rule in document["Rules"]}
    assert shown == {
        "PKC": [{"pk": {"B": "AAE="}}],
        "SKC": [{"pk": {"B": "AAE="}, "sk": {"N": "-1.5"}}],
        "PKT": [],
        "SKT": [],
    }
    described = client.describe_contributor_insights(TableName=table)
    assert [rule["RuleName"] for rule in document["Rules"]] == described["ContributorInsightsRuleList"]


def test_without_contributor_insights_no_keys_are_told(wire: Wire, make_table: MakeTable) -> None:
    document = _good(wire, "DescribeContributors", TableName=make_table())
    assert (document["ContributorInsightsStatus"], document["Rules"]) == ("DISABLED", [])


def test_an_index_is_told_of_by_its_name(wire: Wire, make_table: MakeTable) -> None:
    table = make_table(attributes=["group"], GlobalSecondaryIndexes=[index("by-group", "group")])
    for operation in ("DescribePartitions", "DescribeContributors"):
        assert _good(wire, operation, TableName=table, IndexName="by-group")["IndexName"] == "by-group"
        assert wire.refusal(operation, {"TableName": table, "IndexName": "by-none"}) == (
            "ResourceNotFoundException: Requested resource not found: Index by-none for table " + table
        )


def test_a_new_table_gets_no_advice(wire: Wire, make_table: MakeTable) -> None:
    document = _good(wire, "DescribeAdvice", TableName=make_table())
    assert document["Advice"] == []
    assert document["JudgedAfterSeconds"] == 1800
    assert "Costs" not in document


@pytest.mark.parametrize("operation", OWN)
def test_what_is_wrong_with_a_request_is_told_as_by_dynamodb(wire: Wire, operation: str) -> None:
    missing = "ResourceNotFoundException: Requested resource not found: Table: no-such-table not found"
    assert wire.refusal(operation, {"TableName": "no-such-table"}) == missing
    assert wire.refusal(operation, {}) == invalid(
        "1 validation error detected: Value null at 'tableName' failed to satisfy constraint: "
        "Member must not be null"
    )
    assert wire.refusal(operation, {"TableName": ["table"]}).startswith("SerializationException: ")
    assert wire.refusal(operation, {"TableName": "x" * 300}).startswith("ValidationException: ")


@pytest.mark.parametrize("minutes", [0, 61, -5])
def test_minutes_have_bounds(wire: Wire, make_table: MakeTable, minutes: int) -> None:
    refused = wire.refusal("DescribeContributors", {"TableName": make_table(), "Minutes": minutes})
    assert refused.startswith("ValidationException: 1 validation error detected: ")


@pytest.mark.parametrize("prices", [{}, {"Currency": "EUR"}, {"Currency": ""}, "free", 7, [1]])
def test_prices_are_whole_or_not_there(wire: Wire, make_table: MakeTable, prices: Any) -> None:
    refused = wire.refusal("DescribeAdvice", {"TableName": make_table(), "Prices": prices})
    assert refused.partition(":")[0] in {"ValidationException", "SerializationException"}


def test_a_table_of_another_region_is_out_of_reach(wire: Wire, make_table: MakeTable) -> None:
    arn = f"arn:aws:dynamodb:eu-west-1:000000000000:table/{make_table()}"
    for operation in OWN:
        assert "Invalid AWS region" in wire.refusal(operation, {"TableName": arn})
