"""What the connections of a server share."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING

from kilowatt.server.http_limits import HttpLimits
from kilowatt.server.messages import Handler, Request, Response

if TYPE_CHECKING:
    from kilowatt.server.connection import Connection


class Heads(dict[int, bytes]):
    """By status: the status line and the headers that change only with the second."""

    def __init__(self, connection: bytes) -> None:
        super().__init__()
        self._tail = b"\r\nConnection: " + connection + b"\r\n"
        self._date = b""

    def set_time(self, now: float) -> None:
        """Sets `Date`; `now` in seconds since the epoch."""
        self._date = formatdate(now, usegmt=True).encode()
        self.clear()

    def __missing__(self, status: int) -> bytes:
        line = b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode())
        head = self[status] = line + b"Server: Server\r\nDate: " + self._date + self._tail
        return head


@dataclass(slots=True)
class Service:
    """What all connections of a server share."""

    handler: Handler
    fault: Callable[[Request], Response]
    """The answer when the handler fails."""
    limits: HttpLimits
    log: logging.Logger
    loop: asyncio.AbstractEventLoop
    draining: bool = False
    length_digits: int = field(init=False)
    """A `Content-Length` with fewer digits is within the limit."""
    heads: Heads = field(default_factory=lambda: Heads(b"keep-alive"))
    last_heads: Heads = field(default_factory=lambda: Heads(b"close"))
    connections: "set[Connection]" = field(default_factory=set)
    orphans: set[asyncio.Task[Response]] = field(default_factory=set)
    """Tasks whose connection is gone."""
    waiting: int = 0
    """How many requests wait for a future without being in a task."""
    with_output: "list[Connection]" = field(default_factory=list)
    """Connections that have something to send at the end of this round of the loop."""

    def __post_init__(self) -> None:
        self.length_digits = len(str(self.limits.body_bytes))

    def send_soon(self, connection: "Connection") -> None:
        """Has the connection send its output at the end of this round of the loop."""
        if not self.with_output:
            self.loop.call_soon(self._send_all)
        self.with_output.append(connection)

    def _send_all(self) -> None:
        connections, self.with_output = self.with_output, []
        for connection in connections:
            connection.send_output()
