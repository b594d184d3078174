"""Tables that do not exist, in every operation that names one; names and ARNs."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, NOT_FOUND, Request, Wire, invalid, refusal
from tests.operations.standing import MISSING

KEY = {"pk": {"S": "1"}}
QUERY = {"KeyConditionExpression": "pk = :p", "ExpressionAttributeValues": {":p": {"S": "1"}}}

# Operation, its request without a table.
ITEM_OPERATIONS: list[tuple[str, Request]] = [
    ("GetItem", {"Key": KEY}),
    ("PutItem", {"Item": KEY}),
    ("UpdateItem", {"Key": KEY}),
    ("DeleteItem", {"Key": KEY}),
    ("Query", QUERY),
    ("Scan", {}),
]
item_operations = pytest.mark.parametrize(
    ("operation", "request_"), ITEM_OPERATIONS, ids=[name for name, _ in ITEM_OPERATIONS]
)


@item_operations
def test_an_item_operation_on_a_missing_table_is_refused(
    client: Any, operation: str, request_: Request
) -> None:
    assert refusal(client, operation, TableName=MISSING, **request_) == NOT_FOUND
    arn = f"arn:aws:dynamodb:us-east-1:000000000000:table/{MISSING}"
    assert refusal(client, operation, TableName=arn, **request_) == NOT_FOUND


def test_a_batch_on_a_missing_table_is_refused(client: Any) -> None:
    assert refusal(client, "BatchGetItem", RequestItems={MISSING: {"Keys": [KEY]}}) == NOT_FOUND
    changes = [{"PutRequest": {"Item": KEY}}]
    assert refusal(client, "BatchWriteItem", RequestItems={MISSING: changes}) == NOT_FOUND


@pytest.mark.parametrize(
    ("operation", "request_"),
    [("DescribeTable", {}), ("DeleteTable", {}), ("UpdateTable", {"BillingMode": "PAY_PER_REQUEST"})],
)
def test_a_table_operation_on_a_missing_table_names_it(
    client: Any, operation: str, request_: Request
) -> None:
    refused = refusal(client, operation, TableName=MISSING, **request_)
    assert refused == f"{NOT_FOUND}: Table: {MISSING} not found"


def test_a_missing_table_is_a_modelled_error(wire: Wire) -> None:
    status, document = wire.send("GetItem", {"TableName": MISSING, "Key": KEY})
    assert (status, document) == (
        400,
        {
            "__type": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException",
            "message": "Requested resource not found",
        },
    )


@item_operations
def test_a_request_without_a_table_is_refused(client: Any, operation: str, request_: Request) -> None:
    assert refusal(client, operation, **request_) == invalid(
        LEAD + "Value null at 'tableName' failed to satisfy constraint: Member must not be null"
    )


@item_operations
def test_an_empty_table_name_is_refused(client: Any, operation: str, request_: Request) -> None:
    assert refusal(client, operation, TableName="", **request_) == invalid(
        LEAD + "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or "
        "equal to 1"
    )


@item_operations
def test_a_table_name_of_other_characters_is_refused(client: Any, operation: str, request_: Request) -> None:
    assert refusal(client, operation, TableName="ab;c", **request_) == invalid(
        LEAD + "Value 'ab;c' at 'tableName' failed to satisfy constraint: Member must satisfy regular "
        "expression pattern: [a-zA-Z0-9_.-]+"
    )


def test_table_names_are_case_sensitive(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert refusal(client, "GetItem", TableName=table.upper(), Key=KEY) == NOT_FOUND
