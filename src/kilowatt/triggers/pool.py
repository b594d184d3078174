"""The processes of one function: one for each invocation under way, up to a limit, and kept for a while."""

import asyncio
from collections.abc import Awaitable, Callable

from kilowatt.clock import Clock
from kilowatt.triggers.invocation import Invocation, Invoked
from kilowatt.triggers.process import FunctionProcess, Launch
from kilowatt.triggers.rest import Listen
from kilowatt.triggers.runtime_api import RuntimeApi

# Lambda's own parallelization factor goes up to 10; further invocations wait.
_MOST_PROCESSES = 10
_IDLE_SECONDS = 300.0


class ProcessPool:
    """Runs a function in processes of its own. `prepare` says how they are started."""

    def __init__(self, prepare: Callable[[], Awaitable[Launch]], listen: Listen, clock: Clock) -> None:
        self._prepare = prepare
        self._listen = listen
        self._clock = clock
        self._launch: Launch | None = None
        self._retired = False
        self._room = asyncio.Semaphore(_MOST_PROCESSES)
        self._idle: list[tuple[FunctionProcess, float]] = []
        self._busy: set[FunctionProcess] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._closing: set[asyncio.Task[None]] = set()

    async def invoke(self, invocation: Invocation) -> Invoked:
        """Raises `CannotInvoke`."""
        async with self._room:
            process = await self._process()
            self._busy.add(process)
            try:
                invoked = await process.invoke(invocation)
            except BaseException:
                # It still works on an event whose answer nobody waits for.
                self._end(process)
                raise
            finally:
                self._busy.discard(process)
            if process.alive:
                self._keep(process)
            return invoked

    def retire(self) -> None:
        self._retired = True
        for process, _ in self._idle:
            self._end(process)
        self._idle.clear()

    async def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        processes = [process for process, _ in self._idle] + list(self._busy)
        self._idle.clear()
        await asyncio.gather(*(process.close() for process in processes), *self._closing)

    async def _process(self) -> FunctionProcess:
        while self._idle:
            process, _ = self._idle.pop()
            if process.alive:
                return process
            self._end(process)
        if self._launch is None:
            self._launch = await self._prepare()
        api = RuntimeApi(self._launch.function, self._clock)
        return await FunctionProcess.start(self._launch, api, await self._listen(api.answer))

    def _keep(self, process: FunctionProcess) -> None:
        if self._retired:
            self._end(process)
            return
        self._idle.append((process, self._clock.monotonic()))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._end_idle)

    def _end_idle(self) -> None:
        """Ends processes that have had nothing to do for long."""
        self._timer = None
        oldest = self._clock.monotonic() - _IDLE_SECONDS
        kept = [(process, since) for process, since in self._idle if since > oldest]
        for process, since in self._idle:
            if since <= oldest:
                self._end(process)
        self._idle = kept
        if kept:
            self._timer = asyncio.get_running_loop().call_later(_IDLE_SECONDS, self._end_idle)

    def _end(self, process: FunctionProcess) -> None:
        task = asyncio.get_running_loop().create_task(process.close())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)
