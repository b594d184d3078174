"""Runs the background jobs: at the start of a server, and whenever an operation has left work for them, or
at intervals.

A job looks for its work in the store and does it until there is none, so it does not matter whether the
server that began something is the one that goes on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from kilowatt.engine.errors import EngineError
from kilowatt.store.leases import LeaseLost

_LOG = logging.getLogger("kilowatt")
# A job that failed is tried again after this long, even if nobody calls for it.
_RETRY_SECONDS = 5.0

Job = Callable[[], Awaitable[None]]


class Scheduler:
    """Runs `jobs` one after the other whenever `backlog` is set; each of `periodic` every so many seconds."""

    def __init__(
        self, jobs: Sequence[Job], backlog: asyncio.Event, periodic: Sequence[tuple[Job, float]] = ()
    ) -> None:
        self._jobs = jobs
        self._backlog = backlog
        self._periodic = periodic
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._backlog.set()
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._run())]
        self._tasks += [loop.create_task(_repeat(job, seconds)) for job, seconds in self._periodic]

    async def stop(self) -> None:
        """Stops wherever a job stands; what is half done is taken up at the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._backlog.wait()
            self._backlog.clear()
            for job in self._jobs:
                if not await _done(job):
                    asyncio.get_running_loop().call_later(_RETRY_SECONDS, self._backlog.set)


async def _repeat(job: Job, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        await _done(job)


async def _done(job: Job) -> bool:
    """Whether the job was done."""
    try:
        await job()
    except LeaseLost:
        _LOG.info("Another server does the background jobs by now.")
    except EngineError as error:
        _LOG.warning("A background job is tried again, as the storage failed: %s", error)
    except Exception:
        _LOG.exception("A background job failed; it is tried again.")
    else:
        return True
    return False
