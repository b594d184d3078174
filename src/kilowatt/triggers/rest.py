"""What the two HTTP interfaces of triggers answer with, and what they need of a server."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson


@dataclass(frozen=True, slots=True)
class RestAnswer:
    """An HTTP answer; `headers` without `Content-Length`."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Answering = Callable[[str, str, Mapping[bytes, bytes], bytes], Awaitable[RestAnswer]]
"""Answers a request: method, path, headers with lower-case names, body."""


class Listening(Protocol):
    """A server on a port of the loopback interface."""

    @property
    def port(self) -> int: ...

    async def close(self) -> None: ...


Listen = Callable[[Answering], Awaitable[Listening]]


def document(members: Any) -> bytes:
    return orjson.dumps(members)
