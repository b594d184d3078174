"""What each operation consumes and how it is refused, told by the meter."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

import pytest
from tests.background.site import TABLE, Refused
from tests.capacity.metered import ARN, MeteredSite, index, item, provisioned, reason_of, throughput

from kilowatt.background.index_backfill import IndexBackfill
from kilowatt.engine.base import Decide
from kilowatt.engine.memory import MemoryEngine
from kilowatt.errors import ServiceError

A = TypeVar("A")

TABLE_TEXT = (
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your "
    "provisioning level with the UpdateTable API."
)
INDEX_TEXT = (
    "The level of configured provisioned throughput for one or more global secondary indexes of the table "
    "was exceeded. Consider increasing your provisioning level for the under-provisioned global secondary "
    "indexes with the UpdateTable API"
)
ON_DEMAND_TEXT = (
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your "
    "table or index so please try again shortly. If exceptions persist, check if you have a hot key: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html"
)
GOOD = {"Code": "None"}
OVER = {"Code": "ProvisionedThroughputExceeded", "Message": TABLE_TEXT}


def key(text: str) -> dict[str, Any]:
    return {"pk": {"S": text}}


def put(text: str, kilobytes: int = 1) -> dict[str, Any]:
    return {"Put": {"TableName": TABLE, "Item": item(text, kilobytes)}}


def get(text: str) -> dict[str, Any]:
    return {"Get": {"TableName": TABLE, "Key": key(text)}}


async def exhausted(read: int = 1, write: int = 1, **parameters: Any) -> MeteredSite:
    """A table that was used up by one item of 100 kilobytes, put and read."""
    site = await MeteredSite.with_table(**provisioned(read, write), **parameters)
    await site.put_item("there", 100)
    await site.get_item("there")
    return site


SINGLE: list[tuple[str, dict[str, Any], str]] = [
    ("GetItem", {"TableName": TABLE, "Key": key("a")}, "Read"),
    ("Scan", {"TableName": TABLE}, "Read"),
    (
        "Query",
        {
            "TableName": TABLE,
            "KeyConditionExpression": "pk = :key",
            "ExpressionAttributeValues": {":key": {"S": "a"}},
        },
        "Read",
    ),
    ("BatchGetItem", {"RequestItems": {TABLE: {"Keys": [key("a"), key("b")]}}}, "Read"),
    ("ExecuteStatement", {"Statement": f"SELECT * FROM \"{TABLE}\" WHERE pk = 'a'"}, "Read"),
    ("ExecuteStatement", {"Statement": f'SELECT * FROM "{TABLE}"'}, "Read"),
    ("PutItem", {"TableName": TABLE, "Item": item("a")}, "Write"),
    ("DeleteItem", {"TableName": TABLE, "Key": key("a")}, "Write"),
    ("UpdateItem", {"TableName": TABLE, "Key": key("a")}, "Write"),
    ("BatchWriteItem", {"RequestItems": {TABLE: [{"PutRequest": {"Item": item("a")}}]}}, "Write"),
    ("ExecuteStatement", {"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': 'a'}}"}, "Write"),
]


@pytest.mark.parametrize(("operation", "request_", "kind"), SINGLE)
async def test_an_operation_on_an_exhausted_table_is_refused(
    operation: str, request_: dict[str, Any], kind: str
) -> None:
    site = await exhausted()
    before = await site.consumed()
    with pytest.raises(Refused) as refused:
        await site.call(operation, **request_)
    assert refused.value.document == {
        "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "message": TABLE_TEXT,
        "ThrottlingReasons": [{"reason": f"Table{kind}ProvisionedThroughputExceeded", "resource": ARN}],
    }
    assert await site.consumed() == before
    (minute,) = await site.minutes()
    throttled = minute.reads_throttled if kind == "Read" else minute.writes_throttled
    assert throttled == (2 if operation == "BatchGetItem" else 1)


TRANSACTIONS: list[tuple[str, dict[str, Any]]] = [
    ("TransactWriteItems", {"TransactItems": [put("a")]}),
    ("TransactGetItems", {"TransactItems": [get("a")]}),
    (
        "ExecuteTransaction",
        {"TransactStatements": [{"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': 'a'}}"}]},
    ),
    (
        "ExecuteTransaction",
        {"TransactStatements": [{"Statement": f"SELECT * FROM \"{TABLE}\" WHERE pk = 'a'"}]},
    ),
]


@pytest.mark.parametrize(("operation", "request_"), TRANSACTIONS)
async def test_a_transaction_on_an_exhausted_table_is_canceled(
    operation: str, request_: dict[str, Any]
) -> None:
    site = await exhausted()
    before = await site.consumed()
    with pytest.raises(Refused) as refused:
        await site.call(operation, **request_)
    assert refused.value.code == "TransactionCanceledException"
    assert refused.value.document["CancellationReasons"] == [OVER]
    assert await site.consumed() == before


async def test_the_actions_beyond_the_capacity_are_the_reasons() -> None:
    site = await MeteredSite.with_table(**provisioned(5, 5))
    with pytest.raises(Refused) as refused:
        await site.call("TransactWriteItems", TransactItems=[put(text) for text in "abcd"])
    assert refused.value.document["CancellationReasons"] == [GOOD, GOOD, GOOD, OVER]
    assert await site.keys() == []


async def test_the_reads_beyond_the_capacity_are_the_reasons() -> None:
    site = await MeteredSite.with_table(**provisioned(5, 5))
    with pytest.raises(Refused) as refused:
        await site.call("TransactGetItems", TransactItems=[get(text) for text in "abcd"])
    assert refused.value.document["CancellationReasons"] == [GOOD, GOOD, GOOD, OVER]
    assert await site.consumed() == (0, 0)


async def test_on_demand_the_reason_is_a_throttling_error() -> None:
    site = await MeteredSite.with_table(OnDemandThroughput={"MaxWriteRequestUnits": 1})
    await site.put_item("a")
    with pytest.raises(Refused) as refused:
        await site.call("TransactWriteItems", TransactItems=[put("b")])
    assert refused.value.document["CancellationReasons"] == [
        {"Code": "ThrottlingError", "Message": ON_DEMAND_TEXT}
    ]


async def test_a_batch_of_writes_returns_what_was_over_the_capacity() -> None:
    site = await MeteredSite.with_table(**provisioned(100, 5))
    requests = [{"PutRequest": {"Item": item(text)}} for text in "abcdefgh"]
    answer = await site.call("BatchWriteItem", RequestItems={TABLE: requests})
    assert answer["UnprocessedItems"] == {TABLE: requests[5:]}
    assert await site.keys() == list("abcde")
    site.clock.move(3)
    answer = await site.call("BatchWriteItem", RequestItems=answer["UnprocessedItems"])
    assert answer["UnprocessedItems"] == {}
    assert await site.keys() == list("abcdefgh")


class TwiceDeciding(MemoryEngine):
    """An engine that asks for every decision again, as engines may."""

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        with suppress(ServiceError):
            decide(await self.get(keys))
        return await super().transact(keys, decide)


async def test_a_decision_that_is_made_again_is_asked_for_and_counted_once() -> None:
    site = MeteredSite(engine=TwiceDeciding())
    await site.create_table(**provisioned(100, 5), **index(write=5))
    requests = [{"PutRequest": {"Item": item(text, group="one")}} for text in "abcdefgh"]
    answer = await site.call("BatchWriteItem", RequestItems={TABLE: requests})
    assert answer["UnprocessedItems"] == {TABLE: requests[5:]}
    with pytest.raises(Refused):
        await site.put_item("late")
    (minute,) = await site.minutes()
    assert (minute.write, minute.writes_throttled) == (10, 4)


async def test_a_batch_of_reads_returns_what_was_over_the_capacity() -> None:
    site = await MeteredSite.with_table(**provisioned(5, 100))
    for text in "abcdefgh":
        await site.put_item(text)
    keys = [key(text) for text in "abcdefgh"]
    answer = await site.call("BatchGetItem", RequestItems={TABLE: {"Keys": keys, "ConsistentRead": True}})
    assert [found["pk"]["S"] for found in answer["Responses"][TABLE]] == list("abcde")
    assert answer["UnprocessedKeys"] == {TABLE: {"Keys": keys[5:], "ConsistentRead": True}}


async def test_each_statement_of_a_batch_is_refused_on_its_own() -> None:
    site = await MeteredSite.with_table(**provisioned(1, 1))
    statements = [{"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': '{text}'}}"} for text in "ab"]
    await site.put_item("there")
    answer = await site.call("BatchExecuteStatement", Statements=statements)
    assert [response["Error"] for response in answer["Responses"]] == [OVER, OVER]


async def test_a_write_is_refused_if_an_index_that_it_changes_has_no_capacity() -> None:
    site = await MeteredSite.with_table(**provisioned(100, 100), **index())
    await site.put_item("a", group="one")
    with pytest.raises(Refused) as refused:
        await site.put_item("b", group="one")
    assert refused.value.document == {
        "__type": "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
        "message": INDEX_TEXT,
        "ThrottlingReasons": [
            {"reason": "IndexWriteProvisionedThroughputExceeded", "resource": f"{ARN}/index/index"}
        ],
    }
    (minute,) = await site.minutes("index")
    assert (minute.write, minute.writes_throttled) == (2, 1)
    site.clock.move(1)
    await site.put_item("b", group="one")


async def test_a_write_that_leaves_an_exhausted_index_alone_gets_through() -> None:
    site = await MeteredSite.with_table(**provisioned(100, 100), **index())
    await site.put_item("a", group="one")
    await site.put_item("without")
    await site.call(
        "UpdateItem",
        TableName=TABLE,
        Key=key("a"),
        UpdateExpression="SET colour = :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


async def test_a_transaction_is_canceled_for_an_index_without_capacity() -> None:
    site = await MeteredSite.with_table(**provisioned(100, 100), **index())
    actions = [{"Put": {"TableName": TABLE, "Item": item(text, group="one")}} for text in "ab"]
    with pytest.raises(Refused) as refused:
        await site.call("TransactWriteItems", TransactItems=actions)
    assert refused.value.document["CancellationReasons"] == [
        GOOD,
        {"Code": "ProvisionedThroughputExceeded", "Message": INDEX_TEXT},
    ]


async def test_a_write_over_the_capacity_of_an_index_on_demand_is_told_so() -> None:
    parameters = index()
    del parameters["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"]
    parameters["GlobalSecondaryIndexes"][0]["OnDemandThroughput"] = {"MaxWriteRequestUnits": 1}
    site = await MeteredSite.with_table(**parameters)
    await site.put_item("a", group="one")
    with pytest.raises(Refused) as refused:
        await site.put_item("b", group="one")
    assert refused.value.code == "ThrottlingException"
    assert reason_of(refused.value) == "IndexWriteMaxOnDemandThroughputExceeded"
    assert refused.value.text == (
        "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is "
        "automatically scaling your index so please try again shortly."
    )


async def test_reads_of_an_index_use_its_own_capacity() -> None:
    site = await MeteredSite.with_table(**provisioned(1, 100), **index(write=100))
    await site.put_item("a", group="one")
    await site.call("Scan", TableName=TABLE, IndexName="index")
    await site.call("Scan", TableName=TABLE, IndexName="index")
    with pytest.raises(Refused) as refused:
        await site.call("Scan", TableName=TABLE, IndexName="index")
    assert refused.value.text == INDEX_TEXT
    assert reason_of(refused.value) == "IndexReadProvisionedThroughputExceeded"
    assert await site.consumed("index") == (1, 1)
    assert await site.consumed() == (0, 1)
    await site.call("Scan", TableName=TABLE)


async def test_a_local_index_uses_its_tables_capacity() -> None:
    site = await MeteredSite.with_table(
        **provisioned(100, 100),
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "other")
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "other", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    await site.put_item("a", sk="a", other="a")
    assert await site.consumed() == (0, 2)
    await site.call("Scan", TableName=TABLE, IndexName="local", ConsistentRead=True)
    assert await site.consumed() == (1, 2)


async def test_units_are_those_that_consumed_capacity_tells() -> None:
    """The larger image of a write, each item of a batch, both phases of a transaction, a whole page."""
    site = await MeteredSite.with_table("observe")
    calls: list[tuple[str, dict[str, Any]]] = [
        ("PutItem", {"TableName": TABLE, "Item": item("a", 3)}),
        ("PutItem", {"TableName": TABLE, "Item": item("a", 2)}),
        ("GetItem", {"TableName": TABLE, "Key": key("a")}),
        ("DeleteItem", {"TableName": TABLE, "Key": key("none")}),
        ("TransactWriteItems", {"TransactItems": [put("b", 5), put("c", 1)]}),
        ("TransactGetItems", {"TransactItems": [get("b"), get("none")]}),
        ("Scan", {"TableName": TABLE, "ConsistentRead": True}),
        ("BatchGetItem", {"RequestItems": {TABLE: {"Keys": [key("a"), key("b")]}}}),
        ("ExecuteStatement", {"Statement": f"SELECT * FROM \"{TABLE}\" WHERE pk = 'b'"}),
    ]
    expected = [0.0, 0.0]
    for operation, request in calls:
        answer = await site.call(operation, ReturnConsumedCapacity="TOTAL", **request)
        told = answer["ConsumedCapacity"]
        units = sum(part["CapacityUnits"] for part in (told if isinstance(told, list) else [told]))
        writes = operation in {"PutItem", "DeleteItem", "TransactWriteItems"}
        expected[writes] += units
        assert await site.consumed() == tuple(expected)


async def test_a_transaction_that_is_sent_again_reads() -> None:
    site = await MeteredSite.with_table("observe")
    for _ in range(2):
        await site.call("TransactWriteItems", TransactItems=[put("a", 5)], ClientRequestToken="token")
    assert await site.consumed() == (4, 10)


CONDITIONS = [(300, 310, 310), (300, 200, 300), (0, 310, 310)]


@pytest.mark.parametrize(("there", "attempted", "expected"), CONDITIONS)
async def test_a_failed_condition_costs_the_larger_item(there: int, attempted: int, expected: int) -> None:
    site = await MeteredSite.with_table("observe")
    if there:
        await site.put_item("a", there)
    with pytest.raises(Refused):
        await site.call(
            "PutItem", TableName=TABLE, Item=item("a", attempted), ConditionExpression="pk = nowhere"
        )
    assert await site.consumed() == (0, there + expected)


async def test_a_failed_condition_of_a_delete_costs_the_item_or_one_unit() -> None:
    site = await MeteredSite.with_table("observe")
    await site.put_item("a", 7)
    for text in ("a", "none"):
        with pytest.raises(Refused):
            await site.call("DeleteItem", TableName=TABLE, Key=key(text), ConditionExpression="pk = nowhere")
    assert await site.consumed() == (0, 7 + 7 + 1)


async def test_a_canceled_transaction_costs_its_first_phase() -> None:
    site = await MeteredSite.with_table("observe")
    failing = {
        "ConditionCheck": {
            "TableName": TABLE,
            "Key": key("none"),
            "ConditionExpression": "attribute_exists(pk)",
        }
    }
    with pytest.raises(Refused):
        await site.call("TransactWriteItems", TransactItems=[put("a", 5), failing])
    assert await site.consumed() == (0, 6)


async def test_what_expires_costs_nothing() -> None:
    site = await exhausted()
    await site.call(
        "UpdateTimeToLive",
        TableName=TABLE,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"},
    )
    site.clock.move(1000)
    await site.call(
        "PutItem", TableName=TABLE, Item={**key("b"), "expires": {"N": str(int(site.clock.time) - 10)}}
    )
    before = await site.consumed()
    await site.time_to_live.run()
    assert await site.keys() == ["there"]
    assert (await site.consumed())[1] == before[1]


async def test_filling_an_index_costs_nothing_of_the_table() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(5, 5))
    await site.put_item("a", group="one")
    parameters = index()
    await site.call(
        "UpdateTable",
        TableName=TABLE,
        AttributeDefinitions=parameters["AttributeDefinitions"],
        GlobalSecondaryIndexUpdates=[{"Create": parameters["GlobalSecondaryIndexes"][0]}],
    )
    await IndexBackfill(site.engine, site.services.catalog).run()
    assert (await site.consumed(), await site.consumed("index")) == ((0, 1), (0, 0))
    await site.put_item("b", group="two")
    assert (await site.consumed(), await site.consumed("index")) == ((0, 2), (0, 1))


async def test_an_index_gets_more_when_it_is_given_more() -> None:
    site = await MeteredSite.with_table(**provisioned(100, 100), **index())
    await site.put_item("a", group="one")
    update = {"IndexName": "index", "ProvisionedThroughput": throughput(1, 50)}
    await site.call("UpdateTable", TableName=TABLE, GlobalSecondaryIndexUpdates=[{"Update": update}])
    site.clock.move(0.5)
    for text in "bcdef":
        await site.put_item(text, group="one")
