"""Writers that send a request whenever one is due, and how long after that each was answered.

A latency counts from the moment at which a write was due, not from its sending: a writer that had to wait
for the answer to one write is late with the next, and whoever sent that would have waited all the same.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import ClassVar

from benchmarks.exchange import Connection

_RECONNECT_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Write:
    """One that was answered with `status`: when it was due (`time.perf_counter`), and how long it took."""

    due: float
    seconds: float
    status: int


@dataclass(frozen=True, slots=True)
class Latencies:
    """Latencies in milliseconds; `worst_p99` is that of the worst window of `WINDOW_SECONDS`.

    A window with fewer writes than `WINDOW_WRITES` has no p99 to speak of.
    """

    WINDOW_SECONDS: ClassVar = 5
    WINDOW_WRITES: ClassVar = 100

    writes: int
    p50: float
    p99: float
    p999: float
    highest: float
    worst_p99: float

    @classmethod
    def of(cls, writes: Sequence[Write]) -> "Latencies":
        """Raises ValueError if there are none."""
        if not writes:
            raise ValueError("no write was answered")
        windows: dict[int, list[float]] = {}
        for write in writes:
            windows.setdefault(int(write.due // cls.WINDOW_SECONDS), []).append(write.seconds * 1e3)
        latencies = sorted(write.seconds * 1e3 for write in writes)
        p99s = [
            _quantile(sorted(window), 0.99) for window in windows.values() if len(window) >= cls.WINDOW_WRITES
        ]
        return cls(
            len(latencies),
            p50=_quantile(latencies, 0.5),
            p99=_quantile(latencies, 0.99),
            p999=_quantile(latencies, 0.999),
            highest=latencies[-1],
            worst_p99=max(p99s, default=_quantile(latencies, 0.99)),
        )


def _quantile(ordered: Sequence[float], part: float) -> float:
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


@dataclass
class PacedWriters:
    """`rate` writes a second in all, by as many threads as there are `requests`; see `writing`.

    `answered` are those that the server answered; `unanswered` counts those that were under way when it
    was killed.
    """

    port: int
    rate: float
    requests: Sequence[Iterator[bytes]]
    answered: list[Write] = field(default_factory=list)
    unanswered: int = 0
    _up: threading.Event = field(default_factory=threading.Event)
    _enough: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Writes until the block ends."""
        self._up.set()
        threads = [
            threading.Thread(target=self._write, args=(number, requests), daemon=True)
            for number, requests in enumerate(self.requests)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._enough.set()
            self._up.set()
            for thread in threads:
                thread.join()

    @contextmanager
    def interrupted(self) -> Iterator[None]:
        """Until the block ends, the server is down: nothing is due."""
        self._up.clear()
        try:
            yield
        finally:
            self._up.set()

    def _write(self, number: int, requests: Iterator[bytes]) -> None:
        while not self._enough.is_set():
            self._up.wait()
            try:
                with Connection(self.port) as connection:
                    self._send_on_time(connection, number, requests)
            except (OSError, HTTPException):
                self.unanswered += 1
                time.sleep(_RECONNECT_SECONDS)

    def _send_on_time(self, connection: Connection, number: int, requests: Iterator[bytes]) -> None:
        pause = len(self.requests) / self.rate
        due = time.perf_counter() + pause * number / len(self.requests)
        while not self._enough.is_set() and self._up.is_set():
            request = next(requests)
            _sleep_until(due)
            status, _ = connection.send(request)
            self.answered.append(Write(due, time.perf_counter() - due, status))
            due += pause


def _sleep_until(moment: float) -> None:
    left = moment - time.perf_counter()
    if left > 0:
        time.sleep(left)
