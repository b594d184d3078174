"""Clients at work, each in a thread of its own, on a server that may be killed meanwhile."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from tests.faults.wire import Unanswered, Wire

_PATIENCE_SECONDS = 30


class Worker(Protocol):
    def work(self, wire: Wire, enough: Callable[[], bool]) -> None:
        """Sends requests until `enough()`. Raises `Unanswered`."""
        ...


@contextmanager
def at_work(endpoint: str, workers: Sequence[Worker]) -> Iterator[None]:
    """Everybody works until the server is gone or the block ends."""
    enough = threading.Event()
    threads = [
        threading.Thread(target=_work, args=(endpoint, worker, enough.is_set), daemon=True)
        for worker in workers
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        enough.set()
        for thread in threads:
            thread.join(timeout=_PATIENCE_SECONDS)
    assert not any(thread.is_alive() for thread in threads), "a request hangs"


def _work(endpoint: str, worker: Worker, enough: Callable[[], bool]) -> None:
    with Wire(endpoint) as wire:
        try:
            worker.work(wire, enough)
        except Unanswered:
            return
