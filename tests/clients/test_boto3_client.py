"""The access patterns of a chat store by boto3's client: waiters, paginators, modelled errors, batches."""

from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from examples.educonnect import BY_AUTHOR, TABLE, Message
from tests.clients.outside import MESSAGES, eventually

CHAT = {":chat": {"S": "chat#maths"}}
serialize = TypeSerializer().serialize
deserialize = TypeDeserializer().deserialize


def _wire(item: dict[str, Any]) -> dict[str, Any]:
    return {name: serialize(value) for name, value in item.items()}


def _message(item: dict[str, Any]) -> Message:
    return Message.from_item({name: deserialize(value) for name, value in item.items()})


def test_the_paginator_returns_every_message_once(client: Any, maths: list[Message]) -> None:
    pages = list(
        client.get_paginator("query").paginate(
            TableName=TABLE,
            KeyConditionExpression="pk = :chat",
            ExpressionAttributeValues=CHAT,
            PaginationConfig={"PageSize": 25},
        )
    )
    assert [page["Count"] for page in pages] == [25, 25, 10]
    assert [_message(item) for page in pages for item in page["Items"]] == maths


def test_a_page_of_exactly_the_rest_has_a_key_and_an_empty_page_after_it(
    client: Any, maths: list[Message]
) -> None:
    """A Query that stops at its Limit does not look further: it cannot know that nothing follows."""
    query = {"TableName": TABLE, "KeyConditionExpression": "pk = :chat", "ExpressionAttributeValues": CHAT}
    page = client.query(**query, Limit=MESSAGES)
    assert page["LastEvaluatedKey"] == _wire(maths[-1].key)
    after = client.query(**query, ExclusiveStartKey=page["LastEvaluatedKey"])
    assert (after["Count"], after["Items"], "LastEvaluatedKey" in after) == (0, [], False)


def test_a_filter_does_not_change_the_pages(client: Any, maths: list[Message]) -> None:
    page = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :chat",
        FilterExpression="author = :author",
        ExpressionAttributeValues={**CHAT, ":author": {"S": "user#ben"}},
        Limit=10,
    )
    assert (page["Count"], page["ScannedCount"]) == (5, 10)
    assert [_message(item) for item in page["Items"]] == maths[1:10:2]


def test_a_second_post_is_refused_with_a_modelled_error(client: Any, maths: list[Message]) -> None:
    with pytest.raises(client.exceptions.ConditionalCheckFailedException) as refused:
        client.put_item(
            TableName=TABLE,
            Item=_wire(maths[0].to_item()),
            ConditionExpression="attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    answer = refused.value.response
    assert answer["Error"]["Message"] == "The conditional request failed"
    assert _message(answer["Item"]) == maths[0]


def test_an_update_returns_what_it_changed(client: Any, maths: list[Message]) -> None:
    answer = client.update_item(
        TableName=TABLE,
        Key=_wire(maths[0].key),
        UpdateExpression="SET edited = :true ADD likes :two REMOVE #text",
        ExpressionAttributeNames={"#text": "text"},
        ExpressionAttributeValues={":true": {"BOOL": True}, ":two": {"N": "2"}},
        ReturnValues="UPDATED_NEW",
    )
    assert answer["Attributes"] == {"edited": {"BOOL": True}, "likes": {"N": "2"}}


def test_a_projection_returns_only_its_attributes(client: Any, maths: list[Message]) -> None:
    item = client.get_item(
        TableName=TABLE,
        Key=_wire(maths[3].key),
        ProjectionExpression="#text, author",
        ExpressionAttributeNames={"#text": "text"},
    )["Item"]
    assert item == {"text": {"S": "Message 3"}, "author": {"S": "user#ben"}}


def test_a_batch_returns_the_messages_that_exist(client: Any, maths: list[Message]) -> None:
    keys = [_wire(message.key) for message in maths[:5]] + [{"pk": {"S": "chat#maths"}, "sk": {"S": "none"}}]
    answer = client.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
    assert answer["UnprocessedKeys"] == {}
    found = sorted(map(_message, answer["Responses"][TABLE]), key=lambda message: message.sent_at)
    assert found == maths[:5]


def test_a_batch_deletes_and_puts_together(client: Any, maths: list[Message]) -> None:
    requests = [{"DeleteRequest": {"Key": _wire(message.key)}} for message in maths[:24]]
    requests.append({"PutRequest": {"Item": _wire({**maths[30].to_item(), "text": "New"})}})
    assert client.batch_write_item(RequestItems={TABLE: requests})["UnprocessedItems"] == {}
    page = client.query(
        TableName=TABLE,
        KeyConditionExpression="pk = :chat",
        ExpressionAttributeValues=CHAT,
        ConsistentRead=True,
    )
    assert page["Count"] == MESSAGES - 24
    assert _message(page["Items"][6]).text == "New"


def test_the_index_gives_pages_with_the_keys_of_index_and_table(client: Any, maths: list[Message]) -> None:
    query = {
        "TableName": TABLE,
        "IndexName": BY_AUTHOR,
        "KeyConditionExpression": "author = :author AND begins_with(sk, :day)",
        "ExpressionAttributeValues": {
            ":author": {"S": "user#ben"},
            ":day": {"S": "timestamp#2026-03-02"},
        },
    }
    eventually(lambda: client.query(**query, Select="COUNT")["Count"], MESSAGES // 2)
    page = client.query(**query, Limit=10, ScanIndexForward=False)
    assert [_message(item) for item in page["Items"]] == maths[:-21:-2]
    assert page["LastEvaluatedKey"] == {**_wire(maths[-19].key), "author": {"S": "user#ben"}}


def test_parallel_segments_scan_the_whole_table(client: Any, maths: list[Message]) -> None:
    found = [
        item["sk"]["S"]
        for segment in range(4)
        for page in client.get_paginator("scan").paginate(
            TableName=TABLE, TotalSegments=4, Segment=segment, Limit=7
        )
        for item in page["Items"]
    ]
    assert len(found) == len(set(found)) == MESSAGES + 1


def test_the_waiters_follow_a_table_s_life(client: Any) -> None:
    table = "clients-waiters"
    client.create_table(
        TableName=table,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    with pytest.raises(client.exceptions.ResourceInUseException):
        client.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
    client.delete_table(TableName=table)
    client.get_waiter("table_not_exists").wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 10})
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_table(TableName=table)
