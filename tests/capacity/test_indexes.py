"""What the entries of indexes take: of whose capacity, and how often."""

from typing import Any

from tests.background.site import TABLE
from tests.capacity.metered import MeteredSite, index, item, provisioned

TWO: dict[str, Any] = {
    "AttributeDefinitions": index()["AttributeDefinitions"],
    "GlobalSecondaryIndexes": [
        index("one", 10, 10)["GlobalSecondaryIndexes"][0],
        index("two", 10, 10)["GlobalSecondaryIndexes"][0],
    ],
}


async def consumed(site: MeteredSite) -> list[float]:
    """Write units of the table and of both indexes."""
    return [(await site.consumed(name))[1] for name in (None, "one", "two")]


async def test_an_insert_into_a_table_with_two_indexes_takes_three_units() -> None:
    site = await MeteredSite.with_table(**provisioned(10, 10), **TWO)
    statement = f"INSERT INTO \"{TABLE}\" VALUE {{'pk': 'a', 'group': 'x'}}"
    answer = await site.call("ExecuteStatement", Statement=statement, ReturnConsumedCapacity="TOTAL")
    assert answer["ConsumedCapacity"]["CapacityUnits"] == 3
    assert await consumed(site) == [1, 1, 1]


async def test_an_item_that_is_in_no_index_takes_its_table_only() -> None:
    site = await MeteredSite.with_table(**provisioned(10, 10), **TWO)
    await site.put_item("a", 3)
    assert await consumed(site) == [3, 0, 0]


async def test_a_changed_index_key_takes_both_entries() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(10, 10), **TWO)
    await site.put_item("a", 3, group="x")
    await site.put_item("a", 3, group="y")
    assert await consumed(site) == [6, 3, 3]


async def test_a_transaction_takes_the_table_twice_and_indexes_once() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(10, 10), **TWO)
    put = {"Put": {"TableName": TABLE, "Item": item("a", 3, group="x")}}
    await site.call("TransactWriteItems", TransactItems=[put])
    assert await consumed(site) == [6, 1, 1]


async def test_a_condition_check_takes_the_item_that_it_reads_twice() -> None:
    site = await MeteredSite.with_table("observe")
    await site.put_item("a", 3)
    check = {"TableName": TABLE, "Key": {"pk": {"S": "a"}}, "ConditionExpression": "attribute_exists(pk)"}
    await site.call("TransactWriteItems", TransactItems=[{"ConditionCheck": check}])
    assert await site.consumed() == (0, 3 + 6)


async def test_one_throttled_index_keeps_the_other_from_paying() -> None:
    site = await MeteredSite.with_table(
        **provisioned(100, 100),
        AttributeDefinitions=TWO["AttributeDefinitions"],
        GlobalSecondaryIndexes=[
            index("one", 1, 1)["GlobalSecondaryIndexes"][0],
            index("two", 10, 10)["GlobalSecondaryIndexes"][0],
        ],
    )
    puts = [{"PutRequest": {"Item": item(key, group="x")}} for key in "abc"]
    answer = await site.call("BatchWriteItem", RequestItems={TABLE: puts})
    assert answer["UnprocessedItems"] == {TABLE: puts[1:]}
    assert await consumed(site) == [1, 1, 1]
