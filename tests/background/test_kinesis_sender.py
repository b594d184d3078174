"""The changes of a table arrive in its Kinesis data stream: all of them, in their order, in AWS's form."""

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.background.kinesis_site import ARN, STREAM, KinesisSite
from tests.background.site import DAY, ENGINES, HOUR, TABLE, refused
from tools.kinesis_stand_in import KinesisStandIn, Refusal, running_stand_in

from kilowatt.background.kinesis_sender import first_of_each, unsent
from kilowatt.domain.streams.kinesis_record import KinesisRecord

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}")


@pytest.fixture
def kinesis() -> Iterator[KinesisStandIn]:
    with running_stand_in() as stand_in:
        yield stand_in


@pytest.fixture(params=ENGINES)
def site(
    request: pytest.FixtureRequest, runner: asyncio.Runner, kinesis: KinesisStandIn, tmp_path: Path
) -> Iterator[KinesisSite]:
    site = runner.run(KinesisSite.on(request.param, tmp_path, kinesis))
    yield site
    site.client.close()
    runner.run(site.engine.close())


def _down(_: str) -> None:
    raise Refusal("ServiceUnavailable", "down", 503)


def _up(_: str) -> None:
    """Refuses nothing."""


async def test_changes_are_sent_as_aws_sends_them(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    time = round(site.clock.now() * 1000)
    await site.put("a", n={"N": "1"})
    await site.put("a", n={"N": "2"})
    await site.call("DeleteItem", TableName=TABLE, Key={"pk": {"S": "a"}})
    await site.send()
    first, second, third = site.kinesis.data()
    assert list(first) == [
        "awsRegion",
        "eventID",
        "eventName",
        "userIdentity",
        "recordFormat",
        "tableName",
        "dynamodb",
        "eventSource",
    ]
    assert _UUID.fullmatch(first.pop("eventID"))
    key = {"pk": {"S": "a"}}
    assert first == {
        "awsRegion": "us-east-1",
        "eventName": "INSERT",
        "userIdentity": None,
        "recordFormat": "application/json",
        "tableName": TABLE,
        "dynamodb": {
            "ApproximateCreationDateTime": time,
            "Keys": key,
            "NewImage": {**key, "n": {"N": "1"}},
            "SizeBytes": 9,
        },
        "eventSource": "aws:dynamodb",
    }
    assert list(second["dynamodb"]) == [
        "ApproximateCreationDateTime",
        "Keys",
        "NewImage",
        "OldImage",
        "SizeBytes",
    ]
    assert (second["eventName"], second["dynamodb"]["OldImage"]["n"]) == ("MODIFY", {"N": "1"})
    assert (third["eventName"], third["dynamodb"].get("NewImage")) == ("REMOVE", None)
    keys = {record["PartitionKey"] for record in site.kinesis.records}
    assert len(keys) == 1
    assert re.fullmatch(r"[0-9A-F]{32}", keys.pop())


async def test_the_precision_is_that_of_the_destination(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable(ApproximateCreationDateTimePrecision="MICROSECOND")
    time = site.clock.now()
    await site.put("a")
    await site.send()
    change = site.kinesis.data()[0]["dynamodb"]
    assert change["ApproximateCreationDateTime"] == round(time * 1_000_000)
    assert list(change)[-2:] == ["SizeBytes", "ApproximateCreationDateTimePrecision"]
    assert change["ApproximateCreationDateTimePrecision"] == "MICROSECOND"


async def test_the_precision_changes_three_times_a_day(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()

    async def update(precision: str) -> None:
        await site.call(
            "UpdateKinesisStreamingDestination",
            TableName=TABLE,
            StreamArn=ARN,
            UpdateKinesisStreamingConfiguration={"ApproximateCreationDateTimePrecision": precision},
        )

    await update("MICROSECOND")
    await update("MILLISECOND")
    await update("MICROSECOND")
    with refused("LimitExceededException"):
        await update("MILLISECOND")
    site.clock.move(DAY)
    await update("MILLISECOND")


async def test_an_expired_item_is_removed_by_the_service(site: KinesisSite) -> None:
    await site.prepared()
    await site.call(
        "UpdateTimeToLive",
        TableName=TABLE,
        TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"},
    )
    await site.enable()
    await site.put("a", expires={"N": str(int(site.clock.now()) + 5)})
    site.clock.move(HOUR)
    await site.time_to_live.run()
    await site.send()
    identities = [record["userIdentity"] for record in site.kinesis.data()]
    assert identities == [None, {"principalId": "dynamodb.amazonaws.com", "type": "Service"}]


async def test_nobody_sees_the_stream_that_was_not_asked_for(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    await site.put("a")
    table = (await site.call("DescribeTable", TableName=TABLE))["Table"]
    assert {"StreamSpecification", "LatestStreamArn", "LatestStreamLabel"} & table.keys() == set()
    assert (await site.call("ListStreams"))["Streams"] == []
    hidden = f"{table['TableArn']}/stream/1-1"
    with refused("ResourceNotFoundException"):
        await site.describe(hidden)
    await site.disable()
    with refused("ResourceNotFoundException"):
        await site.describe(hidden)
    assert (await site.call("ListStreams"))["Streams"] == []
    with refused("ValidationException"):
        await site.switch_stream(on=False)


async def test_only_changes_while_it_is_enabled_are_sent(site: KinesisSite) -> None:
    await site.create()
    await site.put("before")
    await site.enable()
    await site.put("a")
    await site.disable()
    await site.put("between")
    await site.send()
    assert site.sent() == ["a"]
    assert await site.status() == "DISABLED"
    await site.put("later")
    await site.enable()
    await site.put("b")
    await site.send()
    assert site.sent() == ["a", "b"]


async def test_streams_come_and_go_and_nothing_is_lost(site: KinesisSite) -> None:
    """The sender is behind all the time."""
    await site.prepared()
    await site.enable()
    await site.put("1")
    await site.switch_stream(on=True)
    await site.put("2")
    visible = (await site.call("DescribeTable", TableName=TABLE))["Table"]["LatestStreamArn"]
    await site.switch_stream(on=False)
    await site.put("3")
    await site.switch_stream(on=True)
    await site.put("4")
    site.clock.move(1)  # shards are listed by the time of their opening
    await site.disable()
    await site.put("5")
    await site.send()
    assert site.sent() == ["1", "2", "3", "4"]
    [first] = await site.shards(visible)
    assert await site.changed(visible, first) == ["2"]
    latest = (await site.call("DescribeTable", TableName=TABLE))["Table"]["LatestStreamArn"]
    seen = [key for shard in await site.shards(latest) for key in await site.changed(latest, shard)]
    assert seen == ["4", "5"]


async def test_a_stream_of_keys_alone_has_whole_records_for_kinesis(site: KinesisSite) -> None:
    await site.create(StreamSpecification={**STREAM, "StreamViewType": "KEYS_ONLY"})
    await site.enable()
    await site.put("a", n={"N": "1"})
    await site.send()
    assert site.kinesis.data()[0]["dynamodb"]["NewImage"]["n"] == {"N": "1"}


async def test_the_changes_of_an_item_stay_in_order_when_shards_split(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    for round_ in range(4):
        for key in "abcdef":
            await site.put(key, n={"N": str(round_)})
        await site.divide_shards(split=round_ % 2 == 0)
    await site.send()
    rounds: dict[str, list[str]] = {}
    for record in site.kinesis.data():
        image = record["dynamodb"]["NewImage"]
        rounds.setdefault(image["pk"]["S"], []).append(image["n"]["N"])
    assert rounds == {key: ["0", "1", "2", "3"] for key in "abcdef"}


async def test_records_that_were_not_taken_are_sent_again(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    throttled: list[str] = []

    def refuse(entry: dict[str, str]) -> bool:
        first_time = entry["Data"] not in throttled
        throttled.append(entry["Data"])
        return first_time and len(throttled) % 3 == 0

    site.kinesis.refuse_record = refuse
    await site.put(*map(str, range(20)))
    await site.send()
    assert sorted(site.sent(), key=int) == [str(number) for number in range(20)]
    assert len(site.kinesis.calls) == 2


async def test_a_call_that_is_throttled_is_made_again_later(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    await site.put("a")
    refusals = ["ProvisionedThroughputExceededException", "InternalFailure"]

    def refuse(operation: str) -> None:
        if refusals:
            raise Refusal(refusals.pop())

    site.kinesis.refuse_call = refuse
    await site.sender.run_once()
    await site.sender.run_once()
    assert (len(refusals), site.sent()) == (1, []), "it waits before it tries again"
    await site.send(times=2)
    assert site.sent() == ["a"]
    assert await site.status() == "ACTIVE"


async def test_another_sender_goes_on_where_the_last_one_was(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    await site.put("a", "b")
    await site.send()
    await site.put("c")
    site.restart()
    await site.send()
    assert site.sent() == ["a", "b", "c"]


async def test_pages_are_of_what_a_call_takes(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    text = {"S": "x" * 300_000}
    await site.put(*map(str, range(12)), text=text)
    await site.put(*(f"small {number}" for number in range(510)))
    await site.send()
    assert len(site.sent()) == 522
    assert max(map(len, site.kinesis.calls)) <= 500
    sizes = [sum(len(entry["Data"]) * 3 // 4 for entry in call) for call in site.kinesis.calls]
    assert max(sizes) < 5 * 1024 * 1024


async def test_a_change_that_is_too_large_for_kinesis_is_left_out(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    # Two bytes each in DynamoDB, 14 in JSON.
    many = {"L": [{"BOOL": True}] * 100_000}
    await site.put("a", many=many)
    await site.put("b")
    await site.send()
    assert site.sent() == ["b"]


async def test_a_stream_that_is_not_there_is_not_enabled(site: KinesisSite) -> None:
    await site.prepared()
    missing = ARN.replace("changes", "missing")
    await site.call("EnableKinesisStreamingDestination", TableName=TABLE, StreamArn=missing)
    await site.send()
    destination = await site.destination()
    assert destination["DestinationStatus"] == "ENABLE_FAILED"
    description = "User does not have a permission to use kinesis stream"
    assert destination["DestinationStatusDescription"] == description
    await site.put("a")
    await site.enable()
    await site.put("b")
    await site.send()
    assert site.sent() == ["b"]


async def test_enabling_waits_a_minute_for_an_endpoint_that_is_down(site: KinesisSite) -> None:
    await site.prepared()
    site.kinesis.refuse_call = _down
    await site.call("EnableKinesisStreamingDestination", TableName=TABLE, StreamArn=ARN)
    await site.sender.run_once()
    assert await site.status() == "ENABLING"
    await site.put("a")
    site.kinesis.refuse_call = _up
    site.clock.move(10)
    await site.sender.run_once()
    await site.sender.run_once()
    assert (await site.status(), site.sent()) == ("ACTIVE", ["a"])


async def test_enabling_fails_when_the_endpoint_stays_down(site: KinesisSite) -> None:
    await site.prepared()
    site.kinesis.refuse_call = _down
    await site.call("EnableKinesisStreamingDestination", TableName=TABLE, StreamArn=ARN)
    await site.send()
    assert await site.status() == "ENABLE_FAILED"


async def test_what_is_not_sent_is_kept_for_a_week_then_the_destination_is_disabled(
    site: KinesisSite,
) -> None:
    await site.prepared()
    await site.enable()
    site.kinesis.refuse_call = _down
    await site.put("a")
    await site.switch_stream(on=True)  # which ends the stream that "a" is in
    await site.put("b")
    for _ in range(6):
        site.clock.move(DAY)
        await site.upkeep.run()
        await site.send()
        assert await site.status() == "ACTIVE"
    site.kinesis.refuse_call = _up
    await site.send()
    assert site.sent() == ["a", "b"]
    site.kinesis.refuse_call = _down
    await site.put("c")
    site.clock.move(7 * DAY)
    await site.send()
    destination = await site.destination()
    assert destination["DestinationStatus"] == "DISABLED"
    assert "down" in destination["DestinationStatusDescription"]


async def test_an_endpoint_that_is_down_does_not_keep_it_from_being_disabled(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    site.kinesis.refuse_call = _down
    await site.put("a")
    await site.disable()
    assert await site.status() == "DISABLING"
    await site.send()
    assert await site.status() == "DISABLED"


async def test_the_changes_of_a_deleted_table_are_still_sent(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    await site.put("a")
    await site.call("DeleteTable", TableName=TABLE)
    await site.prepared()
    await site.put("of another table of that name")
    await site.send()
    assert site.sent() == ["a"]
    assert await site.sender.deliveries() == []


async def test_a_deleted_table_and_the_next_of_its_name_are_not_confused(site: KinesisSite) -> None:
    await site.prepared()
    await site.enable()
    await site.put("old")
    await site.call("DeleteTable", TableName=TABLE)
    await site.prepared()
    await site.call("EnableKinesisStreamingDestination", TableName=TABLE, StreamArn=ARN)
    await site.put("new")
    await site.send()
    assert sorted(site.sent()) == ["new", "old"]
    assert len(await site.sender.deliveries()) == 1
    assert await site.status() == "ACTIVE"


async def test_the_next_table_of_a_name_is_not_active_because_the_deleted_one_would_be(
    site: KinesisSite,
) -> None:
    """It takes the name, and asks for the same destination, while the sender calls Kinesis for the first."""
    await site.prepared()
    await site.call("EnableKinesisStreamingDestination", TableName=TABLE, StreamArn=ARN)
    loop = asyncio.get_running_loop()

    async def replace_table() -> None:
        site.kinesis.refuse_call = _up
        await site.call("DeleteTable", TableName=TABLE)
        await site.prepared()
        await site.call("EnableKinesisStreamingDestination", TableName=TABLE, StreamArn=ARN)

    def meanwhile(_: str) -> None:
        asyncio.run_coroutine_threadsafe(replace_table(), loop).result(10)

    site.kinesis.refuse_call = meanwhile
    await site.sender.run_once()
    assert await site.status() == "ENABLING"
    await site.send()
    assert await site.status() == "ACTIVE"


async def test_what_is_left_of_a_deleted_table_is_not_sent_for_the_next_of_its_name(
    site: KinesisSite,
) -> None:
    """Both have shards of the same numbers, and those of the deleted one began with a lower one."""
    await site.prepared()
    await site.enable()
    await site.divide_shards(split=True)
    await site.put("old")
    await site.call("DeleteTable", TableName=TABLE)
    await site.send()
    await site.prepared()
    await site.switch_stream(on=True)
    await site.switch_stream(on=False)
    await site.enable()
    await site.put("new")
    await site.send()
    assert site.sent() == ["old", "new"]


def test_at_most_so_many_of_an_item_are_sent_at_once() -> None:
    records = [KinesisRecord(key, str(place).encode()) for place, key in enumerate("abacab")]
    first, others = first_of_each(records, 1)
    assert [record.data for record in first] == [b"0", b"1", b"3"]
    assert [record.data for record in others] == [b"2", b"4", b"5"]
    assert first_of_each(records, 3) == (records, [])


def test_what_came_after_a_refused_record_of_its_item_is_sent_again_too() -> None:
    records = [KinesisRecord(key, str(place).encode()) for place, key in enumerate("abacab")]
    assert [record.data for record in unsent(records, {2: "slow"})] == [b"2", b"4"]
    assert unsent(records, {}) == []
