"""The floor: the least that a uvloop + httptools server can do for a request.

    python benchmarks/floor.py --port 8001 &
    python benchmarks/floor.py --port 8002 --kilowatt &  # through our HTTP layer
    wrk -t1 -c32 -d5 -s benchmarks/get_item.lua http://127.0.0.1:8001/

Both answer every request with the same constant JSON and AWS's headers, the second through our HTTP layer.
What it is slower by is the price of limits, ordering, time-outs and drain.
"""

import argparse
import asyncio
import logging
from email.utils import formatdate
from time import time
from typing import cast

import httptools
import uvloop

from kilowatt.clock import SystemClock
from kilowatt.server.http import HttpServer, Request, Response

BODY = b'{"Item":{"pk":{"S":"customer#0001"},"sk":{"S":"order#0001"},"total":{"N":"12.5"}}}'
HEADERS = (
    b"Content-Type: application/x-amz-json-1.0\r\nContent-Length: %d\r\n"
    b"x-amzn-RequestId: 0123456789ABCDEFGHIJKLMNOPVV4KQNSO5AEMVJF66Q9ASUAAJG\r\nx-amz-crc32: 2745614147\r\n"
) % len(BODY)


class Floor(asyncio.Protocol):
    """Parses, answers, nothing else."""

    answer = b"".join(
        (
            b"HTTP/1.1 200 OK\r\nServer: Server\r\nDate: ",
            formatdate(time(), usegmt=True).encode(),
            b"\r\nConnection: keep-alive\r\n",
            HEADERS,
            b"\r\n",
            BODY,
        )
    )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.parser = httptools.HttpRequestParser(self)

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self.url = url
        self.headers: dict[bytes, bytes] = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name] = value

    def on_body(self, body: bytes) -> None:
        self.body = body

    def on_message_complete(self) -> None:
        self.transport.write(self.answer)


async def constant(request: Request) -> Response:
    return Response(200, HEADERS, BODY)


async def serve(port: int, kilowatt: bool) -> None:
    if kilowatt:
        fault = Response(500, b"Content-Length: 0\r\n", b"")
        server = HttpServer(constant, lambda request: fault, SystemClock(), logging.getLogger("floor"))
        await server.start("127.0.0.1", port)
    else:
        await asyncio.get_running_loop().create_server(Floor, "127.0.0.1", port)
    print("listening on", port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("--port", type=int, default=8001)
    options.add_argument("--kilowatt", action="store_true")
    given = options.parse_args()
    uvloop.run(serve(given.port, given.kilowatt))
