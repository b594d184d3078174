"""Answers as DynamoDB sends them: headers, checksums, the bodies of refusals and the few fixed pages.

Source for headers and fixed bodies: recorded on AWS, 2025-11 and older.
"""

from typing import Any

import orjson
from isal.isal_zlib import crc32

from kilowatt.errors.base import ServiceError
from kilowatt.server.messages import Request, Response

JSON_1_0 = b"application/x-amz-json-1.0"
JSON = b"application/json"

_ANY_ORIGIN = b"Access-Control-Allow-Origin: *\r\n"
_PREFLIGHT_SECONDS = 172800
_UNKNOWN_OPERATION_PAGE = b"<UnknownOperationException/>\n"


def media_type(headers: dict[bytes, bytes]) -> bytes:
    """The request's media type, without parameters; empty when there is none."""
    return headers.get(b"content-type", b"").partition(b";")[0].strip()


def content_type(headers: dict[bytes, bytes]) -> bytes:
    """The content type of the answer to a request with `headers`."""
    return JSON_1_0 if headers.get(b"content-type") == JSON_1_0 or media_type(headers) == JSON_1_0 else JSON


def success(body: bytes, content_type: bytes, request_id: str, cross_origin: bool = False) -> Response:
    """The answer 200 with `body`, which is JSON. `cross_origin`: the request had an `Origin`."""
    return Response(200, _headers(body, content_type, request_id, cross_origin), body)


def compressed_success(
    gzipped: bytes, content_type: bytes, request_id: str, cross_origin: bool = False
) -> Response:
    """As `success`, with a body that is gzip's."""
    headers = _headers(gzipped, content_type, request_id, cross_origin)
    return Response(200, b"Content-Encoding: gzip\r\n" + headers, gzipped)


def refusal(
    error: ServiceError, text: str, content_type: bytes, request_id: str, cross_origin: bool = False
) -> Response:
    """The answer that says `error`. `text` is the error's own, or as the pipeline has reworded it.

    An empty text is left out, as AWS does with unknown operations and unreadable JSON.
    """
    kind = error.type
    document: dict[str, Any] = {"__type": kind.name}
    if error.members:
        document.update(error.members)
    if text:
        document[kind.text_key] = text
    body = orjson.dumps(document)
    return Response(kind.status, _headers(body, content_type, request_id, cross_origin), body)


def preflight(request: Request, request_id: str) -> Response:
    """The answer to OPTIONS with an `Origin`: whatever the browser asks for is allowed."""
    lines = [_ANY_ORIGIN, b"Access-Control-Max-Age: %d\r\n" % _PREFLIGHT_SECONDS]
    for asked, allowed in (
        (b"access-control-request-headers", b"Access-Control-Allow-Headers"),
        (b"access-control-request-method", b"Access-Control-Allow-Methods"),
    ):
        if asked in request.headers:
            lines.append(b"%b: %b\r\n" % (allowed, request.headers[asked]))
    lines.append(b"x-amzn-RequestId: %b\r\nContent-Length: 0\r\n" % request_id.encode())
    return Response(200, b"".join(lines), b"")


def health(region: str, request_id: str) -> Response:
    """The answer to GET."""
    body = f"healthy: dynamodb.{region}.amazonaws.com ".encode()
    return Response(200, _headers(body, b"text/plain", request_id, cross_origin=False), body)


def healthz() -> Response:
    """The answer to a probe (Kubernetes, load balancers). Source: ours."""
    return Response(200, b"Content-Type: text/plain\r\nContent-Length: 2\r\n", b"ok")


def unknown_operation_page(request_id: str, cross_origin: bool = False) -> Response:
    """The answer 404 to a method or a media type that is none of the service's."""
    body = _UNKNOWN_OPERATION_PAGE
    return Response(404, _headers(body, b"", request_id, cross_origin), body)


def plain(status: int, body: bytes, content_type: bytes) -> Response:
    """An answer of another kind than the service's: metrics, administration, console."""
    return Response(status, b"Content-Type: %b\r\nContent-Length: %d\r\n" % (content_type, len(body)), body)


def _headers(body: bytes, content_type: bytes, request_id: str, cross_origin: bool) -> bytes:
    common = (
        f"Content-Length: {len(body)}\r\nx-amzn-RequestId: {request_id}\r\nx-amz-crc32: {crc32(body)}\r\n"
    ).encode()
    if content_type is JSON_1_0:
        common = _JSON_1_0_LINE + common
    elif content_type:
        common = b"Content-Type: %b\r\n%b" % (content_type, common)
    return _ANY_ORIGIN + common if cross_origin else common


_JSON_1_0_LINE = b"Content-Type: " + JSON_1_0 + b"\r\n"
