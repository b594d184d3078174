"""What Kilowatt's own operations tell of a table in use, on a clock that the test moves."""

from typing import Any

from tests.background.site import TABLE
from tests.capacity.metered import MeteredSite, index, provisioned, spread

PRICES = {
    "Currency": "EUR",
    "Source": "a test",
    "MillionReadUnits": 1.0,
    "MillionWriteUnits": 10.0,
    "ReadUnitHour": 0.001,
    "WriteUnitHour": 0.01,
}


async def _advice(site: MeteredSite, **request: Any) -> dict[str, dict[str, Any]]:
    """By topic."""
    document = await site.call("DescribeAdvice", TableName=TABLE, **request)
    return {one["Topic"]: one for one in document["Advice"]}


async def _enable(site: MeteredSite) -> None:
    await site.call("UpdateContributorInsights", TableName=TABLE, ContributorInsightsAction="ENABLE")


async def test_heat_is_that_of_the_last_seconds() -> None:
    site = await MeteredSite.with_table("observe")
    hot = spread(1, 4, [2])[0]
    for _ in range(20):
        await site.put_item(hot, 250)
        site.clock.move(1)
    partitions = (await site.call("DescribePartitions", TableName=TABLE))["Partitions"]
    writes = [one["WriteUnitsPerSecond"] for one in partitions]
    assert writes[:2] == [0, 0]
    assert writes[3] == 0
    assert 230 <= writes[2] <= 275
    assert partitions[2]["Heat"] == writes[2] / 1000
    site.clock.move(60)
    partitions = (await site.call("DescribePartitions", TableName=TABLE))["Partitions"]
    assert [one["Heat"] for one in partitions] == [0, 0, 0, 0]


async def test_a_partition_that_was_divided_is_told_with_its_children() -> None:
    site = await MeteredSite.with_table("observe")
    keys = spread(6, 64, range(16, 32))
    for _ in range(45):
        for key in keys:
            await site.put_item(key, 190)
        site.clock.move(1)
    document = await site.call("DescribePartitions", TableName=TABLE)
    divided = document["DividedPartitions"]
    assert divided
    assert divided[0]["Number"] == 1
    assert divided[0]["RangeStart"] == "4000000000000000"
    assert divided[0]["OpenedDateTime"] < divided[0]["ClosedDateTime"] <= site.clock.time
    assert 1 in {one.get("Parent") for one in [*document["Partitions"], *divided[1:]]}


async def test_looking_at_a_table_changes_nothing() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(10, 1500))
    for key in spread(240, 16):
        await site.put_item(key, 390)
        site.clock.move(0.25)
    site.clock.move(45 * 60)
    await site.put_item("late")
    before = [partition.number for partition in await site.partitions()]
    await site.call("DescribeTable", TableName=TABLE)
    document = await site.call("DescribePartitions", TableName=TABLE)
    assert [one["Number"] for one in document["Partitions"]] == before
    await site.put_item("later")
    assert [partition.number for partition in await site.partitions()] == before


async def test_contributors_are_told_over_the_minutes_asked_for() -> None:
    site = await MeteredSite.with_table("observe")
    await _enable(site)
    await site.put_item("early", 10)
    site.clock.move(600)
    await site.put_item("late")
    document = await site.call("DescribeContributors", TableName=TABLE)
    first = document["Rules"][0]
    assert (first["Rule"], first["Metric"]) == ("PKC", "ConsumedThroughputUnits")
    assert first["Contributors"] == [
        {"Key": {"pk": {"S": "early"}}, "Total": 30, "Maximum": 30, "Error": 0},
        {"Key": {"pk": {"S": "late"}}, "Total": 3, "Maximum": 3, "Error": 0},
    ]
    document = await site.call("DescribeContributors", TableName=TABLE, Minutes=5)
    assert [one["Key"] for one in document["Rules"][0]["Contributors"]] == [{"pk": {"S": "late"}}]


