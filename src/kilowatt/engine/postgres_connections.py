"""Connections to PostgreSQL, and what is done when they are lost.

A database that fails over is away for some seconds. What may be run again is run again until it is back;
what may not is the business of whoever runs it.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import asyncpg

from kilowatt.engine.errors import Busy, Closed, Full
from kilowatt.ids import Ids

R = TypeVar("R")
Connection = Any  # asyncpg's have type parameters of their own, which say nothing here

# How long one statement may take, and how long a lost database is looked for.
STATEMENT_SECONDS = 30.0
PATIENCE_SECONDS = 30.0
# How long to wait for an answer to a new connection: a machine that is gone does not refuse it.
_CONNECT_SECONDS = 3.0
_RETRY_SECONDS = 0.005
_RETRY_SECONDS_AT_MOST = 0.5

# What tells that the connection, not the statement, failed.
LOST = (
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
LOST_AGAINST_OTHERS = (asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
NO_ROOM = (asyncpg.DiskFullError, asyncpg.OutOfMemoryError)


# Where PostgreSQL warns that a commit was to wait for a standby, and somebody canceled the wait.
_WAIT_FOR_STANDBY = "SyncRepWaitForLSN"


class Unreplicated(ConnectionError):
    """A statement succeeded, but is on the primary alone: as if its answer had been lost."""


class Connections:
    """Some connections, at one level of isolation."""

    def __init__(self, pool: Any, ids: Ids) -> None:
        self._pool = pool
        self._ids = ids
        # Why there is no connection any more.
        self.refusal: str | None = None

    @classmethod
    async def open(cls, dsn: str, most: int, isolation: str, ids: Ids) -> "Connections":
        """Raises `Closed` if the database cannot be reached, or `dsn` is none."""
        try:
            pool = await asyncpg.create_pool(
                dsn,
                min_size=1,
                max_size=most,
                timeout=_CONNECT_SECONDS,
                command_timeout=STATEMENT_SECONDS,
                server_settings={
                    "application_name": "kilowatt",
                    "default_transaction_isolation": isolation,
                    # Tables whose statistics are old, or that are small, are still read by their keys: whole
                    # tables would be in the way of every other serializable transaction.
                    "enable_seqscan": "off",
                    "enable_hashjoin": "off",
                    "enable_mergejoin": "off",
                },
            )
        except (*LOST, asyncpg.PostgresError, ValueError) as error:
            raise Closed(f"cannot connect to the database: {error}") from error
        return cls(pool, ids)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Connection]:
        """A connection. One that fails is not used again: who knows what it has yet to say."""
        canceled: list[str] = []

        def listen(_: Connection, message: asyncpg.PostgresLogMessage) -> None:
            if message.server_source_function == _WAIT_FOR_STANDBY:
                canceled.append(message.message)

        async with self._pool.acquire(timeout=PATIENCE_SECONDS) as connection:
            connection.add_log_listener(listen)
            try:
                yield connection
                if canceled:
                    raise Unreplicated(canceled[0])
            except LOST:
                connection.terminate()
                raise
            finally:
                connection.remove_log_listener(listen)

    async def run(self, run: Callable[[Connection], Awaitable[R]]) -> R:
        """Runs something that may be run again, until it was run without losing its connection.

        Raises `Busy` if that takes too long, `Closed`, `Full`.
        """
        if asyncio.current_task() is None:  # as in a request: asyncpg's timeouts are for tasks alone
            return await asyncio.get_running_loop().create_task(self._run(run))
        return await self._run(run)

    async def _run(self, run: Callable[[Connection], Awaitable[R]]) -> R:
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        attempt = 0
        while True:
            self.check()
            try:
                async with self.one() as connection:
                    return await run(connection)
            except NO_ROOM as error:
                raise Full(str(error)) from error
            except (*LOST, *LOST_AGAINST_OTHERS) as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise Busy(f"The database cannot be reached: {error}") from error
            attempt += 1
            await self.pause(attempt)

    async def pause(self, attempt: int) -> None:
        """Waits before another attempt, longer each time, and never as long as somebody else."""
        most = min(_RETRY_SECONDS * 2 ** min(attempt, 16), _RETRY_SECONDS_AT_MOST)
        await asyncio.sleep(self._ids.share() * most)

    def check(self) -> None:
        """Raises `Closed` if there is no connection any more."""
        if self.refusal is not None:
            raise Closed(self.refusal)

    async def close(self) -> None:
        await self._pool.close()
