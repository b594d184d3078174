"""Doing together what was asked for while others were under way.

A round trip to a database takes as long for many questions as for one. So who comes while all workers are
under way waits, and the next worker that is free takes along everybody who waits.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

T = TypeVar("T")


class Rounds(Generic[T]):
    """Runs `run` with up to `most` of what was added, in order; so many at a time as there are `workers`.

    What has `keys` in common with what is under way waits for that: it would only get in its way.
    `run` has to see to its own failures.
    """

    def __init__(
        self,
        run: Callable[[list[T]], Awaitable[None]],
        workers: int,
        most: int,
        keys: Callable[[T], Iterable[bytes]] = lambda _: (),
    ) -> None:
        self._run = run
        self._keys = keys
        self._under_way: set[bytes] = set()
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
        while some := self._take():
            keys = {key for item in some for key in self._keys(item)}
            self._under_way |= keys
            await self._run(some)
            self._under_way -= keys

    def _take(self) -> list[T]:
        """What may be done now. What has to wait is looked at again by whoever it waits for."""
        some: list[T] = []
        rest: list[T] = []
        for item in self._waiting:
            free = len(some) < self._most and self._under_way.isdisjoint(self._keys(item))
            (some if free else rest).append(item)
        self._waiting = rest
        return some
