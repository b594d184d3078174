"""What the modes do, and how a server and a table choose one."""

from typing import Any

import pytest
from tests.background.site import TABLE, Refused
from tests.capacity.metered import ARN, TAG, MeteredSite, item, provisioned
from tests.conftest import client_of, running_server

from kilowatt.domain.capacity.minutes import Minute
from kilowatt.settings import Settings


async def test_observing_refuses_nothing_and_counts_what_would_have_been() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(1, 10))
    assert await site.put_all(map(str, range(15))) == 15
    start = int(site.clock.time) // 60 * 60
    assert await site.minutes() == [Minute(start, 0, 30, 0, 5)]


async def test_what_would_have_been_refused_leaves_no_debt() -> None:
    site = await MeteredSite.with_table("observe", **provisioned(1, 10))
    await site.put_all(map(str, range(100)))
    await site.call("TagResource", ResourceArn=ARN, Tags=[{"Key": TAG, "Value": "enforce"}])
    site.clock.move(1)
    assert await site.put_all(map(str, range(20))) == 10


async def test_a_server_that_is_off_meters_nothing() -> None:
    site = await MeteredSite.with_table("off", **provisioned(1, 1))
    assert await site.put_all(map(str, range(15))) == 15
    await site.get_item("1")
    await site.call("Scan", TableName=TABLE)
    assert await site.minutes() == []


@pytest.mark.parametrize("mode", ["off", "observe"])
async def test_the_tag_of_a_table_goes_before_the_servers_setting(mode: str) -> None:
    site = await MeteredSite.with_table(mode, **provisioned(1, 1), Tags=[{"Key": TAG, "Value": "enforce"}])
    assert await site.put_all(map(str, range(5))) == 1
    await site.call("TagResource", ResourceArn=ARN, Tags=[{"Key": TAG, "Value": "off"}])
    assert await site.put_all(map(str, range(5))) == 5
    await site.call("UntagResource", ResourceArn=ARN, TagKeys=[TAG])
    assert await site.put_all(map(str, range(5))) == 5


async def test_an_unknown_mode_is_refused() -> None:
    site = await MeteredSite.with_table("off")
    with pytest.raises(Refused) as refused:
        await site.call("TagResource", ResourceArn=ARN, Tags=[{"Key": TAG, "Value": "on"}])
    assert refused.value.code == "ValidationException"


async def test_consumption_is_told_minute_by_minute() -> None:
    site = await MeteredSite.with_table("observe")
    start = int(site.clock.time) // 60 * 60
    await site.put_item("a", 3)
    site.clock.move(60)
    await site.get_item("a")
    site.clock.move(120)
    await site.put_item("a", 2)
    assert await site.minutes() == [
        Minute(start, 0, 6, 0, 0),
        Minute(start + 60, 2, 0, 0, 0),
        Minute(start + 180, 0, 6, 0, 0),
    ]
    site.clock.move(3 * 3600)
    await site.put_item("a")
    assert [minute.start for minute in await site.minutes()] == [start + 180 + 3 * 3600]


def test_observing_is_the_default() -> None:
    assert Settings().capacity_mode == "observe"


async def test_a_deleted_table_is_forgotten() -> None:
    site = await MeteredSite.with_table("observe")
    await site.put_item("a")
    table = await site.table()
    await site.call("DeleteTable", TableName=TABLE)
    assert site.services.meter.consumed(table, None, 0, 1e12) == []


@pytest.fixture(scope="module")
def enforcing() -> Any:
    with running_server("--in-memory", "--capacity-mode", "enforce") as server:
        yield client_of(server.endpoint)


def test_boto3_is_told_of_the_throttling_and_its_reason(enforcing: Any) -> None:
    enforcing.create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )
    enforcing.put_item(TableName=TABLE, Item=item("large", 200))
    with pytest.raises(enforcing.exceptions.ProvisionedThroughputExceededException) as refused:
        enforcing.put_item(TableName=TABLE, Item=item("next"))
    response = refused.value.response
    assert response["Error"] == {
        "Code": "ProvisionedThroughputExceededException",
        "Message": "The level of configured provisioned throughput for the table was exceeded. Consider "
        "increasing your provisioning level with the UpdateTable API.",
    }
    assert response["ThrottlingReasons"] == [
        {"reason": "TableWriteProvisionedThroughputExceeded", "resource": ARN}
    ]
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
