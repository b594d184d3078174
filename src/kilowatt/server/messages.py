"""What the HTTP layer and its handler say to each other."""

from collections.abc import Callable, Coroutine
from typing import Any


class Request:
    """One HTTP request, complete.

    `method` in capitals. `url` is the raw target, percent-encoding and query included. `headers`: lower-cased
    name to value; the values of a repeated header are joined by a comma without a space, which is the form
    that a signature covers. `body` is as sent: the transfer coding is removed, a `Content-Encoding` is not.
    `keep_alive`: the client wants to use the connection again.
    """

    __slots__ = ("body", "headers", "keep_alive", "method", "url")

    def __init__(
        self, method: bytes, url: bytes, headers: dict[bytes, bytes], body: bytes, keep_alive: bool = True
    ) -> None:
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.keep_alive = keep_alive


class Response:
    """One HTTP answer.

    `headers` are encoded lines, each ended by CRLF, with `Content-Length` and without the status line,
    `Server`, `Date` and `Connection`, which the connection adds.
    """

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, headers: bytes, body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body


Handler = Callable[[Request], Coroutine[Any, Any, Response]]
"""Answers a request. Its first step runs outside any task (see `server/suspension.py`)."""
