"""What each kind of write leaves in a table's stream."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.conftest import MakeTable
from tests.operations.stream_reading import BOTH, arn_of, records_of, short

A, B = {"pk": {"S": "a"}}, {"pk": {"S": "b"}}
A1 = {**A, "n": {"N": "1"}, "tags": {"SS": ["x", "y"]}, "m": {"M": {"p": {"N": "1"}, "q": {"NULL": True}}}}
A1_REORDERED = {
    "m": {"M": {"q": {"NULL": True}, "p": {"N": "1.0"}}},
    "tags": {"SS": ["y", "x"]},
    **A,
    "n": {"N": "01"},
}
A2 = {**A1, "n": {"N": "2"}}

Write = Callable[[Any, str], object]


def put(client: Any, table: str, item: dict[str, Any]) -> None:
    client.put_item(TableName=table, Item=item)


def update(expression: str, **values: Any) -> Write:
    request = {"Key": A, "UpdateExpression": expression}
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in values.items()}
    return lambda client, table: client.update_item(TableName=table, **request)


def failing(write: Write) -> Write:
    def do(client: Any, table: str) -> None:
        with pytest.raises(ClientError):
            write(client, table)

    return do


def transact(*actions: dict[str, Any]) -> Write:
    def do(client: Any, table: str) -> None:
        named = [{kind: {"TableName": table, **action[kind]} for kind in action} for action in actions]
        client.transact_write_items(TransactItems=named)

    return do


def batch(*requests: dict[str, Any]) -> Write:
    return lambda client, table: client.batch_write_item(RequestItems={table: list(requests)})


def put_a2(client: Any, table: str) -> None:
    put(client, table, A2)


def delete_a(client: Any, table: str) -> None:
    client.delete_item(TableName=table, Key=A)


# A write of the item A, whether A1 is there before, and the records that it leaves.
WRITES: dict[str, tuple[Write, bool, list[tuple[str, Any, Any]]]] = {
    "put of a new item": (put_a2, False, [("INSERT", None, A2)]),
    "put of another item": (put_a2, True, [("MODIFY", A1, A2)]),
    "update that makes the item": (
        update("SET n = :n", n={"N": "5"}),
        False,
        [("INSERT", None, {**A, "n": {"N": "5"}})],
    ),
    "update": (update("ADD n :n", n={"N": "1"}), True, [("MODIFY", A1, A2)]),
    "update without an expression": (
        lambda client, table: client.update_item(TableName=table, Key=A),
        False,
        [("INSERT", None, A)],
    ),
    "delete": (delete_a, True, [("REMOVE", A1, None)]),
    "batch": (
        batch({"PutRequest": {"Item": B}}, {"DeleteRequest": {"Key": A}}),
        True,
        [("INSERT", None, B), ("REMOVE", A1, None)],
    ),
    "transaction": (
        transact(
            {"Put": {"Item": B}},
            {
                "Update": {
                    "Key": A,
                    "UpdateExpression": "SET n = :n",
                    "ExpressionAttributeValues": {":n": {"N": "2"}},
                }
            },
        ),
        True,
        [("INSERT", None, B), ("MODIFY", A1, A2)],
    ),
    "transaction that deletes": (transact({"Delete": {"Key": A}}), True, [("REMOVE", A1, None)]),
}
SILENT: dict[str, tuple[Write, bool]] = {
    "put of the same item": (lambda client, table: put(client, table, A1), True),
    "put of an equal item in another order": (lambda client, table: put(client, table, A1_REORDERED), True),
    "update to the same value": (update("SET n = :n", n={"N": "1.00"}), True),
    "adding to a set what it has": (update("ADD tags :s", s={"SS": ["x"]}), True),
    "removal of what is not there": (update("REMOVE nothing"), True),
    "removal from an item that is not there": (update("REMOVE nothing"), False),
    "delete of a missing item": (delete_a, False),
    "update without an expression of an item that is there": (
        lambda client, table: client.update_item(TableName=table, Key=A),
        True,
    ),
    "failed condition": (
        failing(
            lambda client, table: client.put_item(
                TableName=table, Item=A2, ConditionExpression="attribute_not_exists(pk)"
            )
        ),
        True,
    ),
    "cancelled transaction": (
        failing(
            transact(
                {"Put": {"Item": B}},
                {"ConditionCheck": {"Key": A, "ConditionExpression": "attribute_not_exists(pk)"}},
            )
        ),
        True,
    ),
    "condition check": (
        transact({"ConditionCheck": {"Key": A, "ConditionExpression": "attribute_exists(pk)"}}),
        True,
    ),
    "batch of an equal item and a missing one": (
        batch({"PutRequest": {"Item": A1_REORDERED}}, {"DeleteRequest": {"Key": B}}),
        True,
    ),
    "transaction of an equal item": (transact({"Put": {"Item": A1_REORDERED}}), True),
}


def changes_by(
    client: Any, streams: Any, table: str, write: Write, item: dict[str, Any] | None
) -> list[tuple[str, Any, Any]]:
    """The records of a write alone, in the order of their keys' names; `item` is there before."""
    if item is not None:
        put(client, table, item)
    before = len(records_of(streams, arn_of(client, table)))
    write(client, table)
    records = records_of(streams, arn_of(client, table))[before:]
    return sorted(map(short, records), key=lambda record: record[0])


