"""What the log says when the storage refuses: not a line for each request, which would fill a disk itself."""

import logging

from kilowatt.clock import Clock

# How long the same kind of problem is not told again.
_QUIET_SECONDS = 5.0


class StorageLog:
    """Tells problems of the storage, each kind once in a few seconds, with the number of those not told."""

    def __init__(self, log: logging.Logger, clock: Clock) -> None:
        self._log = log
        self._clock = clock
        self._told: dict[str, float] = {}
        self._untold: dict[str, int] = {}

    def tell(self, problem: Exception) -> None:
        kind, now = type(problem).__name__, self._clock.monotonic()
        if kind in self._told and now - self._told[kind] < _QUIET_SECONDS:
            self._untold[kind] = self._untold.get(kind, 0) + 1
            return
        self._told[kind] = now
        untold = self._untold.pop(kind, 0)
        more = f" ({untold} more since the last line of this kind)" if untold else ""
        self._log.error("storage: %s: %s%s", kind, problem, more)
