"""Has the servers that share an engine share their tables' capacity.

Every server lets accesses in by its own buckets, as if it were alone, and tells the others twice a second
what it let in; they take that from their buckets too. So all buckets hold the same but for the last half
second, and what was let in beyond the limit in that time is a debt of all, paid back before the next access:
over some seconds the servers together let in what one alone would. See ADR 19.
"""

from collections import deque
from typing import Any

import orjson

from kilowatt.clock import Clock
from kilowatt.engine.base import Engine, Outcome
from kilowatt.store import layout
from kilowatt.store.metering import Meter
from kilowatt.store.prefixes import all_under

# So many of the last reports are there to be read: who reads late misses none for some seconds.
_REPORTS = 20
# A server with nothing to tell says that it is there this often; one that is silent for long is forgotten.
_SIGN_SECONDS = 10.0
_FORGET_SECONDS = 60.0


class UsageExchange:
    """The job of one server, under its id."""

    def __init__(self, engine: Engine, meter: Meter, clock: Clock, server: str) -> None:
        self._engine = engine
        self._meter = meter
        self._clock = clock
        self._key = layout.usage_key(server)
        self._number = 0
        self._reports: deque[tuple[int, dict[str, Any]]] = deque(maxlen=_REPORTS)
        self._told = float("-inf")
        # By the keys of other servers: the number of the last report that was read; their record, and when it
        # was first seen so.
        self._read: dict[bytes, int] = {}
        self._seen: dict[bytes, tuple[bytes, float]] = {}
        self._first = True

    async def run(self) -> None:
        now = self._clock.monotonic()
        report = self._meter.report()
        if report:
            self._number += 1
            self._reports.append((self._number, report))
        if report or now - self._told >= _SIGN_SECONDS:
            record = orjson.dumps({"last": self._number, "reports": list(self._reports)})
            await self._engine.transact((), lambda _: Outcome(None, puts=[(self._key, record)]))
            self._told = now
        others = {
            key: record for key, record in await all_under(self._engine, layout.USAGE) if key != self._key
        }
        silent = [key for key, record in others.items() if not self._listen(key, record, now)]
        self._seen = {key: seen for key, seen in self._seen.items() if key in others}
        self._first = False
        if silent:
            await self._engine.transact((), lambda _: Outcome(None, deletes=silent))

    def _listen(self, key: bytes, record: bytes, now: float) -> bool:
        """Reads what is new of another server; whether it is still there."""
        before, since = self._seen.get(key, (b"", now))
        if record == before:
            return now - since < _FORGET_SECONDS
        self._seen[key] = record, now
        document = orjson.loads(record)
        # What others told before this server began is in nobody's debt here.
        read = document["last"] if self._first else self._read.get(key, 0)
        for number, report in document["reports"]:
            if number > read:
                self._meter.used_by_others(report)
        self._read[key] = document["last"]
        return True