async def test_scans_with_a_filter_on_a_key_are_better_queries() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(5, 5), **index())
    for _ in range(2):
        await _scan(site, "#g = :g")
    assert "SCAN_INSTEAD_OF_QUERY" not in await _advice(site)
    await _scan(site, "#g = :g")
    await _scan(site, "filler = :g", names=False)
    advice = (await _advice(site))["SCAN_INSTEAD_OF_QUERY"]
    assert advice["Subject"] == "index"
    assert advice["Details"] == {"Attribute": "group", "Pages": 3}


async def _scan(site: MeteredSite, condition: str, names: bool = True) -> None:
    named = {"ExpressionAttributeNames": {"#g": "group"}} if names else {}
    values = {":g": {"S": "one"}}
    await site.call(
        "Scan", TableName=TABLE, FilterExpression=condition, ExpressionAttributeValues=values, **named
    )


async def test_a_table_that_is_mostly_scanned_is_told_so() -> None:
    site = await MeteredSite.with_table("observe")
    await site.put_item("a")
    for _ in range(10):
        await site.call("Scan", TableName=TABLE)
    assert (await _advice(site))["MOSTLY_SCANNED"]["Details"] == {"Share": 1.0, "Pages": 10}
    for _ in range(11):
        await site.get_item("a", consistent=False)
    assert "MOSTLY_SCANNED" not in await _advice(site)


async def test_a_hot_key_is_to_be_spread() -> None:
    site = await MeteredSite.with_table("observe")
    await _enable(site)
    for _ in range(60):
        for _ in range(2):
            await site.put_item("hot", 390)
        await site.put_item("cool")
        site.clock.move(1)
    advice = (await _advice(site))["HOT_PARTITION_KEY"]
    assert advice["Details"]["Key"] == {"pk": {"S": "hot"}}
    assert advice["Details"]["Suffixes"] == 2
    assert "a suffix from 0 to 1" in advice["Text"]


async def test_a_key_with_a_large_share_is_told_before_it_is_hot() -> None:
    site = await MeteredSite.with_table("observe")
    await _enable(site)
    await site.put_item("large", 300)
    await site.put_item("other", 200)
    await site.put_item("small", 100)
    document = await site.call("DescribeAdvice", TableName=TABLE)
    uneven = [one["Details"] for one in document["Advice"] if one["Topic"] == "UNEVEN_ACCESS"]
    assert [(one["Key"]["pk"]["S"], one["Share"], one["Suffixes"]) for one in uneven] == [
        ("large", 0.5, 5),
        ("other", 0.3333, 4),
    ]


async def test_throttling_without_contributor_insights_asks_for_them() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(1, 1))
    await site.put_item("large", 400)
    await site.put_item("next")
    advice = (await _advice(site))["THROTTLED_REQUESTS"]
    assert advice["Details"] == {"Throttled": 1}
    assert advice["Text"].endswith("have been. Contributor insights, once enabled, tell of which keys.")
    await _enable(site)
    assert (await _advice(site))["THROTTLED_REQUESTS"]["Text"].endswith(
        "before contributor insights were enabled."
    )
    await site.put_item("again")
    await site.put_item("again")
    assert (await _advice(site))["THROTTLED_REQUESTS"]["Text"].endswith(
        "The key pk=again was that of 2 of them."
    )


async def test_an_index_that_holds_up_its_table_is_told() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(5, 500), **index(write=1))
    for number in range(3):
        await site.put_item(f"{number}", group="one")
    advice = await _advice(site)
    assert advice["INDEX_BACK_PRESSURE"]["Subject"] == "index"
    assert advice["INDEX_BACK_PRESSURE"]["Details"] == {"Throttled": 2}
    assert "THROTTLED_REQUESTS" not in advice


