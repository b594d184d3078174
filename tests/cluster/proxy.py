"""A proxy between a server and PostgreSQL that cuts connections in the middle of commits.

It cuts at three moments, drawn by a seed:

    half          the database got a part of the commit, and never gets the rest
    unheard       the database got it whole, and the server lost its connection before anything came back
    unanswered    the database has answered, which the server never gets to know
"""

import asyncio
import random
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_MOMENTS = ("half", "unheard", "unanswered")
# Lengths of messages are in 4 bytes, which count themselves. Only the first messages have no kind before.
_LENGTH = struct.Struct("!I")
_STARTUP = 3 << 16
_PARSE, _BIND, _SYNC, _QUERY = b"PBSQ"
# What a commit of the engine has in it, and what asks about one has not.
_COMMITS = (b"INSERT INTO kilowatt_commits", b", true")
_LATER_SECONDS = 0.05


@dataclass
class CuttingProxy:
    """Listens on `port`. `cuts` counts what it did, by moment; `commits` what it let pass as well."""

    database_port: int
    chance: random.Random
    share: float
    port: int = 0
    commits: int = 0
    cuts: Counter[str] = field(default_factory=Counter)
    cutting: bool = True
    """Whether it cuts now."""

    def draw(self) -> str | None:
        """At which moment the commit that comes is cut; None if it passes."""
        self.commits += 1
        if not self.cutting or self.chance.random() >= self.share:
            return None
        moment = self.chance.choice(_MOMENTS)
        self.cuts[moment] += 1
        return moment

    async def serve(self, started: threading.Event, ended: asyncio.Event) -> None:
        server = await asyncio.start_server(self._link, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        async with server:
            await ended.wait()

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            ends = await asyncio.open_connection("127.0.0.1", self.database_port)
        except OSError:
            writer.transport.abort()
            return
        link = _Link(self, reader, writer, *ends)
        await link.run()


class _Link:
    """One connection of a server, and its own to the database."""

    def __init__(
        self,
        proxy: CuttingProxy,
        server: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        database: asyncio.StreamReader,
        to_database: asyncio.StreamWriter,
    ) -> None:
        self._proxy = proxy
        self._server, self._to_server = server, to_server
        self._database, self._to_database = database, to_database
        self._statements: set[bytes] = set()
        self._moment: str | None = None

    async def run(self) -> None:
        pumps = [asyncio.create_task(pump) for pump in (self._requests(), self._answers())]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            self._to_server.transport.abort()
            self._to_database.transport.abort()

    async def _answers(self) -> None:
        while data := await self._database.read(1 << 16):
            if self._moment is not None:
                return
            self._to_server.write(data)
            await self._to_server.drain()

    async def _requests(self) -> None:
        """Returns when the connection is to be cut, or gone."""
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await self._pass_on(await self._first_message()):
                pass
            while not await self._done_after(await self._message()):
                pass

    async def _pass_on(self, message: bytes) -> bool:
        """Whether the next one will be without a kind, too: a question for encryption is no start."""
        self._to_database.write(message)
        (code,) = _LENGTH.unpack_from(message, 4)
        return int(code) != _STARTUP

    async def _done_after(self, message: bytes) -> bool:
        """Passes a message on, or not; whether it was the last one."""
        if self._moment is None and self._commits(message):
            self._moment = self._proxy.draw()
            if self._moment == "half":
                self._to_database.write(message[: self._proxy.chance.randrange(1, len(message))])
                await self._to_database.drain()
                return True
        self._to_database.write(message)
        await self._to_database.drain()
        if self._moment is None or message[0] not in {_SYNC, _QUERY}:
            return False
        if self._moment == "unheard":
            self._to_server.transport.abort()
            await asyncio.sleep(self._proxy.chance.uniform(0, _LATER_SECONDS))
            return True
        await asyncio.Event().wait()  # for the answer, which ends it
        return True

    def _commits(self, message: bytes) -> bool:
        """Whether it commits something. Takes note of the statements that do."""
        body = message[5:]
        if message[0] == _PARSE:
            name, statement, *_ = body.split(b"\x00", 2)
            self._statements.discard(name)
            if all(part in statement for part in _COMMITS):
                self._statements.add(name)
        if message[0] == _BIND:
            return body.split(b"\x00", 2)[1] in self._statements
        return message[0] == _QUERY and body.startswith(b"COMMIT")

    async def _first_message(self) -> bytes:
        return await self._rest(b"")

    async def _message(self) -> bytes:
        return await self._rest(await self._server.readexactly(1))

    async def _rest(self, kind: bytes) -> bytes:
        head = await self._server.readexactly(4)
        (length,) = _LENGTH.unpack(head)
        return kind + head + await self._server.readexactly(length - 4)


@contextmanager
def cutting_proxy(database_port: int, seed: int, share: float) -> Iterator[CuttingProxy]:
    """A proxy that cuts that share of all commits."""
    proxy = CuttingProxy(database_port, random.Random(seed), share)
    started = threading.Event()
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()

    async def run() -> None:
        await proxy.serve(started, ended)
        links = asyncio.all_tasks() - {asyncio.current_task()}
        for link in links:
            link.cancel()
        await asyncio.gather(*links, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    try:
        assert started.wait(10)
        yield proxy
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(10)
        loop.close()
