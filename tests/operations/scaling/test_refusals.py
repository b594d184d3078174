"""What is refused, to the letter. Every text of `kilowatt.errors.scaling` is in the table or named below."""

import json
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest
from botocore.exceptions import ClientError
from tests.conftest import Server, running_server
from tests.errors.provocation import ACCESS_KEY, CREDENTIALS_FILE, SECRET, pattern_of
from tests.operations.scaling.requests import (
    index_reads_of,
    reads_of,
    refused,
    scaling_client_of,
    target,
    tracking,
    writes_of,
)

from kilowatt.errors import ErrorSpec
from kilowatt.errors import scaling as errors

VALIDATION, NOT_FOUND = "ValidationException", "ObjectNotFoundException"
_CONSTRAINT = f"{VALIDATION}: 1 validation error detected: Value"
READS = reads_of("<table>")
WRITES = writes_of("<table>")
_OF_READS = (
    "service namespace: dynamodb, resource ID: table/<table>, "
    "scalable dimension: dynamodb:table:ReadCapacityUnits"
)
_OF_WRITES = _OF_READS.replace("Read", "Write")
BOUNDS = {"MinCapacity": 5, "MaxCapacity": 100}
NO_ARN = "arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/none"


@dataclass
class Refusal:
    """A call of boto3's client and its refusal, `Code: text`; the table's read units are registered."""

    spec: str
    text: str
    operation: str
    request: dict[str, Any]
    members: dict[str, str] = field(default_factory=dict)


def _register(spec: str, text: str, **request: Any) -> Refusal:
    wanted = {name: value for name, value in {**READS, **BOUNDS, **request}.items() if value is not None}
    return Refusal(spec, text, "register_scalable_target", wanted)


def _policy(spec: str, text: str, policy: dict[str, Any], **request: Any) -> Refusal:
    wanted = {**READS, "PolicyName": "policy", **policy, **request}
    return Refusal(spec, text, "put_scaling_policy", wanted)


def _tracking(spec: str, text: str, **configuration: Any) -> Refusal:
    policy = tracking()
    asked = {**policy["TargetTrackingScalingPolicyConfiguration"], **configuration}
    asked = {name: value for name, value in asked.items() if value is not None}
    return _policy(spec, text, {**policy, "TargetTrackingScalingPolicyConfiguration": asked})


def _action(spec: str, text: str, **request: Any) -> Refusal:
    usual = {
        **READS,
        "ScheduledActionName": "action",
        "Schedule": "rate(1 day)",
        "ScalableTargetAction": {"MinCapacity": 5},
    }
    wanted = {name: value for name, value in {**usual, **request}.items() if value is not None}
    return Refusal(spec, text, "put_scheduled_action", wanted)


def _describe(spec: str, text: str, what: str, **request: Any) -> Refusal:
    return Refusal(spec, text, f"describe_{what}", {"ServiceNamespace": "dynamodb", **request})


_UNSUPPORTED = f"{VALIDATION}: Unsupported service namespace, resource type or scalable dimension"
_SIZE = f"{VALIDATION}: MaxResults must be between 1 and 50."
_TOKEN = "InvalidNextTokenException: The next token is not valid."
_ALONE = f"{VALIDATION}: A resource ID must be specified with a scalable dimension."
_NOT_A_SCHEDULE = f"{VALIDATION}: The schedule expression is not valid: "
_DESCRIBED = ("scalable_targets", "scaling_policies", "scheduled_actions", "scaling_activities")

