"""Changes arrive in a Kinesis data stream of somebody else's making."""

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import BotoCoreError
from tests.clients.outside import skip_or_fail
from tests.conftest import client_of, running_server

_MOTO = Path(__file__).parents[2] / "build/kinesis-server/bin/moto_server"
_PATIENCE_SECONDS = 30


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def moto() -> Iterator[str]:
    """The URL of moto's server."""
    if not _MOTO.exists():
        skip_or_fail("moto is not installed: `make test` installs it")
    port = _free_port()
    command = [str(_MOTO), "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _stream_on(kinesis: Any) -> str:
    """The ARN of a new stream, as soon as there is a server."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            kinesis.create_stream(StreamName="changes", ShardCount=1)
            break
        except BotoCoreError:
            assert time.monotonic() < end
            time.sleep(0.2)
    arn: str = kinesis.describe_stream(StreamName="changes")["StreamDescription"]["StreamARN"]
    return arn


def test_changes_arrive(moto: str) -> None:
    kinesis = boto3.client(
        "kinesis",
        endpoint_url=moto,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    arn = _stream_on(kinesis)
    with running_server("--in-memory", "--kinesis-endpoint", moto) as server:
        client = client_of(server.endpoint)
        client.create_table(
            TableName="table",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client.enable_kinesis_streaming_destination(TableName="table", StreamArn=arn)
        for number in range(600):
            client.put_item(TableName="table", Item={"pk": {"S": str(number)}})
        [shard] = kinesis.list_shards(StreamName="changes")["Shards"]
        iterator = kinesis.get_shard_iterator(
            StreamName="changes", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        count, end = 0, time.monotonic() + _PATIENCE_SECONDS
        while count < 600:
            page = kinesis.get_records(ShardIterator=iterator)
            iterator = page["NextShardIterator"]
            count += len(page["Records"])
            assert time.monotonic() < end
            time.sleep(0.1)
        assert count == 600
    kinesis.close()
