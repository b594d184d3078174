"""What only the embedded engine promises: durability, and what happens when it can't be had."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from rocksdict import WriteBatch
from tests.engine.held_sync import HeldSync

from kilowatt.engine import group_commit
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.engine.errors import Busy, Closed, Corrupt, Full
from kilowatt.engine.rocksdb import RocksEngine
from kilowatt.engine.rocksdb_files import translated

CRASHING_WRITER = Path(__file__).with_name("crashing_writer.py")


@pytest.fixture
def sync() -> HeldSync:
    return HeldSync()


@pytest.fixture
def held(tmp_path: Path, sync: HeldSync, runner: asyncio.Runner) -> Iterator[RocksEngine]:
    engine = RocksEngine.open(tmp_path / "data", sync)
    yield engine
    sync.let_go.set()
    runner.run(engine.close())


async def write_everything(engine: Engine) -> None:
    await engine.transact(
        [b"key"],
        lambda _: Outcome(
            None,
            puts=[(b"key", b"new")],
            range_deletes=[(b"r", b"s")],
            appends=[(b"log", b"record")],
            adds=[(b"counter", (1,))],
        ),
    )


def refuse(_: list[bytes | None]) -> Outcome[None]:
    raise LookupError


async def is_waiting(use: Awaitable[object]) -> bool:
    """Whether it still waits after a few rounds of the loop; it goes on in the background."""
    task = asyncio.ensure_future(use)
    for _ in range(20):
        await asyncio.sleep(0)
    waiting = not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return waiting


OVERLAPPING: dict[str, Callable[[Engine], Awaitable[object]]] = {
    "get": lambda engine: engine.get([b"other", b"key"]),
    "get in a deleted range": lambda engine: engine.get([b"r7"]),
    "scan over the key": lambda engine: engine.scan(b"k", b"l", 10, 100),
    "scan over the deleted range": lambda engine: engine.scan(b"r8", b"t", 10, 100),
    "backward scan": lambda engine: engine.scan(b"k", b"l", 10, 100, reverse=True),
    "counters": lambda engine: engine.counters([b"counter"]),
    "log": lambda engine: engine.log(b"log", 0, 10),
    "last": lambda engine: engine.last(b"log"),
    "a decision that raises": lambda engine: engine.transact([b"key"], refuse),
    "a decision without writes": lambda engine: engine.transact([b"key"], lambda _: Outcome(None)),
    "snapshot": lambda engine: engine.snapshot(),
}
APART: dict[str, Callable[[Engine], Awaitable[object]]] = {
    "get": lambda engine: engine.get([b"other"]),
    "scan": lambda engine: engine.scan(b"l", b"r", 10, 100),
    "counters": lambda engine: engine.counters([b"other"]),
    "log": lambda engine: engine.log(b"other", 0, 10),
    "last": lambda engine: engine.last(b"other"),
    "a decision without writes": lambda engine: engine.transact([b"other"], lambda _: Outcome(None)),
}


@pytest.mark.parametrize("use", OVERLAPPING.values(), ids=OVERLAPPING.keys())
async def test_nobody_sees_a_write_before_its_sync(
    held: RocksEngine, sync: HeldSync, use: Callable[[Engine], Awaitable[object]]
) -> None:
    writer = asyncio.create_task(write_everything(held))
    await asyncio.to_thread(sync.started.wait, 20)
    assert await is_waiting(use(held))
    assert not writer.done()
    sync.let_go.set()
    await writer
    assert not await is_waiting(use(held))


@pytest.mark.parametrize("use", APART.values(), ids=APART.keys())
async def test_reads_of_other_data_do_not_wait(
    held: RocksEngine, sync: HeldSync, use: Callable[[Engine], Awaitable[object]]
) -> None:
    writer = asyncio.create_task(write_everything(held))
    await asyncio.to_thread(sync.started.wait, 20)
    assert not await is_waiting(use(held))
    writer.cancel()


async def test_a_page_that_ends_before_an_unsynced_key_does_not_wait(
    held: RocksEngine, sync: HeldSync
) -> None:
    sync.let_go.set()
    await held.transact((), lambda _: Outcome(None, puts=[(b"a", b"1"), (b"z", b"1")]))
    sync.let_go.clear()
    sync.started.clear()
    writer = asyncio.create_task(write_everything(held))
    await asyncio.to_thread(sync.started.wait, 20)
    assert await held.scan(b"a", b"z", 1, 100) == [(b"a", b"1")]
    assert await held.scan(b"a", b"zz", 1, 100, reverse=True) == [(b"z", b"1")]
    assert await is_waiting(held.scan(b"a", b"z", 2, 100))
    writer.cancel()


async def test_one_round_after_the_other_that_stages_shares_one_sync(
    held: RocksEngine, sync: HeldSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_GATHERING_SECONDS", 60)  # on a slow machine five rounds take long
    writers = []
    for _ in range(5):
        writers.append(asyncio.create_task(write_everything(held)))
        await asyncio.sleep(0)
    sync.let_go.set()
    await asyncio.gather(*writers)
    assert sync.count == 1


async def test_writers_who_were_just_told_share_the_next_sync_if_they_write_again(
    held: RocksEngine, sync: HeldSync, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_GATHERING_SECONDS", 60)

    async def write_twice() -> None:
        await write_everything(held)
        await asyncio.sleep(0)  # the answer goes out at the end of a round,
        await asyncio.sleep(0)  # and the client's next request comes in another
        await write_everything(held)

    first = asyncio.create_task(write_twice())
    await asyncio.to_thread(sync.started.wait, 20)
    second = asyncio.create_task(write_everything(held))
    await asyncio.sleep(0)  # staged during the sync
    sync.let_go.set()
    await asyncio.gather(first, second)
    assert sync.count == 2


async def test_flushes_and_compaction_give_way_to_requests_but_not_altogether(tmp_path: Path) -> None:
    engine = RocksEngine.open(tmp_path / "data")
    await write_everything(engine)
    threads = [thread for thread in _threads() if thread[0].startswith("rocksdb:")]
    await engine.close()
    assert set(threads) == {("rocksdb:low", 10), ("rocksdb:high", 10)}


def _threads() -> list[tuple[str, int]]:
    """The name and niceness of each thread of this process."""
    threads = []
    for thread in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
            name = (thread / "comm").read_text().strip()
            threads.append((name, os.getpriority(os.PRIO_PROCESS, int(thread.name))))
    return threads


async def test_a_transaction_sees_every_change_of_a_record_that_is_kept_in_memory(tmp_path: Path) -> None:
    engine = RocksEngine.open(tmp_path / "data", kept_prefixes=(b"k",))
    seen: list[list[bytes | None]] = []

    def note(values: list[bytes | None]) -> Outcome[None]:
        seen.append(values)
        return Outcome(None)

    changes: list[Outcome[None]] = [
        Outcome(None, puts=[(b"key", b"1")]),
        Outcome(None, puts=[(b"key", b"2")]),
        Outcome(None, deletes=[b"key"]),
        Outcome(None, puts=[(b"key", b"3")]),
        Outcome(None, range_deletes=[(b"k", b"l")]),
    ]
    for change in changes:
        task = asyncio.create_task(engine.transact((), partial(_always, change)))
        await asyncio.sleep(0)  # staged
        await engine.transact([b"key"], note)
        await task
        await engine.transact([b"key"], note)
        await engine.transact([b"key"], note)
    await engine.close()
    assert seen == [[value] for value in (b"1", b"2", None, b"3", None) for _ in range(3)]


async def test_writes_during_a_sync_wait_for_the_next_one_and_share_it(
    held: RocksEngine, sync: HeldSync
) -> None:
    first = asyncio.create_task(write_everything(held))
    await asyncio.to_thread(sync.started.wait, 20)
    others = [asyncio.create_task(write_everything(held)) for _ in range(10)]
    await asyncio.sleep(0)
    sync.let_go.set()
    await asyncio.gather(first, *others)
    assert sync.count == 2


async def test_a_failed_sync_fails_everybody_for_good(held: RocksEngine, sync: HeldSync) -> None:
    waiting = [asyncio.create_task(write_everything(held)) for _ in range(3)]
    await asyncio.to_thread(sync.started.wait, 20)
    waiting += [asyncio.create_task(write_everything(held)) for _ in range(3)]
    waiting.append(asyncio.create_task(_discard(held.get([b"key"]))))
    await asyncio.sleep(0)
    sync.failure = Exception("IO error: While fdatasync: Input/output error")
    sync.let_go.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(result) for result in results} == {Closed}
    sync.failure = None
    for use in (held.get([b"key"]), held.scan(b"", b"z", 1, 1), write_everything(held)):
        with pytest.raises(Closed, match="Input/output error"):
            await use
    assert sync.count == 1


async def _discard(use: Awaitable[object]) -> None:
    await use


async def test_close_makes_waiting_writes_durable(held: RocksEngine, sync: HeldSync, tmp_path: Path) -> None:
    writers = [asyncio.create_task(write_everything(held)) for _ in range(5)]
    await asyncio.to_thread(sync.started.wait, 20)
    closing = asyncio.create_task(held.close())
    await asyncio.sleep(0)
    with pytest.raises(Closed):
        await held.get([b"key"])
    sync.let_go.set()
    await asyncio.gather(*writers, closing)
    engine = RocksEngine.open(tmp_path / "data")
    assert await engine.counters([b"counter"]) == [(5,)]
    await engine.close()


async def test_cancelling_close_does_not_stop_it(held: RocksEngine, sync: HeldSync, tmp_path: Path) -> None:
    writer = asyncio.create_task(write_everything(held))
    await asyncio.sleep(0)
    closing = asyncio.create_task(held.close())
    await asyncio.sleep(0)
    closing.cancel()
    sync.let_go.set()
    await asyncio.gather(writer, held.close())
    await RocksEngine.open(tmp_path / "data").close()


# Crashes


@pytest.mark.parametrize("death", ["exit", "kill"])
@pytest.mark.parametrize("round_", range(5))
def test_a_crash_loses_nothing_that_was_acknowledged(tmp_path: Path, death: str, round_: int) -> None:
    """`crashing_writer.py` prints the number of each transaction that was acknowledged, and dies."""
    arguments = [sys.executable, str(CRASHING_WRITER), str(tmp_path / "data"), death, str(100 * round_ + 37)]
    died = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=False)
    assert died.returncode == (7 if death == "exit" else -9), died.stderr
    acknowledged = {int(line) for line in died.stdout.split()}
    assert len(acknowledged) >= 100 * round_ + 37
    asyncio.run(_check_after_crash(tmp_path / "data", acknowledged))


async def _check_after_crash(directory: Path, acknowledged: set[int]) -> None:
    engine = RocksEngine.open(directory)
    halves = []
    for side in (b"left ", b"right "):
        pairs = await engine.scan(side, side + b"\xff", 1 << 30, 1 << 30)
        halves.append({int(key.removeprefix(side)) for key, _ in pairs})
    assert halves[0] == halves[1], "an outcome is there in half"
    assert acknowledged <= halves[0]
    records = await engine.log(b"log", 0, 1 << 30)
    assert {int(record) for _, record in records} == halves[0]
    assert [number for number, _ in records] == list(range(1, len(records) + 1))
    assert await engine.counters([b"count"]) == [(len(records),)]
    await engine.close()


async def test_a_torn_tail_that_was_never_acknowledged_is_dropped(tmp_path: Path) -> None:
    log = await _log_file_of_a_crashed_engine(tmp_path, acknowledged=2, unsynced=1)
    log.write_bytes(log.read_bytes()[:-5])
    engine = RocksEngine.open(tmp_path / "data")
    assert await engine.get([b"0", b"1", b"2"]) == [b"v", b"v", None]
    await engine.close()


@pytest.mark.parametrize("damage", ["flip a bit", "cut", "remove the file"])
async def test_a_damaged_acknowledged_write_is_reported(tmp_path: Path, damage: str) -> None:
    log = await _log_file_of_a_crashed_engine(tmp_path, acknowledged=3, unsynced=0)
    written = log.read_bytes()
    damaged = b""
    if damage == "flip a bit":
        damaged = written[:20] + bytes([written[20] ^ 1]) + written[21:]
    elif damage == "cut":
        damaged = written[: len(written) // 3 * 2]
    log.unlink()
    if damaged:
        log.write_bytes(damaged)
    for _ in range(2):  # and again, not only once
        with pytest.raises(Corrupt, match="durable"):
            RocksEngine.open(tmp_path / "data")
    kept = [path.read_bytes() for path in (tmp_path / "data" / "logs-before-recovery").glob("*.log")]
    assert kept == ([] if damage == "remove the file" else [damaged])
    (tmp_path / "data" / "SYNCED").unlink()
    engine = RocksEngine.open(tmp_path / "data")
    assert await engine.get([b"2"]) == [None]
    assert not (tmp_path / "data" / "logs-before-recovery").exists()
    await engine.close()


async def _log_file_of_a_crashed_engine(tmp_path: Path, acknowledged: int, unsynced: int) -> Path:
    """Makes the data directory as a crash leaves it, and returns its write-ahead log."""
    script = (
        "import asyncio, os, sys, threading; from pathlib import Path\n"
        "from kilowatt.engine.base import Outcome; from kilowatt.engine.rocksdb import RocksEngine\n"
        "syncing = threading.Event()\n"
        "async def main(directory, acknowledged, unsynced):\n"
        "    holding = False\n"
        "    def sync(records):\n"
        "        if holding: syncing.set(); threading.Event().wait()\n"
        "        records.flush_wal(True)\n"
        "    engine = RocksEngine.open(Path(directory), sync)\n"
        "    for number in range(acknowledged + unsynced):\n"
        "        put = Outcome(None, puts=[(b'%d' % number, b'v')])\n"
        "        write = engine.transact((), lambda _: put)\n"
        "        holding = number >= acknowledged\n"
        "        if holding: write.send(None)\n"
        "        else: await write\n"
        "    if holding: await asyncio.to_thread(syncing.wait)\n"
        "    os._exit(7)\n"
        "asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))\n"
    )
    arguments = [sys.executable, "-c", script, str(tmp_path / "data"), str(acknowledged), str(unsynced)]
    process = await asyncio.create_subprocess_exec(*arguments)
    assert await process.wait() == 7
    (log,) = [path for path in (tmp_path / "data" / "rocksdb").glob("*.log") if path.stat().st_size]
    return log


# Errors of the database


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("IO error: No space left on device: While appending to file: 000004.log", Full),
        ("IO error: While pwrite to file: Disk quota exceeded", Full),
        ("Corruption: block checksum mismatch", Corrupt),
        ("IO error: While fdatasync: Input/output error", Closed),
    ],
)
def test_database_errors_become_engine_errors(text: str, kind: type[Exception]) -> None:
    assert type(translated(Exception(text))) is kind


async def test_a_damaged_table_file_is_corrupt_not_an_empty_range(tmp_path: Path) -> None:
    engine = RocksEngine.open(tmp_path / "data")
    pairs = [(b"%06d" % number, b"%0300d" % number) for number in range(5000)]
    await engine.transact((), lambda _: Outcome(None, puts=pairs))
    await engine.close()
    for table in (tmp_path / "data" / "rocksdb").glob("*.sst"):
        content = bytearray(table.read_bytes())
        if len(content) > 50_000:
            content[len(content) // 2] ^= 1
            table.write_bytes(content)
    engine = RocksEngine.open(tmp_path / "data")
    for reverse in (False, True):
        with pytest.raises(Corrupt):
            await engine.scan(b"0", b"9", 10_000, 1 << 30, reverse)
    snapshot = await engine.snapshot()
    with pytest.raises(Corrupt):
        await snapshot.scan(b"0", b"9", 10_000, 1 << 30)
    snapshot.close()
    await engine.close()


async def test_writes_that_outrun_the_disk_wait_without_blocking_the_loop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_commit, "_GROUP_BYTES", 50_000)
    engine = RocksEngine.open(tmp_path / "data")
    engine._records.set_options({"write_buffer_size": "65536", "max_write_buffer_number": "2"})
    refused = 0
    write = engine._write

    def counting_write(batch: WriteBatch) -> None:
        nonlocal refused
        try:
            write(batch)
        except Busy:
            refused += 1
            raise

    monkeypatch.setattr(engine, "_write", counting_write)
    value = bytes(30_000)
    puts = [(b"%d" % number, value) for number in range(200)]
    await asyncio.gather(*[engine.transact((), partial(_put, pair)) for pair in puts])
    assert refused
    assert await engine.scan(b"0", b"a", 1000, 1 << 30) == sorted(puts)
    await engine.close()


def _put(pair: Pair, _: list[bytes | None]) -> Outcome[None]:
    return Outcome(None, puts=[pair])


def _always(outcome: Outcome[None], _: list[bytes | None]) -> Outcome[None]:
    return outcome
