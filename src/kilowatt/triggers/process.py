"""A function's process: a client of the Runtime API, started, fed with one event at a time, ended."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kilowatt.domain.triggers.batches import Answer
from kilowatt.domain.triggers.function import Function
from kilowatt.triggers import launcher
from kilowatt.triggers.invocation import CannotInvoke, Invocation, Invoked
from kilowatt.triggers.rest import Listening, document
from kilowatt.triggers.runtime_api import UNHANDLED, RuntimeApi

_LOG = logging.getLogger("kilowatt.functions")
# How long a process may take until it asks for its first event. AWS gives 10 seconds.
_START_SECONDS = 30.0
_LOG_TAIL_BYTES = 4096
_LONGEST_LINE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a function's process."""

    function: Function
    python: str
    command: Sequence[str]
    folder: Path
    environment: dict[str, str]


class FunctionProcess:
    """A running process, and the Runtime API it talks to."""

    def __init__(
        self, function: Function, api: RuntimeApi, listening: Listening, process: asyncio.subprocess.Process
    ) -> None:
        self._function = function
        self._api = api
        self._listening = listening
        self._process = process
        self._tail = b""
        self._ready = False
        loop = asyncio.get_running_loop()
        self._reading = loop.create_task(self._read_log())
        self._ended = loop.create_task(process.wait())

    @classmethod
    async def start(cls, launch: Launch, api: RuntimeApi, listening: Listening) -> "FunctionProcess":
        """Raises `CannotInvoke` if the process cannot be started."""
        function = launch.function
        environment = {**launch.environment, "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{listening.port}"}
        try:
            process = await asyncio.create_subprocess_exec(
                launch.python,
                "-I",
                launcher.__file__,
                str(function.memory_mb * 1024 * 1024),
                *launch.command,
                cwd=launch.folder,
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
                limit=_LONGEST_LINE_BYTES,
            )
        except (OSError, ValueError) as error:
            await listening.close()
            raise CannotInvoke(f"{function.name}: {error}") from error
        return cls(function, api, listening, process)

    @property
    def alive(self) -> bool:
        return not self._ended.done()

    async def invoke(self, invocation: Invocation) -> Invoked:
        """One invocation; the process does not survive one that takes too long."""
        self._tail = b""
        under_way = self._api.offer(invocation)
        if not self._ready:
            taken = asyncio.ensure_future(under_way.taken.wait())
            try:
                await asyncio.wait(
                    {taken, self._ended}, timeout=_START_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                taken.cancel()
            if not under_way.taken.is_set():
                return await self._not_ready(invocation)
            self._ready = True
        ends: set[asyncio.Future[Any]] = {under_way.answer, self._ended}
        await asyncio.wait(
            ends,
            timeout=self._function.timeout_seconds,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if under_way.answer.done():
            return Invoked(under_way.answer.result(), self._tail)
        if self._ended.done():
            return await self._exited(invocation)
        text = f"Task timed out after {self._function.timeout_seconds:.2f} seconds"
        return await self._failed(invocation, "Sandbox.Timedout", text)

    async def close(self) -> None:
        """Ends the process, and what it has started, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._ended
        self._reading.cancel()
        await asyncio.gather(self._reading, return_exceptions=True)
        await self._listening.close()

    async def _not_ready(self, invocation: Invocation) -> Invoked:
        """The answer where the process ended, or stood still, before it asked for an event."""
        if self._api.init_error is not None:
            await self.close()
            return Invoked(Answer(invocation.request_id, self._api.init_error, UNHANDLED), self._tail)
        if self._ended.done():
            return await self._exited(invocation)
        return await self._failed(
            invocation, "Sandbox.Timedout", f"The runtime was not ready after {_START_SECONDS:.2f} seconds"
        )

    async def _exited(self, invocation: Invocation) -> Invoked:
        code = self._ended.result()
        how = (
            f"exit status {code}"
            if code >= 0
            else f"signal: {(signal.strsignal(-code) or 'unknown').lower()}"
        )
        return await self._failed(invocation, "Runtime.ExitError", f"Runtime exited with error: {how}")

    async def _failed(self, invocation: Invocation, type_: str, text: str) -> Invoked:
        await self.close()
        error = {"errorType": type_, "errorMessage": f"RequestId: {invocation.request_id} Error: {text}"}
        return Invoked(Answer(invocation.request_id, document(error), UNHANDLED), self._tail)

    async def _read_log(self) -> None:
        """Passes on what the process writes, line by line; the last of it is kept for the invocation."""
        output = self._process.stdout
        assert output is not None
        while True:
            try:
                line = await output.readline()
            except ValueError:  # longer than the limit
                line = await output.read(_LONGEST_LINE_BYTES)
            if not line:
                return
            self._tail = (self._tail + line)[-_LOG_TAIL_BYTES:]
            _LOG.info("%s: %s", self._function.name, line.decode(errors="replace").rstrip())
