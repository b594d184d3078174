"""The lease of the background jobs: of the servers that share an engine, one at a time has it.

    held    number of the holding 8 B, then the server's id; no id: nobody has it
    beat    a number that the holder counts up

Nobody compares clocks: who sees the same beat for long enough, by its own clock, takes the lease. A holder
that was only slow may still be at work then. So whatever a job commits, it commits only if its holding is
still the current one (`FencedEngine`).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple, TypeVar

from kilowatt.engine.base import NO_BYTE_LIMIT, Decide, Engine, Outcome, Pair, Snapshot
from kilowatt.store import layout

A = TypeVar("A")

_NUMBER_BYTES = 8

# The holding under which what runs now may commit; None for what needs none, as requests.
_HOLDING: ContextVar[bytes | None] = ContextVar("holding", default=None)


class LeaseLost(Exception):
    """Another server has the lease by now; nothing was done."""


class Seen(NamedTuple):
    """The lease as it was read."""

    held: bytes | None
    beat: bytes | None

    @property
    def server(self) -> str:
        """The id of the server that has it; empty if nobody has."""
        return (self.held or b"")[_NUMBER_BYTES:].decode()


class Lease:
    """One server's view of the lease."""

    def __init__(self, engine: Engine, server: str) -> None:
        self._engine = engine
        self._server = server.encode()

    async def look(self) -> Seen:
        return Seen(*await self._engine.get([layout.LEASE, layout.LEASE_BEAT]))

    async def take(self, seen: Seen) -> bytes | None:
        """Takes the lease if it is still as it was `seen`; the new holding, or None."""
        number = int.from_bytes((seen.held or b"")[:_NUMBER_BYTES], "big") + 1
        holding = number.to_bytes(_NUMBER_BYTES, "big") + self._server

        def decide(values: list[bytes | None]) -> Outcome[bytes | None]:
            if Seen(*values) != seen:
                return Outcome(None)
            return Outcome(holding, puts=[(layout.LEASE, holding), (layout.LEASE_BEAT, _next(seen.beat))])

        return await self._engine.transact([layout.LEASE, layout.LEASE_BEAT], decide)

    async def beat(self, holding: bytes) -> bool:
        """Tells that the holder is alive; False if another server has the lease."""

        def decide(values: list[bytes | None]) -> Outcome[bool]:
            if values[0] != holding:
                return Outcome(False)
            return Outcome(True, puts=[(layout.LEASE_BEAT, _next(values[1]))])

        return await self._engine.transact([layout.LEASE, layout.LEASE_BEAT], decide)

    async def release(self, holding: bytes) -> None:
        """Gives the lease up, so that nobody waits for it."""

        def decide(values: list[bytes | None]) -> Outcome[None]:
            free = [(layout.LEASE, holding[:_NUMBER_BYTES])] if values[0] == holding else []
            return Outcome(None, puts=free)

        await self._engine.transact([layout.LEASE], decide)


@contextmanager
def under(holding: bytes) -> Iterator[None]:
    """What is done within, and by tasks that are created within, commits only under this holding."""
    token = _HOLDING.set(holding)
    try:
        yield
    finally:
        _HOLDING.reset(token)


class FencedEngine:
    """An engine that commits what runs under a holding only while that is the current one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.shared = engine.shared

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        """Raises `LeaseLost` too."""
        holding = _HOLDING.get()
        if holding is None:
            return await self._engine.transact(keys, decide)

        def fenced(values: list[bytes | None]) -> Outcome[A]:
            if values[-1] != holding:
                raise LeaseLost
            return decide(values[:-1])

        return await self._engine.transact([*keys, layout.LEASE], fenced)

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        return await self._engine.get(keys)

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        return await self._engine.scan(start, end, limit, byte_limit, reverse)

    async def counters(self, keys: Sequence[bytes]) -> list[tuple[int, ...]]:
        return await self._engine.counters(keys)

    async def snapshot(self) -> Snapshot:
        return await self._engine.snapshot()

    async def log(
        self, log: bytes, after: int, limit: int, byte_limit: int = NO_BYTE_LIMIT
    ) -> list[tuple[int, bytes]]:
        return await self._engine.log(log, after, limit, byte_limit)

    async def last(self, log: bytes) -> int:
        return await self._engine.last(log)

    async def trim(self, log: bytes, through: int) -> None:
        """Not fenced: what may be forgotten stays so, whoever forgets it."""
        await self._engine.trim(log, through)

    async def close(self) -> None:
        await self._engine.close()


def _next(beat: bytes | None) -> bytes:
    return (int.from_bytes(beat or b"", "big") + 1).to_bytes(_NUMBER_BYTES, "big")
