"""Runs the background jobs: at the start of a server, and whenever an operation has left work for them.

A job looks for its work in the store and does it until there is none, so it does not matter whether the
server that began something is the one that goes on.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

_LOG = logging.getLogger("kilowatt")
# A job that failed is tried again after this long, even if nobody calls for it.
_RETRY_SECONDS = 5.0

Job = Callable[[], Awaitable[None]]


class Scheduler:
    """Runs `jobs` one after the other whenever `backlog` is set."""

    def __init__(self, jobs: Sequence[Job], backlog: asyncio.Event) -> None:
        self._jobs = jobs
        self._backlog = backlog
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._backlog.set()
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Stops wherever a job stands; what is half done is taken up at the next start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._backlog.wait()
            self._backlog.clear()
            for job in self._jobs:
                try:
                    await job()
                except Exception:
                    _LOG.exception("A background job failed; it is tried again.")
                    asyncio.get_running_loop().call_later(_RETRY_SECONDS, self._backlog.set)
