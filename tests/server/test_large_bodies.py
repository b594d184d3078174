"""Large requests that are refused do not keep the others waiting."""

import threading
import time
from contextlib import closing
from typing import Any

import pytest
from tests.conftest import Server, client_of
from tests.operations.calls import Wire

_MOST_SECONDS = 1.0


@pytest.mark.parametrize(
    ("operation", "document"),
    [
        ("CreateTable", {"TableName": "large", "KeySchema": [{}] * 200_000}),
        ("CreateTable", {"TableName": "large", "AttributeDefinitions": [{}] * 200_000}),
        ("PutItem", {"TableName": "large", "Item": {"pk": {"L": [{}] * 200_000}}}),
        ("BatchWriteItem", {"RequestItems": {"large": [{}] * 200_000}}),
        ("BatchGetItem", {"RequestItems": {"large": {"Keys": [{}] * 200_000}}}),
    ],
    ids=["key_schema", "definitions", "item", "writes", "keys"],
)
def test_a_large_bad_request_leaves_the_server_to_others(
    server: Server, client: Any, operation: str, document: dict[str, Any]
) -> None:
    answers: list[tuple[int, dict[str, Any]]] = []

    def send() -> None:
        wire = Wire(server.endpoint)
        with closing(wire.connection):
            answers.append(wire.send(operation, document))

    large = threading.Thread(target=send)
    other = client_of(server.endpoint)
    other.list_tables(Limit=1)
    slowest = 0.0
    large.start()
    while large.is_alive():
        start = time.monotonic()
        other.list_tables(Limit=1)
        slowest = max(slowest, time.monotonic() - start)
    large.join()
    status, refused = answers[0]
    assert status == 400
    assert refused["__type"].endswith("ValidationException")
    assert len(refused["message"]) < 200_000
    assert slowest < _MOST_SECONDS
