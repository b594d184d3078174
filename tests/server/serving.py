"""An HTTP server in this process and raw connections to it."""

import asyncio
import functools
import logging
import socket
import ssl as tls
import struct
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import uvloop

from kilowatt.clock import SystemClock
from kilowatt.server.http import Handler, HttpLimits, HttpServer, Request, Response

# Long enough for a busy machine, short enough to fail.
PATIENCE_SECONDS = 10.0


def on_uvloop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Makes a test of a coroutine function."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        uvloop.run(asyncio.wait_for(test(*args, **kwargs), 6 * PATIENCE_SECONDS))

    return run


def ok(body: bytes) -> Response:
    return Response(200, b"Content-Length: %d\r\n" % len(body), body)


async def echo(request: Request) -> Response:
    """Answers with the request's body; `/slow` suspends first."""
    if request.url.startswith(b"/slow"):
        await asyncio.sleep(0.05)
    return ok(request.body)


def fault(request: Request) -> Response:
    return Response(500, b"Content-Length: 5\r\n", b"fault")


def post(body: bytes, *headers: bytes, url: bytes = b"/") -> bytes:
    """The bytes of a POST."""
    lines = [b"POST " + url + b" HTTP/1.1", b"Host: localhost", b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Peer:
    """A client's end of a connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def transport(self) -> asyncio.Transport:
        return cast(asyncio.Transport, self.writer.transport)

    @property
    def unsent_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    async def send(self, data: bytes) -> None:
        if self.transport.is_closing():
            raise ConnectionResetError
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, to: bytes = b"POST") -> Answer:
        """The next answer. Raises `asyncio.IncompleteReadError` if the connection ends before it."""
        head = await self._patiently(self.reader.readuntil(b"\r\n\r\n"))
        status_line, *lines = head.decode().split("\r\n")[:-2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        if headers.get("transfer-encoding") == "chunked":
            assert await self._patiently(self.reader.readexactly(5)) == b"0\r\n\r\n"
            body = b""
        else:
            size = 0 if to == b"HEAD" else int(headers.get("content-length", 0))
            body = await self._patiently(self.reader.readexactly(size))
        return Answer(int(status_line.split(" ")[1]), headers, body)

    async def ended(self) -> bool:
        """Waits for the connection's end; whether nothing came before."""
        try:
            return not await self._patiently(self.reader.read(1))
        except ConnectionError:
            return True

    def reset(self) -> None:
        """Ends the connection as a crashed machine does, without a goodbye."""
        lingering = struct.pack("ii", 1, 0)
        self.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
        self.transport.abort()

    async def leave(self) -> None:
        self.writer.close()
        try:
            await self._patiently(self.writer.wait_closed())
        except ConnectionError:
            return

    async def _patiently(self, reading: Coroutine[Any, Any, Any]) -> Any:
        return await asyncio.wait_for(reading, PATIENCE_SECONDS)


@dataclass
class Served:
    server: HttpServer
    port: int
    peers: list[Peer] = field(default_factory=list)

    async def peer(self, ssl: tls.SSLContext | None = None) -> Peer:
        """A new connection to the server."""
        name = "localhost" if ssl else None
        peer = Peer(*await asyncio.open_connection("127.0.0.1", self.port, ssl=ssl, server_hostname=name))
        self.peers.append(peer)
        return peer

    async def until_connections(self, count: int) -> None:
        """Waits until so many connections are open."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.server.connections != count:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def serving(
    handler: Handler = echo, limits: HttpLimits | None = None, ssl: tls.SSLContext | None = None
) -> AsyncIterator[Served]:
    server = HttpServer(handler, fault, SystemClock(), logging.getLogger("kilowatt.test"), limits)
    served = Served(server, await server.start("127.0.0.1", 0, ssl))
    try:
        yield served
    finally:
        for peer in served.peers:
            await peer.leave()
        await server.drain(PATIENCE_SECONDS)
