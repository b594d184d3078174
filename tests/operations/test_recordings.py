"""Answers recorded on AWS: the same calls must be answered the same way."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from tests.conftest import MakeTable, Server

_RECORDINGS = Path(__file__).parent.parent / "golden" / "tables_and_items.json"
_MASK = re.compile(r"<[a-z0-9:-]+>")
_ACCOUNTS = ("111111111111", "000000000000")
UNITS = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}


class Recording:
    """One situation's answers. A numbered mask stands for one value in all of them."""

    def __init__(self, situation: str) -> None:
        self._answers: dict[str, Any] = json.loads(_RECORDINGS.read_text())[situation]["answers"]
        self._meanings: dict[str, str] = {}

    def compare(self, step: str, answer: Any) -> None:
        """Checks an answer, or what it led to, against the recorded step."""
        self._compare(self._answers.pop(step), answer, step)

    def complete(self) -> None:
        """Checks that every recorded step was compared."""
        assert not self._answers

    def _compare(self, recorded: Any, answer: Any, place: str) -> None:
        if isinstance(recorded, dict):
            assert isinstance(answer, dict), place
            assert sorted(answer.keys() - {"ResponseMetadata"}) == sorted(recorded), place
            for name, value in recorded.items():
                self._compare(value, answer[name], f"{place}.{name}")
        elif isinstance(recorded, list):
            assert len(answer) == len(recorded), place
            for number, value in enumerate(recorded):
                self._compare(value, answer[number], f"{place}[{number}]")
        elif recorded == "datetime":
            assert isinstance(answer, datetime), place
        elif isinstance(recorded, str):
            self._compare_text(recorded, str(answer), place)
        else:
            assert answer == recorded, place

    def _compare_text(self, recorded: str, answer: str, place: str) -> None:
        masks = _MASK.findall(recorded)
        between = [re.escape(part) for part in _MASK.split(recorded.replace(*_ACCOUNTS))]
        match = re.fullmatch("(.+)".join(between), answer)
        assert match, f"{place}: {answer!r} is not {recorded!r}"
        for mask, meaning in zip(masks, match.groups(), strict=True):
            if ":" in mask:
                assert self._meanings.setdefault(mask, meaning) == meaning, f"{place}: {mask}"


@pytest.fixture(scope="module")
def plain_client(server: Server) -> Any:
    """A client as users make it; the fixture `client` adds words of its own to errors."""
    return boto3.client(
        "dynamodb",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )


@pytest.fixture
def new_table(client: Any) -> Iterator[str]:
    """The name of a table that the test creates itself; the table is gone after it."""
    name = f"recorded-{uuid.uuid4().hex[:12]}"
    yield name
    if name in client.list_tables()["TableNames"]:
        client.delete_table(TableName=name)


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> Iterator[Recording]:
    """The recording that the parameter names; the test must compare all of it."""
    recording = Recording(request.param)
    yield recording
    recording.complete()


def recorded(*situations: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("recording", situations, indirect=True)


def key(name: str, type_: str = "S") -> dict[str, Any]:
    return {
        "KeySchema": [{"AttributeName": name, "KeyType": "HASH"}],
        "AttributeDefinitions": [{"AttributeName": name, "AttributeType": type_}],
    }


def error_of(client: Any, operation: str, **request: Any) -> ClientError:
    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**request)
    return refused.value


@recorded("table_crud")
def test_a_table_is_created_described_and_deleted(
    plain_client: Any, new_table: str, recording: Recording
) -> None:
    created = plain_client.create_table(TableName=new_table, **key("id"), ProvisionedThroughput=UNITS)
    recording.compare("create-table", created)
    recording.compare("describe-table", plain_client.describe_table(TableName=new_table))
    recording.compare("delete-table", plain_client.delete_table(TableName=new_table))
    missing = error_of(plain_client, "delete_table", TableName="non-existent")
    recording.compare("delete-non-existent-table", missing.response)


@recorded("table_warm_throughput")
def test_warm_throughput_that_is_asked_for_is_described(
    plain_client: Any, new_table: str, recording: Recording
) -> None:
    created = plain_client.create_table(
        TableName=new_table,
        **key("id"),
        ProvisionedThroughput=UNITS,
        WarmThroughput={"ReadUnitsPerSecond": 1000, "WriteUnitsPerSecond": 1200},
    )
    recording.compare("create-table", created)
    recording.compare("describe-table", plain_client.describe_table(TableName=new_table))


