"""Doing together what was asked for while others were under way.

A round trip to a database takes as long for many questions as for one. So who comes while all workers are
under way waits, and the next worker that is free takes along everybody who waits.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Rounds(Generic[T]):
    """Runs `run` with up to `most` of what was added, in order; so many at a time as there are `workers`.

    `run` has to see to its own failures.
    """

    def __init__(self, run: Callable[[list[T]], Awaitable[None]], workers: int, most: int) -> None:
        self._run = run
        self._most_workers = workers
        self._most = most
        self._waiting: list[T] = []
        self._workers: set[asyncio.Task[None]] = set()

    def add(self, item: T) -> None:
        """Has it done soon: together with what else is added in this round of the event loop, at least."""
        self._waiting.append(item)
        if len(self._workers) < self._most_workers:
            worker = asyncio.get_running_loop().create_task(self._work())
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def finish(self) -> None:
        """Waits until everything that was added is done."""
        while self._workers:
            await asyncio.wait(self._workers)

    async def _work(self) -> None:
        await asyncio.sleep(0)
        while self._waiting:
            some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
            await self._run(some)
