"""The embedded engine: RocksDB in one directory, with group commit.

A transaction reads, decides and applies its outcome on the event loop without suspending, so transactions
are serial by construction and never conflict. Then it waits for the sync that makes it durable, which it
shares with everybody else who wrote meanwhile (see `group_commit`).

In the column family `internal`:

    C <counter>                                 its value, packed
    L <log's length, 2 B> <log> <number, 8 B>   a record of the log; numbers are big-endian, so in order
    N <log>                                     the last number given out, 8 B. Only written by a trim: as
                                                long as a log has records, the last one tells.
"""

import asyncio
import struct
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from rocksdict import Rdict, WriteBatch

from kilowatt.engine.base import Decide, Outcome, Pair
from kilowatt.engine.counters import Counter, packed, summed
from kilowatt.engine.directory import DataDirectory
from kilowatt.engine.errors import Busy, Closed
from kilowatt.engine.group_commit import Group, GroupCommit
from kilowatt.engine.rocksdb_files import (
    INTERNAL,
    Watermark,
    close_database,
    is_stall,
    open_checked,
    translated,
)
from kilowatt.engine.rocksdb_reads import RocksSnapshot, counter_key, counter_stored_as, read_range

A = TypeVar("A")

_NUMBER = struct.Struct(">Q")
_LENGTH = struct.Struct(">H")
_HIGHEST_NUMBER = 2**64 - 1
_NO_BYTE_LIMIT = 2**63
_pack_number = _NUMBER.pack
# How long a write waits for flushes and compaction to catch up, and how often it asks.
_STALL_PATIENCE_SECONDS = 10.0
_STALL_PAUSE_SECONDS = 0.005


