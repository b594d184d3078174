"""Wrong JSON types in items to put are refused as by the exact check, though the fast path lets them pass."""

import asyncio
import copy
import zlib
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.shapes.requests import broken_requests

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.clock import SystemClock
from kilowatt.engine.memory import MemoryEngine
from kilowatt.errors import ServiceError
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.operations.context import Services
from kilowatt.server.http import Request, Response
from kilowatt.server.pipeline import Pipeline
from kilowatt.shapes.validate import validate_exactly

_AUTHORIZATION = (
    b"AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request, "
    b"SignedHeaders=host, Signature=" + b"0" * 64
)


def put(operation: str, document: Any) -> Response:
    """The answer of a new server in this process."""
    headers = {
        b"content-type": b"application/x-amz-json-1.0",
        b"x-amz-target": b"DynamoDB_20120810." + operation.encode(),
        b"authorization": _AUTHORIZATION,
        b"x-amz-date": b"20260101T000000Z",
    }
    services = Services.over(MemoryEngine(), SystemClock(), Ids(1))
    pipeline = Pipeline(services, DevAuthenticator("us-east-1"), Wording.W2026, "us-east-1")
    return asyncio.run(pipeline.answer(Request(b"POST", b"/", headers, orjson.dumps(document))))


def exact_refusal(operation: str, document: Any) -> tuple[str, str] | None:
    """Type and text of what the exact check says; None if it has nothing to say."""
    try:
        validate_exactly(operation, copy.deepcopy(document), Wording.W2026)
    except ServiceError as refusal:
        return refusal.type.name, refusal.text
    return None


def said(response: Response) -> tuple[str, str]:
    document = orjson.loads(response.body)
    return document["__type"], document.get("Message", document.get("message", ""))


@pytest.mark.parametrize("operation", ["PutItem", "BatchWriteItem"])
@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_broken_puts_are_refused_as_the_exact_check_does(operation: str, data: st.DataObject) -> None:
    request = data.draw(broken_requests(operation))
    expected = exact_refusal(operation, request)
    response = put(operation, request)
    assert response.status == 400
    assert f"x-amz-crc32: {zlib.crc32(response.body)}".encode() in response.headers
    if expected is not None:
        assert said(response) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"S": 5}, "NUMBER_VALUE cannot be converted to String"),
        ({"S": True}, "TRUE_VALUE cannot be converted to String"),
        ({"S": ["a"]}, "Unrecognized collection type class java.lang.String"),
        ({"N": 5}, "NUMBER_VALUE cannot be converted to String"),
        ({"B": 5}, "only base-64-encoded strings are convertible to bytes"),
        ({"B": "abc"}, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
        ({"BOOL": "maybe"}, "Unexpected token received from parser"),
        ({"BOOL": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
        ({"NULL": 1}, "NUMBER_VALUE cannot be converted to Boolean"),
        ({"SS": "ab"}, "Unexpected field type"),
        ({"SS": [1, 2]}, "NUMBER_VALUE cannot be converted to String"),
        ({"NS": "12"}, "Unexpected field type"),
        ({"BS": ["abc"]}, "Base64 encoded length is expected a multiple of 4 bytes but found: 3"),
        ({"L": "ab"}, "Unexpected field type"),
        ({"L": [5]}, "Unexpected value type in payload"),
        ({"M": "ab"}, "Unexpected field type"),
        ({"M": {"x": {"L": [{"S": 5}]}}}, "NUMBER_VALUE cannot be converted to String"),
        (5, "Unexpected value type in payload"),
        ("ab", "Unexpected value type in payload"),
        (["S"], "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue"),
    ],
)
def test_a_wrong_type_comes_before_a_bad_number(value: Any, text: str) -> None:
    item = {"pk": {"N": "not a number"}, "a": value}
    refused = said(put("PutItem", {"TableName": "table", "Item": item}))
    assert refused == ("com.amazon.coral.service#SerializationException", text)


@pytest.mark.parametrize("value", [{"BOOL": "true"}, {"S": "x", "N": None}, {"NULL": "true"}])
def test_what_the_exact_check_converts_is_accepted(value: Any) -> None:
    refused = said(put("PutItem", {"TableName": "table", "Item": {"pk": {"S": "x"}, "a": value}}))
    assert refused[1] == "Requested resource not found"
