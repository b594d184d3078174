"""DeleteTable: what it answers and what it leaves."""

from typing import Any

from tests.conftest import MakeTable
from tests.operations.calls import NOT_FOUND, call, invalid, refusal
from tests.operations.standing import index

KEYS = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def test_the_answer_lacks_schema_dates_and_global_indexes(client: Any) -> None:
    client.create_table(TableName="deleted-table", **KEYS, GlobalSecondaryIndexes=[index("idx", "pk")])
    described = call(client, "DeleteTable", TableName="deleted-table")["TableDescription"]
    assert described.pop("TableId")
    described.pop("BillingModeSummary", None)  # not known whether AWS keeps it
    assert described == {
        "TableName": "deleted-table",
        "TableStatus": "DELETING",
        "ProvisionedThroughput": {
            "NumberOfDecreasesToday": 0,
            "ReadCapacityUnits": 0,
            "WriteCapacityUnits": 0,
        },
        "TableSizeBytes": 0,
        "ItemCount": 0,
        "TableArn": "arn:aws:dynamodb:us-east-1:000000000000:table/deleted-table",
        "DeletionProtectionEnabled": False,
    }


def test_a_deleted_table_is_gone_for_all_operations(client: Any) -> None:
    client.create_table(TableName="deleted-table", **KEYS)
    client.delete_table(TableName="deleted-table")
    assert "deleted-table" not in client.list_tables()["TableNames"]
    for operation in ("DescribeTable", "DeleteTable"):
        refused = refusal(client, operation, TableName="deleted-table")
        assert refused == f"{NOT_FOUND}: Table: deleted-table not found"
    assert refusal(client, "GetItem", TableName="deleted-table", Key={"pk": {"S": "1"}}) == NOT_FOUND


def test_a_new_table_of_the_same_name_is_empty_and_another_one(client: Any) -> None:
    first = client.create_table(TableName="again-table", **KEYS)["TableDescription"]["TableId"]
    client.put_item(TableName="again-table", Item={"pk": {"S": "1"}})
    client.delete_table(TableName="again-table")
    second = client.create_table(TableName="again-table", **KEYS)["TableDescription"]["TableId"]
    assert second != first
    assert client.scan(TableName="again-table")["Items"] == []
    assert client.describe_table(TableName="again-table")["Table"]["ItemCount"] == 0
    client.delete_table(TableName="again-table")


def test_a_protected_table_is_not_deleted(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", DeletionProtectionEnabled=True)
    refused = refusal(client, "DeleteTable", TableName=table)
    # AWS's text may or may not end with a period.
    assert refused.rstrip(".") == invalid(
        "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
        "protection first"
    )
    assert client.describe_table(TableName=table)["Table"]["TableStatus"] == "ACTIVE"
    client.update_table(TableName=table, DeletionProtectionEnabled=False)