REFUSALS = [
    _register("UNSUPPORTED_DIMENSION", _UNSUPPORTED, ResourceId="<table>"),
    _register("UNSUPPORTED_DIMENSION", _UNSUPPORTED, ResourceId="table/<table>/index/by-other"),
    _register("UNSUPPORTED_DIMENSION", _UNSUPPORTED, ScalableDimension="ecs:service:DesiredCount"),
    _register("UNSUPPORTED_DIMENSION", _UNSUPPORTED, ServiceNamespace="cassandra"),
    _register(
        "TABLE_NOT_FOUND",
        f"{VALIDATION}: DynamoDB table does not exist: table/no-such-table",
        ResourceId="table/no-such-table",
    ),
    _register(
        "INDEX_NOT_FOUND",
        f"{VALIDATION}: DynamoDB index does not exist: table/<table>/index/other",
        **index_reads_of("<table>", "other"),
    ),
    _register(
        "BOUNDS_REQUIRED",
        f"{VALIDATION}: Both min and max capacity must be specified when a scalable target is registered.",
        **WRITES,
        MaxCapacity=None,
    ),
    _register("MINIMUM_TOO_SMALL", f"{VALIDATION}: Min capacity must be 1 or more: 0", MinCapacity=0),
    _register(
        "BOUNDS_CROSSED",
        f"{VALIDATION}: Max capacity must not be less than min capacity: 5 and 6",
        MinCapacity=6,
        MaxCapacity=5,
    ),
    _register(
        "RESERVED_TAG_KEY",
        f"{VALIDATION}: Tag keys must not begin with aws: AWS:name",
        Tags={"AWS:name": ""},
    ),
    Refusal(
        "TARGET_NOT_FOUND",
        f"{NOT_FOUND}: No scalable target found for {_OF_WRITES}",
        "deregister_scalable_target",
        WRITES,
    ),
    _policy(
        "TARGET_NOT_REGISTERED",
        f"{NOT_FOUND}: No scalable target registered for {_OF_WRITES}",
        tracking(kind="Write"),
        **WRITES,
    ),
    _policy(
        "POLICY_TYPE",
        f"{VALIDATION}: DynamoDB supports policies of the type TargetTrackingScaling only: StepScaling",
        {"StepScalingPolicyConfiguration": {}},
    ),
    _policy(
        "POLICY_TYPE",
        f"{VALIDATION}: DynamoDB supports policies of the type TargetTrackingScaling only: PredictiveScaling",
        {"PolicyType": "PredictiveScaling"},
    ),
    _policy(
        "CONFIGURATION_REQUIRED",
        f"{VALIDATION}: TargetTrackingScalingPolicyConfiguration must be specified.",
        {"PolicyType": "TargetTrackingScaling"},
    ),
    _policy(
        "OTHER_CONFIGURATION",
        f"{VALIDATION}: StepScalingPolicyConfiguration does not go with a policy of the type "
        "TargetTrackingScaling.",
        {**tracking(), "StepScalingPolicyConfiguration": {}},
    ),
    _tracking(
        "CUSTOMIZED_METRIC",
        f"{VALIDATION}: Kilowatt does not support CustomizedMetricSpecification.",
        CustomizedMetricSpecification={"MetricName": "m"},
    ),
    _tracking(
        "METRIC_REQUIRED",
        f"{VALIDATION}: PredefinedMetricSpecification must be specified.",
        PredefinedMetricSpecification=None,
    ),
    _tracking(
        "WRONG_METRIC",
        f"{VALIDATION}: The predefined metric of dynamodb:table:ReadCapacityUnits is "
        "DynamoDBReadCapacityUtilization: DynamoDBWriteCapacityUtilization",
        PredefinedMetricSpecification={"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"},
    ),
    _tracking(
        "RESOURCE_LABEL",
        f"{VALIDATION}: ResourceLabel does not go with the metrics of DynamoDB.",
        PredefinedMetricSpecification={
            "PredefinedMetricType": "DynamoDBReadCapacityUtilization",
            "ResourceLabel": "label",
        },
    ),
    _tracking("TARGET_VALUE", f"{VALIDATION}: TargetValue must be between 20 and 90: 19.5", TargetValue=19.5),
    _tracking("TARGET_VALUE", f"{VALIDATION}: TargetValue must be between 20 and 90: 91", TargetValue=91),
    _tracking("COOLDOWN", f"{VALIDATION}: ScaleInCooldown must be 0 or more: -1", ScaleInCooldown=-1),
    _policy(
        "SECOND_POLICY",
        f"{VALIDATION}: Only one TargetTrackingScaling policy for a given metric specification is allowed.",
        tracking(),
        **index_reads_of("<table>"),
    ),
    Refusal(
        "POLICY_NOT_FOUND",
        f"{NOT_FOUND}: No scaling policy found for {_OF_READS}, policy name: other",
        "delete_scaling_policy",
        {**READS, "PolicyName": "other"},
    ),
    Refusal(
        "TARGET_NOT_FOUND",
        f"{NOT_FOUND}: No scalable target found for {_OF_WRITES}",
        "delete_scaling_policy",
        {**WRITES, "PolicyName": "other"},
    ),
    _action(
        "TARGET_NOT_REGISTERED", f"{NOT_FOUND}: No scalable target registered for {_OF_WRITES}", **WRITES
    ),
    _action(
        "SCHEDULE_REQUIRED",
        f"{VALIDATION}: Schedule must be specified for a new scheduled action.",
        Schedule=None,
    ),
    _action("INVALID_SCHEDULE", f"{_NOT_A_SCHEDULE}cron(0 9 * * *)", Schedule="cron(0 9 * * *)"),
    _action("INVALID_SCHEDULE", f"{_NOT_A_SCHEDULE}rate(0 days)", Schedule="rate(0 days)"),
    _action(
        "INVALID_TIME_ZONE",
        f"{VALIDATION}: The time zone is not supported: Europe/Nowhere",
        Timezone="Europe/Nowhere",
    ),
    _action(
        "ACTION_REQUIRED",
        f"{VALIDATION}: ScalableTargetAction must specify MinCapacity, MaxCapacity or both.",
        ScalableTargetAction={},
    ),
    _action(
        "BOUNDS_CROSSED",
        f"{VALIDATION}: Max capacity must not be less than min capacity: 4 and 5",
        ScalableTargetAction={"MinCapacity": 5, "MaxCapacity": 4},
    ),
    _action(
        "MINIMUM_TOO_SMALL",
        f"{VALIDATION}: Min capacity must be 1 or more: 0",
        ScalableTargetAction={"MinCapacity": 0},
    ),
    _action("TIMES_CROSSED", f"{VALIDATION}: EndTime must be after StartTime.", StartTime=2e9, EndTime=2e9),
    Refusal(
        "ACTION_NOT_FOUND",
        f"{NOT_FOUND}: No scheduled action found for {_OF_READS}, scheduled action name: other",
        "delete_scheduled_action",
        {**READS, "ScheduledActionName": "other"},
    ),
    *(_describe("MAX_RESULTS", _SIZE, what, MaxResults=51) for what in _DESCRIBED),
    *(_describe("MAX_RESULTS", _SIZE, what, MaxResults=0) for what in _DESCRIBED),
    *(_describe("INVALID_TOKEN", _TOKEN, what, NextToken="no token!") for what in _DESCRIBED),
    *(
        _describe(
            "DIMENSION_WITHOUT_RESOURCE", _ALONE, what, ScalableDimension="dynamodb:table:ReadCapacityUnits"
        )
        for what in _DESCRIBED
    ),
    *(
        Refusal(
            "RESOURCE_NOT_FOUND",
            f"ResourceNotFoundException: The resource does not exist: {NO_ARN}",
            operation,
            {"ResourceARN": NO_ARN, **more},
            {"ResourceName": NO_ARN},
        )
        for operation, more in (
            ("list_tags_for_resource", {}),
            ("tag_resource", {"Tags": {}}),
            ("untag_resource", {"TagKeys": []}),
        )
    ),
    Refusal(
        "UNSUPPORTED_DIMENSION",
        _UNSUPPORTED,
        "get_predictive_scaling_forecast",
        {**READS, "PolicyName": "policy", "StartTime": 1, "EndTime": 2},
    ),
    # The service model's own constraints.
    _register(
        "",
        f"{_CONSTRAINT} null at 'resourceId' failed to satisfy constraint: Member must not be null",
        ResourceId=None,
    ),
    _register(
        "",
        f"{_CONSTRAINT} '' at 'resourceId' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
        ResourceId="",
    ),
    _action(
        "",
        f"{_CONSTRAINT} 'a:b' at 'scheduledActionName' failed to satisfy constraint: Member must satisfy "
        r"regular expression pattern: (?!((^[ ]+.*)|(.*([\u0000-\u001f]|[\u007f-\u009f]|[:/|])+.*)"
        "|(.*[ ]+$))).+",
        ScheduledActionName="a:b",
    ),
]
ELSEWHERE = {
    "UNKNOWN_OPERATION": "test_operations_that_there_are_not_are_unknown",
    "TOO_MANY_ACTIONS": "test_a_target_has_no_more_than_200_scheduled_actions",
    "TOO_MANY_TAGS": "test_more_than_fifty_tags_are_refused",
    "TOO_MANY_TARGETS": "test_an_account_has_no_more_than_5000_targets_in_a_region",
    "FAILED": "test_what_the_storage_refuses_is_told_as_the_service_does",
    "CONTENTION": "test_what_the_storage_refuses_is_told_as_the_service_does",
}


