"""What outcomes do to each other on their way into one write, and what becomes of them if it fails."""

import asyncio
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rocksdict import Rdict, WriteBatch

from kilowatt.engine import group_commit
from kilowatt.engine.base import Outcome, Pair
from kilowatt.engine.contract import CheckedEngine
from kilowatt.engine.errors import Busy, Closed, EngineError, Full
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.rocksdb import RocksEngine

FULL = "IO error: No space left on device: While appending to file: 000004.log"
STALL = "Result incomplete: Write stall"
BROKEN = "IO error: While appending to file: Input/output error"
EVERYTHING = (b"", b"\xff" * 4)


class Database:
    """RocksDB, of which the next writes fail with the texts in `failures`."""

    def __init__(self, database: Rdict) -> None:
        self._database = database
        self.failures: list[str] = []
        self.records_written: list[int] = []

    def write(self, batch: WriteBatch) -> None:
        if self.failures:
            raise Exception(self.failures.pop(0))
        self.records_written.append(batch.len())
        self._database.write(batch)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)


@pytest.fixture
def database(engine: RocksEngine, monkeypatch: pytest.MonkeyPatch) -> Database:
    database = Database(engine._records)
    monkeypatch.setattr(engine, "_records", database)
    return database


@pytest.fixture
def engine(tmp_path: Path, runner: asyncio.Runner) -> Iterator[RocksEngine]:
    engine = RocksEngine.open(tmp_path / "data")
    yield engine
    runner.run(engine.close())


def decided(values: list[bytes | None], **wanted: Any) -> Outcome[list[bytes | None]]:
    return Outcome(values, **wanted)


def staged(engine: RocksEngine, *keys: bytes, **wanted: Any) -> asyncio.Task[list[bytes | None]]:
    """A transaction that reads `keys`, wants what an `Outcome` may want, and answers the values it read."""
    return asyncio.create_task(engine.transact(keys, partial(decided, **wanted)))


def counted(engine: RocksEngine, name: bytes) -> asyncio.Task[list[bytes | None]]:
    """A transaction that does a bit of everything."""
    return staged(engine, puts=[(name, b"v")], appends=[(b"log", name)], adds=[(b"count", (1,))])


async def outcomes(*tasks: asyncio.Task[list[bytes | None]]) -> list[type]:
    """The types of what came back from each, or was raised."""
    return [type(result) for result in await asyncio.gather(*tasks, return_exceptions=True)]


# One round of the loop


async def test_decisions_see_what_is_staged(engine: RocksEngine, database: Database) -> None:
    await staged(engine, puts=[(b"kept", b"0")])
    tasks = [
        staged(engine, b"a", puts=[(b"a", b"1"), (b"b", b"1")]),
        staged(engine, b"a", deletes=[b"a"]),
        staged(engine, b"a", b"b", b"kept", puts=[(b"a", b"2")]),
        staged(engine, b"a"),
    ]
    answers = await asyncio.gather(*tasks)
    assert answers == [[None], [b"1"], [None, b"1", b"0"], [b"2"]]
    assert database.records_written == [1, 2]
    assert await engine.scan(*EVERYTHING, 9, 99) == [(b"a", b"2"), (b"b", b"1"), (b"kept", b"0")]


async def test_a_staged_range_delete_hides_older_records_and_not_newer(engine: RocksEngine) -> None:
    await staged(engine, puts=[(b"r1", b"old"), (b"r2", b"old")])
    tasks = [
        staged(engine, puts=[(b"r3", b"staged"), (b"r4", b"staged")]),
        staged(engine, range_deletes=[(b"r1", b"r4")], puts=[(b"r2", b"with it")]),
        staged(engine, b"r1", b"r2", b"r3", b"r4"),
        staged(engine, b"r1"),
        staged(engine, puts=[(b"r3", b"after")]),
    ]
    answers = await asyncio.gather(*tasks)
    assert answers[2:4] == [[None, b"with it", None, b"staged"], [None]]
    assert await engine.get([b"r1", b"r2", b"r3", b"r4"]) == [None, b"with it", b"after", b"staged"]


async def test_outcomes_on_one_key_and_counter_are_one_record_each(
    engine: RocksEngine, database: Database
) -> None:
    await asyncio.gather(
        *[
            staged(engine, puts=[(b"k", b"%d" % number)], adds=[(b"n", (1, number))], appends=[(b"l", b"")])
            for number in range(10)
        ]
    )
    assert database.records_written == [1 + 1 + 10]
    assert await engine.get([b"k"]) == [b"9"]
    assert await engine.counters([b"n"]) == [(10, 45)]
    assert [number for number, _ in await engine.log(b"l", 0, 99)] == list(range(1, 11))


async def test_a_staged_trim_spares_what_is_appended_after_it(engine: RocksEngine) -> None:
    before = [counted(engine, b"1"), counted(engine, b"2")]
    trim = asyncio.create_task(engine.trim(b"log", 99))
    await asyncio.gather(*before, trim, counted(engine, b"3"))
    assert await engine.log(b"log", 0, 9) == [(3, b"3")]


