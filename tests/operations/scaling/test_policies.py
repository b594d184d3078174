"""Policies of target tracking are put, described and deleted."""

import re
from typing import Any

from tests.operations.scaling.requests import index_reads_of, reads_of, tracking, writes_of

UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
KINDS = ["AlarmHigh", "AlarmLow", "ProvisionedCapacityHigh", "ProvisionedCapacityLow"]


def policies(scaling: Any, target: dict[str, str], **more: Any) -> list[Any]:
    found: list[Any] = scaling.describe_scaling_policies(**target, **more)["ScalingPolicies"]
    return found


def test_a_policy_is_answered_with_its_arn_and_four_alarms(scaling: Any, reads: dict[str, str]) -> None:
    answer = scaling.put_scaling_policy(**reads, PolicyName="my policy", **tracking())
    resource = reads["ResourceId"]
    assert re.fullmatch(
        f"arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:{UUID}:"
        f"resource/dynamodb/{resource}:policyName/my policy",
        answer["PolicyARN"],
    )
    assert len(answer["Alarms"]) == 4
    for alarm, kind in zip(answer["Alarms"], KINDS, strict=True):
        assert re.fullmatch(f"TargetTracking-{resource}-{kind}-{UUID}", alarm["AlarmName"])
        assert alarm["AlarmARN"] == "arn:aws:cloudwatch:us-east-1:000000000000:alarm:" + alarm["AlarmName"]


def test_a_policy_is_described_as_it_was_put(scaling: Any, reads: dict[str, str]) -> None:
    asked = tracking(55.5, ScaleOutCooldown=30, ScaleInCooldown=60, DisableScaleIn=True)
    answer = scaling.put_scaling_policy(**reads, PolicyName="policy", **asked)
    (found,) = policies(scaling, reads)
    found.pop("CreationTime")
    assert found == {
        **reads,
        "PolicyName": "policy",
        "PolicyARN": answer["PolicyARN"],
        "Alarms": answer["Alarms"],
        **asked,
    }


def test_a_policy_put_again_keeps_its_arn_and_alarms(scaling: Any, reads: dict[str, str]) -> None:
    first = scaling.put_scaling_policy(**reads, PolicyName="policy", **tracking(70, ScaleInCooldown=60))
    second = scaling.put_scaling_policy(**reads, PolicyName="policy", **tracking(50))
    assert (first["PolicyARN"], first["Alarms"]) == (second["PolicyARN"], second["Alarms"])
    (found,) = policies(scaling, reads)
    assert (
        found["TargetTrackingScalingPolicyConfiguration"]
        == tracking(50)["TargetTrackingScalingPolicyConfiguration"]
    )


def test_a_policy_put_without_configuration_stays(scaling: Any, reads: dict[str, str]) -> None:
    scaling.put_scaling_policy(**reads, PolicyName="policy", **tracking(50))
    before = policies(scaling, reads)
    scaling.put_scaling_policy(**reads, PolicyName="policy")
    assert policies(scaling, reads) == before


def test_policies_are_found_by_name_resource_and_dimension(scaling: Any, table: str) -> None:
    for target, kind in (
        (reads_of(table), "Read"),
        (writes_of(table), "Write"),
        (index_reads_of(table), "Read"),
    ):
        scaling.register_scalable_target(**target, MinCapacity=5, MaxCapacity=100)
        scaling.put_scaling_policy(**target, PolicyName=f"{kind}s", **tracking(kind=kind))
    one = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{table}"}
    assert [policy["PolicyName"] for policy in policies(scaling, one)] == ["Reads", "Writes"]
    assert [policy["PolicyName"] for policy in policies(scaling, writes_of(table))] == ["Writes"]
    assert [policy["PolicyName"] for policy in policies(scaling, one, PolicyNames=["Reads"])] == ["Reads"]
    assert policies(scaling, one, PolicyNames=["other"]) == []
    pages = scaling.get_paginator("describe_scaling_policies").paginate(
        **one, PaginationConfig={"PageSize": 1}
    )
    assert [[policy["PolicyName"] for policy in page["ScalingPolicies"]] for page in pages] == [
        ["Reads"],
        ["Writes"],
    ]


def test_a_deleted_policy_makes_room_for_another(scaling: Any, reads: dict[str, str]) -> None:
    scaling.put_scaling_policy(**reads, PolicyName="first", **tracking())
    scaling.delete_scaling_policy(**reads, PolicyName="first")
    assert policies(scaling, reads) == []
    scaling.put_scaling_policy(**reads, PolicyName="second", **tracking())
    assert [policy["PolicyName"] for policy in policies(scaling, reads)] == ["second"]
