"""The HTTP/1.1 server: listening, TLS, the clock of its connections, and an orderly end."""

import asyncio
import contextlib
import logging
import ssl as tls
from collections.abc import Callable

from kilowatt.clock import Clock
from kilowatt.server.connection import Connection
from kilowatt.server.http_limits import HttpLimits
from kilowatt.server.messages import Handler, Request, Response
from kilowatt.server.service import Service

__all__ = ["Handler", "HttpLimits", "HttpServer", "Request", "Response"]

_BACKLOG = 1024
_DRAIN_POLL_SECONDS = 0.02


class HttpServer:
    """Serves requests with `handler`, on the running event loop.

    `fault` gives the answer to a request whose handler raised. A handler runs in a task only once it suspends
    (`server/suspension.py`).
    """

    def __init__(
        self,
        handler: Handler,
        fault: Callable[[Request], Response],
        clock: Clock,
        log: logging.Logger,
        limits: HttpLimits | None = None,
    ) -> None:
        self._handler = handler
        self._fault = fault
        self._clock = clock
        self._log = log
        self._limits = limits or HttpLimits()
        self._listeners: list[asyncio.Server] = []
        self._service: Service | None = None
        self._timer: asyncio.TimerHandle | None = None

    @property
    def connections(self) -> int:
        """How many connections are open."""
        return len(self._service.connections) if self._service else 0

    async def start(
        self, host: str, port: int, ssl: tls.SSLContext | None = None, *, reuse_port: bool = False
    ) -> int:
        """Listens, and returns the port: the one that was free when `port` is 0.

        May be called again for a further address. With `reuse_port` several processes can share one port.

        Raises:
            OSError: the address is taken or not ours.
        """
        if self._service is None:
            self._service = self._new_service()
            self._sweep(self._service)
        service = self._service
        listener = await service.loop.create_server(
            lambda: Connection(service), host, port, ssl=ssl, backlog=_BACKLOG, reuse_port=reuse_port or None
        )
        self._listeners.append(listener)
        bound: int = listener.sockets[0].getsockname()[1]
        return bound

    async def drain(self, seconds: float) -> int:
        """Stops accepting, closes idle connections, lets requests under way finish for `seconds`.

        Their answers say `Connection: close`. What is left then is cut off; returns how many
        connections were.
        """
        for listener in self._listeners:
            listener.close()
        service = self._service
        if service is None:
            return 0
        service.draining = True
        for connection in list(service.connections):
            connection.close_if_idle()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_emptied(service), seconds)
        cut_off = await _abort_all(service)
        if self._timer is not None:
            self._timer.cancel()
        return cut_off

    def _new_service(self) -> Service:
        loop = asyncio.get_running_loop()
        return Service(self._handler, self._fault, self._limits, self._log, loop)

    def _sweep(self, service: Service) -> None:
        """Keeps `Date` and the time limits of all connections, with one timer."""
        now = self._clock.now()
        service.heads.set_time(now)
        service.last_heads.set_time(now)
        monotonic = self._clock.monotonic()
        for connection in list(service.connections):
            connection.sweep(monotonic)
        self._timer = service.loop.call_later(self._limits.sweep_seconds, self._sweep, service)


async def _emptied(service: Service) -> None:
    # The last answers and the peers' closing are seen by the connections, not by anything to wait for.
    while service.connections or service.orphans or service.waiting:
        await asyncio.sleep(_DRAIN_POLL_SECONDS)


async def _abort_all(service: Service) -> int:
    connections = list(service.connections)
    tasks = list(service.orphans)
    tasks += [task for connection in connections if (task := connection.abort()) is not None]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return len(connections)
