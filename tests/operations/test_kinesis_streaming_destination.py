"""Kinesis streaming destinations as their clients see them."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import client_of, running_server
from tests.operations.calls import call
from tests.operations.stream_reading import BOTH, streams_client_of
from tools.kinesis_stand_in import KinesisStandIn, running_stand_in

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
_PATIENCE_SECONDS = 30


class Site:
    """A server, and what stands in for Kinesis."""

    def __init__(self, endpoint: str, kinesis: KinesisStandIn) -> None:
        self.client = client_of(endpoint)
        self.streams = streams_client_of(endpoint)
        self.kinesis = kinesis

    def create(self, name: str, **parameters: Any) -> str:
        self.client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **parameters,
        )
        return name

    def table_becomes_active(self, name: str) -> None:
        until(lambda: self.client.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE")

    def call(self, operation: str, table: str, **parameters: Any) -> dict[str, Any]:
        request = {"TableName": table, "StreamArn": ARN, **parameters}
        return call(self.client, f"{operation}KinesisStreamingDestination", **request)

    def update(self, table: str, precision: str) -> dict[str, Any]:
        configuration = {"ApproximateCreationDateTimePrecision": precision}
        return self.call("Update", table, UpdateKinesisStreamingConfiguration=configuration)

    def enable(self, table: str, **parameters: Any) -> None:
        self.call("Enable", table, **parameters)
        self.becomes(table, "ACTIVE")

    def destination(self, table: str) -> dict[str, Any]:
        [found] = call(self.client, "DescribeKinesisStreamingDestination", TableName=table)[
            "KinesisDataStreamDestinations"
        ]
        destination: dict[str, Any] = found
        return destination

    def becomes(self, table: str, status: str) -> None:
        until(lambda: self.destination(table)["DestinationStatus"] == status)

    def put(self, table: str, *keys: str) -> None:
        for key in keys:
            self.client.put_item(TableName=table, Item={"pk": {"S": key}})

    def sent(self, table: str) -> list[str]:
        return [
            record["dynamodb"]["Keys"]["pk"]["S"]
            for record in self.kinesis.data()
            if record["tableName"] == table
        ]


def until(holds: Callable[[], bool]) -> None:
    """Waits for it."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def running_site(table_delay_seconds: int = 0) -> Iterator[Site]:
    delay = ("--table-delay-seconds", str(table_delay_seconds))
    with (
        running_stand_in() as kinesis,
        running_server("--in-memory", *delay, "--kinesis-endpoint", kinesis.endpoint) as server,
    ):
        yield Site(server.endpoint, kinesis)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with running_site() as running:
        yield running


def test_a_destination_is_enabled_updated_and_disabled(site: Site) -> None:
    table = site.create("life")
    common = {"TableName": table, "StreamArn": ARN}
    assert (
        site.client.describe_kinesis_streaming_destination(TableName=table)["KinesisDataStreamDestinations"]
        == []
    )
    assert site.call("Enable", table) == {
        **common,
        "DestinationStatus": "ENABLING",
        "EnableKinesisStreamingConfiguration": {},
    }
    site.becomes(table, "ACTIVE")
    assert site.destination(table) == {"StreamArn": ARN, "DestinationStatus": "ACTIVE"}
    precision = {"ApproximateCreationDateTimePrecision": "MICROSECOND"}
    assert site.update(table, "MICROSECOND") == {
        **common,
        "DestinationStatus": "UPDATING",
        "UpdateKinesisStreamingConfiguration": precision,
    }
    assert site.destination(table) == {"StreamArn": ARN, "DestinationStatus": "ACTIVE", **precision}
    assert site.call("Disable", table) == {**common, "DestinationStatus": "DISABLING"}
    site.becomes(table, "DISABLED")


def test_changes_arrive_in_the_stream_and_in_kinesis(site: Site) -> None:
    table = site.create("both", StreamSpecification=BOTH)
    site.enable(table)
    site.put(table, "a", "b")
    until(lambda: site.sent(table) == ["a", "b"])
    arn = site.client.describe_table(TableName=table)["Table"]["LatestStreamArn"]
    assert [stream["StreamArn"] for stream in site.streams.list_streams(TableName=table)["Streams"]] == [arn]


