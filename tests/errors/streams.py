"""How the texts of `kilowatt.errors.streams` are provoked."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, invalid
from tests.operations.calls import PARAMETERS
from tests.operations.standing import HASH, INDEXED
from tests.operations.table_requests import table

from kilowatt.domain.streams.iterator import ShardIterator

ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/nothing/stream/2026-01-01T00:00:00.000"
SHARD = "shardId-00000001767225600000-00000000"
YEAR_3000 = 32_503_680_000
ENABLED = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
PLACE = "tests/operations/test_stream_readers.py::"


def _create(refusal: str, **specification: Any) -> Provocation:
    request = table("pk", TableName="streams-none", StreamSpecification=specification)
    return Provocation("CreateTable", request, invalid(refusal))


def _update(refusal: str, name: str = HASH, **changes: Any) -> Provocation:
    return Provocation("UpdateTable", {"TableName": name, **changes}, invalid(refusal))


def _read(operation: str, request: dict[str, Any], refusal: str) -> Provocation:
    target = {"X-Amz-Target": f"DynamoDBStreams_20120810.{operation}"}
    return Provocation(operation, request, refusal, headers=target)


def _iterator(refusal: str, **parameters: Any) -> Provocation:
    request = {"StreamArn": ARN, "ShardId": SHARD, **parameters}
    return _read("GetShardIterator", request, invalid(refusal))


PROVOCATIONS = {
    "CREATED_WITHOUT_VIEW_TYPE": _create(
        PARAMETERS + "Table is being created with a stream enabled, UpdateViewType is required",
        StreamEnabled=True,
    ),
    "CREATED_WITH_VIEW_TYPE": _create(
        PARAMETERS + "Table is being created with a stream disabled, UpdateViewType should not be specified",
        StreamEnabled=False,
        StreamViewType="KEYS_ONLY",
    ),
    "ENABLED_WITHOUT_VIEW_TYPE": _update(
        PARAMETERS + "If stream is being enabled then UpdateViewType is required",
        StreamSpecification={"StreamEnabled": True},
    ),
    "DISABLED_WITH_VIEW_TYPE": _update(
        PARAMETERS + "If stream is being disabled, then UpdateViewType must not be specified",
        StreamSpecification={"StreamEnabled": False, "StreamViewType": "KEYS_ONLY"},
    ),
    "NOT_WITH_THROUGHPUT": _update(
        PARAMETERS + "You cannot modify stream status while updating table IOPS",
        StreamSpecification=ENABLED,
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    ),
    "NOT_WITH_INDEXES": _update(
        PARAMETERS + "You cannot create or delete index while changing stream status",
        INDEXED,
        StreamSpecification=ENABLED,
        GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "global-b"}}],
    ),
    "ALREADY_ENABLED": Provocation(
        "UpdateTable",
        {"TableName": "streams-one", "StreamSpecification": ENABLED},
        invalid("Table already has an enabled stream: TableName: streams-one"),
        before=[("CreateTable", table("pk", TableName="streams-one", StreamSpecification=ENABLED))],
    ),
    "NOTHING_TO_DISABLE": _update(
        f"Table has no stream to disable: TableName: {HASH}", StreamSpecification={"StreamEnabled": False}
    ),
    "STREAM_NOT_FOUND": _read(
        "DescribeStream",
        {"StreamArn": ARN},
        f"ResourceNotFoundException: Requested resource not found: Stream: {ARN} not found",
    ),
    "SEQUENCE_NUMBER_MISSING": _iterator(
        "SequenceNumber is required for ShardIteratorType AT_SEQUENCE_NUMBER",
        ShardIteratorType="AT_SEQUENCE_NUMBER",
    ),
    "TIMESTAMP_MISSING": _iterator(
        "Timestamp is required for ShardIteratorType AT_TIMESTAMP", ShardIteratorType="AT_TIMESTAMP"
    ),
    "TIMESTAMP_AHEAD": _iterator(
        "Timestamp must not be in the future", ShardIteratorType="AT_TIMESTAMP", Timestamp=YEAR_3000
    ),
    "INVALID_ITERATOR": _read("GetRecords", {"ShardIterator": "x"}, invalid("Invalid ShardIterator")),
    "ITERATOR_EXPIRED": _read(
        "GetRecords",
        {"ShardIterator": ShardIterator(ARN, 1, 0, issued=0).text()},
        "ExpiredIteratorException: The provided iterator exceeds the maximum age allowed.",
    ),
    "TOO_MANY_RECORDS": _read(
        "GetRecords",
        {"ShardIterator": "x", "Limit": 1001},
        "LimitExceededException: GetRecords returns at most 1000 records",
    ),
}

ELSEWHERE = {
    "SHARD_NOT_FOUND": Elsewhere(
        "takes the ARN of a stream that is there, which has the time in it",
        PLACE + "test_an_unknown_shard_is_not_found",
    ),
    "SEQUENCE_NUMBER_OF_ANOTHER": Elsewhere(
        "takes a shard that is there", PLACE + "test_a_sequence_number_that_is_not_of_the_shard_is_refused"
    ),
    "TRIMMED": Elsewhere(
        "takes a shard that was closed more than a day ago",
        "tests/background/test_stream_upkeep.py::test_a_shard_is_forgotten_a_day_after_it_closed",
    ),
}
