"""Scalable targets are registered, described, changed and deregistered."""

import re
import time
from collections.abc import Callable
from typing import Any

from tests.conftest import Server, client_of, start_server
from tests.operations.scaling.requests import (
    index_reads_of,
    reads_of,
    refused,
    scaling_client_of,
    target,
    tracking,
    writes_of,
)

ROLE = (
    "arn:aws:iam::000000000000:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
    "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable"
)
RUNNING = {
    "DynamicScalingInSuspended": False,
    "DynamicScalingOutSuspended": False,
    "ScheduledScalingSuspended": False,
}


def described(scaling: Any, target: dict[str, str]) -> Any:
    """The one target."""
    (found,) = scaling.describe_scalable_targets(
        ServiceNamespace="dynamodb",
        ResourceIds=[target["ResourceId"]],
        ScalableDimension=target["ScalableDimension"],
    )["ScalableTargets"]
    return found


def test_a_registered_target_is_described(scaling: Any, table: str) -> None:
    answer = scaling.register_scalable_target(**reads_of(table), MinCapacity=5, MaxCapacity=100)
    arn = answer["ScalableTargetARN"]
    assert re.fullmatch(
        r"arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/[0-9a-f]{32}", arn
    )
    found = described(scaling, reads_of(table))
    assert abs(found.pop("CreationTime").timestamp() - time.time()) < 60
    assert found == {
        **reads_of(table),
        "MinCapacity": 5,
        "MaxCapacity": 100,
        "RoleARN": ROLE,
        "SuspendedState": RUNNING,
        "ScalableTargetARN": arn,
    }


def test_all_four_dimensions_can_be_registered(scaling: Any, table: str) -> None:
    targets = [
        reads_of(table),
        writes_of(table),
        index_reads_of(table),
        target(f"table/{table}/index/by-other", "dynamodb:index:WriteCapacityUnits"),
    ]
    for each in targets:
        scaling.register_scalable_target(**each, MinCapacity=1, MaxCapacity=40_000)
        assert described(scaling, each)["MaxCapacity"] == 40_000


def test_registering_again_changes_what_the_request_names(scaling: Any, reads: dict[str, str]) -> None:
    before = described(scaling, reads)
    answer = scaling.register_scalable_target(**reads, MaxCapacity=200)
    assert answer["ScalableTargetARN"] == before["ScalableTargetARN"]
    assert described(scaling, reads) == {**before, "MaxCapacity": 200}
    scaling.register_scalable_target(**reads, MinCapacity=150)
    assert described(scaling, reads) == {**before, "MinCapacity": 150, "MaxCapacity": 200}


def test_scaling_is_suspended_member_by_member(scaling: Any, reads: dict[str, str]) -> None:
    scaling.register_scalable_target(**reads, SuspendedState={"DynamicScalingInSuspended": True})
    scaling.register_scalable_target(**reads, SuspendedState={"ScheduledScalingSuspended": True})
    suspended = {**RUNNING, "DynamicScalingInSuspended": True, "ScheduledScalingSuspended": True}
    assert described(scaling, reads)["SuspendedState"] == suspended
    scaling.register_scalable_target(**reads, SuspendedState=RUNNING)
    assert described(scaling, reads)["SuspendedState"] == RUNNING


def test_the_role_is_the_service_s_own_whichever_is_given(scaling: Any, table: str) -> None:
    other = "arn:aws:iam::000000000000:role/other"
    scaling.register_scalable_target(**reads_of(table), MinCapacity=5, MaxCapacity=100, RoleARN=other)
    assert described(scaling, reads_of(table))["RoleARN"] == ROLE


def test_a_table_on_demand_can_be_registered(scaling: Any, make_table: Callable[..., str]) -> None:
    on_demand = reads_of(make_table())
    scaling.register_scalable_target(**on_demand, MinCapacity=5, MaxCapacity=100)
    assert described(scaling, on_demand)["MinCapacity"] == 5


def test_targets_are_described_page_by_page(scaling: Any, make_provisioned: Callable[..., str]) -> None:
    tables = sorted(make_provisioned() for _ in range(3))
    for name in tables:
        scaling.register_scalable_target(**reads_of(name), MinCapacity=5, MaxCapacity=100)
    resources = [f"table/{name}" for name in tables]
    pages = scaling.get_paginator("describe_scalable_targets").paginate(
        ServiceNamespace="dynamodb", ResourceIds=resources, PaginationConfig={"PageSize": 2}
    )
    assert [[found["ResourceId"] for found in page["ScalableTargets"]] for page in pages] == [
        resources[:2],
        resources[2:],
    ]


