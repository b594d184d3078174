"""Event source mappings, events and records of failures are as AWS had them."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.triggers.conftest import Place, Trigger, eventually
from tests.triggers.recorded import RECORDED, answers, differences

RECORDED_ITEM = {"binary_key": {"B": b"foobar"}}
_ANSWERS = {
    "failure_scenarios[empty_string_item_identifier_failure]": {
        "batchItemFailures": [{"itemIdentifier": ""}]
    },
    "failure_scenarios[null_item_identifier_failure]": {"batchItemFailures": [{"itemIdentifier": None}]},
    "failure_scenarios[invalid_key_foo_failure]": {"batchItemFailures": [{"foo": "bar"}]},
    "failure_scenarios[invalid_key_foo_null_value_failure]": {"batchItemFailures": [{"foo": None}]},
    "failure_scenarios[item_identifier_not_present_failure]": {
        "batchItemFailures": [{"itemIdentifier": "1"}]
    },
    "success_scenarios[empty_list_success]": [],
    "success_scenarios[null_success]": None,
    "success_scenarios[empty_dict_success]": {},
    "success_scenarios[empty_batch_item_failure_success]": {"batchItemFailures": []},
    "success_scenarios[null_batch_item_failure_success]": {"batchItemFailures": None},
}


def _body(answer: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value if name != "LastModified" else str(value)
        for name, value in answer.items()
        if name != "ResponseMetadata"
    }


def _failures(place: Place, name: str) -> list[dict[str, Any]]:
    file = place.failures / name
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def test_a_mapping_and_its_event_are_as_recorded(place: Place) -> None:
    recorded = answers("dynamodb_event_source_mapping")
    settings: dict[str, Any] = {
        "BatchSize": 1,
        "MaximumBatchingWindowInSeconds": 1,
        "MaximumRetryAttempts": 1,
    }
    trigger = place.trigger(**settings)
    assert differences(recorded["create_event_source_mapping_response"], _body(trigger.created)) == []
    assert trigger.created["ResponseMetadata"]["HTTPStatusCode"] == 202
    trigger.put("hello world", **RECORDED_ITEM)
    assert differences(recorded["event_logs"], trigger.events(1)) == []


def test_disabling_is_answered_as_recorded(place: Place) -> None:
    recorded = answers("disabled_dynamodb_event_source_mapping")
    trigger = place.trigger(MaximumBatchingWindowInSeconds=1)
    assert differences(recorded["create_event_source_mapping_result"], _body(trigger.created)) == []
    trigger.put("one")
    trigger.until_result("OK")
    updated = place.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=False)
    assert differences(recorded["update_event_source_mapping_result"], _body(updated)) == []
    trigger.until_state("Disabled")


def test_the_list_is_as_recorded(place: Place) -> None:
    recorded = answers("deletion_event_source_mapping_with_dynamodb")
    trigger = place.trigger()
    listed = place.lambda_.list_event_source_mappings(EventSourceArn=trigger.stream)
    listed["EventSourceMappings"] = [_body(it) for it in listed["EventSourceMappings"]]
    assert differences(recorded["list_event_source_mapping_result"], _body(listed)) == []


def _error(call: Any, **request: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as refused:
        call(**request)
    return _body(refused.value.response)


@pytest.mark.parametrize("pattern", ["single-string", '[{"eventName": ["INSERT"=123}]'])
def test_a_wrong_pattern_is_refused_as_recorded(place: Place, pattern: str) -> None:
    recorded = answers(f"dynamodb_invalid_event_filter[{pattern}]")["exception_event_source_creation"]
    _, stream = place.stream()
    name, _ = place.function()
    error = _error(
        place.lambda_.create_event_source_mapping,
        EventSourceArn=stream,
        FunctionName=name,
        StartingPosition="LATEST",
        FilterCriteria={"Filters": [{"Pattern": pattern}]},
    )
    assert differences(recorded, error) == []


def test_a_second_mapping_is_refused_as_recorded(place: Place) -> None:
    trigger = place.trigger()
    error = _error(
        place.lambda_.create_event_source_mapping,
        EventSourceArn=trigger.stream,
        FunctionName=trigger.function,
        StartingPosition="LATEST",
    )
    assert differences(answers("duplicate_event_source_mappings")["error"], error) == []
    assert trigger.uuid in error["message"]


def test_a_stream_that_is_not_there_is_refused_as_recorded(place: Place) -> None:
    name, _ = place.function()
    arn = "arn:aws:dynamodb:us-east-1:000000000000:table/test-table-4a53f4e8/stream/2025-02-22T03:03:25.490"
    error = _error(
        place.lambda_.create_event_source_mapping,
        EventSourceArn=arn,
        FunctionName=name,
        StartingPosition="LATEST",
    )
    assert differences(answers("esm_with_not_existing_dynamodb_stream")["error"], error) == []


def test_a_record_of_a_failure_is_as_recorded(place: Place) -> None:
    recorded = answers("dynamodb_event_source_mapping_with_on_failure_destination_config")
    trigger = place.trigger(
        BatchSize=1, MaximumRetryAttempts=1, DestinationConfig={"OnFailure": {"Destination": "file:one"}}
    )
    trigger.put("hello world", fail={"BOOL": True})
    (failure,) = eventually(lambda: _failures(place, "one"))
    payload = json.loads(failure.pop("payload"))
    assert differences(recorded["destination_queue_messages"], [failure]) == []
    assert payload == trigger.events()[0]
    assert len(trigger.events()) == failure["requestContext"]["approximateInvokeCount"]


def test_partial_failures_are_retried_as_recorded(place: Place) -> None:
    recorded = answers("dynamodb_report_batch_item_failures")
    trigger = place.trigger(
        "reports",
        Enabled=False,
        BatchSize=3,
        MaximumRetryAttempts=3,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        DestinationConfig={"OnFailure": {"Destination": "file:partial"}},
    )
    for number in range(6):
        trigger.put(f"testId{number}", **({"fail": {"BOOL": True}} if number == 5 else {}))
    place.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=True)
    (failure,) = eventually(lambda: _failures(place, "partial"))
    del failure["payload"]
    assert differences(recorded["destination_queue_messages"], [failure]) == []
    keys = [record["dynamodb"]["Keys"] for record in recorded["dynamodb_records"]["Records"]]
    assert [key for event in trigger.keys(10) for key in event] == [
        it["my_partition_key"]["S"] for it in keys
    ]
    assert trigger.keys(10)[:3] == [
        ["testId0", "testId1", "testId2"],
        ["testId3", "testId4", "testId5"],
        ["testId5"],
    ]


@pytest.fixture(scope="module")
def answering(place: Place) -> dict[str, Trigger]:
    """Triggers whose functions give the recorded answers, all at work at once."""
    triggers = {}
    for scenario, answer in _ANSWERS.items():
        name = scenario.partition("[")[2].rstrip("]")
        triggers[scenario] = place.trigger(
            f"answer:{json.dumps(answer)}",
            BatchSize=1,
            MaximumRetryAttempts=3,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            DestinationConfig={"OnFailure": {"Destination": f"file:{name}"}},
        )
        triggers[scenario].put("hello world", **RECORDED_ITEM)
    return triggers


@pytest.mark.parametrize("scenario", _ANSWERS)
def test_answers_count_as_success_or_failure_as_recorded(
    place: Place, answering: dict[str, Trigger], scenario: str
) -> None:
    recorded, trigger = answers(f"dynamodb_report_batch_item_{scenario}"), answering[scenario]
    events = recorded["dynamodb_events"]
    if "destination_queue_messages" in recorded:
        name = scenario.partition("[")[2].rstrip("]")
        (failure,) = eventually(lambda: _failures(place, name))
        del failure["payload"]
        assert differences(recorded["destination_queue_messages"], [failure]) == []
    else:
        trigger.until_result("OK")
    assert len(trigger.events()) == (events if isinstance(events, int) else len(events))


def test_every_recording_is_compared() -> None:
    elsewhere = ("dynamodb_event_filter[", "dynamodb_event_source_mapping_with_")
    here = {
        "dynamodb_event_source_mapping",
        "disabled_dynamodb_event_source_mapping",
        "deletion_event_source_mapping_with_dynamodb",
        "dynamodb_invalid_event_filter[single-string]",
        'dynamodb_invalid_event_filter[[{"eventName": ["INSERT"=123}]]',
        "duplicate_event_source_mappings",
        "dynamodb_report_batch_item_failures",
        "dynamodb_report_batch_item_failures_with_on_failure_destination_config",
        "dynamodb_report_batch_item_failure_scenarios[unhandled_exception_in_function]",
        "esm_with_not_existing_dynamodb_stream",
        *(f"dynamodb_report_batch_item_{scenario}" for scenario in _ANSWERS),
    }
    assert {name for name in RECORDED if not name.startswith(elsewhere)} == here
