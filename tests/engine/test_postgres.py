"""What only the engine over PostgreSQL has: other servers on the same database, and connections that go."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import asyncpg
import pytest
from tests.postgres_server import Databases, needs_postgres

from kilowatt.engine import postgres_connections
from kilowatt.engine import postgres_sql as sql
from kilowatt.engine.base import Outcome
from kilowatt.engine.errors import Closed, FormatTooNew
from kilowatt.engine.postgres import PostgresEngine
from kilowatt.engine.postgres_batch import Token

Commit = Callable[[asyncpg.Connection], Awaitable[bool]]

KEPT = (b"kept",)


@pytest.fixture
def dsn(postgres_server: Databases) -> str:
    return postgres_server.new_database()


@asynccontextmanager
async def servers(dsn: str, count: int = 2) -> AsyncIterator[list[PostgresEngine]]:
    """The engines of so many servers over one database."""
    engines = [await PostgresEngine.open(dsn, KEPT) for _ in range(count)]
    try:
        yield engines
    finally:
        for engine in engines:
            await engine.close()


def increment(key: bytes) -> Callable[[list[bytes | None]], Outcome[int]]:
    def decide(values: list[bytes | None]) -> Outcome[int]:
        count = int(values[0] or b"0") + 1
        text = b"%d" % count
        return Outcome(count, puts=[(key, text)], appends=[(b"log", text)], adds=[(b"total", (1, -1))])

    return decide


async def test_increments_on_two_servers_all_count(dsn: str) -> None:
    async with servers(dsn) as engines:

        async def worker(engine: PostgresEngine) -> list[int]:
            return [await engine.transact([b"n"], increment(b"n")) for _ in range(20)]

        counts = await asyncio.gather(*[worker(engine) for engine in engines * 4])
        assert sorted(count for some in counts for count in some) == list(range(1, 161))
        for engine in engines:
            assert await engine.get([b"n"]) == [b"160"]
            assert await engine.log(b"log", 0, 999) == [(number, b"%d" % number) for number in range(1, 161)]
            assert await engine.counters([b"total"]) == [(160, -160)]


async def test_a_kept_record_that_another_server_changed_is_never_decided_on(dsn: str) -> None:
    async with servers(dsn) as (one, other):
        assert await one.transact([b"kept"], increment(b"kept")) == 1

        def copy(values: list[bytes | None]) -> Outcome[bytes | None]:
            return Outcome(values[0], puts=[(b"copy", values[0] or b"")])

        def read(values: list[bytes | None]) -> Outcome[bytes | None]:
            return Outcome(values[0])

        assert await one.transact([b"kept"], copy) == b"1"
        assert await other.transact([b"kept"], increment(b"kept")) == 2
        assert await one.transact([b"kept"], read) == b"2"
        assert await other.transact([b"kept"], increment(b"kept")) == 3
        assert await one.transact([b"kept"], copy) == b"3"
        assert await one.get([b"copy"]) == [b"3"]
        await other.transact([], lambda _: Outcome(None, range_deletes=[(b"kept", b"kepu")]))
        assert await one.transact([b"kept"], read) is None


async def test_two_transactions_that_each_read_what_the_other_writes_are_serial(dsn: str) -> None:
    """Write skew: of two that may each go if the other has not gone, one goes."""
    async with servers(dsn) as engines:
        for number in range(30):
            keys = [b"%d left" % number, b"%d right" % number]

            def leave(which: int, keys: list[bytes] = keys) -> Callable[[list[bytes | None]], Outcome[bool]]:
                def decide(values: list[bytes | None]) -> Outcome[bool]:
                    if any(values):
                        return Outcome(False)
                    return Outcome(True, puts=[(keys[which], b"gone")])

                return decide

            left = await asyncio.gather(
                *[engine.transact(keys, leave(which)) for which, engine in enumerate(engines)]
            )
            assert sorted(left) == [False, True]


def _always(outcome: Outcome[None], _: list[bytes | None]) -> Outcome[None]:
    return outcome


async def test_what_one_server_answered_the_other_sees(dsn: str) -> None:
    async with servers(dsn) as (one, other):
        for number in range(50):
            value = b"%d" % number
            outcome = Outcome(None, puts=[(b"a", value)])
            await one.transact([], partial(_always, outcome))
            assert await other.get([b"a"]) == [value]
            assert await other.scan(b"a", b"b", 1, 1) == [(b"a", value)]


@needs_postgres
async def test_connections_that_are_cut_lose_and_double_nothing(dsn: str) -> None:
    """Cut at any moment, also between a commit and its answer: whether it happened is found out."""
    async with servers(dsn) as engines:
        done = asyncio.Event()

        async def cut() -> int:
            chance = random.Random(5)
            connection = await asyncpg.connect(dsn)
            count = 0
            while not done.is_set():
                count += await connection.fetchval(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE application_name = 'kilowatt' AND datname = current_database() AND random() < 0.2"
                )
                await asyncio.sleep(chance.uniform(0, 0.01))
            await connection.close()
            return count

        async def worker(engine: PostgresEngine, key: bytes) -> list[int]:
            counts = []
            for _ in range(40):
                counts.append(await engine.transact([key], increment(key)))
                with suppress(IndexError):
                    assert await engine.get([key]) != [None]
            return counts

        cutting = asyncio.create_task(cut())
        keys = [b"%d" % number for number in range(4)]
        counts = await asyncio.gather(*[worker(engine, key) for engine in engines for key in keys])
        done.set()
        assert await cutting > 10
        both = [sorted(counts[number] + counts[number + 4]) for number in range(4)]
        assert both == [list(range(1, 81))] * 4
        assert await engines[0].counters([b"total"]) == [(320, -320)]
        assert [number for number, _ in await engines[0].log(b"log", 0, 999)] == list(range(1, 321))


async def test_a_commit_whose_answer_is_lost_is_not_made_again(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection goes after the commit, before anything of it came back."""
    async with servers(dsn, 1) as (engine,):
        await engine.transact([b"n"], increment(b"n"))
        original = engine._once
        lost = 0

        async def lose(commit: Commit, token: Token) -> bool:
            nonlocal lost
            lost += 1

            async def committed_and_lost(connection: asyncpg.Connection) -> bool:
                await commit(connection)
                raise ConnectionResetError

            return await original(committed_and_lost, token)

        monkeypatch.setattr(engine, "_once", lose)
        assert await engine.transact([b"n"], increment(b"n")) == 2
        assert lost == 1
        assert await engine.get([b"n"]) == [b"2"]


