"""Which accesses count for which keys, told by a server whose tables have contributor insights."""

from typing import Any

import pytest
from tests.background.site import TABLE, Refused
from tests.capacity.metered import MeteredSite, index, provisioned

from kilowatt.domain.tables.keys import key_of_suffix

RANGE: dict[str, Any] = {
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
    ],
}


async def _counting(mode: str = "observe", **parameters: Any) -> MeteredSite:
    site = await MeteredSite.with_table(mode, **parameters)
    names = [part["IndexName"] for part in parameters.get("GlobalSecondaryIndexes", ())]
    for name in (None, *names):
        await site.call(
            "UpdateContributorInsights",
            TableName=TABLE,
            ContributorInsightsAction="ENABLE",
            **({} if name is None else {"IndexName": name}),
        )
    return site


async def _shown(site: MeteredSite, rule: str, index_name: str | None = None) -> dict[Any, float]:
    """Totals of a rule by the values of the keys."""
    table = await site.table()
    meter = site.services.meter.of(table)
    found = table.index(index_name) if index_name else None
    resource = meter.base if found is None else meter.indexes[found.number]
    assert resource.contributors is not None
    schema = table.key if found is None else found.key
    return {
        tuple(next(iter(value.values())) for value in key_of_suffix(schema, one.position).values()): one.total
        for one in resource.contributors.heaviest(rule, 0, site.clock.time)
    }


def _key(pk: str, sk: int) -> dict[str, Any]:
    return {"pk": {"S": pk}, "sk": {"N": str(sk)}}


async def test_reads_and_writes_of_items_count_for_their_keys() -> None:
    site = await _counting(**RANGE)
    for sk in (1, 2):
        await site.call("PutItem", TableName=TABLE, Item=_key("a", sk))
    await site.call("GetItem", TableName=TABLE, Key=_key("a", 1), ConsistentRead=True)
    await site.call("BatchGetItem", RequestItems={TABLE: {"Keys": [_key("a", 2), _key("b", 1)]}})
    await site.call("TransactGetItems", TransactItems=[{"Get": {"TableName": TABLE, "Key": _key("b", 1)}}])
    assert await _shown(site, "PKC") == {("a",): 7.5, ("b",): 2.5}
    assert await _shown(site, "SKC") == {("a", "1"): 4, ("a", "2"): 3.5, ("b", "1"): 2.5}


async def test_a_query_counts_for_its_partition_key_and_a_scan_for_none() -> None:
    site = await _counting(**RANGE)
    for forward in (True, False):
        for condition in ("pk = :pk", "pk = :pk AND sk > :sk", "pk = :pk AND sk BETWEEN :sk AND :sk"):
            values = {":pk": {"S": "a"}, ":sk": {"N": "0"}}
            used = {name: value for name, value in values.items() if name in condition}
            await site.call(
                "Query",
                TableName=TABLE,
                KeyConditionExpression=condition,
                ExpressionAttributeValues=used,
                ScanIndexForward=forward,
                ConsistentRead=True,
            )
    await site.call("Scan", TableName=TABLE, ExclusiveStartKey=_key("a", 1))
    assert await _shown(site, "PKC") == {("a",): 6}
    assert await _shown(site, "SKC") == {}


async def test_an_index_counts_its_own_keys() -> None:
    site = await _counting(**provisioned(5, 5), **index(read=5, write=5))
    await site.put_item("a", group="one")
    await site.call(
        "Query",
        TableName=TABLE,
        IndexName="index",
        KeyConditionExpression="#g = :g",
        ExpressionAttributeNames={"#g": "group"},
        ExpressionAttributeValues={":g": {"S": "one"}},
    )
    assert await _shown(site, "PKC") == {("a",): 3}
    assert await _shown(site, "PKC", "index") == {("one",): 3.5}


async def test_refusals_count_for_the_key_that_was_refused() -> None:
    site = await _counting("enforce", **provisioned(1, 1))
    await site.put_item("large", 100)
    await site.get_item("large")
    assert await site.put_all(["a", "b", "a"]) == 0
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "d"}}}
    for operation, request in (("GetItem", {"Key": {"pk": {"S": "c"}}}), ("Query", query), ("Scan", {})):
        with pytest.raises(Refused, match="Throughput"):
            await site.call(operation, TableName=TABLE, **request)
    assert await _shown(site, "PKT") == {("a",): 2, ("b",): 1, ("c",): 1, ("d",): 1}
    assert await _shown(site, "PKC") == {("large",): 325}


async def test_what_an_index_cannot_take_is_no_throttled_key_of_the_index() -> None:
    site = await _counting("enforce", **provisioned(5, 500), **index(write=1))
    await site.put_item("first", group="one")
    with pytest.raises(Refused, match="IndexWriteProvisionedThroughputExceeded"):
        await site.put_item("second", group="one")
    assert await _shown(site, "PKC", "index") == {("one",): 3}
    assert await _shown(site, "PKT", "index") == {}


async def test_what_would_have_been_throttled_counts_too() -> None:
    site = await _counting("observe", **provisioned(1, 1))
    await site.put_item("large", 400)
    await site.put_all(["a", "b", "a"])
    assert await _shown(site, "PKT") == {("a",): 2, ("b",): 1}


async def test_only_what_is_enabled_is_counted() -> None:
    site = await MeteredSite.with_table("observe")
    await site.put_item("a")
    assert site.services.meter.of(await site.table()).base.contributors is None
    await site.call("UpdateContributorInsights", TableName=TABLE, ContributorInsightsAction="ENABLE")
    await site.put_item("b")
    assert await _shown(site, "PKC") == {("b",): 3}
    await site.call("UpdateContributorInsights", TableName=TABLE, ContributorInsightsAction="DISABLE")
    assert site.services.meter.of(await site.table()).base.contributors is None


async def test_a_table_that_is_being_created_can_have_them() -> None:
    site = MeteredSite("observe", table_delay_seconds=10)
    await site.create_table()
    answer = await site.call("UpdateContributorInsights", TableName=TABLE, ContributorInsightsAction="ENABLE")
    assert answer["ContributorInsightsStatus"] == "ENABLING"
    site.clock.move(20)
    description = await site.call("DescribeContributorInsights", TableName=TABLE)
    assert description["ContributorInsightsStatus"] == "ENABLED"


async def test_with_a_delay_of_tables_they_take_their_time() -> None:
    site = MeteredSite("observe", table_delay_seconds=10)
    await site.create_table()
    site.clock.move(20)
    statuses = []
    for action in ("ENABLE", "DISABLE"):
        await site.call("UpdateContributorInsights", TableName=TABLE, ContributorInsightsAction=action)
        for _ in range(2):
            description = await site.call("DescribeContributorInsights", TableName=TABLE)
            statuses.append(
                (description["ContributorInsightsStatus"], "ContributorInsightsRuleList" in description)
            )
            site.clock.move(6)
        site.clock.move(6)
        description = await site.call("DescribeContributorInsights", TableName=TABLE)
        statuses.append(
            (description["ContributorInsightsStatus"], "ContributorInsightsRuleList" in description)
        )
    on_the_way, there = [("ENABLING", True), ("ENABLING", True)], [("ENABLED", True)]
    back, off = [("DISABLING", True), ("DISABLING", True)], [("DISABLED", False)]
    assert statuses == on_the_way + there + back + off
