"""What the settings of a mapping do."""

import time
from typing import Any

import pytest
from tests.triggers.conftest import Place, Trigger, eventually, keys_of


def _enable(trigger: Trigger) -> None:
    """Lets a mapping that was made disabled go: what was put meanwhile is there all at once."""
    trigger.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=True)


def test_latest_leaves_out_what_was_before(place: Place) -> None:
    trigger = place.trigger(StartingPosition="LATEST", items=("before", "also before"))
    trigger.put("after")
    assert trigger.keys(1) == [["after"]]


def test_a_batch_has_no_more_records_than_its_size(place: Place) -> None:
    trigger = place.trigger(Enabled=False, BatchSize=2)
    for number in range(5):
        trigger.put(f"key-{number}")
    _enable(trigger)
    assert trigger.keys(5) == [["key-0", "key-1"], ["key-2", "key-3"], ["key-4"]]


def test_a_batching_window_gathers_what_comes_within_it(place: Place) -> None:
    trigger = place.trigger(MaximumBatchingWindowInSeconds=1)
    trigger.put("first")
    time.sleep(0.5)
    trigger.put("second")
    assert trigger.keys(2) == [["first", "second"]]


def test_a_full_batch_does_not_wait_for_the_window(place: Place) -> None:
    trigger = place.trigger(MaximumBatchingWindowInSeconds=300, BatchSize=2)
    trigger.put("first")
    trigger.put("second")
    assert trigger.keys(2) == [["first", "second"]]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (['{"eventName": ["REMOVE"]}'], [["one"]]),
        (['{"dynamodb": {"NewImage": {"kind": {"S": [{"prefix": "us-"}]}}}}'], [["two"]]),
        (['{"eventName": ["REMOVE"]}', '{"dynamodb": {"Keys": {"my_partition_key": {"S": ["two"]}}}}'], None),
    ],
    ids=["by name", "by attribute", "either"],
)
def test_only_records_that_match_reach_the_function(
    place: Place, patterns: list[str], expected: list[list[str]] | None
) -> None:
    filters = {"Filters": [{"Pattern": pattern} for pattern in patterns]}
    trigger = place.trigger(Enabled=False, FilterCriteria=filters)
    assert trigger.created["FilterCriteria"] == filters
    trigger.put("one")
    trigger.put("two", kind={"S": "us-east"})
    key = {"my_partition_key": {"S": "one"}}
    place.dynamodb.delete_item(TableName=trigger.table, Key=key)
    _enable(trigger)
    assert trigger.keys(1) == (expected or [["two", "one"]])


def test_bisecting_isolates_the_record_that_fails(place: Place) -> None:
    trigger = place.trigger(
        Enabled=False, BatchSize=4, BisectBatchOnFunctionError=True, MaximumRetryAttempts=0
    )
    for number in range(4):
        trigger.put(str(number), **({"fail": {"BOOL": True}} if number == 2 else {}))
    trigger.put("next")
    _enable(trigger)
    assert trigger.keys(11) == [["0", "1", "2", "3"], ["0", "1"], ["2", "3"], ["2"], ["3"], ["next"]]


def test_without_retries_a_failed_batch_is_given_up_and_the_next_goes_on(place: Place) -> None:
    trigger = place.trigger(BatchSize=1, MaximumRetryAttempts=0)
    trigger.put("bad", fail={"BOOL": True})
    trigger.put("good")
    assert trigger.keys(2) == [["bad"], ["good"]]
    trigger.until_result("OK")


def test_a_failing_function_blocks_its_shard_but_not_the_table(place: Place) -> None:
    trigger = place.trigger(BatchSize=1)
    trigger.put("bad", fail={"BOOL": True})
    trigger.put("good")
    assert [keys for (keys,) in trigger.keys(3)][:3] == ["bad"] * 3
    trigger.until_result("PROBLEM: Function call failed")
    begun = time.monotonic()
    for number in range(50):
        trigger.put(f"more-{number}")
    assert time.monotonic() - begun < 5
    place.lambda_.delete_event_source_mapping(UUID=trigger.uuid)


def test_parallel_batches_keep_the_order_of_each_item(place: Place) -> None:
    trigger = place.trigger(Enabled=False, ParallelizationFactor=4, BatchSize=2)
    for number in range(6):
        for key in "abcdef":
            trigger.put(key, number={"N": str(number)})
    _enable(trigger)
    trigger.keys(36)
    seen: dict[str, list[int]] = {}
    for event in trigger.events():
        for record in event["Records"]:
            image = record["dynamodb"]["NewImage"]
            seen.setdefault(image["my_partition_key"]["S"], []).append(int(image["number"]["N"]))
    assert seen == {key: list(range(6)) for key in "abcdef"}


def test_a_slow_lane_does_not_hold_up_the_others(place: Place) -> None:
    trigger = place.trigger(
        "slow",
        function={"variables": {"SECONDS": "20"}},
        Enabled=False,
        ParallelizationFactor=10,
        BatchSize=1,
    )
    for key in "abc":
        trigger.put(key)
    _enable(trigger)
    trigger.keys(3)
    assert trigger.mapping()["LastProcessingResult"] == "No records processed", "none has ended"


