"""Orders whose totals and audit trail are kept by a trigger.

Run the tour against a server:  python examples/triggers/orders.py http://127.0.0.1:8000

The function in app.py gets every change of the table of orders and keeps two others. What is made here with
boto3 works on AWS too, but for the role.
"""

import io
import sys
import time
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3

ORDERS, TOTALS, TRAIL = "example-orders", "example-totals", "example-trail"
FUNCTION = "example-order-totals"
ROLE = "arn:aws:iam::000000000000:role/any"


def create_tables(dynamodb: Any) -> str:
    """Makes the tables; returns the ARN of the stream of orders."""
    for name, keys in {ORDERS: ["id"], TOTALS: ["customer"], TRAIL: ["customer", "at"]}.items():
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
        dynamodb.create_table(
            TableName=name,
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[
                {"AttributeName": key, "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            BillingMode="PAY_PER_REQUEST",
            **({"StreamSpecification": stream} if name == ORDERS else {}),
        ).wait_until_exists()
    arn: str = dynamodb.Table(ORDERS).latest_stream_arn
    return arn


def create_function(lambda_: Any) -> None:
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.write(Path(__file__).with_name("app.py"), "app.py")
    lambda_.create_function(
        FunctionName=FUNCTION,
        Runtime="python3.12",
        Role=ROLE,
        Handler="app.handler",
        Code={"ZipFile": code.getvalue()},
        Timeout=30,
        MemorySize=256,
        Environment={"Variables": {"TOTALS": TOTALS, "TRAIL": TRAIL}},
    )


def create_mapping(lambda_: Any, stream: str) -> str:
    """Connects the stream with the function; returns the mapping's UUID."""
    mapping = lambda_.create_event_source_mapping(
        EventSourceArn=stream,
        FunctionName=FUNCTION,
        StartingPosition="TRIM_HORIZON",
        BatchSize=100,
        ParallelizationFactor=2,
        MaximumRetryAttempts=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        FilterCriteria={
            "Filters": [{"Pattern": '{"dynamodb": {"Keys": {"id": {"S": [{"prefix": "order-"}]}}}}'}]
        },
    )
    uuid: str = mapping["UUID"]
    return uuid


def write_orders(orders: Any) -> None:
    for number in range(1, 21):
        customer = "amara" if number % 2 else "ben"
        orders.put_item(Item={"id": f"order-{number}", "customer": customer, "amount": Decimal(number)})
    orders.put_item(Item={"id": "draft-1", "customer": "amara", "amount": Decimal(1000)})
    orders.update_item(
        Key={"id": "order-1"},
        UpdateExpression="SET amount = :amount",
        ExpressionAttributeValues={":amount": Decimal(101)},
    )
    orders.delete_item(Key={"id": "order-2"})


def main(endpoint: str) -> None:
    options: dict[str, Any] = {
        "endpoint_url": endpoint,
        "region_name": "us-east-1",
        "aws_access_key_id": "any",
        "aws_secret_access_key": "thing",
    }
    dynamodb, lambda_ = boto3.resource("dynamodb", **options), boto3.client("lambda", **options)
    stream = create_tables(dynamodb)
    create_function(lambda_)
    uuid = create_mapping(lambda_, stream)
    write_orders(dynamodb.Table(ORDERS))
    totals, trail = dynamodb.Table(TOTALS), dynamodb.Table(TRAIL)
    while trail.scan(Select="COUNT", ConsistentRead=True)["Count"] < 22:
        time.sleep(0.1)
    for customer in ("amara", "ben"):
        total = totals.get_item(Key={"customer": customer}, ConsistentRead=True)["Item"]
        print(f"{customer}: {total['orders']} orders, {total['amount']} in all")
    changes = [entry["what"] for entry in trail.scan()["Items"]]
    print(", ".join(f"{changes.count(what)} {what}" for what in ("INSERT", "MODIFY", "REMOVE")))

    lambda_.delete_event_source_mapping(UUID=uuid)
    lambda_.delete_function(FunctionName=FUNCTION)
    for name in (ORDERS, TOTALS, TRAIL):
        dynamodb.Table(name).delete()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python examples/triggers/orders.py ENDPOINT-URL")
    main(sys.argv[1])
