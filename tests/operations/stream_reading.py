"""Reading streams through boto3."""

from typing import Any

import boto3
from botocore.config import Config

Record = dict[str, Any]

BOTH = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
SERVICE = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}


def streams_client_of(endpoint: str, region: str = "us-east-1", **config: Any) -> Any:
    """A client of DynamoDB Streams that fails at once instead of trying again."""
    return boto3.client(
        "dynamodbstreams",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False, **config),
    )


def arn_of(client: Any, table: str) -> str:
    """The ARN of the table's latest stream."""
    arn: str = client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    return arn


def shards_of(streams: Any, arn: str) -> list[dict[str, Any]]:
    shards: list[dict[str, Any]] = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    return shards


def records_of(streams: Any, arn: str) -> list[Record]:
    """All records of all shards, from the oldest on."""
    records: list[Record] = []
    for shard in shards_of(streams, arn):
        iterator = streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        while iterator is not None:
            answer = streams.get_records(ShardIterator=iterator)
            records += answer["Records"]
            iterator = answer.get("NextShardIterator") if answer["Records"] else None
    return records


def short(record: Record) -> tuple[str, Any, Any]:
    """A record's name and its images."""
    change = record["dynamodb"]
    return record["eventName"], change.get("OldImage"), change.get("NewImage")