async def test_an_outcome_that_overflows_a_staged_counter_does_nothing(engine: RocksEngine) -> None:
    tasks = [staged(engine, puts=[(b"%d" % n, b"")], adds=[(b"n", (2**62,))]) for n in range(3)]
    assert await outcomes(*tasks) == [list, OverflowError, OverflowError]
    assert await engine.counters([b"n"]) == [(2**62,)]
    assert await engine.get([b"0", b"1", b"2"]) == [b"", None, None]


async def test_reads_come_before_what_is_only_staged_and_after_what_is_acknowledged(
    engine: RocksEngine,
) -> None:
    await counted(engine, b"a")
    writer = counted(engine, b"b")
    values, snapshot, pairs, totals, records = await asyncio.gather(
        engine.get([b"b"]),
        engine.snapshot(),
        engine.scan(*EVERYTHING, 9, 99),
        engine.counters([b"count"]),
        engine.log(b"log", 1, 9),
    )
    assert (values, pairs, totals, records) == ([None], [(b"a", b"v")], [(1,)], [])
    assert await snapshot.get([b"b"]) == [None]
    await writer
    assert await engine.get([b"b"]) == [b"v"]
    assert await engine.scan(b"b", b"c", 9, 99) == [(b"b", b"v")]
    assert await engine.counters([b"count"]) == [(2,)]
    assert await engine.log(b"log", 1, 9) == [(2, b"b")]


async def test_close_writes_what_is_only_staged(engine: RocksEngine, tmp_path: Path) -> None:
    writer = counted(engine, b"a")
    await asyncio.gather(writer, engine.close())
    again = RocksEngine.open(tmp_path / "data")
    assert await again.get([b"a"]) == [b"v"]
    await again.close()


# Groups that grow