class RocksEngine:
    """See `kilowatt.engine.base.Engine`. One engine belongs to the event loop that uses it first."""

    def __init__(
        self,
        directory: DataDirectory,
        databases: tuple[Rdict, Rdict],
        watermark: Watermark,
        sync: Callable[[Rdict], None],
    ) -> None:
        self._directory = directory
        self._records, self._internal = databases
        self._internal_handle = self._records.get_column_family_handle(INTERNAL)
        self._watermark = watermark
        self._sync_database = sync
        self._commits = GroupCommit(self._sync)
        self._totals: dict[bytes, Counter] = {}
        self._last_numbers: dict[bytes, int] = {}
        self._snapshots: weakref.WeakSet[RocksSnapshot] = weakref.WeakSet()
        self._stalled = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def open(cls, directory: Path, sync: Callable[[Rdict], None] | None = None) -> "RocksEngine":
        """Opens the data directory, or makes a new one. `sync` stands in for RocksDB's sync, for tests.

        Raises `DirectoryLocked`, `NotADataDirectory`, `FormatTooNew`, `Corrupt`, `Full`, `Closed` or OSError.
        """
        held = DataDirectory.take(directory)
        try:
            databases, watermark = open_checked(held.path)
        except BaseException:
            held.release()
            raise
        return cls(held, databases, watermark, sync or _sync_write_ahead_log)

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        commits = self._commits
        if commits.refusal is not None:
            commits.refuse()
        values = self._values(keys)
        if commits.unsynced:
            await self._durable(commits.holding_keys(keys))
        return values

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        commits = self._commits
        if commits.refusal is not None:
            commits.refuse()
        pairs, start, end = read_range(self._records, start, end, limit, byte_limit, reverse)
        if commits.unsynced:
            await self._durable(commits.holding_range(start, end))
        return pairs

    async def counters(self, keys: Sequence[bytes]) -> list[Counter]:
        self._commits.refuse()
        totals = [self._total(key) for key in keys]
        if self._commits.unsynced:
            await self._durable(self._commits.holding_counters(keys))
        return totals

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        if self._commits.refusal is not None:
            self._commits.refuse()
        try:
            outcome, group = self._attempt(keys, decide)
        except Busy:
            outcome, group = await self._attempt_after_stall(keys, decide)
        except Exception:
            await self._durable(self._holding(keys))
            raise
        if group is not None:
            await self._commits.durable(group)
        return outcome.answer

    async def snapshot(self) -> RocksSnapshot:
        self._commits.refuse()
        snapshot = RocksSnapshot(self._records.iter(), self._internal.iter())
        self._snapshots.add(snapshot)
        if self._commits.unsynced:
            await self._durable(self._commits.unsynced[-1])
        return snapshot

    async def log(self, log: bytes, after: int, limit: int) -> list[tuple[int, bytes]]:
        self._commits.refuse()
        first, end = _log_key(log, after + 1), _log_key(log, _HIGHEST_NUMBER)
        pairs, _, _ = read_range(self._internal, first, end, limit, _NO_BYTE_LIMIT)
        if self._commits.unsynced:
            await self._durable(self._commits.holding_log(log))
        return [(_NUMBER.unpack_from(key, len(key) - _NUMBER.size)[0], record) for key, record in pairs]

    async def trim(self, log: bytes, through: int) -> None:
        self._commits.refuse()
        last = self._last_number(log)
        batch = WriteBatch(raw_mode=True)
        batch.delete_range(_log_key(log, 0), _log_key(log, through + 1), self._internal_handle)
        batch.put(b"N" + log, _NUMBER.pack(last), self._internal_handle)
        self._write(batch)
        group = self._commits.open_group()
        group.logs.add(log)
        await self._commits.durable(group)

    async def close(self) -> None:
        if self._commits.refusal is None:
            self._commits.refusal = Closed("The engine is closed.")
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close())
        await asyncio.shield(self._closing)

    def _attempt(self, keys: Sequence[bytes], decide: Decide[A]) -> tuple[Outcome[A], Group | None]:
        """Reads, decides and applies; also the group to wait for before the answer may be given."""
        outcome = decide(self._values(keys))
        if outcome.puts or outcome.deletes or outcome.range_deletes or outcome.appends or outcome.adds:
            return outcome, self._apply(outcome)
        return outcome, self._holding(keys)

    async def _attempt_after_stall(
        self, keys: Sequence[bytes], decide: Decide[A]
    ) -> tuple[Outcome[A], Group | None]:
        """Tries again until RocksDB takes writes once more: one caller at a time, in the order they came."""
        try:
            async with asyncio.timeout(_STALL_PATIENCE_SECONDS), self._stalled:
                while True:
                    self._commits.refuse()
                    with suppress(Busy):
                        return self._attempt(keys, decide)
                    await asyncio.sleep(_STALL_PAUSE_SECONDS)
        except TimeoutError:
            raise Busy("RocksDB cannot keep up with the writes.") from None
        except Exception:
            await self._durable(self._holding(keys))
            raise

    def _values(self, keys: Sequence[bytes]) -> list[bytes | None]:
        try:
            if len(keys) == 1:
                return [self._records.get(keys[0])]
            values: list[bytes | None] = self._records.get(list(keys)) or []
        except Exception as error:
            raise translated(error) from error
        return values

    def _stored(self, internal_key: bytes) -> bytes | None:
        try:
            return self._internal.get(internal_key)
        except Exception as error:
            raise translated(error) from error

    def _apply(self, outcome: Outcome[A]) -> Group:
        """Writes the outcome, not yet durable; the group in which it becomes so."""
        batch = WriteBatch(raw_mode=True)
        for start, end in outcome.range_deletes:
            if start < end:
                batch.delete_range(start, end)
        for key in outcome.deletes:
            batch.delete(key)
        for key, value in outcome.puts:
            batch.put(key, value)
        # What is kept in memory changes only once the write has succeeded.
        numbers = self._append(batch, outcome.appends) if outcome.appends else None
        totals = self._add(batch, outcome.adds) if outcome.adds else None
        self._write(batch)
        group = self._commits.open_group()
        group.keys.update([key for key, _ in outcome.puts], outcome.deletes)
        if outcome.range_deletes:
            group.ranges.extend(outcome.range_deletes)
        if numbers is not None:
            self._last_numbers.update(numbers)
            group.logs.update(numbers)
        if totals is not None:
            self._totals.update(totals)
            group.counters.update(totals)
        return group

    def _append(self, batch: WriteBatch, appends: Sequence[Pair]) -> dict[bytes, int]:
        """Adds log records to the batch; the last number of each log afterwards."""
        numbers: dict[bytes, int] = {}
        handle = self._internal_handle
        for log, record in appends:
            number = (numbers[log] if log in numbers else self._last_number(log)) + 1
            batch.put(_log_prefix(log) + _pack_number(number), record, handle)
            numbers[log] = number
        return numbers

    def _add(self, batch: WriteBatch, adds: Sequence[tuple[bytes, tuple[int, ...]]]) -> dict[bytes, Counter]:
        """Adds counters' new values to the batch, and returns them."""
        totals: dict[bytes, Counter] = {}
        for counter, deltas in adds:
            totals[counter] = summed(totals[counter] if counter in totals else self._total(counter), deltas)
        for counter, total in totals.items():
            batch.put(counter_key(counter), packed(total), self._internal_handle)
        return totals

    def _write(self, batch: WriteBatch) -> None:
        try:
            self._records.write(batch)
        except Exception as error:
            if is_stall(error):
                raise Busy(str(error)) from error
            problem = translated(error)
            if isinstance(problem, Closed):
                self._commits.fail(f"Writing failed: {error}")
            raise problem from error

    def _total(self, counter: bytes) -> Counter:
        total = self._totals.get(counter)
        if total is None:
            total = counter_stored_as(self._stored(counter_key(counter)))
            self._totals[counter] = total
        return total

    def _last_number(self, log: bytes) -> int:
        last = self._last_numbers.get(log)
        if last is None:
            kept = self._stored(b"N" + log)
            newest, _, _ = read_range(
                self._internal, _log_key(log, 0), _log_key(log, _HIGHEST_NUMBER), 1, 1, reverse=True
            )
            last = max(
                _NUMBER.unpack(kept)[0] if kept is not None else 0,
                _NUMBER.unpack(newest[0][0][-_NUMBER.size :])[0] if newest else 0,
            )
            self._last_numbers[log] = last
        return last

    async def _durable(self, group: Group | None) -> None:
        if group is not None:
            await self._commits.durable(group)

    def _holding(self, keys: Sequence[bytes]) -> Group | None:
        return self._commits.holding_keys(keys) if self._commits.unsynced else None

    def _sync(self) -> None:
        """Runs on the sync thread. Everything up to `sequence` was applied before the sync starts."""
        sequence = self._records.latest_sequence_number()
        self._sync_database(self._records)
        self._watermark.advance(sequence)

    async def _close(self) -> None:
        await self._commits.finish()
        for snapshot in list(self._snapshots):
            snapshot.close()
        del self._internal_handle  # it would keep the database open
        # Empties the memtables into table files, which can take a while; so does a device that fails.
        await asyncio.to_thread(close_database, self._records, self._internal)
        self._watermark.close()
        self._directory.release()


def _log_key(log: bytes, number: int) -> bytes:
    return _log_prefix(log) + _pack_number(min(max(number, 0), _HIGHEST_NUMBER))


def _log_prefix(log: bytes) -> bytes:
    # The length keeps a log apart from those whose names start with its name.
    return b"L" + _LENGTH.pack(len(log)) + log


def _sync_write_ahead_log(records: Rdict) -> None:
    # Releases the interpreter lock, which `write` with sync=True does not. RocksDB hands every write to the
    # kernel at once, so this only has to fdatasync.
    records.flush_wal(True)
