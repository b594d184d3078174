"""Connections to PostgreSQL, and what is done when they are lost.

A database that fails over is away for some seconds. What may be run again is run again until it is back;
what may not is the business of whoever runs it.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Container
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar
from weakref import WeakSet

import asyncpg

from kilowatt.engine.errors import Busy, Closed, Full
from kilowatt.ids import Ids

R = TypeVar("R")
Connection = Any  # asyncpg's have type parameters of their own, which say nothing here

# How long one statement may take, and how long a lost database is looked for.
STATEMENT_SECONDS = 10.0
# How long a statement waits for another one's locks. It is the database that ends it, which else would not
# notice that nobody waits for it any more.
LOCK_SECONDS = 8.0
PATIENCE_SECONDS = 30.0
# A range may be a whole table of many items.
RANGE_SECONDS = 3600.0
# How long to wait for an answer to a new connection: a machine that is gone does not refuse it.
CONNECT_SECONDS = 3.0
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
LOCKED = asyncpg.LockNotAvailableError
NO_ROOM = (asyncpg.DiskFullError, asyncpg.OutOfMemoryError)


# The hosts of a DSN are between what comes before them and what comes after.
_HOSTS = re.compile(r"(\w+://(?:[^/?]*@)?)([^/?]*)(.*)", re.DOTALL)
# Where PostgreSQL warns that a commit was to wait for a standby, and somebody canceled the wait.
_WAIT_FOR_STANDBY = "SyncRepWaitForLSN"


class Unreplicated(ConnectionError):
    """A statement succeeded, but is on the primary alone: as if its answer had been lost."""


class Hosts:
    """The hosts of a DSN, and the connections to them.

    asyncpg's own way to the one that is the primary ends at the first that is silent, as a machine is that is
    gone.
    """

    def __init__(self, dsn: str) -> None:
        parts = _HOSTS.fullmatch(dsn)
        before, hosts, after = parts.groups() if parts else (dsn, "", "")
        self._dsns = [f"{before}{host}{after}" for host in hosts.split(",")]
        # Of several hosts, all but one are standbys, which lag behind.
        choosing = len(self._dsns) > 1 and "target_session_attrs" not in after
        self._options: dict[str, Any] = {"target_session_attrs": "read-write"} if choosing else {}
        self._connections: WeakSet[Connection] = WeakSet()

    async def connect(self, *_: Any, **options: Any) -> Connection:
        """Connects to the first that will have it, beginning with the last one that had."""
        errors: list[BaseException] = []
        for dsn in tuple(self._dsns):
            try:
                connection = await asyncpg.connect(dsn, timeout=CONNECT_SECONDS, **self._options, **options)
            except (*LOST, asyncpg.PostgresError) as error:  # a standby may know less than the primary
                errors.append(error)
            else:
                self._dsns = [dsn, *(other for other in self._dsns if other != dsn)]
                self._connections.add(connection)
                return connection
        raise errors[-1]

    def terminate(self, keep: Container[int]) -> None:
        """Ends all connections but those to the processes to `keep`."""
        for connection in tuple(self._connections):
            if not connection.is_closed() and connection.get_server_pid() not in keep:
                connection.terminate()


async def _as_it_is(_: Connection) -> None:
    """Nobody changes anything that would have to be reset, and that would be another round trip."""


class Connections:
    """Some connections, at one level of isolation."""

    def __init__(self, pool: Any, hosts: Hosts, ids: Ids) -> None:
        self._pool = pool
        self._hosts = hosts
        # The processes of the database that are at work.
        self._busy: set[int] = set()
        self._ids = ids
        # Why there is no connection any more.
        self.refusal: str | None = None

    @classmethod
    async def open(cls, dsn: str, most: int, isolation: str, ids: Ids) -> "Connections":
        """Raises `Closed` if the database cannot be reached, or `dsn` is none."""
        hosts = Hosts(dsn)
        try:
            pool = await asyncpg.create_pool(
                dsn,
                connect=hosts.connect,
                min_size=0,
                max_size=most,
                reset=_as_it_is,
                command_timeout=STATEMENT_SECONDS,
                server_settings={
                    "application_name": "kilowatt",
                    "default_transaction_isolation": isolation,
                    "lock_timeout": f"{LOCK_SECONDS * 1000:.0f}",
                    # Statements differ in their arrays alone: a plan for each would be much the same.
                    "plan_cache_mode": "force_generic_plan",
                    # Tables whose statistics are old, or that are small, are still read by their keys: whole
                    # tables would be in the way of every other serializable transaction.
                    "enable_seqscan": "off",
                    "enable_hashjoin": "off",
                    "enable_mergejoin": "off",
                },
            )
            async with pool.acquire():
                pass
        except (*LOST, asyncpg.PostgresError, ValueError) as error:
            raise Closed(f"cannot connect to the database: {error}") from error
        return cls(pool, hosts, ids)

    @asynccontextmanager
    async def one(self) -> AsyncIterator[Connection]:
        """A connection. One that fails is not used again: who knows what it has yet to say."""
        canceled: list[str] = []

        def listen(_: Connection, message: asyncpg.PostgresLogMessage) -> None:
            if message.server_source_function == _WAIT_FOR_STANDBY:
                canceled.append(message.message)

        async with self._pool.acquire(timeout=PATIENCE_SECONDS) as connection:
            connection.add_log_listener(listen)
            process: int = connection.get_server_pid()
            self._busy.add(process)
            try:
                yield connection
                if canceled:
                    raise Unreplicated(canceled[0])
            except LOST as error:
                connection.terminate()
                if isinstance(error, TimeoutError):  # nor will the host answer whoever asks next
                    self._hosts.terminate(keep=self._busy)
                raise
            finally:
                self._busy.discard(process)
                with suppress(asyncpg.InterfaceError):  # it is terminated
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
            except (*LOST, *LOST_AGAINST_OTHERS, LOCKED) as error:
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
