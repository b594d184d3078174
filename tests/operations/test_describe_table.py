"""DescribeTable: how the description follows what happens to a table."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, NOT_FOUND, Request, invalid, refusal
from tests.operations.standing import index


def test_counts_and_sizes_follow_the_writes(client: Any, make_table: MakeTable) -> None:
    table = make_table(
        "pk", attributes=["a"], GlobalSecondaryIndexes=[index("idx", "a", projection="KEYS_ONLY")]
    )
    described = client.describe_table(TableName=table)["Table"]
    assert (described["ItemCount"], described["TableSizeBytes"]) == (0, 0)
    # pk 2 + 1 bytes, a 1 + 1 bytes, text 4 + 10 bytes; the entry of the index leaves out text.
    client.put_item(TableName=table, Item={"pk": {"S": "1"}, "a": {"S": "x"}, "text": {"S": "t" * 10}})
    client.put_item(TableName=table, Item={"pk": {"S": "2"}})
    described = client.describe_table(TableName=table)["Table"]
    assert (described["ItemCount"], described["TableSizeBytes"]) == (2, 22)
    entry = described["GlobalSecondaryIndexes"][0]
    assert (entry["ItemCount"], entry["IndexSizeBytes"]) == (1, 5)
    client.delete_item(TableName=table, Key={"pk": {"S": "1"}})
    described = client.describe_table(TableName=table)["Table"]
    assert (described["ItemCount"], described["TableSizeBytes"]) == (1, 3)
    assert described["GlobalSecondaryIndexes"][0]["ItemCount"] == 0


def test_a_table_can_be_named_by_its_arn(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    assert client.describe_table(TableName=arn)["Table"]["TableName"] == table


def test_another_region_does_not_see_the_table(server: Any, client: Any, make_table: MakeTable) -> None:
    from tests.conftest import client_of

    table = make_table("pk")
    elsewhere = client_of(server.endpoint, region_name="eu-west-1")
    assert refusal(elsewhere, "DescribeTable", TableName=table) == f"{NOT_FOUND}: Table: {table} not found"


def test_the_waiters_end(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 1})
    client.get_waiter("table_not_exists").wait(
        TableName="operations-none", WaiterConfig={"Delay": 1, "MaxAttempts": 1}
    )


@pytest.mark.parametrize("operation", ["DescribeTable", "DeleteTable"])
@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        pytest.param(
            {},
            invalid(LEAD + "Value null at 'tableName' failed to satisfy constraint: Member must not be null"),
            id="no_name",
        ),
        pytest.param(
            {"TableName": ""},
            invalid(
                "2 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: "
                "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+; Value '' at 'tableName' "
                "failed to satisfy constraint: Member must have length greater than or equal to 3"
            ),
            id="empty_name",
        ),
        pytest.param(
            {"TableName": "n" * 256},
            invalid(
                LEAD + f"Value '{'n' * 256}' at 'tableName' failed to satisfy constraint: Member must have "
                "length less than or equal to 255"
            ),
            id="long_name",
        ),
        pytest.param(
            {"TableName": "abc;"},
            invalid(
                LEAD
                + "Value 'abc;' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
                "expression pattern: [a-zA-Z0-9_.-]+"
            ),
            id="other_characters",
        ),
        pytest.param(
            {"TableName": "operations-none"},
            f"{NOT_FOUND}: Table: operations-none not found",
            id="missing_table",
        ),
    ],
)
def test_a_bad_name_is_refused(client: Any, operation: str, request_: Request, expected: str) -> None:
    assert refusal(client, operation, **request_) == expected
