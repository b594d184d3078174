"""Clients of several servers over one database: who is failed by one goes on at the next.

An internal error counts as no answer, as it does for an SDK, which tries again: whether the request took
place is unknown.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import Any

from tests.faults.at_work import Worker
from tests.faults.wire import Answer, Unanswered, Wire

# As long as an SDK waits by default.
_ANSWER_SECONDS = 60.0
_PAUSE_SECONDS = 0.1
_WRITES = {"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"}


class Pulse:
    """When writes were acknowledged, by `time.monotonic`, and what went wrong otherwise."""

    def __init__(self) -> None:
        self.moments: list[float] = []
        self.internal_errors = 0
        self.longest_request_seconds = 0.0
        self.hanging: list[str] = []

    def longest_pause_seconds(self, since: float) -> float:
        """The longest time without an acknowledged write, from then on."""
        moments = [since, *sorted(moment for moment in self.moments if moment > since)]
        return max((after - before for before, after in pairwise(moments)), default=0.0)

    def wait(self, since: float, writes: int, patience_seconds: float) -> None:
        """Waits until so many writes were acknowledged that were so after `since`."""
        deadline = time.monotonic() + patience_seconds
        while sum(moment > since for moment in self.moments[-writes:]) < writes:
            assert not self.hanging, self.hanging
            assert time.monotonic() < deadline, f"no service within {patience_seconds} s"
            time.sleep(0.05)


class ClusterWire(Wire):
    """A connection to one of the servers."""

    def __init__(self, endpoint: str, pulse: Pulse) -> None:
        super().__init__(endpoint, _ANSWER_SECONDS)
        self._pulse = pulse

    def call(self, operation: str, request: dict[str, Any]) -> Answer:
        """Raises `Unanswered` for internal errors, too."""
        begin = time.monotonic()
        try:
            answer = super().call(operation, request)
        except TimeoutError:
            self._pulse.hanging.append(f"no answer to {operation} in {_ANSWER_SECONDS} s")
            raise
        end = time.monotonic()
        self._pulse.longest_request_seconds = max(self._pulse.longest_request_seconds, end - begin)
        if answer.status >= 500:
            self._pulse.internal_errors += 1
            raise Unanswered(str(answer))
        if answer.status == 200 and operation in _WRITES:
            self._pulse.moments.append(end)
        return answer


@contextmanager
def at_work_on(endpoints: Sequence[str], workers: Sequence[Worker], pulse: Pulse) -> Iterator[None]:
    """Everybody works until the block ends, spread over the servers."""
    ended = threading.Event()
    threads = [
        threading.Thread(
            target=_work, args=([*endpoints[first:], *endpoints[:first]], worker, pulse, ended), daemon=True
        )
        for first, worker in ((number % len(endpoints), worker) for number, worker in enumerate(workers))
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(timeout=_ANSWER_SECONDS + 1)
    assert not pulse.hanging, pulse.hanging
    assert not any(thread.is_alive() for thread in threads), "a request hangs"


def _work(endpoints: list[str], worker: Worker, pulse: Pulse, ended: threading.Event) -> None:
    number = 0
    while not ended.is_set():
        with ClusterWire(endpoints[number % len(endpoints)], pulse) as wire:
            try:
                worker.work(wire, ended.is_set)
            except Unanswered:
                ended.wait(_PAUSE_SECONDS)
            except TimeoutError:
                return
        number += 1