def test_an_invocation_under_way_ends_before_a_change(place: Place) -> None:
    trigger = place.trigger("slow", function={"variables": {"SECONDS": "1"}}, BatchSize=1)
    trigger.put("one")
    trigger.put("two")
    trigger.keys(1)
    place.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=False)
    assert trigger.mapping()["State"] == "Disabling"
    trigger.until_state("Disabled")
    assert trigger.mapping()["LastProcessingResult"] == "OK"
    _enable(trigger)
    assert trigger.keys(2) == [["one"], ["two"]]


def test_a_window_has_a_state_and_a_last_invocation(place: Place) -> None:
    trigger = place.trigger("counts", TumblingWindowInSeconds=2, BatchSize=1)
    assert trigger.created["TumblingWindowInSeconds"] == 2
    for key in ("one", "two", "three"):
        trigger.put(key)

    def closed() -> list[dict[str, Any]] | None:
        events = trigger.events()
        final = [event for event in events if event["isFinalInvokeForWindow"]]
        return events if sum(event["state"]["count"] for event in final) == 3 else None

    events = eventually(closed)
    assert {"window", "state", "shardId", "eventSourceARN", "isWindowTerminatedEarly"} <= events[0].keys()
    assert events[0]["state"] == {}
    assert events[0]["window"]["start"] < events[0]["window"]["end"]
    assert all(not event["Records"] for event in events if event["isFinalInvokeForWindow"])
    assert [key for event in events for key in keys_of(event)] == ["one", "two", "three"]


def test_an_answer_without_state_is_a_failure_in_a_window(place: Place) -> None:
    trigger = place.trigger("", TumblingWindowInSeconds=900, MaximumRetryAttempts=1)
    trigger.put("one")
    assert trigger.keys(2) == [["one"], ["one"]]
    trigger.until_result("PROBLEM: Function call failed")


def test_a_disabled_mapping_waits_and_goes_on_where_it_was(place: Place) -> None:
    trigger = place.trigger()
    trigger.put("one")
    trigger.until_result("OK")
    answer = place.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=False)
    assert answer["State"] == "Disabling"
    trigger.until_state("Disabled")
    trigger.put("two")
    time.sleep(0.6)
    assert trigger.keys(1) == [["one"]]
    answer = place.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=True, BatchSize=7)
    assert (answer["State"], answer["BatchSize"]) == ("Enabling", 7)
    assert trigger.keys(2) == [["one"], ["two"]]
    trigger.until_state("Enabled")


def test_a_mapping_can_be_pointed_at_another_function(place: Place) -> None:
    trigger = place.trigger()
    other, out = place.function()
    answer = place.lambda_.update_event_source_mapping(UUID=trigger.uuid, FunctionName=other)
    assert answer["State"] == "Updating"
    assert answer["FunctionArn"].endswith(f":function:{other}")
    trigger.put("one")
    eventually(out.exists)
    assert trigger.events() == []


def test_filters_and_destinations_can_be_removed(place: Place) -> None:
    trigger = place.trigger(
        FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["REMOVE"]}'}]},
        DestinationConfig={"OnFailure": {"Destination": "file:removed"}},
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    answer = place.lambda_.update_event_source_mapping(
        UUID=trigger.uuid,
        FilterCriteria={},
        DestinationConfig={"OnFailure": {"Destination": ""}},
        FunctionResponseTypes=[],
    )
    assert "FilterCriteria" not in answer
    assert (answer["DestinationConfig"], answer["FunctionResponseTypes"]) == ({"OnFailure": {}}, [])
    trigger.put("one")
    assert trigger.keys(1) == [["one"]]


def test_a_deleted_mapping_is_gone_and_delivers_nothing(place: Place) -> None:
    trigger = place.trigger()
    answer = place.lambda_.delete_event_source_mapping(UUID=trigger.uuid)
    assert (answer["State"], answer["UUID"]) == ("Deleting", trigger.uuid)
    listed = place.lambda_.list_event_source_mappings(FunctionName=trigger.function)
    assert listed["EventSourceMappings"] == []
    trigger.put("one")
    time.sleep(0.6)
    assert trigger.events() == []


def test_mappings_are_listed_in_pages(place: Place) -> None:
    triggers = [place.trigger(Enabled=False) for _ in range(3)]
    pages = place.lambda_.get_paginator("list_event_source_mappings").paginate(
        PaginationConfig={"PageSize": 2}
    )
    listed = [it["UUID"] for page in pages for it in page["EventSourceMappings"]]
    assert {trigger.uuid for trigger in triggers} <= set(listed)
    assert len(listed) == len(set(listed))


def test_every_mapping_of_a_stream_gets_its_records(place: Place) -> None:
    trigger = place.trigger()
    other, out = place.function()
    place.lambda_.create_event_source_mapping(
        EventSourceArn=trigger.stream, FunctionName=other, StartingPosition="TRIM_HORIZON"
    )
    trigger.put("one")
    assert trigger.keys(1) == [["one"]]
    eventually(out.exists)


def test_what_is_left_of_a_deleted_table_is_delivered(place: Place) -> None:
    trigger = place.trigger(Enabled=False)
    trigger.put("one")
    place.dynamodb.delete_table(TableName=trigger.table)
    _enable(trigger)
    assert trigger.keys(1) == [["one"]]
