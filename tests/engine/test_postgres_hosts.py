"""A DSN with several hosts, of which one is the primary, and some are silent: they hang, or are gone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import asyncpg
import pytest
from tests.engine.test_postgres import increment
from tests.postgres_server import Databases, needs_postgres, running_postgres

from kilowatt.engine import postgres_connections
from kilowatt.engine.errors import Closed
from kilowatt.engine.postgres import PostgresEngine

pytestmark = needs_postgres

_LONG_SECONDS = 10


@pytest.fixture
def dsn(postgres_server: Databases) -> str:
    return postgres_server.new_database()


@pytest.fixture(autouse=True)
def _little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_connections, "CONNECT_SECONDS", 0.5)
    monkeypatch.setattr(postgres_connections, "STATEMENT_SECONDS", 0.5)


class Relay:
    """A host that is as good as the database, until it falls silent."""

    def __init__(self, database_port: int) -> None:
        self.connections = 0
        self.port = 0
        self._database_port = database_port
        self._loud = asyncio.Event()
        self._loud.set()
        self._links: set[asyncio.Task[None]] = set()

    def fall_silent(self) -> None:
        self._loud.clear()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Relay"]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for link in self._links:
                link.cancel()
            await asyncio.gather(*self._links, return_exceptions=True)

    def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._links.add(asyncio.get_running_loop().create_task(self._link(reader, writer)))

    async def _link(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._database_port)
        try:
            await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))
        finally:
            writer.transport.abort()
            back.transport.abort()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(1 << 16):
                await self._loud.wait()
                writer.write(data)
        writer.close()


@asynccontextmanager
async def beside_a_relay(dsn: str) -> AsyncIterator[tuple[Relay, str]]:
    """A relay, and a DSN that has it as the first of two hosts."""
    async with Relay(urlsplit(dsn).port or 0).listening() as relay, asyncio.timeout(_LONG_SECONDS):
        yield relay, dsn.replace("@", f"@127.0.0.1:{relay.port},")


async def test_a_host_that_is_silent_is_passed_over(dsn: str) -> None:
    async with beside_a_relay(dsn) as (relay, both):
        relay.fall_silent()
        engine = await PostgresEngine.open(both)
        assert await engine.transact([b"n"], increment(b"n")) == 1
        snapshot = await engine.snapshot()
        assert await snapshot.get([b"n"]) == [b"1"]
        snapshot.close()
        await engine.close()
        assert relay.connections > 0


async def test_a_host_that_falls_silent_is_left(dsn: str) -> None:
    """All its connections are left at once, not each when somebody has waited for it."""
    async with beside_a_relay(dsn) as (relay, both):
        engine = await PostgresEngine.open(both)
        keys = [b"%d" % number for number in range(20)]
        for expected in 1, 2:
            counts = await asyncio.gather(*[engine.transact([key], increment(key)) for key in keys])
            assert counts == [expected] * len(keys)
            await asyncio.gather(*[engine.scan(key, key + b"\x00", 1, 1) for key in keys])
            relay.fall_silent()
        assert await engine.counters([b"total"]) == [(40, -40)]
        assert relay.connections > 1
        await engine.close()


async def test_a_host_that_does_not_know_the_database_is_passed_over(dsn: str) -> None:
    """A standby that lags behind knows it later."""
    with running_postgres() as lagging:
        engine = await PostgresEngine.open(dsn.replace("@", f"@127.0.0.1:{lagging.port},"))
        assert await engine.transact([b"n"], increment(b"n")) == 1
        await engine.close()


async def test_of_several_hosts_only_the_one_that_may_be_written_to_is_used(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    name = await connection.fetchval("SELECT current_database()")
    await connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    await connection.close()
    host = urlsplit(dsn).netloc.rpartition("@")[2]
    with pytest.raises(Closed, match="None of the hosts"):
        await PostgresEngine.open(dsn.replace(host, f"{host},{host}"))