def test_a_table_has_one_destination(site: Site) -> None:
    table = site.create("one")
    site.enable(table)
    with pytest.raises(ClientError, match="must be DISABLED or ENABLE_FAILED"):
        site.call("Enable", table, StreamArn=ARN + "-2")
    site.call("Disable", table)
    site.becomes(table, "DISABLED")
    site.enable(table, StreamArn=ARN + "-2")
    assert site.destination(table)["StreamArn"] == ARN + "-2"


@pytest.mark.parametrize(
    ("stream", "description"),
    [
        (ARN.replace("changes", "missing"), "User does not have a permission to use kinesis stream"),
        (ARN.replace(":kinesis:", ":firehose:"), "User does not have a permission to use kinesis stream"),
        (
            ARN.replace("us-east-1", "eu-west-1"),
            "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in the "
            "current region",
        ),
    ],
    ids=["missing", "no stream", "other region"],
)
def test_what_is_no_stream_of_the_region_fails_to_be_enabled(
    site: Site, stream: str, description: str, request: pytest.FixtureRequest
) -> None:
    table = site.create(request.node.callspec.id.replace(" ", "-"))
    answer = site.call("Enable", table, StreamArn=stream)
    assert answer["DestinationStatus"] == "ENABLING"
    site.becomes(table, "ENABLE_FAILED")
    assert site.destination(table)["DestinationStatusDescription"] == description


def test_disabling_again_before_it_is_disabled_changes_nothing() -> None:
    with running_site(table_delay_seconds=1) as site:
        table = site.create("twice")
        site.table_becomes_active(table)
        site.enable(table)
        assert site.call("Disable", table) == site.call("Disable", table)
        assert site.destination(table)["DestinationStatus"] == "DISABLING"
        site.becomes(table, "DISABLED")
        with pytest.raises(ClientError, match="must be ACTIVE to perform DISABLE operation"):
            site.call("Disable", table)


def test_a_table_that_is_being_made_or_deleted_has_none() -> None:
    with running_site(table_delay_seconds=2) as site:
        table = site.create("brief")
        with pytest.raises(ClientError, match="Requested resource not found: Table: brief not found"):
            site.call("Enable", table)
        site.table_becomes_active(table)
        site.client.delete_table(TableName=table)
        with pytest.raises(ClientError, match="must be DISABLED or ENABLE_FAILED"):
            site.call("Enable", table)


def test_the_precision_must_be_another(site: Site) -> None:
    table = site.create("precise")
    site.enable(table)
    table_id = site.client.describe_table(TableName=table)["Table"]["TableId"]
    text = (
        "Invalid Request: Precision is already set to the desired value of MILLISECOND for "
        f"tableId: {table_id}, kdsArn: {ARN}"
    )
    with pytest.raises(ClientError) as refusal:
        site.update(table, "MILLISECOND")
    assert refusal.value.response["Error"] == {"Code": "ValidationException", "Message": text}


def test_the_precision_changes_three_times_a_day(site: Site) -> None:
    table = site.create("fickle")
    site.enable(table)
    for precision in ("MICROSECOND", "MILLISECOND", "MICROSECOND"):
        site.update(table, precision)
    with pytest.raises(ClientError) as refusal:
        site.update(table, "MILLISECOND")
    assert refusal.value.response["Error"] == {
        "Code": "LimitExceededException",
        "Message": "The precision of a streaming destination can be changed 3 times in 24 hours",
    }


def test_states_last_as_long_as_tables_take() -> None:
    with running_site(table_delay_seconds=1) as site:
        table = site.create("slow")
        site.table_becomes_active(table)
        site.call("Enable", table)
        site.put(table, "a")
        assert (site.destination(table)["DestinationStatus"], site.sent(table)) == ("ENABLING", [])
        site.becomes(table, "ACTIVE")
        site.update(table, "MICROSECOND")
        assert site.destination(table)["DestinationStatus"] == "UPDATING"
        site.becomes(table, "ACTIVE")
        site.call("Disable", table)
        assert site.destination(table)["DestinationStatus"] == "DISABLING"
        site.becomes(table, "DISABLED")
        assert site.sent(table) == ["a"]
