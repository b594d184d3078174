"""A commit counts once a standby has it, whatever cuts the wait for that short.

Without a standby, PostgreSQL lets a commit wait. Whoever cancels the wait or ends its connection makes the
commit visible on the primary, though it is lost if that dies.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tests.engine.test_postgres import increment
from tests.postgres_server import PostgresServer, needs_postgres, running_postgres

from kilowatt.engine import postgres, postgres_connections
from kilowatt.engine.errors import Busy, Closed
from kilowatt.engine.postgres import PostgresEngine

pytestmark = needs_postgres

_LONG_SECONDS = 10


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One of our own: whether commits wait is a matter of the whole server."""
    with running_postgres() as server:
        yield server


class Primary:
    """The primary, seen by its administrator, for whom no commit waits."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def lose_standby(self) -> None:
        await self._set_standbys("nobody")

    async def regain_standby(self) -> None:
        await self._set_standbys("")

    async def waiting(self) -> list[int]:
        """The processes that wait for a standby, once there are any."""
        async with asyncio.timeout(_LONG_SECONDS):
            while True:
                rows = await self._connection.fetch(
                    "SELECT pid FROM pg_stat_activity"
                    " WHERE wait_event = 'SyncRep' AND datname = current_database()"
                )
                if rows:
                    return [row["pid"] for row in rows]
                await asyncio.sleep(0.01)

    async def locked(self) -> int:
        """How many processes wait for what others have locked."""
        return int(
            await self._connection.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
        )

    async def tell(self, function: str, process: int) -> None:
        """Cancels what a process does, or ends it."""
        assert await self._connection.fetchval(f"SELECT {function}($1)", process)

    async def _set_standbys(self, names: str) -> None:
        await self._connection.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'")
        await self._connection.execute("SELECT pg_reload_conf()")
        async with asyncio.timeout(_LONG_SECONDS):
            while await self._connection.fetchval("SHOW synchronous_standby_names") != names:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def replicated(dsn: str) -> AsyncIterator[tuple[PostgresEngine, Primary]]:
    """An engine that has counted to 1, and the primary under it."""
    connection = await asyncpg.connect(dsn, server_settings={"synchronous_commit": "local"})
    primary = Primary(connection)
    engine = await PostgresEngine.open(dsn)
    try:
        assert await engine.transact([b"n"], increment(b"n")) == 1
        await primary.lose_standby()
        yield engine, primary
    finally:
        await primary.regain_standby()
        await engine.close()
        await connection.close()


async def _terminated(primary: Primary, process: int) -> None:
    await primary.tell("pg_terminate_backend", process)


async def _canceled(primary: Primary, process: int) -> None:
    await primary.tell("pg_cancel_backend", process)


async def _left_alone(primary: Primary, process: int) -> None:
    pass


@pytest.mark.parametrize("cut_short", [_left_alone, _canceled, _terminated])
async def test_a_commit_is_acknowledged_when_a_standby_has_it(
    server: PostgresServer, cut_short: Callable[[Primary, int], Awaitable[None]]
) -> None:
    async with replicated(server.new_database()) as (engine, primary):
        counting = asyncio.create_task(engine.transact([b"n"], increment(b"n")))
        for process in await primary.waiting():
            await cut_short(primary, process)
        await asyncio.sleep(0.2)
        assert not counting.done()
        await primary.regain_standby()
        async with asyncio.timeout(_LONG_SECONDS):
            assert await counting == 2
        assert await engine.get([b"n"]) == [b"2"]
        assert await engine.log(b"log", 0, 9) == [(1, b"1"), (2, b"2")]


async def test_a_commit_that_no_standby_gets_is_never_acknowledged_or_seen(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connections, "STATEMENT_SECONDS", 0.3)
    monkeypatch.setattr(postgres_connections, "PATIENCE_SECONDS", 1.0)
    async with replicated(server.new_database()) as (engine, primary):
        with pytest.raises(Closed, match="not known"):
            await engine.transact([b"n"], increment(b"n"))
        assert await engine.get([b"n"]) == [b"1"]
        assert len(await primary.waiting()) == 1
        await primary.regain_standby()
        async with asyncio.timeout(_LONG_SECONDS):
            while await engine.get([b"n"]) == [b"1"]:
                await asyncio.sleep(0.01)
        assert await engine.transact([b"n"], increment(b"n")) == 3
        assert await engine.log(b"log", 0, 9) == [(number, b"%d" % number) for number in (1, 2, 3)]


async def test_what_waits_for_a_commit_without_a_standby_is_ended_and_reads_go_on(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres_connections, "LOCK_SECONDS", 0.3)
    async with replicated(server.new_database()) as (engine, primary):
        other = await PostgresEngine.open(engine._dsn)
        counting = asyncio.create_task(engine.transact([b"n"], increment(b"n")))
        await primary.waiting()
        with pytest.raises(Busy, match="does not end"):
            await other.transact([b"n"], increment(b"n"))
        assert await other.get([b"n"]) == [b"1"]
        assert len(await primary.waiting()) == 1
        assert not await primary.locked()
        await primary.regain_standby()
        async with asyncio.timeout(_LONG_SECONDS):
            assert await counting == 2
        assert await other.transact([b"n"], increment(b"n")) == 3
        await other.close()


async def test_who_got_no_answer_in_time_is_told_and_what_had_not_begun_never_does(
    server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "ANSWER_SECONDS", 0.5)
    async with replicated(server.new_database()) as (engine, primary):
        first = asyncio.create_task(engine.transact([b"n"], increment(b"n")))
        await primary.waiting()
        second = asyncio.create_task(engine.transact([b"n"], increment(b"n")))
        for counting in first, second:
            with pytest.raises(Closed, match="no answer within"):
                await counting
        await primary.regain_standby()
        assert await engine.transact([b"n"], increment(b"n")) == 3
        assert await engine.log(b"log", 0, 9) == [(number, b"%d" % number) for number in (1, 2, 3)]
