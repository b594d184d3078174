"""A sync of the embedded engine that a test holds up, to see who waits for it."""

import threading

from rocksdict import Rdict


class HeldSync:
    """A sync that waits until it is let go, and then works or fails as told."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.started = threading.Event()
        self.failure: Exception | None = None
        self.count = 0

    def __call__(self, records: Rdict) -> None:
        self.count += 1
        self.started.set()
        assert self.let_go.wait(20)
        if self.failure is not None:
            raise self.failure
        records.flush_wal(True)
