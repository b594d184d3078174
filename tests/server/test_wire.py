"""The answers on the wire."""

from zlib import crc32

import orjson
import pytest

from kilowatt.errors import ErrorSpec, ServiceError, base
from kilowatt.errors import wire as errors
from kilowatt.server import wire
from kilowatt.server.messages import Request, Response

REQUEST_ID = "0" * 52


def headers(response: Response) -> dict[str, str]:
    lines = response.headers.decode().split("\r\n")
    assert lines.pop() == ""
    return dict(line.split(": ", 1) for line in lines)


def test_a_success_carries_its_type_length_id_and_checksum() -> None:
    response = wire.success(b"{}", wire.JSON_1_0, REQUEST_ID)
    assert (response.status, response.body) == (200, b"{}")
    assert headers(response) == {
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": "2",
        "x-amzn-RequestId": REQUEST_ID,
        "x-amz-crc32": "2745614147",
    }


def test_a_request_with_an_origin_may_come_from_any() -> None:
    response = wire.success(b"{}", wire.JSON, REQUEST_ID, cross_origin=True)
    assert headers(response)["Access-Control-Allow-Origin"] == "*"
    assert headers(response)["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"application/x-amz-json-1.0", b"application/x-amz-json-1.0"),
        (b"application/x-amz-json-1.0; charset=utf-8", b"application/x-amz-json-1.0"),
        (b"application/json", b"application/json"),
        (b"application/json;charset=utf-8", b"application/json"),
        (b"text/plain", b"application/json"),
        (None, b"application/json"),
    ],
)
def test_the_content_type_follows_the_request(sent: bytes | None, answered: bytes) -> None:
    assert wire.content_type({} if sent is None else {b"content-type": sent}) == answered


@pytest.mark.parametrize(
    ("error", "checksum"),
    [
        (errors.UNREADABLE_BODY(), 3948637019),
        (errors.UNKNOWN_OPERATION_TARGET(), 1368724161),
        (errors.NO_AUTHENTICATION(), 2088342776),
    ],
)
def test_the_fixed_refusals_have_the_checksums_seen_on_aws(error: ServiceError, checksum: int) -> None:
    response = wire.refusal(error, error.text, wire.JSON, REQUEST_ID)
    assert response.status == 400
    assert headers(response)["x-amz-crc32"] == str(checksum)


@pytest.mark.parametrize(
    ("kind", "key"),
    [(base.VALIDATION, "message"), (base.SERIALIZATION, "Message"), (base.ACCESS_DENIED, "Message")],
)
def test_the_key_of_the_text_follows_the_type(kind: base.ErrorType, key: str) -> None:
    error = ErrorSpec(kind, "why", "test")().with_members(Item={"a": {"S": "b"}})
    response = wire.refusal(error, "as reworded", wire.JSON_1_0, REQUEST_ID)
    document = orjson.loads(response.body)
    assert document == {"__type": kind.name, key: "as reworded", "Item": {"a": {"S": "b"}}}
    assert headers(response)["x-amz-crc32"] == str(crc32(response.body))


def test_the_page_for_other_methods_has_the_checksum_seen_on_aws() -> None:
    response = wire.unknown_operation_page(REQUEST_ID)
    assert (response.status, response.body) == (404, b"<UnknownOperationException/>\n")
    assert headers(response)["x-amz-crc32"] == "3552371480"


def test_a_preflight_allows_what_is_asked_for() -> None:
    asked = {b"access-control-request-headers": b"a, b", b"access-control-request-method": b"POST"}
    response = wire.preflight(Request(b"OPTIONS", b"/", asked, b""), REQUEST_ID)
    assert (response.status, response.body) == (200, b"")
    shown = headers(response)
    assert shown["Access-Control-Allow-Origin"] == "*"
    assert shown["Access-Control-Max-Age"] == "172800"
    assert shown["Access-Control-Allow-Headers"] == "a, b"
    assert shown["Access-Control-Allow-Methods"] == "POST"
    assert shown["Content-Length"] == "0"


def test_health_names_the_region() -> None:
    assert wire.health("eu-west-1", REQUEST_ID).body == b"healthy: dynamodb.eu-west-1.amazonaws.com "
    assert wire.healthz().body == b"ok"