def test_other_services_and_regions_have_no_targets(
    server: Server, scaling: Any, reads: dict[str, str]
) -> None:
    assert scaling.describe_scalable_targets(ServiceNamespace="ecs")["ScalableTargets"] == []
    elsewhere = scaling_client_of(server.endpoint, region="eu-west-1")
    assert elsewhere.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"] == []


def test_deregistering_removes_policies_and_scheduled_actions_too(
    scaling: Any, reads: dict[str, str]
) -> None:
    scaling.put_scaling_policy(**reads, PolicyName="policy", **tracking())
    scaling.put_scheduled_action(
        **reads,
        ScheduledActionName="action",
        Schedule="rate(1 day)",
        ScalableTargetAction={"MinCapacity": 7},
    )
    scaling.deregister_scalable_target(**reads)
    one = {"ServiceNamespace": "dynamodb", "ResourceId": reads["ResourceId"]}
    assert scaling.describe_scaling_policies(**one)["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(**one)["ScheduledActions"] == []
    with refused("ObjectNotFoundException"):
        scaling.deregister_scalable_target(**reads)


def test_a_target_outlives_its_table(client: Any, scaling: Any, table: str) -> None:
    scaling.register_scalable_target(**reads_of(table), MinCapacity=5, MaxCapacity=100)
    client.delete_table(TableName=table)
    try:
        assert described(scaling, reads_of(table))["MaxCapacity"] == 100
    finally:
        # Back again, for the fixture that made it.
        key = [{"AttributeName": "pk", "KeyType": "HASH"}]
        definitions = [{"AttributeName": "pk", "AttributeType": "S"}]
        client.create_table(
            TableName=table,
            KeySchema=key,
            AttributeDefinitions=definitions,
            BillingMode="PAY_PER_REQUEST",
        )


def test_tags_are_added_replaced_listed_and_removed(scaling: Any, table: str) -> None:
    arn = scaling.register_scalable_target(
        **reads_of(table), MinCapacity=5, MaxCapacity=100, Tags={"team": "blue", "stage": "test"}
    )["ScalableTargetARN"]
    scaling.tag_resource(ResourceARN=arn, Tags={"stage": "live", "cost": "1"})
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {
        "team": "blue",
        "stage": "live",
        "cost": "1",
    }
    scaling.untag_resource(ResourceARN=arn, TagKeys=["team", "cost", "other"])
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"stage": "live"}


def test_tags_of_a_registered_target_are_added_by_registering_again(scaling: Any, table: str) -> None:
    request = {**reads_of(table), "MinCapacity": 5, "MaxCapacity": 100}
    arn = scaling.register_scalable_target(**request, Tags={"a": "1"})["ScalableTargetARN"]
    scaling.register_scalable_target(**request, Tags={"b": "2"})
    assert scaling.list_tags_for_resource(ResourceARN=arn)["Tags"] == {"a": "1", "b": "2"}


def test_more_than_fifty_tags_are_refused(scaling: Any, reads: dict[str, str]) -> None:
    arn = described(scaling, reads)["ScalableTargetARN"]
    with refused("TooManyTagsException", "A resource has at most 50 tags."):
        scaling.tag_resource(ResourceARN=arn, Tags={str(number): "" for number in range(51)})


def test_everything_is_there_after_a_restart(tmp_path: Any) -> None:
    def started() -> tuple[Server, Any]:
        server = start_server("--data-dir", str(tmp_path / "data"))
        return server, scaling_client_of(server.endpoint)

    server, scaling = started()
    try:
        client_of(server.endpoint).create_table(
            TableName="Music",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            ProvisionedThroughput={"ReadCapacityUnits": 10, "WriteCapacityUnits": 10},
        )
        reads = reads_of("Music")
        scaling.register_scalable_target(**reads, MinCapacity=5, MaxCapacity=100, Tags={"a": "b"})
        scaling.put_scaling_policy(**reads, PolicyName="policy", **tracking(ScaleInCooldown=60))
        action = {"ScheduledActionName": "action", "Schedule": "cron(0 9 * * ? *)", "Timezone": "Asia/Tokyo"}
        scaling.put_scheduled_action(**reads, **action, ScalableTargetAction={"MinCapacity": 7})

        def state(scaling: Any) -> list[Any]:
            operations = ("scalable_targets", "scaling_policies", "scheduled_actions")
            answers = [
                getattr(scaling, f"describe_{name}")(ServiceNamespace="dynamodb") for name in operations
            ]
            for answer in answers:
                del answer["ResponseMetadata"]
            return answers

        before = state(scaling)
        server.kill()
        server, scaling = started()
        assert state(scaling) == before
        assert before[2]["ScheduledActions"][0]["Timezone"] == "Asia/Tokyo"
    finally:
        server.kill()