async def test_a_group_is_written_early_when_it_has_grown(
    engine: RocksEngine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_GROUP_BYTES", 1000)
    value = bytes(300)
    await asyncio.gather(*[staged(engine, puts=[(b"%02d" % number, value)]) for number in range(10)])
    assert database.records_written == [3, 3, 3, 1]


async def test_one_outcome_may_be_larger_than_a_group(
    engine: RocksEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_GROUP_BYTES", 1000)
    pairs = [(b"%03d" % number, bytes(100)) for number in range(100)]
    await asyncio.gather(*[staged(engine, puts=pairs) for _ in range(3)])
    assert await engine.scan(*EVERYTHING, 1000, 1 << 20) == pairs


async def test_a_failed_early_write_fails_only_its_group(
    engine: RocksEngine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_GROUP_BYTES", 100)
    database.failures = [FULL]
    assert await outcomes(*[counted(engine, b"%d" % n) for n in range(3)]) == [Full, list, list]
    assert await engine.counters([b"count"]) == [(2,)]
    assert await engine.log(b"log", 0, 9) == [(1, b"1"), (2, b"2")]


# Writes that fail


async def test_a_full_disk_fails_everybody_in_the_group_and_nobody_else(
    engine: RocksEngine, database: Database
) -> None:
    assert await outcomes(counted(engine, b"a"), counted(engine, b"b")) == [list, list]
    database.failures = [FULL]
    saw_staged = staged(engine, b"old")
    failing = [counted(engine, b"c"), staged(engine, b"c"), counted(engine, b"d")]
    assert await outcomes(saw_staged, *failing) == [list, Full, Full, Full]
    assert await engine.scan(*EVERYTHING, 9, 99) == [(b"a", b"v"), (b"b", b"v")]
    assert await engine.counters([b"count"]) == [(2,)]
    await counted(engine, b"e")
    assert await engine.counters([b"count"]) == [(3,)]
    assert await engine.log(b"log", 0, 9) == [(1, b"a"), (2, b"b"), (3, b"e")]


async def test_a_full_disk_does_not_fail_the_group_that_is_syncing(
    engine: RocksEngine, database: Database
) -> None:
    syncing = counted(engine, b"a")
    while not engine._commits.written:
        await asyncio.sleep(0)
    failing = counted(engine, b"b")
    await asyncio.sleep(0)
    database.failures = [FULL]
    assert await outcomes(syncing, failing) == [list, Full]
    assert await engine.counters([b"count"]) == [(1,)]


async def test_a_stalled_write_is_tried_again_while_others_join_it(
    engine: RocksEngine, database: Database
) -> None:
    database.failures = [STALL] * 3
    first = counted(engine, b"a")
    while len(database.failures) == 3:
        await asyncio.sleep(0)
    second = counted(engine, b"b")
    assert await engine.get([b"a"]) == [None]
    assert await outcomes(first, second) == [list, list]
    assert database.records_written == [2 + 2 + 1]
    assert await engine.log(b"log", 0, 9) == [(1, b"a"), (2, b"b")]


async def test_a_write_that_stalls_for_too_long_fails_its_group(
    engine: RocksEngine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_STALLS", 3)
    await counted(engine, b"a")
    database.failures = [STALL] * 3
    assert await outcomes(counted(engine, b"b"), counted(engine, b"c")) == [Busy, Busy]
    await counted(engine, b"d")
    assert await engine.counters([b"count"]) == [(2,)]
    assert await engine.log(b"log", 0, 9) == [(1, b"a"), (2, b"d")]


async def test_transactions_wait_for_room_in_the_order_they_came(
    engine: RocksEngine, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_GROUP_BYTES", 100)
    database.failures = [STALL] * 4
    names = [b"%d" % number for number in range(6)]
    tasks = [counted(engine, name) for name in names]
    assert await outcomes(*tasks) == [list] * 6
    assert await engine.log(b"log", 0, 9) == list(enumerate(names, 1))


async def test_close_waits_for_a_stalled_write(
    engine: RocksEngine, database: Database, tmp_path: Path
) -> None:
    database.failures = [STALL] * 3
    writer = counted(engine, b"a")
    await asyncio.sleep(0)
    assert await outcomes(writer, asyncio.create_task(_closed(engine))) == [list, list]


async def _closed(engine: RocksEngine) -> list[bytes | None]:
    await engine.close()
    return []


async def test_a_write_that_fails_otherwise_fails_the_engine_for_good(
    engine: RocksEngine, database: Database
) -> None:
    await counted(engine, b"a")
    database.failures = [BROKEN]
    assert await outcomes(counted(engine, b"b"), counted(engine, b"c")) == [Closed, Closed]
    with pytest.raises(Closed, match="Input/output error"):
        await engine.get([b"a"])


async def test_a_failed_sync_fails_also_a_group_that_is_alone(tmp_path: Path) -> None:
    def broken(_: Rdict) -> None:
        raise OSError("Input/output error")

    engine = RocksEngine.open(tmp_path / "broken", broken)
    assert await outcomes(counted(engine, b"a")) == [Closed]
    with pytest.raises(Closed, match="Input/output error"):
        await counted(engine, b"b")
    await engine.close()


async def test_a_cancelled_caller_does_not_stop_the_others(engine: RocksEngine) -> None:
    tasks = [counted(engine, b"%d" % number) for number in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    assert await outcomes(*tasks) == [list, asyncio.CancelledError, list]
    assert await engine.counters([b"count"]) == [(3,)]


# Any rounds, any failures

KEYS = st.sampled_from([b"a", b"b", b"c", b"ca", b"d"])
WANTED = st.fixed_dictionaries(
    {
        "reads": st.lists(KEYS, max_size=2),
        "puts": st.dictionaries(KEYS, st.binary(max_size=2), max_size=2).map(lambda puts: list(puts.items())),
        "range_deletes": st.lists(st.tuples(KEYS, KEYS).map(sorted).map(tuple), max_size=1),
        "appends": st.lists(st.tuples(st.sampled_from([b"l", b"m"]), st.binary(max_size=2)), max_size=2),
        "adds": st.lists(st.tuples(st.sampled_from([b"n", b"o"]), st.tuples(st.integers(-9, 9))), max_size=2),
    }
)
ROUNDS = st.lists(
    st.tuples(st.sampled_from([[], [], [STALL], [FULL]]), st.lists(WANTED, max_size=5)), max_size=6
)
Rounds = list[tuple[list[str], list[dict[str, Any]]]]


@settings(max_examples=60, deadline=None)
@given(ROUNDS)
def test_rounds_of_staged_outcomes_are_as_one_after_the_other(rounds: Rounds) -> None:
    with tempfile.TemporaryDirectory() as directory, asyncio.Runner() as loop:
        loop.run(_compare(RocksEngine.open(Path(directory) / "data"), rounds))


async def _compare(engine: RocksEngine, rounds: Rounds) -> None:
    memory = MemoryEngine()
    database: Any = Database(engine._records)
    engine._records = database
    checked = CheckedEngine(engine)
    for failures, wants in rounds:
        database.failures = list(failures)
        answers = await asyncio.gather(*[_wanted(checked, want) for want in wants], return_exceptions=True)
        if any(isinstance(answer, EngineError) for answer in answers):
            assert failures == [FULL]
        else:
            assert answers == [await _wanted(memory, want) for want in wants]
        database.failures.clear()
        assert await _state(checked) == await _state(memory)
    await engine.close()


async def _wanted(engine: CheckedEngine | MemoryEngine, want: dict[str, Any]) -> list[bytes | None]:
    rest = {name: part for name, part in want.items() if name != "reads"}
    return await engine.transact(want["reads"], partial(decided, **rest))


async def _state(engine: CheckedEngine | MemoryEngine) -> tuple[list[Pair], list[Any], list[Any]]:
    logs = [await engine.log(log, 0, 99) for log in (b"l", b"m")]
    return await engine.scan(*EVERYTHING, 99, 999), await engine.counters([b"n", b"o"]), logs
