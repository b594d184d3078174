"""Delivers batches of one shard to a function, until each record is done or given up."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from kilowatt.clock import Clock
from kilowatt.domain.triggers import batches, windows
from kilowatt.domain.triggers.batches import Answer, Batch
from kilowatt.domain.triggers.event import Entry, event
from kilowatt.domain.triggers.failures import Failure
from kilowatt.domain.triggers.mapping import CALL_FAILED, OK, Mapping
from kilowatt.domain.triggers.windows import Window
from kilowatt.ids import Ids
from kilowatt.triggers.destination import Destinations, UndeliverableFailure
from kilowatt.triggers.functions import Functions
from kilowatt.triggers.invocation import CannotInvoke, Invocation, Invoked
from kilowatt.triggers.rest import document

_LOG = logging.getLogger("kilowatt")
# Between attempts: doubled each time, up to the last.
_FIRST_PAUSE_SECONDS, _LONGEST_PAUSE_SECONDS = 0.1, 10.0
_MOST_DOUBLINGS = 7


@dataclass(slots=True)
class Progress:
    """What the deliveries of a mapping tell: the last result, and whether it is new since it was stored."""

    result: str
    is_new: bool = False

    def note(self, result: str) -> bool:
        """Whether it is another one than before."""
        if result == self.result:
            return False
        self.result = result
        self.is_new = True
        return True


class Delivery:
    """Delivers for one mapping from one shard. `window` is the one that is open."""

    def __init__(
        self,
        mapping: Mapping,
        shard_id: str,
        functions: Functions,
        destinations: Destinations,
        clock: Clock,
        ids: Ids,
        progress: Progress,
        stopping: asyncio.Event,
        window: Window | None = None,
    ) -> None:
        self._mapping = mapping
        self._shard_id = shard_id
        self._functions = functions
        self._destinations = destinations
        self._clock = clock
        self._ids = ids
        self._progress = progress
        self.stopping = stopping
        self.window = window

    async def deliver(self, entries: Sequence[Entry], done: set[int]) -> None:
        """Returns when all entries are done or given up; `done` gets their numbers as they are.

        Returns between two invocations if it is to stop: what is not done is to come again.
        """
        waiting = [Batch(entries)]
        while waiting and not self.stopping.is_set():
            batch = await self._without_too_old(waiting.pop(), done)
            if not batch.entries:
                continue
            answer = await self._invoke(batch)
            if answer is None:
                waiting.append(batch)
                continue
            verdict = batches.verdict(
                batch, answer, self._mapping.policy, needs_state=self.window is not None
            )
            succeeded = verdict.done == len(batch.entries)
            self._progress.note(OK if succeeded else CALL_FAILED)
            if verdict.done and self.window is not None:
                self.window = Window(self.window.start, batches.state_in(answer.payload))
            done.update(entry.number for entry in batch.entries[: verdict.done])
            if verdict.given_up:
                await self._give_up(batch, batches.RETRIES_EXHAUSTED, batch.failures + 1, answer)
                done.update(entry.number for entry in batch.entries)
            elif not succeeded:
                waiting.extend(reversed(verdict.again))
                await self._pause(verdict.again[0].failures)

    async def close_window(self, early: bool = False) -> None:
        """The last invocation of the window, repeated until it succeeds or its retries are used up."""
        window, mapping = self.window, self._mapping
        assert window is not None
        failures = 0
        while not self.stopping.is_set():
            more = windows.members(
                window, mapping.tumbling_seconds, self._shard_id, mapping.source_arn, final=True, early=early
            )
            answer = await self._invoke_with(event((), more), failures)
            if answer is None:
                continue
            self._progress.note(OK if answer.error is None else CALL_FAILED)
            failures += 1
            given_up = 0 <= mapping.most_retries < failures
            if answer.error is None or given_up:
                if answer.error is not None:
                    _LOG.error("The state of a window was given up: %s, %s", mapping.arn, self._shard_id)
                # One that grew too large goes on with a fresh state.
                self.window = Window(window.start) if early else None
                return
            await self._pause(failures)

    @property
    def state_is_too_large(self) -> bool:
        return self.window is not None and len(document(self.window.state)) > windows.STATE_BYTES

    async def _invoke(self, batch: Batch) -> Answer | None:
        more = None
        if self.window is not None:
            seconds, arn = self._mapping.tumbling_seconds, self._mapping.source_arn
            more = windows.members(self.window, seconds, self._shard_id, arn)
        return await self._invoke_with(event(batch.entries, more), batch.failures)

    async def _invoke_with(self, body: bytes, failures: int) -> Answer | None:
        """The function's answer; None, after a pause, if it could not be invoked: that is no failure."""
        mapping = self._mapping
        invocation = Invocation(self._ids.uuid(), body)
        try:
            invoked = await self._functions.invoke(
                mapping.account, mapping.region, mapping.function_name, invocation
            )
        except CannotInvoke as error:
            if self._progress.note(f"PROBLEM: {error}"):
                _LOG.warning("A function could not be invoked; it is tried again: %s", error)
            await self.rest(_LONGEST_PAUSE_SECONDS / 10)
            return None
        if invoked.answer.error is not None:
            self._tell(invoked, failures)
        return invoked.answer

    def _tell(self, invoked: Invoked, failures: int) -> None:
        """Logs an error of the function: the first time with what it had logged itself."""
        name, payload = self._mapping.function_name, invoked.answer.payload[:2000].decode(errors="replace")
        _LOG.warning("The function %s failed, for the %d. time: %s", name, failures + 1, payload)
        if not failures and invoked.log:
            _LOG.warning("Its log:\n%s", invoked.log.decode(errors="replace").rstrip())

    async def _pause(self, failures: int) -> None:
        if failures:
            doublings = min(failures - 1, _MOST_DOUBLINGS)
            await self.rest(min(_FIRST_PAUSE_SECONDS * 2**doublings, _LONGEST_PAUSE_SECONDS))

    async def rest(self, seconds: float) -> None:
        """Waits, but not if it is to stop."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.stopping.wait(), seconds)

    async def _without_too_old(self, batch: Batch, done: set[int]) -> Batch:
        count = batches.too_old(batch, self._mapping.policy, self._clock.now())
        if count:
            old = Batch(batch.entries[:count], batch.failures)
            await self._give_up(old, batches.RECORD_TOO_OLD, batch.failures, None)
            done.update(entry.number for entry in old.entries)
        return Batch(batch.entries[count:], batch.failures)

    async def _give_up(self, batch: Batch, condition: str, invocations: int, answer: Answer | None) -> None:
        mapping = self._mapping
        failure = Failure(
            condition,
            batch.entries,
            invocations,
            answer,
            self._ids.uuid() if answer is None else answer.request_id,
            self._clock.now(),
            mapping.function_arn,
            mapping.source_arn,
            self._shard_id,
        )
        _LOG.error("%d records of %s were given up: %s", len(batch.entries), mapping.source_arn, condition)
        if mapping.destination is None:
            return
        try:
            await self._destinations.send(mapping.destination, failure, mapping.uuid, self._ids.uuid())
        except UndeliverableFailure as error:
            # As AWS does: the stream goes on.
            _LOG.error("The record of a failure is lost: %s", error)
            self._progress.note(f"PROBLEM: On-failure destination: {error}")