@pytest.fixture(scope="module")
def standing(client: Any, scaling: Any) -> Any:
    """The name of a table whose reads are registered, and whose index has a policy."""
    name, units = "standing-of-scaling", {"ReadCapacityUnits": 10, "WriteCapacityUnits": 10}
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        ProvisionedThroughput=units,
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-other",
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
                "ProvisionedThroughput": units,
            }
        ],
    )
    for one in (reads_of(name), index_reads_of(name)):
        scaling.register_scalable_target(**one, **BOUNDS)
    scaling.put_scaling_policy(**index_reads_of(name), PolicyName="first", **tracking())
    yield name
    client.delete_table(TableName=name)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: f"{refusal.operation}-{refusal.spec}")
def test_the_refusal_is_this_to_the_letter(scaling: Any, standing: str, refusal: Refusal) -> None:
    request = json.loads(json.dumps(refusal.request).replace("<table>", standing))
    with pytest.raises(ClientError) as raised:
        getattr(scaling, refusal.operation)(**request)
    answer = raised.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    text = refusal.text.replace("<table>", standing)
    assert f"{answer['Error']['Code']}: {answer['Error']['Message']}" == text
    assert {name: answer[name] for name in refusal.members} == refusal.members
    if refusal.spec:
        spec: ErrorSpec = getattr(errors, refusal.spec)
        assert pattern_of(spec.template).fullmatch(answer["Error"]["Message"])


