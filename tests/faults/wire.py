"""A DynamoDB client of few lines: quick enough to load a server from threads, and it hides nothing."""

import json
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

from tests.targets import target

# What every server in dev mode accepts.
AUTHORIZATION = (
    "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date;x-amz-target, Signature=" + "0" * 64
)
_HEADERS = (
    "Host: localhost\r\nContent-Type: application/x-amz-json-1.0\r\nX-Amz-Date: 20260101T000000Z\r\n"
    f"Authorization: {AUTHORIZATION}\r\n"
)
_CHUNK_BYTES = 1 << 16

# Sends one request; returns the answer's document, or raises if the answer is a refusal.
Ask = Callable[[str, dict[str, Any]], dict[str, Any]]


class Answer(NamedTuple):
    status: int
    document: Any


class Unanswered(Exception):
    """The connection ended before the answer: whether the request took place is unknown."""


class Wire:
    """One keep-alive connection to a server, opened at the first request."""

    def __init__(self, endpoint: str, timeout_seconds: float = 20.0) -> None:
        parts = urlsplit(endpoint)
        assert parts.hostname is not None
        assert parts.port is not None
        self._address = (parts.hostname, parts.port)
        self._timeout_seconds = timeout_seconds
        self._socket: socket.socket | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, operation: str, request: dict[str, Any]) -> Answer:
        """Sends one request. Raises `Unanswered`, or TimeoutError if the server hangs."""
        status, body = self.exchange(http_request(operation, json.dumps(request).encode()))
        return Answer(status, json.loads(body) if body else None)

    def ask(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        """Sends one request that must succeed, and returns the answer's document."""
        answer = self.call(operation, request)
        assert answer.status == 200, f"{operation} answered {answer.status}: {answer.document}"
        document: dict[str, Any] = answer.document
        return document

    def exchange(self, data: bytes) -> tuple[int, bytes]:
        """Sends bytes and reads one answer: its status and body."""
        try:
            connection = self._connected()
            connection.sendall(data)
            return _answer(connection)
        except TimeoutError:
            self.close()
            raise
        except OSError as error:
            self.close()
            raise Unanswered(str(error)) from error

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _connected(self) -> socket.socket:
        if self._socket is None:
            self._socket = socket.create_connection(self._address, self._timeout_seconds)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket


def http_request(operation: str, body: bytes, further_headers: str = "") -> bytes:
    """The bytes of one request."""
    to = f"X-Amz-Target: {target(operation)}\r\n"
    head = f"POST / HTTP/1.1\r\n{_HEADERS}{to}{further_headers}Content-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _received(connection)
    head, body = data[:end], data[end + 4 :]
    length = _content_length(head)
    pieces = [body]
    missing = length - len(body)
    while missing > 0:
        piece = _received(connection)
        pieces.append(piece)
        missing -= len(piece)
    return int(head[9:12]), b"".join(pieces)[:length]


def _received(connection: socket.socket) -> bytes:
    piece = connection.recv(_CHUNK_BYTES)
    if not piece:
        raise ConnectionResetError("the server closed the connection")
    return piece


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0
