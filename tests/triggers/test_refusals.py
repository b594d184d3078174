"""What is refused, to the letter. Every text of `kilowatt.errors.triggers` is in the table."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.errors.provocation import pattern_of
from tests.triggers.conftest import ROLE, Place, zipped

from kilowatt.errors import ErrorSpec
from kilowatt.errors import triggers as errors

INVALID, VALIDATION = "InvalidParameterValueException", "ValidationException"
_DETECTED = f"{VALIDATION}: 1 validation error detected:"
_UNSUPPORTED = f"{INVALID}: Kilowatt does not support"
STREAM = "arn:aws:dynamodb:us-east-1:000000000000:table/none/stream/2025-02-22T03:03:25.490"
_ARN = "arn:aws:lambda:us-east-1:000000000000:function:"


@dataclass
class Refusal:
    """A call of boto3's client and its refusal, `Code: text`. `<function>` and `<stream>` are real ones."""

    text: str
    operation: str
    request: dict[str, Any]
    status: int = 400
    spec: str = ""


def _mapping(text: str, spec: str, status: int = 400, **request: Any) -> Refusal:
    usual = {"EventSourceArn": "<stream>", "FunctionName": "<function>", "StartingPosition": "LATEST"}
    wanted = {name: value for name, value in {**usual, **request}.items() if value is not None}
    return Refusal(text, "create_event_source_mapping", wanted, status, spec)


def _function(text: str, spec: str, status: int = 400, **request: Any) -> Refusal:
    usual = {
        "FunctionName": "a-new-one",
        "Runtime": "python3.11",
        "Role": ROLE,
        "Handler": "app.handler",
        "Code": {"ZipFile": zipped()},
    }
    wanted = {name: value for name, value in {**usual, **request}.items() if value is not None}
    return Refusal(text, "create_function", wanted, status, spec)


def _range(name: str, value: int, bound: str) -> Refusal:
    told = name[0].lower() + name[1:]
    text = f"{_DETECTED} Value '{value}' at '{told}' failed to satisfy constraint: Member must {bound}"
    return _mapping(text, "CONSTRAINT", **{name: value})


def _large_zip() -> bytes:
    content = io.BytesIO()
    with (
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("a", "w") as it,
    ):
        for _ in range(251):
            it.write(bytes(1024 * 1024))
    return content.getvalue()


