"""SIGTERM ends a server in order: requests under way are answered, and nothing acknowledged is lost."""

import json
import random
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.conftest import Server, start_server
from tests.faults.at_work import at_work
from tests.faults.audit import SCHEMA, TABLE, complaints_about, read_stored, settle
from tests.faults.history import CounterHistory
from tests.faults.traffic import Writer
from tests.faults.wire import Wire, http_request

_ROUNDS = 5
_WRITERS = 4
_ITEM = {"pk": {"S": "p0"}, "sk": {"N": "1"}}


@pytest.fixture
def directory(tmp_path: Path) -> str:
    return str(tmp_path / "data")


@pytest.fixture
def server(directory: str) -> Iterator[Server]:
    started = start_server("--data-dir", directory)
    with Wire(started.endpoint) as wire:
        wire.ask("CreateTable", SCHEMA)
    yield started
    started.stop()


def _connect(server: Server) -> socket.socket:
    parts = urlsplit(server.endpoint)
    return socket.create_connection((parts.hostname or "", parts.port or 0), timeout=10)


def _read_to_end(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def test_load_at_the_end_loses_nothing(server: Server, directory: str) -> None:
    writers = [Writer(number, number) for number in range(1, _WRITERS + 1)]
    histories = [writer.history for writer in writers]
    counters: dict[int, CounterHistory] = {}
    for number in range(_ROUNDS):
        counter = counters[number] = CounterHistory()
        for writer in writers:
            writer.begin(number, counter)
        with at_work(server.endpoint, writers):
            time.sleep(random.uniform(0.1, 0.4))
            code = server.stop()
        assert code == 0
        assert not [surprise for writer in writers for surprise in writer.surprises]
        server = start_server("--data-dir", directory)
        with Wire(server.endpoint) as wire:
            stored = read_stored(wire.ask)
        assert complaints_about(stored, histories, counters) == []
        settle(stored, histories, counters)
    assert server.stop() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_whose_body_is_on_its_way_is_answered(
    server: Server, directory: str, number: signal.Signals
) -> None:
    body = json.dumps({"TableName": TABLE, "Item": _ITEM}).encode()
    request = http_request("PutItem", body, "Expect: 100-continue\r\n")
    with _connect(server) as connection:
        connection.sendall(request[: -len(body)])
        assert connection.recv(1024).startswith(b"HTTP/1.1 100")
        server.process.send_signal(number)
        time.sleep(0.2)
        assert server.process.poll() is None
        connection.sendall(body)
        answer = _read_to_end(connection)
    assert answer.startswith(b"HTTP/1.1 200")
    assert b"Connection: close" in answer
    assert server.process.wait(timeout=10) == 0
    again = start_server("--data-dir", directory)
    with Wire(again.endpoint) as wire:
        key = {"TableName": TABLE, "Key": _ITEM}
        assert wire.ask("GetItem", key)["Item"] == _ITEM
    assert again.stop() == 0


def test_no_new_connection_is_taken_while_draining(server: Server) -> None:
    body = json.dumps({"TableName": TABLE, "Key": _ITEM}).encode()
    request = http_request("GetItem", body, "Expect: 100-continue\r\n")
    with _connect(server) as busy, _connect(server) as idle:
        busy.sendall(request[: -len(body)])
        assert busy.recv(1024).startswith(b"HTTP/1.1 100")
        server.process.send_signal(signal.SIGTERM)
        assert idle.recv(1) == b""  # an idle connection is closed at once
        with pytest.raises(OSError, match=r"refused|reset"):
            _connect(server)
        busy.sendall(body)
        assert _read_to_end(busy).startswith(b"HTTP/1.1 200")
    assert server.process.wait(timeout=10) == 0


def test_a_request_that_never_ends_is_cut_off_after_the_time_to_drain(directory: str) -> None:
    server = start_server("--data-dir", directory, "--drain-seconds", "0.3")
    with _connect(server) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.2)
        begun = time.monotonic()
        assert server.stop() == 0
        assert 0.3 <= time.monotonic() - begun < 5
