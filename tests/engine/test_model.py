"""Any history of operations on an engine gives what the same history gives on a few dictionaries."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, precondition, rule
from tests.postgres_server import Databases

from kilowatt.engine.base import Engine, Outcome, Pair, Snapshot
from kilowatt.engine.contract import CheckedEngine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.postgres import PostgresEngine
from kilowatt.engine.rocksdb import RocksEngine

KEYS = st.binary(max_size=2) | st.sampled_from([b"\x00", b"\xff", b"\xff\xff", b"a", b"ab"])
VALUES = st.binary(max_size=12)
RANGES = st.tuples(KEYS, KEYS).map(lambda pair: (min(pair), max(pair)))
NAMES = st.sampled_from([b"", b"l", b"ll", b"\xff"])
DELTAS = st.lists(st.integers(-(2**40), 2**40), max_size=3).map(tuple)

Model = dict[bytes, bytes]


class EngineHistory(RuleBasedStateMachine):
    """The memory engine; subclasses replace it."""

    snapshots: Bundle[tuple[Snapshot, Model]] = Bundle("snapshots")

    async def open(self) -> Engine:
        return MemoryEngine()

    @initialize()
    def start(self) -> None:
        self.runner = asyncio.Runner()
        self.directory = Path(tempfile.mkdtemp())
        self.engine = CheckedEngine(self.runner.run(self.open()))
        self.records: Model = {}
        self.logs: dict[bytes, list[bytes]] = {}
        self.trimmed: dict[bytes, int] = {}
        self.totals: dict[bytes, list[int]] = {}
        self.has_snapshots = False

    def teardown(self) -> None:
        self.runner.run(self.engine.close())
        self.runner.close()
        shutil.rmtree(self.directory)

    @rule(
        reads=st.lists(KEYS, max_size=3),
        puts=st.dictionaries(KEYS, VALUES, max_size=4),
        deletes=st.sets(KEYS, max_size=2),
        range_deletes=st.lists(RANGES, max_size=1),
        appends=st.lists(st.tuples(NAMES, VALUES), max_size=3),
        adds=st.lists(st.tuples(NAMES, DELTAS), max_size=2),
    )
    def transact(
        self,
        reads: list[bytes],
        puts: Model,
        deletes: set[bytes],
        range_deletes: list[Pair],
        appends: list[Pair],
        adds: list[tuple[bytes, tuple[int, ...]]],
    ) -> None:
        def decide(values: list[bytes | None]) -> Outcome[list[bytes | None]]:
            return Outcome(
                values, list(puts.items()), list(deletes - puts.keys()), range_deletes, appends, adds
            )

        answer = self.runner.run(self.engine.transact(reads, decide))
        assert answer == [self.records.get(key) for key in reads]
        self.apply(puts, deletes, range_deletes)
        for log, record in appends:
            self.logs.setdefault(log, []).append(record)
        for counter, deltas in adds:
            self.add(counter, deltas)

    def apply(self, puts: Model, deletes: set[bytes], range_deletes: list[Pair]) -> None:
        self.records = {
            key: value
            for key, value in self.records.items()
            if key not in deletes and not any(start <= key < end for start, end in range_deletes)
        } | puts

    def add(self, counter: bytes, deltas: tuple[int, ...]) -> None:
        total = self.totals.setdefault(counter, [])
        total += [0] * (len(deltas) - len(total))
        for position, delta in enumerate(deltas):
            total[position] += delta

    @rule(keys=st.lists(KEYS, max_size=4))
    def get(self, keys: list[bytes]) -> None:
        assert self.runner.run(self.engine.get(keys)) == [self.records.get(key) for key in keys]

    @rule(bounds=RANGES, limit=st.integers(1, 9), byte_limit=st.integers(1, 60), reverse=st.booleans())
    def scan(self, bounds: Pair, limit: int, byte_limit: int, reverse: bool) -> None:
        page = self.runner.run(self.engine.scan(*bounds, limit, byte_limit, reverse))
        assert page == expected_page(self.records, bounds, limit, byte_limit, reverse)

    @rule(log=NAMES, after=st.integers(0, 20), limit=st.integers(1, 20), byte_limit=st.integers(1, 60))
    def read_log(self, log: bytes, after: int, limit: int, byte_limit: int) -> None:
        numbered = list(enumerate(self.logs.get(log, []), 1))
        kept = [pair for pair in numbered if pair[0] > max(after, self.trimmed.get(log, 0))]
        page: list[tuple[int, bytes]] = []
        while kept and len(page) < limit and sum(len(record) for _, record in page) < byte_limit:
            page.append(kept.pop(0))
        assert self.runner.run(self.engine.log(log, after, limit, byte_limit)) == page

    @rule(log=NAMES)
    def read_last(self, log: bytes) -> None:
        assert self.runner.run(self.engine.last(log)) == len(self.logs.get(log, []))

    @rule(log=NAMES, through=st.integers(0, 20))
    def trim(self, log: bytes, through: int) -> None:
        self.runner.run(self.engine.trim(log, through))
        through = min(through, len(self.logs.get(log, [])))
        self.trimmed[log] = max(through, self.trimmed.get(log, 0))

    @rule(counters=st.lists(NAMES, max_size=3))
    def read_counters(self, counters: list[bytes]) -> None:
        expected = [tuple(self.totals.get(counter, ())) for counter in counters]
        assert self.runner.run(self.engine.counters(counters)) == expected

    @rule(target=snapshots)
    def take_snapshot(self) -> tuple[Snapshot, Model]:
        self.has_snapshots = True
        return self.runner.run(self.engine.snapshot()), dict(self.records)

    @rule(taken=snapshots, bounds=RANGES, limit=st.integers(1, 9), reverse=st.booleans())
    def scan_snapshot(self, taken: Any, bounds: Pair, limit: int, reverse: bool) -> None:
        snapshot, records = taken
        page = self.runner.run(snapshot.scan(*bounds, limit, 60, reverse))
        assert page == expected_page(records, bounds, limit, 60, reverse)
        assert self.runner.run(snapshot.get(list(bounds))) == [records.get(key) for key in bounds]

    @rule(taken=consumes(snapshots))
    def close_snapshot(self, taken: Any) -> None:
        taken[0].close()


class RocksHistory(EngineHistory):
    """The embedded engine, which is also opened again now and then."""

    async def open(self) -> Engine:
        return RocksEngine.open(self.directory / "data")

    @precondition(lambda self: not self.has_snapshots)
    @rule()
    def open_again(self) -> None:
        self.runner.run(self.engine.close())
        self.engine = CheckedEngine(self.runner.run(self.open()))


class KeptHistory(RocksHistory):
    """The embedded engine, keeping every record that a transaction read in memory."""

    async def open(self) -> Engine:
        return RocksEngine.open(self.directory / "data", kept_prefixes=(b"",))


class PostgresHistory(RocksHistory):
    """The engine over PostgreSQL, keeping every record too, with a database for each history."""

    server: ClassVar[Databases]

    async def open(self) -> Engine:
        if not hasattr(self, "dsn"):
            self.dsn = self.server.new_database()
        return await PostgresEngine.open(self.dsn, kept_prefixes=(b"",))


@pytest.fixture(scope="module", autouse=True)
def _server(postgres_server: Databases) -> None:
    PostgresHistory.server = postgres_server


def expected_page(records: Model, bounds: Pair, limit: int, byte_limit: int, reverse: bool) -> list[Pair]:
    page: list[Pair] = []
    for key in sorted(records, reverse=reverse):
        if bounds[0] <= key < bounds[1]:
            page.append((key, records[key]))
            if len(page) == limit or sum(len(value) for _, value in page) >= byte_limit:
                break
    return page


_BOUNDED = settings(
    max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestMemoryHistory = EngineHistory.TestCase
TestMemoryHistory.settings = _BOUNDED
TestRocksHistory = RocksHistory.TestCase
TestRocksHistory.settings = _BOUNDED
TestKeptHistory = KeptHistory.TestCase
TestKeptHistory.settings = _BOUNDED
TestPostgresHistory = PostgresHistory.TestCase
TestPostgresHistory.settings = _BOUNDED