_NO_MAPPING = "ResourceNotFoundException: The resource you requested does not exist."
_NULL = (
    "1 validation error detected: Value null at '{}' failed to satisfy constraint: Member must not be null"
)
REFUSALS = [
    _mapping(f"{INVALID}: Unrecognized event source.", "NO_EVENT_SOURCE", EventSourceArn=None),
    _mapping(f"{INVALID}: Stream not found: {STREAM}", "STREAM_NOT_FOUND", EventSourceArn=STREAM),
    _mapping(f"{INVALID}: Function does not exist", "NO_FUNCTION", FunctionName="nobody"),
    _mapping(f"{INVALID}: Function does not exist", "NO_FUNCTION", FunctionName="no name"),
    _mapping(
        f"{INVALID}: Function does not exist",
        "NO_FUNCTION",
        FunctionName="arn:aws:lambda:us-east-1:111111111111:function:f",
    ),
    _mapping(f"{VALIDATION}: {_NULL.format('startingPosition')}", "CONSTRAINT", StartingPosition=None),
    _mapping(f"{VALIDATION}: {_NULL.format('functionName')}", "CONSTRAINT", FunctionName=None),
    _mapping(
        f"{_DETECTED} Value 'SOON' at 'startingPosition' failed to satisfy "
        "constraint: Member must satisfy enum value set: [TRIM_HORIZON, LATEST, AT_TIMESTAMP]",
        "CONSTRAINT",
        StartingPosition="SOON",
    ),
    _mapping(
        f"{_UNSUPPORTED} StartingPosition AT_TIMESTAMP: it is not for DynamoDB streams",
        "UNSUPPORTED_VALUE",
        StartingPosition="AT_TIMESTAMP",
    ),
    _range("BatchSize", 0, "have value greater than or equal to 1"),
    _range("BatchSize", 10_001, "have value less than or equal to 10000"),
    _range("MaximumBatchingWindowInSeconds", 301, "have value less than or equal to 300"),
    _range("ParallelizationFactor", 11, "have value less than or equal to 10"),
    _range("MaximumRetryAttempts", -2, "have value greater than or equal to -1"),
    _range("MaximumRecordAgeInSeconds", 604_801, "have value less than or equal to 604800"),
    _range("TumblingWindowInSeconds", 901, "have value less than or equal to 900"),
    _mapping(
        f"{INVALID}: MaximumRecordAgeInSeconds must be -1, or 60 or more.",
        "RECORD_AGE",
        MaximumRecordAgeInSeconds=59,
    ),
    _mapping(
        f"{INVALID}: ParallelizationFactor must be 1 with a TumblingWindowInSeconds.",
        "WINDOW_IN_PARALLEL",
        ParallelizationFactor=2,
        TumblingWindowInSeconds=10,
    ),
    _mapping(f"{INVALID}: BatchSize must be a whole number.", "WRONG_TYPE", BatchSize="many"),
    _mapping(f"{INVALID}: Enabled must be true or false.", "WRONG_TYPE", Enabled="yes"),
    _mapping(
        f"{_DETECTED} Value 'Other' at 'functionResponseTypes' failed to satisfy "
        "constraint: Member must satisfy enum value set: [ReportBatchItemFailures]",
        "CONSTRAINT",
        FunctionResponseTypes=["Other"],
    ),
    _mapping(
        f"{INVALID}: Invalid filter pattern definition.",
        "INVALID_PATTERN",
        FilterCriteria={"Filters": [{"Pattern": "{}"}]},
    ),
    _mapping(
        f"{INVALID}: An event source mapping has at most 5 filters.",
        "TOO_MANY_FILTERS",
        FilterCriteria={"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}] * 6},
    ),
    _mapping(f"{_UNSUPPORTED} Tags of event source mappings.", "UNSUPPORTED", Tags={"a": "b"}),
    _mapping(
        f"{_UNSUPPORTED} KMSKeyArn of event source mappings.",
        "UNSUPPORTED",
        KMSKeyArn="arn:aws:kms:us-east-1:000000000000:key/1",
    ),
    _mapping(
        f"{_UNSUPPORTED} OnFailure kafka://topic: it is no queue, topic, bucket or file:name",
        "UNSUPPORTED_VALUE",
        DestinationConfig={"OnFailure": {"Destination": "kafka://topic"}},
    ),
    _mapping(
        f"{_UNSUPPORTED} OnFailure file:../x: it is no queue, topic, bucket or file:name",
        "UNSUPPORTED_VALUE",
        DestinationConfig={"OnFailure": {"Destination": "file:../x"}},
    ),
    Refusal(
        _NO_MAPPING,
        "get_event_source_mapping",
        {"UUID": "14e0db71-0000-4000-8000-000000000000"},
        404,
        "MAPPING_NOT_FOUND",
    ),
    Refusal(_NO_MAPPING, "update_event_source_mapping", {"UUID": "none"}, 404, "MAPPING_NOT_FOUND"),
    Refusal(_NO_MAPPING, "delete_event_source_mapping", {"UUID": "none"}, 404, "MAPPING_NOT_FOUND"),
    Refusal(
        f"ResourceNotFoundException: Function not found: {_ARN}nobody",
        "get_function",
        {"FunctionName": "nobody"},
        404,
        "FUNCTION_NOT_FOUND",
    ),
    Refusal(
        f"ResourceNotFoundException: Function not found: {_ARN}nobody",
        "invoke",
        {"FunctionName": f"{_ARN}nobody"},
        404,
        "FUNCTION_NOT_FOUND",
    ),
    Refusal(
        f"{_UNSUPPORTED} Qualifier live: a function has no other version than $LATEST",
        "invoke",
        {"FunctionName": "<function>", "Qualifier": "live"},
        spec="UNSUPPORTED_VALUE",
    ),
    Refusal(
        f"{_UNSUPPORTED} InvocationType Event: there is no queue for what runs later",
        "invoke",
        {"FunctionName": "<function>", "InvocationType": "Event"},
        spec="UNSUPPORTED_VALUE",
    ),
    Refusal(
        "InvalidRequestContentException: Could not parse request body into json: "
        "unexpected character, expected a JSON value: line 1 column 1 (char 0)",
        "invoke",
        {"FunctionName": "<function>", "Payload": b"what"},
        spec="UNREADABLE",
    ),
    Refusal(
        "RequestTooLargeException: Request must be smaller than 6291456 bytes for the InvokeFunction "
        "operation",
        "invoke",
        {"FunctionName": "<function>", "Payload": b'"' + b"x" * 6 * 1024 * 1024 + b'"'},
        413,
        "REQUEST_TOO_LARGE",
    ),
    _function(
        "ResourceConflictException: Function already exist: <function>",
        "FUNCTION_EXISTS",
        409,
        FunctionName="<function>",
    ),
    _function(
        f"{INVALID}: Could not unzip uploaded file. Please check your file, then try to upload again.",
        "BAD_ZIP",
        Code={"ZipFile": b"no zip"},
    ),
    _function(f"{INVALID}: ZipFile must be a zip file in base64.", "WRONG_TYPE", Code={}),
    _function(
        f"{_UNSUPPORTED} S3Bucket of functions.",
        "UNSUPPORTED",
        Code={"S3Bucket": "b", "S3Key": "k"},
    ),
    _function(
        f"{INVALID}: Unzipped size must be smaller than 262144000 bytes",
        "UNZIPPED_TOO_LARGE",
        Code={"ZipFile": _large_zip},
    ),
    _function(
        f"{INVALID}: Lambda was unable to configure your environment variables because the environment "
        "variables you have provided contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: AWS_LAMBDA_RUNTIME_API, _HANDLER",
        "RESERVED_VARIABLES",
        Environment={"Variables": {"_HANDLER": "x", "AWS_LAMBDA_RUNTIME_API": "y", "A": "b"}},
    ),
    _function(
        f"{_UNSUPPORTED} Runtime nodejs20.x: it runs python3.*, and provided.* with the "
        "zip's bootstrap; for another language name its command in the file of --functions",
        "UNSUPPORTED_VALUE",
        Runtime="nodejs20.x",
    ),
    _function(
        f"{_UNSUPPORTED} PackageType Image: name a container's endpoint in the file of --functions",
        "UNSUPPORTED_VALUE",
        PackageType="Image",
        Code={},
    ),
    _function(f"{_UNSUPPORTED} Layers of functions.", "UNSUPPORTED", Layers=["arn"]),
    _function(
        f"{_DETECTED} Value '901' at 'timeout' failed to satisfy constraint: "
        "Member must have value less than or equal to 900",
        "CONSTRAINT",
        Timeout=901,
    ),
    _function(
        f"{_DETECTED} Value 'a b' at 'handler' failed to satisfy constraint: Member must satisfy regular "
        "expression pattern: [^\\s\\0]{1,128}",
        "CONSTRAINT",
        Handler="a b",
    ),
    _function(
        f"{_DETECTED} Value 'A=' at 'environment.variables' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: [a-zA-Z_][a-zA-Z0-9_]*",
        "CONSTRAINT",
        Environment={"Variables": {"A=": "b"}},
    ),
    _function(f"{VALIDATION}: {_NULL.format('handler')}", "CONSTRAINT", Handler=None),
    Refusal(
        "ResourceNotFoundException: Kilowatt does not support GET /2015-03-31/functions/f/policy.",
        "get_policy",
        {"FunctionName": "f"},
        404,
        "NO_SUCH_RESOURCE",
    ),
]
_ELSEWHERE = {
    "MAPPING_EXISTS": "test_recorded.py",
    "FUNCTIONS_OFF": "test_security.py",
    "CROSS_ORIGIN": "test_security.py",
    "FUNCTION_IS_CONFIGURED": "test_functions.py",
    "FAILED": "test_functions.py",
}


@pytest.fixture(scope="module")
def real(place: Place) -> dict[str, str]:
    return {"<stream>": place.stream()[1], "<function>": place.function()[0]}


def _filled(value: Any, real: dict[str, str]) -> Any:
    if callable(value):
        return value()
    if isinstance(value, dict):
        return {name: _filled(part, real) for name, part in value.items()}
    return real.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: f"{refusal.operation}-{refusal.spec}")
