"""Single exchanges with a server, to load it and to check its answers."""

import json
import socket
import time
from http.client import HTTPResponse
from typing import Any

from benchmarks.signing import signed
from benchmarks.workload import CREATE_TABLE, TABLE, Case, loading

_TIMEOUT_SECONDS = 60
_POLL_SECONDS = 0.05
# With 64 connections an answer would take a minute.
_SLOWEST_SECONDS = 1


class WrongAnswer(Exception):
    """A server did not answer as DynamoDB does."""


class TooSlow(Exception):
    """A server takes so long for one request alone that its rate says nothing."""


class Connection:
    """A connection to a server, made again when the server closes it."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._socket = self._connect()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._port), _TIMEOUT_SECONDS)

    def send(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to a raw request."""
        self._socket.sendall(request)
        response = HTTPResponse(self._socket)
        try:
            response.begin()
            body = response.read()
        except TimeoutError:
            self._connect_again()
            raise TooSlow(f"no answer within {_TIMEOUT_SECONDS} s") from None
        if response.will_close:
            self._connect_again()
        return response.status, body

    def _connect_again(self) -> None:
        self._socket.close()
        self._socket = self._connect()

    def call(self, operation: str, document: dict[str, Any]) -> dict[str, Any]:
        """The answer to a signed call; raises `WrongAnswer` if it is a refusal."""
        status, body = self.send(signed(operation, document))
        if status != 200:
            raise WrongAnswer(f"{operation}: {status} {body[:300]!r}")
        answer: dict[str, Any] = json.loads(body)
        return answer


def fill(connection: Connection) -> None:
    """Creates the table and fills it."""
    connection.call("CreateTable", CREATE_TABLE)
    while connection.call("DescribeTable", {"TableName": TABLE})["Table"]["TableStatus"] != "ACTIVE":
        time.sleep(_POLL_SECONDS)
    for document in loading():
        answer = connection.call("BatchWriteItem", document)
        if answer.get("UnprocessedItems"):
            raise WrongAnswer("BatchWriteItem left items unprocessed while loading")


def check(connection: Connection, case: Case, samples: int = 5) -> None:
    """Sends some of the case's requests and looks at the answers; what was put must be there.

    Raises `WrongAnswer` or `TooSlow`.
    """
    for document in case.sample(samples):
        begin = time.perf_counter()
        answer = connection.call(case.operation, document)
        taken = time.perf_counter() - begin
        if not case.holds(document, answer):
            raise WrongAnswer(f"{case.name}: {json.dumps(answer)[:300]}")
        if case.operation == "PutItem":
            _check_stored(connection, document)
        for action in document.get("TransactItems", []):
            _check_stored(connection, action["Put"])
        if taken > _SLOWEST_SECONDS:
            raise TooSlow(f"{taken:.1f} s for one request")


def _check_stored(connection: Connection, put: dict[str, Any]) -> None:
    item = put["Item"]
    key = {name: item[name] for name in ("pk", "sk")}
    stored = connection.call("GetItem", {"TableName": put["TableName"], "Key": key, "ConsistentRead": True})
    if _comparable(stored["Item"]) != _comparable(item):
        raise WrongAnswer(f"PutItem stored {json.dumps(stored)[:300]}")


def _comparable(item: dict[str, Any]) -> dict[str, Any]:
    """The item with its numbers and sets in one form."""
    return {name: _plain(value) for name, value in item.items()}


def _plain(value: dict[str, Any]) -> Any:
    (tag, content), *_ = value.items()
    match tag:
        case "N":
            return float(content)
        case "SS":
            return sorted(content)
        case "L":
            return [_plain(part) for part in content]
        case "M":
            return _comparable(content)
    return content
