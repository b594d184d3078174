"""Writers at the same time: nothing is lost, and of writers that exclude each other one wins."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.conftest import MakeTable
from tests.operations.standing import index

KEY = {"pk": {"S": "1"}}
WRITERS = 8
EACH = 15


def in_parallel(work: Callable[[int], Any]) -> list[Any]:
    """What each of WRITERS threads returns; raises what any of them raises."""
    with ThreadPoolExecutor(WRITERS) as threads:
        return list(threads.map(work, range(WRITERS)))


def test_no_increment_is_lost(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")

    def count(_: int) -> list[int]:
        return [_incremented(client, table) for _ in range(EACH)]

    seen = [number for numbers in in_parallel(count) for number in numbers]
    assert sorted(seen) == list(range(1, WRITERS * EACH + 1))


def _incremented(client: Any, table: str) -> int:
    answer = client.update_item(
        TableName=table,
        Key=KEY,
        UpdateExpression="ADD amount :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW",
    )
    return int(answer["Attributes"]["amount"]["N"])


def test_of_writers_that_create_one_item_one_wins(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")

    def create(writer: int) -> bool:
        try:
            client.put_item(
                TableName=table,
                Item={**KEY, "writer": {"N": str(writer)}},
                ConditionExpression="attribute_not_exists(pk)",
            )
        except client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    won = in_parallel(create)
    assert won.count(True) == 1
    item = client.get_item(TableName=table, Key=KEY, ConsistentRead=True)["Item"]
    assert item["writer"]["N"] == str(won.index(True))


def test_an_index_agrees_with_its_table_after_writers_moved_an_entry(
    client: Any, make_table: MakeTable
) -> None:
    table = make_table("pk", attributes=["g"], GlobalSecondaryIndexes=[index("global", "g")])

    def move(writer: int) -> None:
        for number in range(EACH):
            client.put_item(TableName=table, Item={**KEY, "g": {"S": f"{writer}-{number}"}})

    in_parallel(move)
    items = client.scan(TableName=table)["Items"]
    assert len(items) == 1
    assert client.scan(TableName=table, IndexName="global")["Items"] == items


def test_writes_go_on_while_the_table_is_changed(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")

    def write(writer: int) -> None:
        for number in range(EACH):
            if writer == 0:
                client.update_table(TableName=table, DeletionProtectionEnabled=number % 2 == 1)
            else:
                client.put_item(TableName=table, Item={"pk": {"S": f"{writer}-{number}"}})

    in_parallel(write)
    assert client.scan(TableName=table, Select="COUNT")["Count"] == (WRITERS - 1) * EACH
    assert client.describe_table(TableName=table)["Table"]["ItemCount"] == (WRITERS - 1) * EACH