async def test_large_items_are_told() -> None:
    site = await MeteredSite.with_table("observe")
    await site.put_item("a", 20)
    assert (await _advice(site))["LARGE_ITEMS"]["Details"] == {"AverageBytes": 20 * 1024, "Items": 1}
    for number in range(9):
        await site.put_item(str(number))
    assert "LARGE_ITEMS" not in await _advice(site)


async def test_capacity_and_indexes_are_judged_after_half_an_hour() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(100, 1), **index(read=5, write=5))
    for _ in range(30):
        assert not {"OVER_PROVISIONED", "UNUSED_INDEX", "BILLING_MODE"} & set(await _advice(site))
        await site.put_item("a", 120, group="one")
        site.clock.move(60)
    document = await site.call("DescribeAdvice", TableName=TABLE)
    found = {(one["Topic"], one["Subject"], one["Details"].get("Kind")) for one in document["Advice"]}
    assert {
        ("OVER_PROVISIONED", TABLE, "READ"),
        ("UNDER_PROVISIONED", TABLE, "WRITE"),
        ("OVER_PROVISIONED", "index", "READ"),
        ("UNUSED_INDEX", "index", None),
    } <= found
    under = next(one for one in document["Advice"] if one["Topic"] == "UNDER_PROVISIONED")
    assert under["Details"] == {"Kind": "WRITE", "Provisioned": 1, "Peak": 2, "Suggested": 3}


async def test_an_index_that_is_read_is_used() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(1, 1), **index())
    await site.call("Scan", TableName=TABLE, IndexName="index")
    site.clock.move(1900)
    assert "UNUSED_INDEX" not in await _advice(site)
    site.clock.move(3 * 3600)
    assert "UNUSED_INDEX" in await _advice(site)


async def test_an_index_that_scans_had_better_queried_is_not_unused() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(1, 1), **index())
    await _scan(site, "#g = :g")
    site.clock.move(1900)
    assert "UNUSED_INDEX" not in await _advice(site)


async def test_a_months_price_is_told_in_both_modes() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(10, 10))
    await site.put_item("a", 36)
    site.clock.move(3600)
    document = await site.call("DescribeAdvice", TableName=TABLE, Prices=PRICES)
    assert document["Costs"] == {
        "BillingMode": "PROVISIONED",
        "OnDemandPerMonth": 0.26,
        "ProvisionedPerMonth": 80.3,
        "ReadCapacityUnits": 10,
        "WriteCapacityUnits": 10,
        "Currency": "EUR",
        "Source": "a test",
    }
    advice = next(one for one in document["Advice"] if one["Topic"] == "BILLING_MODE")
    assert advice["Details"] == {
        "Suggested": "PAY_PER_REQUEST",
        "PerMonth": 0.26,
        "CurrentPerMonth": 80.3,
    }
    examples = (await site.call("DescribeAdvice", TableName=TABLE))["Costs"]
    assert examples["Currency"] == "USD"
    assert examples["Source"].startswith("examples: us-east-1")


async def test_steady_traffic_is_cheaper_provisioned() -> None:
    site = await MeteredSite.with_table("observe")
    for _ in range(40):
        await site.put_item("a", 210)
        site.clock.move(60)
    document = await site.call("DescribeAdvice", TableName=TABLE)
    costs = document["Costs"]
    assert (costs["ReadCapacityUnits"], costs["WriteCapacityUnits"]) == (1, 5)
    advice = next(one for one in document["Advice"] if one["Topic"] == "BILLING_MODE")
    assert advice["Details"]["Suggested"] == "PROVISIONED"
    assert advice["Details"]["PerMonth"] == costs["ProvisionedPerMonth"] < costs["OnDemandPerMonth"]


async def test_a_table_that_is_not_metered_has_no_advice_but_on_its_items() -> None:
    site = await MeteredSite.with_table("off")
    for _ in range(20):
        await site.call("Scan", TableName=TABLE)
    document = await site.call("DescribeAdvice", TableName=TABLE)
    assert (document["CapacityMode"], document["Advice"]) == ("off", [])
