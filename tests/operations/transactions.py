"""Actions of transactions, and what a canceled one says."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.operations.calls import Item, Request

CANCELED = (
    "TransactionCanceledException: "
    "Transaction cancelled, please refer cancellation reasons for specific reasons "
)
GOOD = {"Code": "None"}
FAILED = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
CONFLICT = {"Code": "TransactionConflict", "Message": "Transaction is ongoing for the item"}
DUPLICATES = "Transaction request cannot include multiple operations on one item"


def invalid_reason(text: str) -> Item:
    """The reason that a fault of an action is."""
    return {"Code": "ValidationError", "Message": text}


def key(text: str) -> Item:
    return {"pk": {"S": text}}


def put(table: str, item: Item, **parameters: Any) -> Request:
    return {"Put": {"TableName": table, "Item": item, **parameters}}


def delete(table: str, item_key: Item, **parameters: Any) -> Request:
    return {"Delete": {"TableName": table, "Key": item_key, **parameters}}


def check(table: str, item_key: Item, condition: str, **parameters: Any) -> Request:
    return {
        "ConditionCheck": {
            "TableName": table,
            "Key": item_key,
            "ConditionExpression": condition,
            **parameters,
        }
    }


def update(table: str, item_key: Item, expression: str, **values: Any) -> Request:
    """An Update; `values` are placeholders without their colon, or parameters, whose names begin large."""
    parameters = {name: value for name, value in values.items() if name[0].isupper()}
    placeholders = {f":{name}": value for name, value in values.items() if not name[0].isupper()}
    if placeholders:
        parameters["ExpressionAttributeValues"] = placeholders
    return {"Update": {"TableName": table, "Key": item_key, "UpdateExpression": expression, **parameters}}


def count(table: str, item_key: Item) -> Request:
    """An Update that adds one to `amount`."""
    return update(table, item_key, "ADD amount :one", one={"N": "1"})


def get(table: str, item_key: Item, **parameters: Any) -> Request:
    return {"Get": {"TableName": table, "Key": item_key, **parameters}}


def write(client: Any, *actions: Request, **parameters: Any) -> dict[str, Any]:
    """The answer to a transaction that goes through."""
    answer: dict[str, Any] = client.transact_write_items(TransactItems=list(actions), **parameters)
    answer.pop("ResponseMetadata")
    return answer


def canceled(client: Any, operation: str, *actions: Request, **parameters: Any) -> list[Item]:
    """The reasons of a transaction that must be canceled; its text must name their codes."""
    with pytest.raises(ClientError) as refused:
        client._make_api_call(operation, {"TransactItems": list(actions), **parameters})
    response: dict[str, Any] = refused.value.response
    error = response["Error"]
    reasons: list[Item] = response["CancellationReasons"]
    codes = ", ".join(str(reason["Code"]) for reason in reasons)
    assert f"{error['Code']}: {error['Message']}" == f"{CANCELED}[{codes}]"
    return reasons


def stored(client: Any, table: str, item_key: Item) -> Item | None:
    item: Item | None = client.get_item(TableName=table, Key=item_key, ConsistentRead=True).get("Item")
    return item