async def test_who_asks_twice_whether_a_commit_happened_hears_the_same(dsn: str) -> None:
    """The first answer may have been lost too, and must not be taken for the commit."""
    async with servers(dsn, 1) as (engine,):
        token = Token(1, b"token")
        assert [await engine._happened(token) for _ in range(2)] == [False, False]


async def test_a_commit_that_never_arrived_is_made_again(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with servers(dsn, 1) as (engine,):
        original = engine._once
        lost = 0

        async def lose(commit: Commit, token: Token) -> bool:
            nonlocal lost
            lost += 1

            async def lost_before(_: asyncpg.Connection) -> bool:
                raise ConnectionResetError

            return await original(commit if lost > 1 else lost_before, token)

        monkeypatch.setattr(engine, "_once", lose)
        assert await engine.transact([b"n"], increment(b"n")) == 1
        assert lost == 2
        assert await engine.log(b"log", 0, 9) == [(1, b"1")]


async def test_a_database_of_a_newer_format_is_not_touched(dsn: str) -> None:
    async with servers(dsn, 1):
        pass
    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE kilowatt_format SET version = $1", sql.FORMAT_VERSION + 1)
    await connection.close()
    with pytest.raises(FormatTooNew, match="newer version"):
        await PostgresEngine.open(dsn)


async def test_servers_that_meet_a_new_database_at_the_same_time_all_open_it(dsn: str) -> None:
    engines = await asyncio.gather(*[PostgresEngine.open(dsn) for _ in range(8)])
    await engines[0].transact([], lambda _: Outcome(None, puts=[(b"a", b"b")]))
    for engine in engines:
        assert await engine.get([b"a"]) == [b"b"]
        await engine.close()


@needs_postgres
async def test_a_database_in_which_nothing_may_be_made_is_told(dsn: str) -> None:
    connection = await asyncpg.connect(dsn)
    guest = f"guest_of_{dsn.rpartition('/')[2]}"
    await connection.execute(f"CREATE ROLE {guest} LOGIN; REVOKE CREATE ON SCHEMA public FROM public")
    with pytest.raises(Closed, match="permission denied"):
        await PostgresEngine.open(dsn.replace("//kilowatt@", f"//{guest}@"))
    await connection.execute(f"DROP ROLE {guest}")
    await connection.close()


async def test_old_tokens_of_commits_are_forgotten(dsn: str) -> None:
    async with servers(dsn, 1) as (engine,):
        await engine.transact([b"n"], increment(b"n"))
        await engine._happened(Token(engine._minute() - 61, b"old"))
    connection = await asyncpg.connect(dsn)
    assert await connection.fetchval("SELECT count(*) FROM kilowatt_commits") == 2
    async with servers(dsn, 1):
        for _ in range(100):
            if await connection.fetchval("SELECT count(*) FROM kilowatt_commits") == 1:
                break
            await asyncio.sleep(0.05)
    assert await connection.fetchval("SELECT happened FROM kilowatt_commits") is True
    await connection.close()


@needs_postgres
async def test_a_range_that_takes_long_to_delete_is_deleted(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other statements take milliseconds, and one that takes long is given up."""
    monkeypatch.setattr(postgres_connections, "STATEMENT_SECONDS", 0.3)
    connection = await asyncpg.connect(dsn)
    async with servers(dsn, 1) as (engine,):
        await engine.transact([], lambda _: Outcome(None, puts=[(b"a%d" % n, b"") for n in range(9)]))
        await connection.execute(
            "CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_sleep(0.1); RETURN OLD; END';"
            "CREATE TRIGGER slowly BEFORE DELETE ON kilowatt_records FOR EACH ROW EXECUTE FUNCTION slowly()"
        )
        await engine.transact([], lambda _: Outcome(None, range_deletes=[(b"a", b"b")]))
        assert await engine.scan(b"a", b"b", 10, 10) == []
    await connection.close()


async def test_a_database_that_is_not_there_is_told() -> None:
    with pytest.raises(Closed, match="cannot connect"):
        await PostgresEngine.open("postgresql://kilowatt@127.0.0.1:1/nothing")
