"""The function: keeps each customer's totals, and an audit trail of every change.

A stream delivers a record at least once, so a record may come again. Its entry in the trail is therefore
written in one transaction with the totals, and only if it is not there yet: what came before changes nothing.
"""

import os
from decimal import Decimal
from typing import Any

import boto3
from botocore.exceptions import ClientError

TOTALS, TRAIL = os.environ["TOTALS"], os.environ["TRAIL"]
dynamodb = boto3.client("dynamodb")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Stops at the first record that cannot be applied; from there on they come again."""
    for record in event["Records"]:
        try:
            apply(record)
        except ClientError as error:
            print(f"{record['eventID']}: {error}")
            return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]}
    return {"batchItemFailures": []}


def apply(record: dict[str, Any]) -> None:
    change = record["dynamodb"]
    old, new = change.get("OldImage"), change.get("NewImage")
    customer = (new or old)["customer"]
    entry = {
        "customer": customer,
        "at": {"S": f"{change['SequenceNumber']}"},
        "what": {"S": record["eventName"]},
        "order": change["Keys"]["id"],
    }
    put = {"TableName": TRAIL, "Item": entry, "ConditionExpression": "attribute_not_exists(customer)"}
    update = {
        "TableName": TOTALS,
        "Key": {"customer": customer},
        "UpdateExpression": "ADD orders :orders, amount :amount",
        "ExpressionAttributeValues": {
            ":orders": {"N": str(_count(new) - _count(old))},
            ":amount": {"N": str(_amount(new) - _amount(old))},
        },
    }
    try:
        dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Update": update}])
    except dynamodb.exceptions.TransactionCanceledException as error:
        if error.response["CancellationReasons"][0]["Code"] != "ConditionalCheckFailed":
            raise


def _count(image: dict[str, Any] | None) -> int:
    return 0 if image is None else 1


def _amount(image: dict[str, Any] | None) -> Decimal:
    return Decimal(0) if image is None else Decimal(image["amount"]["N"])