def test_the_refusal_is_this_to_the_letter(place: Place, real: dict[str, str], refusal: Refusal) -> None:
    call: Callable[..., Any] = getattr(place.lambda_, refusal.operation)
    with pytest.raises(ClientError) as refused:
        call(**_filled(refusal.request, real))
    answer = refused.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == refusal.status
    assert answer.get("Type", "User") == "User"  # boto3 shows it of errors that the model has
    text = refusal.text.replace("<function>", real["<function>"])
    assert f"{answer['Error']['Code']}: {answer['Error']['Message']}" == text
    spec: ErrorSpec = getattr(errors, refusal.spec)
    assert pattern_of(spec.template).fullmatch(answer["Error"]["Message"])


def test_every_text_is_here_or_elsewhere() -> None:
    texts = {name for name, value in vars(errors).items() if isinstance(value, ErrorSpec)}
    assert texts == {refusal.spec for refusal in REFUSALS} | _ELSEWHERE.keys()


def test_what_was_refused_left_nothing(place: Place, real: dict[str, str]) -> None:
    listed = place.lambda_.list_event_source_mappings(FunctionName=real["<function>"])
    assert listed["EventSourceMappings"] == []
    names = {it["FunctionName"] for it in place.lambda_.list_functions()["Functions"]}
    assert "a-new-one" not in names
