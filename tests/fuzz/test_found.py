"""Requests that fuzzing found to fail once. Each must be answered like any other."""

import pytest
from tests.fuzz.requests import CREATE, KEY, TABLE, Request
from tests.properties.service import InProcess, ask

_PROJECTION = {"ProjectionExpression": "pk"}
_ATTRIBUTES = {"AttributesToGet": ["pk"]}

FOUND: list[tuple[str, Request, str | None]] = [
    # An expression that the operation does not take is an unknown member, of whatever type.
    ("Scan", {"TableName": TABLE, **_PROJECTION, "KeyConditionExpression": ["pk = :pk"]}, None),
    ("GetItem", {"TableName": TABLE, "Key": KEY, **_PROJECTION, "FilterExpression": {"a": 1}}, None),
    # So is a legacy parameter.
    ("GetItem", {"TableName": TABLE, "Key": KEY, **_ATTRIBUTES, "ScanFilter": {"a": "b"}}, None),
    ("Scan", {"TableName": TABLE, **_ATTRIBUTES, "AttributeUpdates": 1}, None),
    (
        "Query",
        {"TableName": TABLE, "ConditionalOperator": "AND", "ScanFilter": {"a": "b", "c": "d"}},
        "ValidationException",
    ),
    # A list of one number where an attribute value belongs: the number is no place in it.
    (
        "PutItem",
        {"TableName": TABLE, "Item": {**KEY, "map": {"M": {"entry": [1]}}}},
        "SerializationException",
    ),
]


@pytest.fixture
def service() -> InProcess:
    service = InProcess()
    ask(service, "CreateTable", **CREATE)
    return service


@pytest.mark.parametrize(("operation", "request_", "refusal"), FOUND)
def test_found(service: InProcess, operation: str, request_: Request, refusal: str | None) -> None:
    answer = service.send(operation, request_)
    if refusal is None:
        assert answer.status == 200, answer
    else:
        assert answer.status == 400
        assert answer.document["__type"].endswith(refusal)
