"""Tables named by their ARN instead of their name."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, NOT_FOUND, PARAMETERS, Request, call, invalid, refusal
from tests.operations.standing import HASH, index

PREFIX = "arn:aws:dynamodb:us-east-1:000000000000:table/"
KEY = {"pk": {"S": "1"}}
UPDATE = {"UpdateExpression": "SET a = :a", "ExpressionAttributeValues": {":a": {"N": "1"}}}
QUERY = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "1"}}}


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        ("PutItem", {"Item": KEY}),
        ("GetItem", {"Key": KEY}),
        ("UpdateItem", {"Key": KEY, **UPDATE}),
        ("DeleteItem", {"Key": KEY}),
        ("Query", QUERY),
        ("Scan", {}),
    ],
)
def test_consumed_capacity_shows_the_arn_that_the_request_used(
    client: Any, make_table: MakeTable, operation: str, request_: Request
) -> None:
    arn = PREFIX + make_table("pk")
    answer = call(client, operation, TableName=arn, ReturnConsumedCapacity="TOTAL", **request_)
    assert answer["ConsumedCapacity"]["TableName"] == arn


def test_batches_answer_under_the_arn(client: Any, make_table: MakeTable) -> None:
    arn = PREFIX + make_table("pk", "sk", attributes=["a"], LocalSecondaryIndexes=[index("idx", "pk", "a")])
    item = {**KEY, "sk": {"S": "1"}}
    written = client.batch_write_item(
        RequestItems={arn: [{"PutRequest": {"Item": item}}]},
        ReturnConsumedCapacity="TOTAL",
        ReturnItemCollectionMetrics="SIZE",
    )
    assert [part["TableName"] for part in written["ConsumedCapacity"]] == [arn]
    assert written["ItemCollectionMetrics"].keys() == {arn}
    read = client.batch_get_item(RequestItems={arn: {"Keys": [item]}}, ReturnConsumedCapacity="TOTAL")
    assert read["Responses"] == {arn: [item]}
    assert [part["TableName"] for part in read["ConsumedCapacity"]] == [arn]


def test_a_table_named_twice_in_a_batch_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    text = invalid(PARAMETERS + f"Table {table} is named more than once in RequestItems")
    put = [{"PutRequest": {"Item": KEY}}]
    assert refusal(client, "BatchWriteItem", RequestItems={table: put, PREFIX + table: put}) == text
    get = {"Keys": [KEY]}
    assert refusal(client, "BatchGetItem", RequestItems={table: get, PREFIX + table: get}) == text
    assert client.scan(TableName=table)["Count"] == 0


def test_table_operations_take_the_arn(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    arn = PREFIX + table
    client.update_table(TableName=arn, DeletionProtectionEnabled=True)
    assert client.describe_table(TableName=arn)["Table"]["DeletionProtectionEnabled"] is True
    client.update_table(TableName=arn, DeletionProtectionEnabled=False)
    assert client.describe_time_to_live(TableName=arn)["TimeToLiveDescription"]
    request = {
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "BillingMode": "PAY_PER_REQUEST",
    }
    assert refusal(client, "CreateTable", TableName=arn, **request) == (
        f"ResourceInUseException: Table already exists: {table}"
    )
    created = client.create_table(TableName=arn + "-2", **request)["TableDescription"]
    assert (created["TableName"], created["TableArn"]) == (table + "-2", arn + "-2")
    client.delete_table(TableName=arn + "-2")
    assert table + "-2" not in client.list_tables()["TableNames"]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    "prefix",
    [
        pytest.param("arn:aws:dynamodb:eu-west-1:000000000000:table/", id="region"),
        pytest.param("arn:aws:dynamodb:us-east-1:111111111111:table/", id="account"),
    ],
)
def test_items_of_a_table_elsewhere_are_not_found(client: Any, prefix: str) -> None:
    arn = prefix + HASH
    assert refusal(client, "GetItem", TableName=arn, Key=KEY) == NOT_FOUND
    assert refusal(client, "BatchGetItem", RequestItems={arn: {"Keys": [KEY]}}) == NOT_FOUND


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize("operation", ["DescribeTable", "DeleteTable", "DescribeTimeToLive"])
def test_a_table_elsewhere_is_refused(client: Any, operation: str) -> None:
    arn = f"arn:aws:dynamodb:eu-west-1:000000000000:table/{HASH}"
    assert refusal(client, operation, TableName=arn) == invalid(LEAD + f"Invalid AWS region in '{arn}'")
    arn = f"arn:aws:dynamodb:us-east-1:111111111111:table/{HASH}"
    assert refusal(client, operation, TableName=arn) == "AccessDeniedException: Access is denied"