def test_what_was_refused_changed_nothing(scaling: Any, standing: str) -> None:
    one = {"ServiceNamespace": "dynamodb", "ResourceId": f"table/{standing}"}
    (target,) = scaling.describe_scalable_targets(
        ServiceNamespace="dynamodb", ResourceIds=[f"table/{standing}"]
    )["ScalableTargets"]
    assert {name: target[name] for name in BOUNDS} == BOUNDS
    assert scaling.describe_scaling_policies(**one)["ScalingPolicies"] == []
    assert scaling.describe_scheduled_actions(**one)["ScheduledActions"] == []


def test_every_text_is_here_or_elsewhere() -> None:
    texts = {name for name, value in vars(errors).items() if isinstance(value, ErrorSpec)}
    assert texts == {refusal.spec for refusal in REFUSALS if refusal.spec} | ELSEWHERE.keys()


def _send(server: Server, target: str, body: bytes, **headers: str) -> tuple[int, Any]:
    usual = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": target,
        "X-Amz-Date": "20260101T000000Z",
        "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/application-autoscaling/"
        "aws4_request, SignedHeaders=host;x-amz-date, Signature=00",
    }
    request = urllib.request.Request(server.endpoint, body, {**usual, **headers})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.headers["Content-Type"] == "application/x-amz-json-1.1"
            return answer.status, json.loads(answer.read())
    except HTTPError as refusal:
        with refusal:
            return refusal.code, json.loads(refusal.read())


