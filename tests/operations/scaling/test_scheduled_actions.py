"""Scheduled actions are put, described and deleted; activities tell what was done."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.clients.outside import eventually
from tests.operations.scaling.requests import reads_of, refused

ACTION = {
    "ScheduledActionName": "night",
    "Schedule": "cron(0 22 * * ? *)",
    "Timezone": "Europe/Berlin",
    "StartTime": datetime(2030, 1, 1, tzinfo=UTC),
    "EndTime": datetime(2031, 1, 1, tzinfo=UTC),
    "ScalableTargetAction": {"MinCapacity": 1, "MaxCapacity": 10},
}
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def actions(scaling: Any, target: dict[str, str], **more: Any) -> list[Any]:
    found: list[Any] = scaling.describe_scheduled_actions(**target, **more)["ScheduledActions"]
    return found


def test_a_scheduled_action_is_described_as_it_was_put(scaling: Any, reads: dict[str, str]) -> None:
    scaling.put_scheduled_action(**reads, **ACTION)
    (found,) = actions(scaling, reads)
    assert abs(found.pop("CreationTime").timestamp() - time.time()) < 60
    assert re.fullmatch(
        f"arn:aws:autoscaling:us-east-1:000000000000:scheduledAction:{UUID}:"
        f"resource/dynamodb/{reads['ResourceId']}:scheduledActionName/night",
        found.pop("ScheduledActionARN"),
    )
    assert found == {**reads, **ACTION}


def test_an_action_put_again_changes_what_the_request_names(scaling: Any, reads: dict[str, str]) -> None:
    scaling.put_scheduled_action(**reads, **ACTION)
    (before,) = actions(scaling, reads)
    scaling.put_scheduled_action(**reads, ScheduledActionName="night", Schedule="rate(1 day)")
    scaling.put_scheduled_action(
        **reads, ScheduledActionName="night", ScalableTargetAction={"MaxCapacity": 20}
    )
    assert actions(scaling, reads) == [
        {**before, "Schedule": "rate(1 day)", "ScalableTargetAction": {"MaxCapacity": 20}}
    ]


def test_actions_are_found_by_name_and_page_by_page(scaling: Any, reads: dict[str, str]) -> None:
    for name in ("c", "a", "b"):
        scaling.put_scheduled_action(**reads, **{**ACTION, "ScheduledActionName": name})
    names = [action["ScheduledActionName"] for action in actions(scaling, reads)]
    assert names == ["a", "b", "c"]
    found = actions(scaling, reads, ScheduledActionNames=["b", "z"])
    assert [action["ScheduledActionName"] for action in found] == ["b"]
    first = scaling.describe_scheduled_actions(**reads, MaxResults=2)
    second = scaling.describe_scheduled_actions(**reads, MaxResults=2, NextToken=first["NextToken"])
    assert [action["ScheduledActionName"] for action in second["ScheduledActions"]] == ["c"]
    assert "NextToken" not in second


def test_a_deleted_action_is_gone(scaling: Any, reads: dict[str, str]) -> None:
    scaling.put_scheduled_action(**reads, **ACTION)
    scaling.delete_scheduled_action(**reads, ScheduledActionName="night")
    assert actions(scaling, reads) == []


def test_a_target_has_no_more_than_200_scheduled_actions(scaling: Any, reads: dict[str, str]) -> None:
    for number in range(200):
        scaling.put_scheduled_action(**reads, **{**ACTION, "ScheduledActionName": str(number)})
    with refused("LimitExceededException", "A scalable target has at most 200 scheduled actions."):
        scaling.put_scheduled_action(**reads, **{**ACTION, "ScheduledActionName": "200"})
    scaling.put_scheduled_action(**reads, **{**ACTION, "ScheduledActionName": "199"})


def units(client: Any, table: str) -> int:
    throughput = client.describe_table(TableName=table)["Table"]["ProvisionedThroughput"]
    assert throughput["WriteCapacityUnits"] == 10
    return int(throughput["ReadCapacityUnits"])


def until_units(client: Any, table: str, expected: int) -> None:
    eventually(lambda: units(client, table), expected, seconds=30)


def until_activities(scaling: Any, target: dict[str, str], expected: int) -> list[Any]:
    """As many activities, the newest first."""

    def found() -> list[Any]:
        activities: list[Any] = scaling.describe_scaling_activities(**target)["ScalingActivities"]
        return activities

    eventually(lambda: len(found()), expected, seconds=30)
    return found()


def test_new_bounds_move_the_throughput_between_them_soon(client: Any, scaling: Any, table: str) -> None:
    reads = reads_of(table)
    scaling.register_scalable_target(**reads, MinCapacity=20, MaxCapacity=100)
    until_units(client, table, 20)
    until_activities(scaling, reads, 1)
    scaling.register_scalable_target(**reads, MinCapacity=1, MaxCapacity=8)
    until_units(client, table, 8)
    newest, oldest = until_activities(scaling, reads, 2)
    assert abs(newest["StartTime"].timestamp() - time.time()) < 60
    for activity in (newest, oldest):
        assert re.fullmatch(UUID, activity.pop("ActivityId"))
        assert activity.pop("EndTime") >= activity.pop("StartTime")
    assert newest == {
        **reads,
        "Description": "Setting read capacity units to 8.",
        "Cause": "maximum capacity was set to 8",
        "StatusCode": "Successful",
        "StatusMessage": "Successfully set read capacity units to 8. "
        "Change successfully fulfilled by dynamodb.",
    }
    assert oldest["Cause"] == "minimum capacity was set to 20"


def test_activities_are_found_by_resource_and_page_by_page(
    client: Any, scaling: Any, make_provisioned: Callable[..., str]
) -> None:
    tables = [make_provisioned(), make_provisioned()]
    for minimum in (20, 30, 40):
        for table in tables:
            scaling.register_scalable_target(**reads_of(table), MinCapacity=minimum, MaxCapacity=100)
        for table in tables:
            until_units(client, table, minimum)
    one = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{tables[0]}"}
    until_activities(scaling, one, 3)
    pages = scaling.get_paginator("describe_scaling_activities").paginate(
        **one, PaginationConfig={"PageSize": 2}
    )
    causes = [[activity["Cause"][-2:] for activity in page["ScalingActivities"]] for page in pages]
    assert causes == [["40", "30"], ["20"]]
    assert scaling.describe_scaling_activities(ServiceNamespace="ecs")["ScalingActivities"] == []
