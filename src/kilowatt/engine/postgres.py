"""The engine over PostgreSQL: any number of servers, none of which keeps anything that matters.

`postgres_sql` has the tables and statements, `postgres_batch` how transactions share a commit. Reads run at
READ COMMITTED, one statement each, so they see one moment, and what is committed; commits at SERIALIZABLE.
Both have connections of their own, so that neither waits for the other's.

Records that the opener wants kept (those that nearly every transaction reads and hardly any writes) are kept
in memory once a transaction read them. Another server may change them: a commit finds out, and then they are
read again.
"""

import asyncio
import copy
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg

from kilowatt.engine import postgres_sql as sql
from kilowatt.engine.base import NO_BYTE_LIMIT, Decide, Pair
from kilowatt.engine.counters import Counter
from kilowatt.engine.errors import Busy, Closed, Conflict, FormatTooNew, Full
from kilowatt.engine.postgres_batch import Batch, Found, Token, Transaction
from kilowatt.engine.rounds import Rounds

A = TypeVar("A")
R = TypeVar("R")
Pool = Any  # asyncpg's has type parameters of its own, which say nothing here
Database = Any

_READERS = 8
_COMMITTERS = 3
# How many transactions share a commit, and reads a statement.
_BATCH = 256
_READ_WORKERS = 4
_MOST_KEPT = 10_000
# How long one statement may take, and how long a lost database is looked for.
_STATEMENT_SECONDS = 30.0
_PATIENCE_SECONDS = 30.0
_RETRY_SECONDS = 0.005
_RETRY_SECONDS_AT_MOST = 0.5
# How often a batch is decided again because others were first.
_ATTEMPTS = 100
_COUNTER_PARTS = 64
_PAGE_RECORDS = 1000

# What tells that the connection, not the statement, failed.
_LOST = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # a connection that was cut in the middle of something
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.CannotConnectNowError,
    asyncpg.TooManyConnectionsError,
)
_LOST_AGAINST_OTHERS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)


class _Read:
    """One call of `get` that waits for its answer."""

    __slots__ = ("keys", "values")

    def __init__(self, keys: Sequence[bytes]) -> None:
        self.keys = keys
        self.values: asyncio.Future[list[bytes | None]] = asyncio.get_running_loop().create_future()


class _Reader:
    """Reading through whatever runs a statement."""

    async def _fetch(self, statement: str, *parameters: Any) -> list[Any]:
        raise NotImplementedError

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        found = await self._found(list(dict.fromkeys(keys)))
        return [_value(found[key]) for key in keys]

    async def _found(self, keys: Sequence[bytes]) -> dict[bytes, Found]:
        """The records of different keys."""
        if len(keys) == 1:
            rows = await self._fetch(sql.GET_ONE, *sql.split(keys[0]))
            return {keys[0]: (rows[0][0], rows[0][1]) if rows else None}
        found: dict[bytes, Found] = dict.fromkeys(keys)
        if keys:
            places = [(*sql.split(key), place) for place, key in enumerate(keys)]
            for place, value, version in await self._fetch(sql.GET, *sql.columns(places, 3)):
                found[keys[place]] = (value, version)
        return found

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        pairs: list[Pair] = []
        while start < end and limit > 0 and byte_limit > 0:
            page = await self._page(start, end, min(limit, _PAGE_RECORDS), byte_limit, reverse)
            pairs += page
            if len(page) < min(limit, _PAGE_RECORDS):
                break
            limit -= len(page)
            byte_limit -= sum(len(value) for _, value in page)
            if reverse:
                end = page[-1][0]
            else:
                start = page[-1][0] + b"\x00"
        return pairs

    async def _page(self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool) -> list[Pair]:
        heads, tails = _bounds(start, end)
        for with_tails in False, True:
            statement = sql.page(bool(sql.tail(start)), bool(sql.tail(end)), with_tails, reverse)
            rows = await self._fetch(statement, *heads, limit, min(byte_limit, NO_BYTE_LIMIT), *tails)
            if with_tails or not any(row[1] for row in rows):
                break
        return [(row[0] + row[1], row[2]) for row in rows]

    async def counters(self, keys: Sequence[bytes]) -> list[Counter]:
        totals: dict[bytes, dict[int, int]] = {}
        for counter, element, total in await self._fetch(sql.COUNTERS, list(keys)):
            totals.setdefault(counter, {})[element] = int(total)
        return [_vector(totals.get(key, {})) for key in keys]


