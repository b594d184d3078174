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
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext, suppress
from typing import Any, TypeVar

import asyncpg

from kilowatt.engine import postgres_sql as sql
from kilowatt.engine.base import NO_BYTE_LIMIT, Decide
from kilowatt.engine.errors import Busy, Closed, Conflict, EngineError, FormatTooNew, Full
from kilowatt.engine.postgres_batch import Batch, Found, Token, Transaction
from kilowatt.engine.postgres_connections import (
    LOCKED,
    LOST,
    LOST_AGAINST_OTHERS,
    NO_ROOM,
    RANGE_SECONDS,
    Connection,
    Connections,
)
from kilowatt.engine.postgres_reads import PostgresReader, PostgresSnapshot, bounds, value_of
from kilowatt.engine.rounds import Rounds
from kilowatt.ids import Ids

A = TypeVar("A")

_LOG = logging.getLogger("kilowatt")

_READERS = 8
_COMMITTERS = 3
# How many transactions share a commit, and reads a statement.
_BATCH = 256
_READ_WORKERS = 4
_MOST_KEPT = 10_000
# How long anybody waits for an answer, be it for others' or for a database that is away. SDKs wait for 60 s.
ANSWER_SECONDS = 45.0
# How often a batch is decided again because others were first.
_ATTEMPTS = 100
_COUNTER_PARTS = 64
# How often old tokens of commits are forgotten, and how old they are then: nobody asks for so long.
_FORGET_SECONDS = 60.0
_TOKEN_MINUTES = 60
_MADE_BY_OTHERS = (asyncpg.UniqueViolationError, asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError)
_OVERFLOW = "A counter would leave the range of signed 64-bit integers."


class _Read:
    """One call of `get` that waits for its answer."""

    __slots__ = ("keys", "values")

    def __init__(self, keys: Sequence[bytes]) -> None:
        self.keys = keys
        self.values: asyncio.Future[list[bytes | None]] = asyncio.get_running_loop().create_future()


