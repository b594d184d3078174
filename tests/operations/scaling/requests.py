"""Requests of Application Auto Scaling."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

METRICS = {"Read": "DynamoDBReadCapacityUtilization", "Write": "DynamoDBWriteCapacityUtilization"}


def scaling_client_of(
    endpoint: str, key: str = "key", secret: str = "secret", region: str = "us-east-1"
) -> Any:
    return boto3.client(
        "application-autoscaling",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False, connect_timeout=5),
    )


def target(resource: str, dimension: str) -> dict[str, str]:
    return {"ServiceNamespace": "dynamodb", "ResourceId": resource, "ScalableDimension": dimension}


def reads_of(table: str) -> dict[str, str]:
    return target(f"table/{table}", "dynamodb:table:ReadCapacityUnits")


def writes_of(table: str) -> dict[str, str]:
    return target(f"table/{table}", "dynamodb:table:WriteCapacityUnits")


def index_reads_of(table: str, index: str = "by-other") -> dict[str, str]:
    return target(f"table/{table}/index/{index}", "dynamodb:index:ReadCapacityUnits")


def tracking(value: float = 70, kind: str = "Read", **more: Any) -> dict[str, Any]:
    """The members of a policy of target tracking."""
    return {
        "PolicyType": "TargetTrackingScaling",
        "TargetTrackingScalingPolicyConfiguration": {
            "TargetValue": value,
            "PredefinedMetricSpecification": {"PredefinedMetricType": METRICS[kind]},
            **more,
        },
    }


@contextmanager
def refused(code: str, text: str | None = None) -> Iterator[None]:
    """What is within must be refused with this code, and this text if it is given."""
    with pytest.raises(ClientError) as refusal:
        yield
    error = refusal.value.response["Error"]
    assert error["Code"] == code, error
    if text is not None:
        assert error["Message"] == text