class PostgresSnapshot(_Reader):
    """What was committed at one moment: a transaction of its own, on a connection of its own."""

    def __init__(self, connection: Database, released: Callable[["PostgresSnapshot"], None]) -> None:
        self._connection = connection
        self._released = released
        self._one_at_a_time = asyncio.Lock()
        self._closed = False

    async def _fetch(self, statement: str, *parameters: Any) -> list[Any]:
        async with self._one_at_a_time:
            if self._closed:
                raise Closed("The snapshot is closed.")
            try:
                rows: list[Any] = await self._connection.fetch(statement, *parameters)
            except _LOST as error:
                raise Closed(f"The snapshot was lost: {error}") from error
            return rows

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._released(self)

    async def release(self) -> None:
        async with self._one_at_a_time:
            await self._connection.close(timeout=_STATEMENT_SECONDS)


class PostgresEngine(_Reader):
    """See `kilowatt.engine.base.Engine`."""

    def __init__(self, dsn: str, readers: Pool, committers: Pool, kept_prefixes: tuple[bytes, ...]) -> None:
        self._dsn = dsn
        self._readers = readers
        self._committers = committers
        self._kept_prefixes = kept_prefixes
        self._kept: dict[bytes, Found] = {}
        self._part = random.randrange(_COUNTER_PARTS)  # noqa: S311 - spreads, hides nothing
        self._transactions: Rounds[Transaction[Any]] = Rounds(self._commit_all, _COMMITTERS, _BATCH)
        self._reads: Rounds[_Read] = Rounds(self._read_all, _READ_WORKERS, _BATCH)
        self._snapshots: set[PostgresSnapshot] = set()
        self._releases: set[asyncio.Task[None]] = set()
        self._refusal: str | None = None
        self._loop = asyncio.get_running_loop()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, dsn: str, kept_prefixes: tuple[bytes, ...] = ()) -> "PostgresEngine":
        """Connects to the database that `dsn` names, and makes what is missing in it.

        Raises `Closed` if it cannot be reached, `FormatTooNew`.
        """
        try:
            readers = await _pool(dsn, _READERS, "read committed")
            committers = await _pool(dsn, _COMMITTERS, "serializable")
        except (*_LOST, asyncpg.PostgresError, ValueError) as error:
            raise Closed(f"cannot connect: {error}") from error
        engine = cls(dsn, readers, committers, kept_prefixes)
        try:
            await engine._prepare()
        except BaseException:
            await engine.close()
            raise
        return engine

    async def _prepare(self) -> None:
        async def prepare(connection: Database) -> int:
            for statement in sql.SCHEMA:
                await connection.execute(statement)
            await connection.execute(sql.SET_FORMAT, sql.FORMAT_VERSION)
            version: int = await connection.fetchval(sql.GET_FORMAT)
            return version

        version = await self._on(self._readers, prepare)
        if version > sql.FORMAT_VERSION:
            raise FormatTooNew(
                f"The database has format {version}, of a newer version of Kilowatt; this one knows formats "
                f"up to {sql.FORMAT_VERSION}."
            )

    # -- reading

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        self._check_open()
        read = _Read(keys)
        self._reads.add(read)
        return await read.values

    async def _read_all(self, reads: list["_Read"]) -> None:
        """Answers reads by one statement."""
        try:
            found = await self._found(list(dict.fromkeys(key for read in reads for key in read.keys)))
        except Exception as error:
            for read in reads:
                if not read.values.done():
                    read.values.set_exception(copy.copy(error))
            return
        for read in reads:
            if not read.values.done():
                read.values.set_result([_value(found[key]) for key in read.keys])

    async def _fetch(self, statement: str, *parameters: Any) -> list[Any]:
        async def fetch(connection: Database) -> list[Any]:
            rows: list[Any] = await connection.fetch(statement, *parameters)
            return rows

        return await self._on(self._readers, fetch)

    async def snapshot(self) -> PostgresSnapshot:
        self._check_open()
        connection = await asyncpg.connect(self._dsn, command_timeout=_STATEMENT_SECONDS)
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await connection.execute("SELECT 1")  # the moment is that of the first statement
        snapshot = PostgresSnapshot(connection, self._release)
        self._snapshots.add(snapshot)
        return snapshot

    def _release(self, snapshot: PostgresSnapshot) -> None:
        self._snapshots.discard(snapshot)
        task = self._loop.create_task(snapshot.release())  # who closes it need not be in the loop
        self._releases.add(task)
        task.add_done_callback(self._releases.discard)

    async def log(
        self, log: bytes, after: int, limit: int, byte_limit: int = NO_BYTE_LIMIT
    ) -> list[tuple[int, bytes]]:
        rows = await self._fetch(sql.LOG, log, after, limit, min(byte_limit, NO_BYTE_LIMIT))
        return [(row[0], row[1]) for row in rows]

    async def last(self, log: bytes) -> int:
        rows = await self._fetch(sql.LAST, log)
        return int(rows[0][0]) if rows else 0

    # -- writing

    async def trim(self, log: bytes, through: int) -> None:
        async def trim(connection: Database) -> None:
            await connection.execute(sql.TRIM, log, through)

        await self._on(self._readers, trim)

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        self._check_open()
        transaction = Transaction(keys, decide)
        self._transactions.add(transaction)
        return await transaction.answer

    async def _commit_all(self, transactions: list[Transaction[Any]]) -> None:
        try:
            answers = await self._committed(transactions)
        except OverflowError as error:
            if len(transactions) > 1:
                for transaction in transactions:  # some may go without the one that overflows
                    await self._commit_all([transaction])
                return
            answers = [error]
        except Exception as error:
            answers = [copy.copy(error) for _ in transactions]  # each collects its own traceback
        for transaction, answer in zip(transactions, answers, strict=True):
            if transaction.answer.done():
                continue
            if isinstance(answer, Exception):
                transaction.answer.set_exception(answer)
            else:
                transaction.answer.set_result(answer)

    async def _committed(self, transactions: list[Transaction[Any]]) -> list[Any]:
        """The answer of each transaction, or its refusal, once their batch is committed."""
        keys = dict.fromkeys(key for transaction in transactions for key in transaction.keys)
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_pause(attempt))
            kept = {key: self._kept[key] for key in keys if key in self._kept}
            read = await self._found([key for key in keys if key not in kept])
            self._keep(read)
            batch = Batch({**kept, **read})
            answers = [_decided(batch, transaction) for transaction in transactions]
            if not batch.writes and not kept:
                return answers
            if await self._commit(batch):
                for key in batch.records.keys() & self._kept.keys():
                    del self._kept[key]
                if batch.ranges:
                    self._kept.clear()
                return answers
            for key in kept:
                self._kept.pop(key, None)
        raise Conflict(f"The transaction lost against others {_ATTEMPTS} times.")

    def _keep(self, read: dict[bytes, Found]) -> None:
        for key, found in read.items():
            if found is not None and key.startswith(self._kept_prefixes):
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[key] = found

    async def _commit(self, batch: Batch) -> bool:
        """Whether the batch was committed; False if others were first. Raises OverflowError and others."""
        if batch.overflows:
            raise OverflowError("A counter would leave the range of signed 64-bit integers.")
        token = Token()
        statement, parameters = batch.statement(self._part, token)

        async def commit(connection: Database) -> bool:
            if not batch.ranges:
                committed: bool = await connection.fetchval(statement, *parameters)
                return committed
            async with connection.transaction():
                committed = await connection.fetchval(statement, *parameters)
                if committed:  # what was read is still there, so only now may it go
                    for start, end in batch.ranges:
                        heads, tails = _bounds(start, end)
                        delete = sql.range_delete(bool(sql.tail(start)), bool(sql.tail(end)))
                        await connection.execute(delete, *heads, parameters[0], *tails)
            return committed

        try:
            return await self._once(commit, token)
        except _LOST_AGAINST_OTHERS:
            return False
        except asyncpg.NumericValueOutOfRangeError as error:
            raise OverflowError("A counter would leave the range of signed 64-bit integers.") from error

    async def _once(self, commit: Callable[[Database], Awaitable[bool]], token: Token) -> bool:
        """Runs a commit; if its connection is lost, finds out whether it happened.

        False if it did not, and will not.
        """
        try:
            async with _connection(self._committers) as connection:
                return await commit(connection)
        except (asyncpg.DiskFullError, asyncpg.OutOfMemoryError) as error:
            raise Full(str(error)) from error
        except _LOST as error:
            try:
                return await self._happened(token)
            except Busy:
                raise Closed(f"Whether a commit happened is not known: {error}") from error

    async def _happened(self, token: Token) -> bool:
        """Whether a commit happened. If not, it will not happen any more."""

        async def happened(connection: Database) -> bool:
            # Two statements, as this itself may be cut short and run again, and has to find the same.
            await connection.execute(sql.PREVENT_COMMIT, token.minute, token.bytes)
            found: bool = await connection.fetchval(sql.HAPPENED, token.minute, token.bytes)
            return found

        return await self._on(self._readers, happened)

    async def _on(self, pool: Pool, run: Callable[[Database], Awaitable[R]]) -> R:
        """Runs something that may be run again, until it was run without losing its connection.

        Raises `Busy` if that takes too long, `Closed`, `Full`.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        attempt = 0
        while True:
            self._check_open()
            try:
                async with _connection(pool) as connection:
                    return await run(connection)
            except (asyncpg.DiskFullError, asyncpg.OutOfMemoryError) as error:
                raise Full(str(error)) from error
            except (*_LOST, *_LOST_AGAINST_OTHERS) as error:
                if time.monotonic() > deadline:
                    raise Busy(f"The database cannot be reached: {error}") from error
            attempt += 1
            await asyncio.sleep(_pause(attempt))

    # -- closing

    def _check_open(self) -> None:
        if self._refusal is not None:
            raise Closed(self._refusal)

    async def close(self) -> None:
        if self._closing is None:
            self._closing = self._loop.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        await self._transactions.finish()
        await self._reads.finish()
        self._refusal = "The engine is closed."
        for snapshot in list(self._snapshots):
            snapshot.close()
        if self._releases:
            await asyncio.wait(self._releases)
        await self._readers.close()
        await self._committers.close()


@asynccontextmanager
async def _connection(pool: Pool) -> AsyncIterator[Database]:
    """A connection of the pool, which does not get it back if it fails: who knows what it has yet to say."""
    async with pool.acquire(timeout=_PATIENCE_SECONDS) as connection:
        try:
            yield connection
        except _LOST:
            connection.terminate()
            raise


async def _pool(dsn: str, size: int, isolation: str) -> Pool:
    return await asyncpg.create_pool(
        dsn,
        min_size=1,
        max_size=size,
        command_timeout=_STATEMENT_SECONDS,
        server_settings={
            "application_name": "kilowatt",
            "default_transaction_isolation": isolation,
            # Tables whose statistics are old, or that are small, are still read by their keys: whole tables
            # would be in the way of every other serializable transaction.
            "enable_seqscan": "off",
            "enable_hashjoin": "off",
            "enable_mergejoin": "off",
        },
    )


def _value(found: Found) -> bytes | None:
    return None if found is None else found[0]


def _decided(batch: Batch, transaction: Transaction[A]) -> A | Exception:
    try:
        return batch.decide(transaction)
    except Exception as refusal:
        return refusal


def _bounds(start: bytes, end: bytes) -> tuple[list[bytes], list[bytes]]:
    """The heads of a range's bounds, and the tails of those that have one."""
    return [sql.split(start)[0], sql.split(end)[0]], [
        tail for tail in (sql.tail(start), sql.tail(end)) if tail
    ]


def _vector(elements: dict[int, int]) -> Counter:
    return tuple(elements.get(element, 0) for element in range(max(elements, default=-1) + 1))


def _pause(attempt: int) -> float:
    most: float = min(_RETRY_SECONDS * 2 ** min(attempt, 16), _RETRY_SECONDS_AT_MOST)
    return random.uniform(0, most)  # noqa: S311 - spreads, hides nothing