@pytest.mark.parametrize("write", WRITES)
def test_a_write_leaves_its_records(client: Any, streams: Any, make_table: MakeTable, write: str) -> None:
    do, is_there, expected = WRITES[write]
    table = make_table(StreamSpecification=BOTH)
    found = changes_by(client, streams, table, do, A1 if is_there else None)
    assert [(name, _plain(old), _plain(new)) for name, old, new in found] == [
        (name, _plain(old), _plain(new)) for name, old, new in expected
    ]


def _plain(item: Any) -> Any:
    return item and {
        name: {"SS": sorted(value["SS"])} if "SS" in value else value for name, value in item.items()
    }


@pytest.mark.parametrize("write", SILENT)
def test_a_write_that_changes_nothing_leaves_no_record(
    client: Any, streams: Any, make_table: MakeTable, write: str
) -> None:
    do, is_there = SILENT[write]
    table = make_table(StreamSpecification=BOTH)
    assert changes_by(client, streams, table, do, A1 if is_there else None) == []


@pytest.mark.parametrize("indexed", [False, True], ids=["plain", "indexed"])
@pytest.mark.parametrize(
    ("view_type", "images"),
    [
        ("KEYS_ONLY", []),
        ("NEW_IMAGE", ["NewImage"]),
        ("OLD_IMAGE", ["OldImage"]),
        ("NEW_AND_OLD_IMAGES", ["NewImage", "OldImage"]),
    ],
)
def test_a_record_is_as_aws_forms_it(
    client: Any, streams: Any, make_table: MakeTable, view_type: str, images: list[str], indexed: bool
) -> None:
    index = {
        "IndexName": "by-n",
        "KeySchema": [{"AttributeName": "n", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "ALL"},
    }
    more: dict[str, Any] = {"attributes": ["n:N"], "GlobalSecondaryIndexes": [index]} if indexed else {}
    table = make_table(
        "pk", "sk:N", StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type}, **more
    )
    key = {"pk": {"S": "a"}, "sk": {"N": "7"}}
    begun = int(time.time())
    put(client, table, {**key, "n": {"N": "1"}, "b": {"B": b"\xff\x00"}})
    put(client, table, {**key, "n": {"N": "2"}, "b": {"B": b"\xff\x00"}})
    _, record = records_of(streams, arn_of(client, table))
    assert record.keys() == {
        "eventID",
        "eventName",
        "eventVersion",
        "eventSource",
        "awsRegion",
        "dynamodb",
    }
    change = record["dynamodb"]
    created = change.pop("ApproximateCreationDateTime")
    assert created.microsecond == 0
    assert begun <= created.timestamp() <= time.time()
    assert 21 <= len(change.pop("SequenceNumber")) <= 40
    image = {**key, "b": {"B": b"\xff\x00"}}
    expected = {"OldImage": {**image, "n": {"N": "1"}}, "NewImage": {**image, "n": {"N": "2"}}}
    assert change == {
        "Keys": key,
        **{name: expected[name] for name in images},
        "SizeBytes": 7 + 13 * len(images),
        "StreamViewType": view_type,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("INSERT INTO {} VALUE {{'pk': 'a', 'n': 1}}", ("INSERT", None, {**A, "n": {"N": "1"}})),
        ("UPDATE {} SET n = 2 WHERE pk = 'b'", ("MODIFY", B, {**B, "n": {"N": "2"}})),
        ("DELETE FROM {} WHERE pk = 'b'", ("REMOVE", B, None)),
    ],
)
def test_a_statement_leaves_its_record(
    client: Any, streams: Any, make_table: MakeTable, text: str, expected: tuple[str, Any, Any]
) -> None:
    table = make_table(StreamSpecification=BOTH)
    put(client, table, B)
    client.execute_statement(Statement=text.format(f'"{table}"'))
    assert [short(record) for record in records_of(streams, arn_of(client, table))][1:] == [expected]


def test_a_large_change_is_read_in_pages_of_a_megabyte(
    client: Any, streams: Any, make_table: MakeTable
) -> None:
    table = make_table(StreamSpecification=BOTH)
    for number in range(8):
        put(client, table, {**A, "text": {"S": str(number) * 300_000}})
    arn = arn_of(client, table)
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    pages: list[list[str]] = []
    while not pages or pages[-1]:
        answer = streams.get_records(ShardIterator=iterator)
        pages.append([record["dynamodb"]["NewImage"]["text"]["S"][0] for record in answer["Records"]])
        iterator = answer["NextShardIterator"]
    assert [number for page in pages for number in page] == list("01234567")
    assert len(pages) > 3