class PostgresEngine(PostgresReader):
    """See `kilowatt.engine.base.Engine`."""

    shared = True

    def __init__(
        self,
        dsn: str,
        readers: Connections,
        committers: Connections,
        kept_prefixes: tuple[bytes, ...],
        ids: Ids,
    ) -> None:
        self._dsn = dsn
        self._readers = readers
        self._committers = committers
        self._kept_prefixes = kept_prefixes
        self._ids = ids
        self._kept: dict[bytes, Found] = {}
        # Of counters, the parts that commits add to which are under way: each to another one.
        first = int(ids.share() * _COUNTER_PARTS)
        self._parts = [(first + number) % _COUNTER_PARTS for number in range(_COMMITTERS)]
        # Held while a commit appends to logs: two at a time would want the same number.
        self._appending = asyncio.Lock()
        self._transactions: Rounds[Transaction[Any]] = Rounds(
            self._commit_all, _COMMITTERS, _BATCH, lambda transaction: transaction.changing
        )
        self._reads: Rounds[_Read] = Rounds(self._read_all, _READ_WORKERS, _BATCH)
        self._snapshots: set[PostgresSnapshot] = set()
        self._releases: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        # When this loop's clock began, in minutes of the database's clock.
        self._minutes_before = 0.0
        self._forgetting: asyncio.Task[None] | None = None
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, dsn: str, kept_prefixes: tuple[bytes, ...] = (), ids: Ids | None = None
    ) -> "PostgresEngine":
        """Connects to the database that `dsn` names, and makes what is missing in it.

        Raises `Closed` if it cannot be reached, `FormatTooNew`.
        """
        ids = ids or Ids()
        readers = await Connections.open(dsn, _READERS, "read committed", ids)
        committers = await Connections.open(dsn, _COMMITTERS, "serializable", ids)
        engine = cls(dsn, readers, committers, kept_prefixes, ids)
        try:
            await engine._prepare()
        except BaseException:
            await engine.close()
            raise
        return engine

    async def _prepare(self) -> None:
        async def prepare(connection: Connection) -> tuple[int, float]:
            for statement in sql.SCHEMA:
                # Of servers that make a table at the same time, all but one fail, even with IF NOT EXISTS.
                with suppress(*_MADE_BY_OTHERS):
                    await connection.execute(statement)
            await connection.execute(sql.SET_FORMAT, sql.FORMAT_VERSION)
            return await connection.fetchval(sql.GET_FORMAT), await connection.fetchval(sql.MINUTE)

        try:
            version, minute = await self._readers.run(prepare)
        except asyncpg.PostgresError as error:
            raise Closed(f"cannot use the database: {error}") from error
        if version > sql.FORMAT_VERSION:
            raise FormatTooNew(
                f"The database has format {version}, of a newer version of Kilowatt; this one knows formats "
                f"up to {sql.FORMAT_VERSION}."
            )
        self._minutes_before = minute - self._loop.time() / 60
        self._forgetting = self._loop.create_task(self._forget_commits())

    async def _forget_commits(self) -> None:
        async def forget(connection: Connection) -> None:
            await connection.execute(sql.FORGET_COMMITS, self._minute() - _TOKEN_MINUTES)

        while True:
            try:
                await self._readers.run(forget)
            except EngineError as error:
                _LOG.info("Old tokens of commits could not be forgotten: %s", error)
            await asyncio.sleep(_FORGET_SECONDS)

    def _minute(self) -> int:
        """The minute that it is for the database, whatever this machine's clock says."""
        return int(self._minutes_before + self._loop.time() / 60)

    # -- reading

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        self._readers.check()
        read = _Read(keys)
        self._reads.add(read)
        return await self._answer(read.values)

    async def _read_all(self, reads: list["_Read"]) -> None:
        """Answers reads by one statement."""
        reads = [read for read in reads if not read.values.done()]
        try:
            found = await self.found(list(dict.fromkeys(key for read in reads for key in read.keys)))
        except Exception as error:
            for read in reads:
                if not read.values.done():
                    read.values.set_exception(copy.copy(error))
            return
        for read in reads:
            if not read.values.done():
                read.values.set_result([value_of(found[key]) for key in read.keys])

    async def fetch(self, statement: str, *parameters: Any) -> list[Any]:
        async def fetch(connection: Connection) -> list[Any]:
            rows: list[Any] = await connection.fetch(statement, *parameters)
            return rows

        return await self._readers.run(fetch)

    async def snapshot(self) -> PostgresSnapshot:
        self._readers.check()
        snapshot = await PostgresSnapshot.begin(self._dsn, self._release)
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
        rows = await self.fetch(sql.LOG, log, after, limit, min(byte_limit, NO_BYTE_LIMIT))
        return [(row[0], row[1]) for row in rows]

    async def last(self, log: bytes) -> int:
        rows = await self.fetch(sql.LAST, log)
        return int(rows[0][0]) if rows else 0

    # -- writing

    async def trim(self, log: bytes, through: int) -> None:
        async def trim(connection: Connection) -> None:
            await connection.execute(sql.TRIM, log, through)

        await self._readers.run(trim)

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        self._committers.check()
        changing = [key for key in keys if not key.startswith(self._kept_prefixes)]
        transaction = Transaction(keys, decide, changing)
        self._transactions.add(transaction)
        return await self._answer(transaction.answer)

    async def _answer(self, answer: asyncio.Future[A]) -> A:
        """Waits for an answer, but not longer than a client does."""

        def give_up() -> None:
            if not answer.done():
                answer.set_exception(Closed(f"There was no answer within {ANSWER_SECONDS} s."))

        giving_up = self._loop.call_later(ANSWER_SECONDS, give_up)
        try:
            return await answer
        finally:
            giving_up.cancel()

    async def _commit_all(self, transactions: list[Transaction[Any]]) -> None:
        transactions = [transaction for transaction in transactions if not transaction.answer.done()]
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
                await self._committers.pause(attempt)
            kept = {key: self._kept[key] for key in keys if key in self._kept}
            read = await self.found([key for key in keys if key not in kept])
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
            raise OverflowError(_OVERFLOW)
        number = self._ids.number()
        token = Token(self._minute(), self._ids.token())

        async def commit(connection: Connection) -> bool:
            if not batch.ranges:
                committed: bool = await connection.fetchval(statement, *parameters)
                return committed
            async with connection.transaction():
                committed = await connection.fetchval(statement, *parameters)
                if committed:  # what was read is still there, so only now may it go
                    for start, end in batch.ranges:
                        heads, tails = bounds(start, end)
                        delete = sql.range_delete(bool(sql.tail(start)), bool(sql.tail(end)))
                        await connection.execute(delete, *heads, number, *tails, timeout=RANGE_SECONDS)
            return committed

        part = self._parts.pop()
        statement, parameters = batch.statement(part, number, token)
        try:
            async with self._appending if batch.appends else nullcontext():
                return await self._once(commit, token)
        except LOST_AGAINST_OTHERS:
            return False
        except LOCKED as error:
            raise Busy(f"Another commit does not end: {error}") from error
        except asyncpg.NumericValueOutOfRangeError as error:
            raise OverflowError(_OVERFLOW) from error
        finally:
            self._parts.append(part)

    async def _once(self, commit: Callable[[Connection], Awaitable[bool]], token: Token) -> bool:
        """Runs a commit; if its connection is lost, finds out whether it happened.

        False if it did not, and will not.
        """
        try:
            async with self._committers.one() as connection:
                return await commit(connection)
        except NO_ROOM as error:
            raise Full(str(error)) from error
        except LOST as error:
            try:
                return await self._happened(token)
            except Busy:
                raise Closed(f"Whether a commit happened is not known: {error}") from error

    async def _happened(self, token: Token) -> bool:
        """Whether a commit happened. If not, it will not happen any more."""

        async def happened(connection: Connection) -> bool:
            answer: bool = await connection.fetchval(sql.HAPPENED, token.minute, token.bytes)
            return answer

        # Not through a reader: while commits wait for a standby this does, too, and reads go on.
        return await self._committers.run(happened)

    # -- closing

    async def close(self) -> None:
        if self._closing is None:
            self._closing = self._loop.create_task(self._close())
        await asyncio.shield(self._closing)

    async def _close(self) -> None:
        if self._forgetting is not None:
            self._forgetting.cancel()
            await asyncio.wait([self._forgetting])
        await self._transactions.finish()
        await self._reads.finish()
        self._readers.refusal = self._committers.refusal = "The engine is closed."
        for snapshot in list(self._snapshots):
            snapshot.close()
        if self._releases:
            await asyncio.wait(self._releases)
        await self._readers.close()
        await self._committers.close()


def _decided(batch: Batch, transaction: Transaction[A]) -> A | Exception:
    try:
        return batch.decide(transaction)
    except Exception as refusal:
        return refusal
