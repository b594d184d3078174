"""A server under fuzz: what comes back, how soon, and what it logs."""

import json
import socket
import threading
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from tests.conftest import Server
from tests.faults.wire import Wire, http_request
from tests.fuzz.requests import CREATE, TABLE

SLOWEST_SECONDS = 2.0
_HEALTHY_SECONDS = 1.0
_PATIENCE_SECONDS = 10.0
# Words in the log that tell of a bug rather than of a request.
_ALARMS = ("Traceback", "ERROR", "CRITICAL", "Error:")


@dataclass
class Reply:
    """All that came back on one connection until it ended, and after how many seconds."""

    data: bytes
    seconds: float

    @property
    def answer(self) -> bytes:
        """The bytes from the first answer on, without those that only say 100."""
        rest = self.data
        while rest.startswith(b"HTTP/1.1 100"):
            rest = rest.partition(b"\r\n\r\n")[2]
        return rest

    @property
    def status(self) -> int:
        """The status of the first answer; 0 if there is none."""
        answer = self.answer
        return int(answer[9:12]) if answer.startswith(b"HTTP/1.1 ") else 0


class Target:
    """A running server. Within the `with` block its log is read."""

    def __init__(self, server: Server) -> None:
        self._server = server
        parts = urlsplit(server.endpoint)
        self._address = (parts.hostname or "", parts.port or 0)
        self._log: list[str] = []
        self._judged = 0  # lines of the log that were looked at
        self._reader = threading.Thread(target=self._read_log, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.process.terminate()
        self._server.process.wait(timeout=20)
        self._reader.join(timeout=20)
        self._server.stop()

    def prepare(self) -> None:
        """Makes the table that requests are about, if it is not there (or not there any more)."""
        with Wire(self._server.endpoint) as wire:
            if wire.call("DescribeTable", {"TableName": TABLE}).status != 200:
                wire.ask("CreateTable", CREATE)

    def send_patiently(self, data: bytes) -> Reply:
        """As `send`; what was slow is sent once more, for it may have been the machine that was busy."""
        reply = self.send(data)
        return self.send(data) if reply.seconds > SLOWEST_SECONDS else reply

    def send(self, data: bytes) -> Reply:
        """Sends bytes on a connection of their own, says that they are all, and reads what comes back."""
        begun = time.monotonic()
        with socket.create_connection(self._address, _PATIENCE_SECONDS) as connection:
            received = _exchanged(connection, data)
        return Reply(received, time.monotonic() - begun)

    def complaints(self) -> list[str]:
        """What is wrong with the server now: gone, ill, or with a bug in its log since the last time."""
        fresh, self._judged = self._log[self._judged :], len(self._log)
        found = [line for line in fresh if any(alarm in line for alarm in _ALARMS)]
        if self._server.process.poll() is not None:
            return [*found, f"the server ended with {self._server.process.returncode}"]
        reply = self.send_patiently(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        if reply.status != 200 or reply.seconds > _HEALTHY_SECONDS:
            found.append(f"health check: {reply}")
        return found

    def log(self) -> str:
        return "".join(self._log[-60:])

    def _read_log(self) -> None:
        stderr = self._server.process.stderr
        assert stderr is not None
        for line in stderr:
            self._log.append(line)


def _exchanged(connection: socket.socket, data: bytes) -> bytes:
    pieces = []
    try:
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        while piece := connection.recv(65536):
            pieces.append(piece)
    except (ConnectionError, TimeoutError):
        # The server is free to end a connection on which it refused a request. The time is judged later.
        pass
    return b"".join(pieces)


def complaint_about(reply: Reply, whole_request: bool) -> str | None:
    """What is wrong with an answer; None if nothing is. A request that is not whole may have none."""
    if reply.seconds > SLOWEST_SECONDS:
        return f"took {reply.seconds:.1f} s"
    status = reply.status
    if status == 0:
        return f"no answer: {reply.data!r}" if whole_request or reply.answer else None
    if status != 200 and not 400 <= status < 500:
        return f"status {status}"
    return _about_body(reply) if whole_request else None


def _about_body(reply: Reply) -> str | None:
    """An answer of the service itself: JSON, and for a refusal its type."""
    head, _, body = reply.answer.partition(b"\r\n\r\n")
    if reply.status in {404, 413}:
        return None
    try:
        document: Any = json.loads(body)
    except ValueError:
        return f"not JSON: {head!r} {body[:200]!r}"
    if reply.status != 200 and not isinstance(document.get("__type"), str):
        return f"no __type: {body[:200]!r}"
    return None


def request_of(operation: str, document: Any) -> bytes:
    """A good request, for what a test sends by itself."""
    return http_request(operation, json.dumps(document).encode())
