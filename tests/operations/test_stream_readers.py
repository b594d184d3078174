"""ListStreams, DescribeStream, GetShardIterator and GetRecords, as readers use and misuse them."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from tests.conftest import MakeTable, client_of, running_server
from tests.operations.calls import LEAD, Wire, invalid, refusal
from tests.operations.stream_reading import BOTH, arn_of, shards_of, streams_client_of

NOWHERE = "arn:aws:dynamodb:us-east-1:000000000000:table/nothing/stream/2026-01-01T00:00:00.000"


@dataclass
class Read:
    """A stream with five records, of the keys 0 to 4, in one shard."""

    streams: Any
    arn: str
    shard_id: str

    def iterator(self, kind: str = "TRIM_HORIZON", **parameters: Any) -> str:
        iterator: str = self.streams.get_shard_iterator(
            StreamArn=self.arn, ShardId=self.shard_id, ShardIteratorType=kind, **parameters
        )["ShardIterator"]
        return iterator

    def keys(self, iterator: str) -> str:
        records = self.streams.get_records(ShardIterator=iterator)["Records"]
        return "".join(record["dynamodb"]["Keys"]["pk"]["S"] for record in records)

    def sequence_numbers(self) -> list[str]:
        records = self.streams.get_records(ShardIterator=self.iterator())["Records"]
        return [record["dynamodb"]["SequenceNumber"] for record in records]


@pytest.fixture
def read(client: Any, streams: Any, make_table: MakeTable) -> Read:
    table = make_table(StreamSpecification=BOTH)
    for key in "01234":
        client.put_item(TableName=table, Item={"pk": {"S": key}})
    arn = arn_of(client, table)
    return Read(streams, arn, shards_of(streams, arn)[0]["ShardId"])


def test_trim_horizon_reads_all_and_latest_what_comes(client: Any, read: Read) -> None:
    latest = read.iterator("LATEST")
    assert read.keys(read.iterator()) == "01234"
    assert read.keys(latest) == ""
    client.put_item(TableName=read.arn.split("/")[1], Item={"pk": {"S": "5"}})
    assert read.keys(latest) == "5"


def test_a_sequence_number_is_where_to_read_from_or_after(read: Read) -> None:
    for place, number in enumerate(read.sequence_numbers()):
        assert read.keys(read.iterator("AT_SEQUENCE_NUMBER", SequenceNumber=number)) == "01234"[place:]
        assert (
            read.keys(read.iterator("AFTER_SEQUENCE_NUMBER", SequenceNumber=number)) == "01234"[place + 1 :]
        )


def test_the_first_number_of_a_shard_is_before_all_records(read: Read) -> None:
    number = shards_of(read.streams, read.arn)[0]["SequenceNumberRange"]["StartingSequenceNumber"]
    assert int(number) < min(map(int, read.sequence_numbers()))
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        assert read.keys(read.iterator(kind, SequenceNumber=number)) == "01234"


@pytest.mark.parametrize("timestamp", [0, 1.5, -1, -1e308])
def test_a_timestamp_before_the_stream_is_its_beginning(read: Read, wire: Wire, timestamp: float) -> None:
    request = {"StreamArn": read.arn, "ShardId": read.shard_id, "ShardIteratorType": "AT_TIMESTAMP"}
    status, answer = wire.send("GetShardIterator", {**request, "Timestamp": timestamp})
    assert status == 200
    assert read.keys(answer["ShardIterator"]) == "01234"


def test_pages_have_as_many_records_as_asked_for(read: Read) -> None:
    iterator, pages = read.iterator(), []
    for _ in range(4):
        answer = read.streams.get_records(ShardIterator=iterator, Limit=2)
        pages.append("".join(record["dynamodb"]["Keys"]["pk"]["S"] for record in answer["Records"]))
        iterator = answer["NextShardIterator"]
    assert pages == ["01", "23", "4", ""]


def test_the_same_iterator_reads_the_same_again(read: Read) -> None:
    iterator = read.iterator()
    first, second = (read.streams.get_records(ShardIterator=iterator)["Records"] for _ in range(2))
    assert first == second


def test_an_iterator_has_the_form_of_aws(read: Read) -> None:
    assert re.fullmatch(re.escape(read.arn) + r"\|\d\|[A-Za-z0-9_=-]+", read.iterator())


def test_a_description_has_the_members_of_aws(client: Any, streams: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk:N", StreamSpecification=BOTH)
    described = client.describe_table(TableName=table)["Table"]
    description = streams.describe_stream(StreamArn=described["LatestStreamArn"])["StreamDescription"]
    created = description.pop("CreationRequestDateTime")
    assert f"{created.astimezone(tz=None):%M:%S}" == described["LatestStreamLabel"][14:19]
    (shard,) = description.pop("Shards")
    assert re.fullmatch(r"shardId-\d{20}-[0-9a-f]{8}", shard.pop("ShardId"))
    assert re.fullmatch(r"\d{21,40}", shard.pop("SequenceNumberRange").pop("StartingSequenceNumber"))
    assert shard == {}
    assert description == {
        "StreamArn": described["LatestStreamArn"],
        "StreamLabel": described["LatestStreamLabel"],
        "StreamStatus": "ENABLED",
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        "TableName": table,
        "KeySchema": described["KeySchema"],
    }


def test_streams_are_listed_page_by_page() -> None:
    with running_server("--in-memory") as server:
        client, streams = client_of(server.endpoint), streams_client_of(server.endpoint)
        names = ["aaa", "aaa.b", "aaa-c", "bbb"]
        for name in names:
            client.create_table(
                TableName=name,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
                StreamSpecification=BOTH,
            )
        client.update_table(TableName="aaa", StreamSpecification={"StreamEnabled": False})
        client.update_table(TableName="aaa", StreamSpecification=BOTH)
        everything = streams.list_streams()
        assert "LastEvaluatedStreamArn" not in everything
        assert sorted(it["TableName"] for it in everything["Streams"]) == sorted([*names, "aaa"])
        assert everything["Streams"][0].keys() == {"StreamArn", "TableName", "StreamLabel"}
        for limit in (1, 2, 4):
            paged, request = [], {"Limit": limit}
            while True:
                answer = streams.list_streams(**request)
                assert len(answer["Streams"]) <= limit
                paged += answer["Streams"]
                if "LastEvaluatedStreamArn" not in answer:
                    break
                request["ExclusiveStartStreamArn"] = answer["LastEvaluatedStreamArn"]
            assert paged == everything["Streams"]
        of_one = streams.list_streams(TableName="aaa")["Streams"]
        assert [it["TableName"] for it in of_one] == ["aaa", "aaa"]
        assert arn_of(client, "aaa") == of_one[1]["StreamArn"]
        assert streams.list_streams(TableName="none")["Streams"] == []
        elsewhere = streams_client_of(server.endpoint, "eu-west-1")
        assert elsewhere.list_streams()["Streams"] == []


def test_an_unknown_shard_is_not_found(read: Read) -> None:
    unknown = "shardId-00000000000000000000-00000000"
    request = {"StreamArn": read.arn, "ShardId": unknown, "ShardIteratorType": "LATEST"}
    assert refusal(read.streams, "GetShardIterator", **request) == (
        "ResourceNotFoundException: Requested resource not found: Shard: "
        f"{unknown} in stream: {read.arn} not found"
    )


@pytest.mark.parametrize("number", ["9" * 21, "0" * 21, "1" * 40, "x" * 21, "٣" * 21, "-" + "1" * 21])
def test_a_sequence_number_that_is_not_of_the_shard_is_refused(read: Read, number: str) -> None:
    for kind in ("AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"):
        request = {"StreamArn": read.arn, "ShardId": read.shard_id, "ShardIteratorType": kind}
        assert refusal(read.streams, "GetShardIterator", **request, SequenceNumber=number) == invalid(
            f"SequenceNumber is not one of the shard: {number}"
        )


def test_a_sequence_number_that_is_yet_to_come_is_refused(read: Read) -> None:
    number = str(int(read.sequence_numbers()[-1]) + 1)
    request = {"StreamArn": read.arn, "ShardId": read.shard_id, "ShardIteratorType": "AFTER_SEQUENCE_NUMBER"}
    assert refusal(read.streams, "GetShardIterator", **request, SequenceNumber=number) == invalid(
        f"SequenceNumber is not one of the shard: {number}"
    )


@pytest.mark.parametrize(
    ("operation", "request_", "text"),
    [
        (
            "GetRecords",
            {},
            LEAD + "Value null at 'shardIterator' failed to satisfy constraint: Member must not be null",
        ),
        ("GetRecords", {"ShardIterator": NOWHERE}, "Invalid ShardIterator"),
        ("GetRecords", {"ShardIterator": "x|1|"}, "Invalid ShardIterator"),
        ("GetRecords", {"ShardIterator": "é|1|é"}, "Invalid ShardIterator"),
        (
            "GetRecords",
            {"ShardIterator": "x", "Limit": 0},
            LEAD + "Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        ),
        (
            "GetShardIterator",
            {"StreamArn": NOWHERE, "ShardId": "s" * 28, "ShardIteratorType": "OLDEST"},
            LEAD + "Failed to satisfy constraint: Member must satisfy enum value set: "
            "[TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER, AT_TIMESTAMP]",
        ),
        (
            "DescribeStream",
            {"StreamArn": "x"},
            LEAD + "Value 'x' at 'streamArn' failed to satisfy constraint: "
            "Member must have length greater than or equal to 37",
        ),
        (
            "DescribeStream",
            {"StreamArn": NOWHERE, "ShardFilter": {"Type": "PARENTS"}},
            LEAD + "Failed to satisfy constraint: Member must satisfy enum value set: [CHILD_SHARDS]",
        ),
    ],
)
def test_a_bad_request_is_refused(wire: Wire, operation: str, request_: dict[str, Any], text: str) -> None:
    assert wire.refusal(operation, request_) == invalid(text)


@pytest.mark.parametrize(
    "arn",
    [
        NOWHERE,
        "x" * 37,
        "arn:aws:dynamodb:us-east-1:000000000000:table/operations-hash",
        "arn:aws:dynamodb:us-east-1:000000000000:table/operations-hash/index/local-a",
        "arn:aws:s3:us-east-1:000000000000:table/operations-hash/stream/2026-01-01T00:00:00.000",
        "arn:::::::::::::::::::::::::::::::::::::",
    ],
)
def test_what_is_no_stream_is_not_found(streams: Any, arn: str) -> None:
    not_found = f"ResourceNotFoundException: Requested resource not found: Stream: {arn} not found"
    assert refusal(streams, "DescribeStream", StreamArn=arn) == not_found
    request = {"ShardId": "s" * 28, "ShardIteratorType": "LATEST"}
    assert refusal(streams, "GetShardIterator", StreamArn=arn, **request) == not_found


def test_a_stream_of_another_region_is_not_found(server: Any, read: Read) -> None:
    elsewhere = streams_client_of(server.endpoint, "eu-west-1")
    not_found = f"ResourceNotFoundException: Requested resource not found: Stream: {read.arn} not found"
    assert refusal(elsewhere, "DescribeStream", StreamArn=read.arn) == not_found
    assert refusal(elsewhere, "GetRecords", ShardIterator=read.iterator()) == not_found
