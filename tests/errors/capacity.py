"""How the texts of `kilowatt.errors.capacity` are provoked: a large item uses up what there is."""

from typing import Any

from tests.errors.provocation import Provocation, Server, invalid
from tests.operations.standing import index
from tests.operations.table_requests import table

_ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
_UNIT = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}


def _over(
    refusal: str, reason: str, name: str, kilobytes: int, member: str = "ThrottlingReasons", **parameters: Any
) -> Provocation:
    """PutItem into a table of these parameters that a large item was put into before."""
    item = {"pk": {"S": "a"}, "group": {"S": "one"}}
    large = {**item, "filler": {"S": "x" * (kilobytes * 1024 - 100)}}
    resource = _ARN + name + ("/index/index" if reason.startswith("Index") else "")
    return Provocation(
        "PutItem",
        {"TableName": name, "Item": {**item, "pk": {"S": "b"}}},
        refusal,
        before=[
            ("CreateTable", table("pk", TableName=name, **parameters)),
            ("PutItem", {"TableName": name, "Item": large}),
        ],
        server=Server.ENFORCING,
        members={member: [{"reason": reason, "resource": resource}]},
    )


def _indexed(**parameters: Any) -> dict[str, Any]:
    return {
        "AttributeDefinitions": [
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "group", "AttributeType": "S"},
        ],
        "GlobalSecondaryIndexes": [{**index("index", "group"), **parameters}],
    }


PROVOCATIONS = {
    "TABLE_OVER_PROVISIONED": _over(
        "ProvisionedThroughputExceededException: The level of configured provisioned throughput for the "
        "table was exceeded. Consider increasing your provisioning level with the UpdateTable API.",
        "TableWriteProvisionedThroughputExceeded",
        "errors-provisioned",
        300,
        BillingMode="PROVISIONED",
        ProvisionedThroughput=_UNIT,
    ),
    "INDEX_OVER_PROVISIONED": _over(
        "ProvisionedThroughputExceededException: The level of configured provisioned throughput for one or "
        "more global secondary indexes of the table was exceeded. Consider increasing your provisioning "
        "level for the under-provisioned global secondary indexes with the UpdateTable API",
        "IndexWriteProvisionedThroughputExceeded",
        "errors-provisioned-index",
        90,
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 100},
        **_indexed(ProvisionedThroughput=_UNIT),
    ),
    "TABLE_OVER_ON_DEMAND": _over(
        "ThrottlingException: Throughput exceeds the current capacity of your table or index. DynamoDB is "
        "automatically scaling your table or index so please try again shortly. If exceptions persist, check "
        "if you have a hot key: "
        "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html",
        "TableWriteMaxOnDemandThroughputExceeded",
        "errors-on-demand",
        300,
        "throttlingReasons",
        OnDemandThroughput={"MaxWriteRequestUnits": 1},
    ),
    "INDEX_OVER_ON_DEMAND": _over(
        "ThrottlingException: Throughput exceeds the current capacity for one or more global secondary "
        "indexes. DynamoDB is automatically scaling your index so please try again shortly.",
        "IndexWriteMaxOnDemandThroughputExceeded",
        "errors-on-demand-index",
        90,
        "throttlingReasons",
        **_indexed(OnDemandThroughput={"MaxWriteRequestUnits": 1}),
    ),
    "OVER_ACCOUNT_QUOTA": _over(
        "RequestLimitExceeded: Throughput exceeds the current throughput limit for your account. To request "
        "a limit increase, contact AWS Support at https://aws.amazon.com/support.",
        "TableWriteAccountLimitExceeded",
        "errors-account",
        400 - 1,
    ),
    "UNKNOWN_MODE": Provocation(
        "TagResource",
        {
            "ResourceArn": _ARN + "operations-hash",
            "Tags": [{"Key": "kilowatt:capacity-mode", "Value": "strict"}],
        },
        invalid(
            "One or more parameter values were invalid: Tag kilowatt:capacity-mode must be off, observe or "
            "enforce, not strict"
        ),
    ),
}
