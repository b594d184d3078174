"""Reading from PostgreSQL: records, ranges and counters, now or on a snapshot."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

from kilowatt.engine import postgres_sql as sql
from kilowatt.engine.base import NO_BYTE_LIMIT, Pair
from kilowatt.engine.counters import Counter
from kilowatt.engine.errors import Closed
from kilowatt.engine.postgres_batch import Found
from kilowatt.engine.postgres_connections import LOST, STATEMENT_SECONDS, Connection, Hosts

_PAGE_RECORDS = 1000


class PostgresReader(ABC):
    """Reading through whatever runs a statement."""

    @abstractmethod
    async def fetch(self, statement: str, *parameters: Any) -> list[Any]:
        """The rows of a statement."""

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        found = await self.found(list(dict.fromkeys(keys)))
        return [value_of(found[key]) for key in keys]

    async def found(self, keys: Sequence[bytes]) -> dict[bytes, Found]:
        """The records of different keys."""
        if len(keys) == 1:
            rows = await self.fetch(sql.GET_ONE, *sql.split(keys[0]))
            return {keys[0]: (rows[0][0], rows[0][1]) if rows else None}
        found: dict[bytes, Found] = dict.fromkeys(keys)
        if keys:
            places = [(*sql.split(key), place) for place, key in enumerate(keys)]
            for place, value, version in await self.fetch(sql.GET, *sql.columns(places, 3)):
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
        heads, tails = bounds(start, end)
        for with_tails in False, True:
            statement = sql.page(bool(sql.tail(start)), bool(sql.tail(end)), with_tails, reverse)
            rows = await self.fetch(statement, *heads, limit, min(byte_limit, NO_BYTE_LIMIT), *tails)
            if with_tails or not any(row[1] for row in rows):
                break
        return [(row[0] + row[1], row[2]) for row in rows]

    async def counters(self, keys: Sequence[bytes]) -> list[Counter]:
        totals: dict[bytes, dict[int, int]] = {}
        for counter, element, total in await self.fetch(sql.COUNTERS, list(keys)):
            totals.setdefault(counter, {})[element] = int(total)
        return [_vector(totals.get(key, {})) for key in keys]


class PostgresSnapshot(PostgresReader):
    """What was committed at one moment: a transaction of its own, on a connection of its own."""

    def __init__(self, connection: Connection, released: Callable[["PostgresSnapshot"], None]) -> None:
        self._connection = connection
        self._released = released
        self._one_at_a_time = asyncio.Lock()
        self._closed = False

    @classmethod
    async def begin(cls, dsn: str, released: Callable[["PostgresSnapshot"], None]) -> "PostgresSnapshot":
        connection = await Hosts(dsn).connect(command_timeout=STATEMENT_SECONDS)
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        await connection.execute("SELECT 1")  # the moment is that of the first statement
        return cls(connection, released)

    async def fetch(self, statement: str, *parameters: Any) -> list[Any]:
        async with self._one_at_a_time:
            if self._closed:
                raise Closed("The snapshot is closed.")
            try:
                rows: list[Any] = await self._connection.fetch(statement, *parameters)
            except LOST as error:
                raise Closed(f"The snapshot was lost: {error}") from error
            return rows

    def close(self) -> None:
        if not self._closed:
            self._closed = True
            self._released(self)

    async def release(self) -> None:
        async with self._one_at_a_time:
            await self._connection.close(timeout=STATEMENT_SECONDS)


def value_of(found: Found) -> bytes | None:
    return None if found is None else found[0]


def bounds(start: bytes, end: bytes) -> tuple[list[bytes], list[bytes]]:
    """The heads of a range's bounds, and the tails of those that have one."""
    tails = [tail for tail in (sql.tail(start), sql.tail(end)) if tail]
    return [sql.split(start)[0], sql.split(end)[0]], tails


def _vector(elements: dict[int, int]) -> Counter:
    return tuple(elements.get(element, 0) for element in range(max(elements, default=-1) + 1))
