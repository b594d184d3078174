"""Has a server do the background jobs while it has their lease, where servers share an engine."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from kilowatt.background.this_process import is_gone
from kilowatt.clock import Clock
from kilowatt.engine.errors import EngineError
from kilowatt.store.leases import Lease, Seen, under

_LOG = logging.getLogger("kilowatt")

# How often the holder tells that it is alive, and others look.
_BEAT_SECONDS = 1.0
# The holder stops this long after its last beat that came through; others take over after this long without
# one. What lies between is for clocks that do not go alike, and for stopping.
HOLD_SECONDS = 8.0
TAKE_SECONDS = 10.0


class LeaseKeeper:
    """`begin` starts the jobs, in tasks of their own; `end` stops them: at once, or in order if told so."""

    def __init__(
        self, lease: Lease, clock: Clock, begin: Callable[[], None], end: Callable[[bool], Awaitable[None]]
    ) -> None:
        self._lease = lease
        self._clock = clock
        self._begin = begin
        self._end = end
        self._holding: bytes | None = None
        # When the last beat that came through was sent.
        self._beaten = 0.0
        self._seen: Seen | None = None
        self._seen_first = 0.0
        self._task: asyncio.Task[None] | None = None

    @property
    def holds(self) -> bool:
        return self._holding is not None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Ends the jobs, and leaves them to others at once."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        holding = self._holding
        await self._lose(in_order=True)
        if holding is not None:
            try:
                await self._lease.release(holding)
            except EngineError as error:
                _LOG.warning("The lease of the background jobs could not be given up: %s", error)

    async def _run(self) -> None:
        while True:
            try:
                await self.step()
            except EngineError as error:
                _LOG.info("The lease of the background jobs could not be looked at: %s", error)
            except Exception:
                _LOG.exception("The lease of the background jobs could not be kept; it is tried again.")
            await asyncio.sleep(_BEAT_SECONDS)

    async def step(self) -> None:
        """Beats, or looks whether the lease can be taken."""
        if self._holding is None:
            await self._look()
        else:
            await self._beat(self._holding)

    async def _beat(self, holding: bytes) -> None:
        now = self._clock.monotonic()
        left = self._beaten + HOLD_SECONDS - now
        try:
            async with asyncio.timeout(max(left, 0)):
                holds = await self._lease.beat(holding)
        except TimeoutError:
            _LOG.warning("The storage does not answer; the background jobs are left to other servers.")
            await self._lose()
            return
        self._beaten = now
        if not holds:
            _LOG.warning("Another server took the background jobs over.")
            await self._lose()

    async def _look(self) -> None:
        seen = await self._lease.look()
        now = self._clock.monotonic()
        if seen != self._seen:
            self._seen, self._seen_first = seen, now
        free = not seen.server or is_gone(seen.server)
        if not free and now - self._seen_first < TAKE_SECONDS:
            return
        self._holding = await self._lease.take(seen)
        if self._holding is not None:
            self._beaten = now
            _LOG.info("This server does the background jobs from now on.")
            with under(self._holding):
                self._begin()

    async def _lose(self, in_order: bool = False) -> None:
        if self._holding is not None:
            self._holding = self._seen = None
            await self._end(in_order)
