"""ItemCollectionMetrics: only when asked for, and only of tables with local indexes."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import Request, call
from tests.operations.standing import index

KEY = {"pk": {"S": "1"}, "sk": {"S": "1"}}
METRICS = {"ItemCollectionKey": {"pk": {"S": "1"}}, "SizeEstimateRangeGB": [0.0, 1.0]}
WRITES = [("PutItem", {"Item": KEY}), ("UpdateItem", {"Key": KEY}), ("DeleteItem", {"Key": KEY})]


@pytest.fixture
def with_local(make_table: MakeTable) -> str:
    return make_table("pk", "sk", attributes=["a"], LocalSecondaryIndexes=[index("local", "pk", "a")])


@pytest.mark.parametrize(("operation", "request_"), WRITES)
@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"ReturnItemCollectionMetrics": "SIZE"}, True),
        ({"ReturnItemCollectionMetrics": "NONE"}, False),
        ({}, False),
    ],
    ids=["size", "none", "not_asked"],
)
def test_a_write_shows_the_collection_if_asked(
    client: Any, with_local: str, operation: str, request_: Request, asked: Request, shown: bool
) -> None:
    answer = call(client, operation, TableName=with_local, **request_, **asked)
    assert answer == ({"ItemCollectionMetrics": METRICS} if shown else {})


@pytest.mark.parametrize(("operation", "request_"), WRITES)
def test_a_table_without_local_indexes_has_no_collections(
    client: Any, make_table: MakeTable, operation: str, request_: Request
) -> None:
    global_ = [index("global", "g")]
    table = make_table("pk", "sk", attributes=["g"], GlobalSecondaryIndexes=global_)
    asked = {"ReturnItemCollectionMetrics": "SIZE"}
    assert call(client, operation, TableName=table, **request_, **asked) == {}


def test_a_batch_shows_the_collections_by_table(client: Any, with_local: str, make_table: MakeTable) -> None:
    other = make_table("pk", "sk")
    answer = call(
        client,
        "BatchWriteItem",
        RequestItems={
            with_local: [{"PutRequest": {"Item": KEY}}],
            other: [{"PutRequest": {"Item": KEY}}],
        },
        ReturnItemCollectionMetrics="SIZE",
    )
    assert answer == {"UnprocessedItems": {}, "ItemCollectionMetrics": {with_local: [METRICS]}}