@pytest.mark.parametrize(
    ("recording", "table_units", "index_units"),
    [
        (
            "gsi_with_billing_mode[PAY_PER_REQUEST]",
            {"BillingMode": "PAY_PER_REQUEST"},
            {},
        ),
        (
            "gsi_with_billing_mode[PROVISIONED]",
            {"BillingMode": "PROVISIONED", "ProvisionedThroughput": UNITS},
            {"ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}},
        ),
    ],
    indirect=["recording"],
)
def test_a_table_with_a_global_index_is_described_by_its_billing_mode(
    plain_client: Any,
    new_table: str,
    recording: Recording,
    table_units: dict[str, Any],
    index_units: dict[str, Any],
) -> None:
    created = plain_client.create_table(
        TableName=new_table,
        KeySchema=[{"AttributeName": "TID", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "TID", "AttributeType": "S"},
            {"AttributeName": "TRID", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "TransactionRecordID",
                "KeySchema": [{"AttributeName": "TRID", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                **index_units,
            }
        ],
        **table_units,
    )
    recording.compare("create-table-with-gsi", created)
    recording.compare("describe-table", plain_client.describe_table(TableName=new_table))


@recorded("create_duplicate_table")
def test_a_second_table_of_one_name_is_refused(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    request = {**key("id"), "ProvisionedThroughput": UNITS}
    error = error_of(plain_client, "create_table", TableName=make_table("id"), **request)
    recording.compare("Error", str(error))


@recorded("pay_per_request")
def test_units_of_a_table_on_demand_are_refused(
    plain_client: Any, new_table: str, recording: Recording
) -> None:
    request = {**key("id"), "ProvisionedThroughput": UNITS, "BillingMode": "PAY_PER_REQUEST"}
    error = error_of(plain_client, "create_table", TableName=new_table, **request)
    recording.compare("Error", str(error))


@recorded("valid_local_secondary_index")
def test_a_local_index_is_queried(plain_client: Any, make_table: MakeTable, recording: Recording) -> None:
    table = make_table(
        "PK",
        "SK",
        attributes=["LSI1SK:N"],
        LocalSecondaryIndexes=[
            {
                "IndexName": "LSI1",
                "KeySchema": [
                    {"AttributeName": "PK", "KeyType": "HASH"},
                    {"AttributeName": "LSI1SK", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    item = {"SK": {"S": "hello"}, "LSI1SK": {"N": "123"}, "PK": {"S": "test one"}}
    plain_client.put_item(TableName=table, Item=item)
    answer = plain_client.query(
        TableName=table,
        IndexName="LSI1",
        KeyConditionExpression="PK = :v1",
        ExpressionAttributeValues={":v1": {"S": "test one"}},
        Select="ALL_ATTRIBUTES",
    )
    recording.compare("Items", answer)


@recorded("return_values_in_put_item")
def test_puts_return_what_they_replace(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    table = make_table("id")
    steps = [
        ("PutFirstItem", "id1", "foobar", "ALL_OLD"),
        ("PutFirstItemOLD", "id1", "foobar", "ALL_OLD"),
        ("PutFirstItemB", "id1", "foobar2", "ALL_OLD"),
        ("PutSecondItem", "id2", "foobar", "ALL_OLD"),
        ("PutSecondItemReturnNone", "id2", "foobar", "NONE"),
    ]
    for step, id_, data, return_values in steps:
        item = {"id": {"S": id_}, "data": {"S": data}}
        answer = plain_client.put_item(TableName=table, Item=item, ReturnValues=return_values)
        recording.compare(step, answer)


@recorded("empty_and_binary_values")
def test_empty_and_binary_values_are_put(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    table = make_table("id")
    first = {"id": {"S": "id1"}, "data": {"S": ""}}
    recording.compare("PutFirstItem", plain_client.put_item(TableName=table, Item=first))
    second = {"id": {"S": "id2"}, "data": {"B": b"\x90"}}
    recording.compare("PutSecondItem", plain_client.put_item(TableName=table, Item=second))


@recorded("data_encoding_consistency")
def test_bytes_are_the_same_after_an_update(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    table = make_table("id")
    item = {"id": {"S": "id1"}, "version": {"N": "1"}, "data": {"B": b"\x90"}}
    plain_client.put_item(TableName=table, Item=item)
    request = {"TableName": table, "Key": {"id": {"S": "id1"}}}
    recording.compare("GetItem", plain_client.get_item(**request)["Item"])
    plain_client.update_item(
        **request,
        UpdateExpression="SET version = :v",
        ExpressionAttributeValues={":v": {"N": "2"}},
    )
    recording.compare("GetItemAfterUpdate", plain_client.get_item(**request)["Item"])


@recorded("batch_write_binary")
def test_a_batch_of_binary_values_is_written(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    item = {"id": {"S": "1"}, "data": {"B": b"\x90"}}
    items = {make_table("id"): [{"PutRequest": {"Item": item}}]}
    recording.compare("Response", plain_client.batch_write_item(RequestItems=items))


@recorded("batch_write_items")
def test_a_batch_of_deletes_and_puts_is_written(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    table = make_table("id")
    plain_client.put_item(TableName=table, Item={"id": {"S": "id1"}})
    changes = [
        {"DeleteRequest": {"Key": {"id": {"S": "id1"}}}},
        {"PutRequest": {"Item": {"id": {"S": "id2"}}}},
    ]
    answer = plain_client.batch_write_item(RequestItems={table: changes})
    recording.compare("BatchWriteResponse", answer)


@recorded("batch_write_not_matching_schema")
def test_a_batch_that_does_not_match_the_schema_is_refused(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    items = {make_table("id", "sort"): [{"PutRequest": {"Item": {"id": {"S": "id1"}}}}]}
    error = error_of(plain_client, "batch_write_item", RequestItems=items)
    recording.compare("ValidationException", str(error))


@recorded("get_batch_items")
def test_a_batch_of_misses_is_an_empty_list(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    table = make_table("PK")
    answer = plain_client.batch_get_item(RequestItems={table: {"Keys": [{"PK": {"S": "test-key"}}]}})
    assert list(answer["Responses"]) == [table]
    answer["Responses"]["<test-table>"] = answer["Responses"].pop(table)
    recording.compare("Response", answer)


@recorded("return_values_on_conditions_check_failure")
def test_a_failed_condition_shows_the_item(
    plain_client: Any, make_table: MakeTable, recording: Recording
) -> None:
    table = make_table("id")
    item = {"id": {"S": "456"}, "price": {"N": "650"}, "product": {"S": "sporting goods"}}
    plain_client.put_item(TableName=table, Item=item)
    error = error_of(
        plain_client,
        "delete_item",
        TableName=table,
        Key={"id": {"S": "456"}},
        ConditionExpression="price < :p",
        ExpressionAttributeValues={":p": {"N": "500"}},
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    # AWS named the text's member Message at the time of the recording; it has been message since 2026.
    response = {name: value for name, value in error.response.items() if name != "message"}
    recording.compare("items", response)