def test_a_request_is_answered_in_its_protocol(server: Server) -> None:
    status, answer = _send(
        server, "AnyScaleFrontendService.DescribeScheduledActions", b'{"ServiceNamespace":"ecs"}'
    )
    assert (status, answer) == (200, {"ScheduledActions": []})


def test_a_refusal_names_its_code_without_a_namespace(server: Server) -> None:
    status, answer = _send(server, "AnyScaleFrontendService.DescribeScheduledActions", b"{}")
    assert (status, answer) == (
        400,
        {
            "__type": "ValidationException",
            "Message": "1 validation error detected: Value null at 'serviceNamespace' failed to satisfy "
            "constraint: Member must not be null",
        },
    )


def test_operations_that_there_are_not_are_unknown(server: Server) -> None:
    answer = _send(server, "AnyScaleFrontendService.PutMetricData", b"{}")
    assert answer == (400, {"__type": "UnknownOperationException"})


@pytest.mark.parametrize("body", [b"{", b"[]", b"1"])
def test_a_body_that_is_no_object_cannot_be_read(server: Server, body: bytes) -> None:
    status, answer = _send(server, "AnyScaleFrontendService.DescribeScalableTargets", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_a_member_of_a_wrong_type_is_refused(scaling: Any) -> None:
    with refused("SerializationException"):
        scaling.describe_scalable_targets(ServiceNamespace=["dynamodb"])


def test_a_request_without_credentials_is_refused(server: Server) -> None:
    status, answer = _send(
        server,
        "AnyScaleFrontendService.DescribeScalableTargets",
        b'{"ServiceNamespace":"dynamodb"}',
        Authorization="",
    )
    assert (status, answer["__type"]) == (400, "MissingAuthenticationTokenException")


def test_signatures_are_verified_for_the_service(tmp_path: Path) -> None:
    credentials = tmp_path / "credentials"
    credentials.write_text(CREDENTIALS_FILE)
    with running_server("--in-memory", "--credentials", str(credentials)) as secured:
        known = scaling_client_of(secured.endpoint, ACCESS_KEY, SECRET)
        assert known.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"] == []
        with refused("InvalidSignatureException"):
            scaling_client_of(secured.endpoint, ACCESS_KEY, "other").describe_scalable_targets(
                ServiceNamespace="dynamodb"
            )
        with refused("UnrecognizedClientException"):
            scaling_client_of(secured.endpoint, "other").describe_scalable_targets(
                ServiceNamespace="dynamodb"
            )


def test_a_target_of_the_service_in_dynamodb_s_protocol_is_unknown(server: Server) -> None:
    status, answer = _send(
        server,
        "AnyScaleFrontendService.DescribeScalableTargets",
        b"{}",
        **{"Content-Type": "application/x-amz-json-1.0"},
    )
    assert (status, answer["__type"]) == (400, "com.amazon.coral.service#UnknownOperationException")


def test_units_of_local_indexes_are_not_scaled(client: Any, scaling: Any, make_table: Any) -> None:
    name = make_table(
        "pk",
        "sk",
        LocalSecondaryIndexes=[
            {
                "IndexName": "local",
                "KeySchema": [
                    {"AttributeName": "pk", "KeyType": "HASH"},
                    {"AttributeName": "other", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        attributes=["other"],
    )
    local = target(f"table/{name}/index/local", "dynamodb:index:ReadCapacityUnits")
    with refused(VALIDATION, f"DynamoDB index does not exist: table/{name}/index/local"):
        scaling.register_scalable_target(**local, **BOUNDS)
