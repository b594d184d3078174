"""Requests of Kilowatt's own operations, in rows as the service models have them (see shapes/schema.py).

They read what AWS does not tell, and take the same way as DynamoDB's: POST, JSON, a signature for
`dynamodb`, and an `X-Amz-Target`.
"""

from typing import Any

OPERATIONS: dict[str, dict[str, str]] = {
    "Kilowatt_20260101": {
        "DescribeAdvice": "DescribeAdviceInput",
        "DescribeContributors": "DescribeContributorsInput",
        "DescribePartitions": "DescribePartitionsInput",
    }
}

SHAPES: dict[str, tuple[Any, ...]] = {
    "AdvicePrices": (
        "structure",
        (
            ("Currency", "AdviceCurrency", True),
            ("Source", "AdviceSource", False),
            ("MillionReadUnits", "DoubleObject", True),
            ("MillionWriteUnits", "DoubleObject", True),
            ("ReadUnitHour", "DoubleObject", True),
            ("WriteUnitHour", "DoubleObject", True),
        ),
    ),
    "AdviceCurrency": ("string", 1, 10, None, ()),
    "AdviceSource": ("string", None, 255, None, ()),
    "ContributorMinutes": ("integer", 1, 60),
    "DescribeAdviceInput": (
        "structure",
        (("TableName", "TableArn", True), ("Prices", "AdvicePrices", False)),
    ),
    "DescribeContributorsInput": (
        "structure",
        (
            ("TableName", "TableArn", True),
            ("IndexName", "IndexName", False),
            ("Minutes", "ContributorMinutes", False),
        ),
    ),
    "DescribePartitionsInput": (
        "structure",
        (("TableName", "TableArn", True), ("IndexName", "IndexName", False)),
    ),
}
