"""The embedded engine: RocksDB in one directory, with group commit.

A transaction reads, decides and stages its outcome on the event loop without suspending, so transactions are
serial by construction and never conflict. Then it waits for the write and the sync that make it durable,
which it shares with everybody else who staged meanwhile (see `group_commit`, which also has an example).

Counters' totals and the logs' last numbers are kept in memory as of the last outcome staged; when staged
outcomes are lost because there is no room to write them, both are read again from the database. So are the
records that the opener wants kept: those that nearly every transaction reads and hardly any writes.

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
from pathlib import Path
from typing import TypeVar

from rocksdict import Rdict, WriteBatch

from kilowatt.engine.base import NO_BYTE_LIMIT, Decide, Outcome, Pair
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
_pack_number = _NUMBER.pack
# How long a transaction waits for flushes and compaction to catch up, and how often it asks.
_STALL_PATIENCE_SECONDS = 10.0
_STALL_PAUSE_SECONDS = 0.005
# Up to so many keys are read one by one, which is faster than all at once.
_FEW_KEYS = 4
_MOST_KEPT = 10_000


class RocksEngine:
    """See `kilowatt.engine.base.Engine`. One engine belongs to the event loop that uses it first."""

    shared = False

    def __init__(
        self,
        directory: DataDirectory,
        databases: tuple[Rdict, Rdict],
        watermark: Watermark,
        sync: Callable[[Rdict], None],
        kept_prefixes: tuple[bytes, ...],
    ) -> None:
        self._directory = directory
        self._records, self._internal = databases
        self._internal_handle = self._records.get_column_family_handle(INTERNAL)
        self._watermark = watermark
        self._sync_database = sync
        self._commits = GroupCommit(self._write_group, self._forget, self._sync)
        self._totals: dict[bytes, Counter] = {}
        self._last_numbers: dict[bytes, int] = {}
        self._kept_prefixes = kept_prefixes
        self._kept: dict[bytes, bytes] = {}
        self._snapshots: weakref.WeakSet[RocksSnapshot] = weakref.WeakSet()
        self._stalled = asyncio.Lock()
        self._closing: asyncio.Task[None] | None = None

    @classmethod
    def open(
        cls,
        directory: Path,
        sync: Callable[[Rdict], None] | None = None,
        kept_prefixes: tuple[bytes, ...] = (),
    ) -> "RocksEngine":
        """Opens the data directory, or makes a new one. `sync` stands in for RocksDB's sync, for tests.

        Records whose keys start with one of `kept_prefixes` are kept in memory once a transaction read them.

        Raises `DirectoryLocked`, `NotADataDirectory`, `FormatTooNew`, `Corrupt`, `Full`, `Closed` or OSError.
        """
        held = DataDirectory.take(directory)
        try:
            databases, watermark = open_checked(held.path)
        except BaseException:
            held.release()
            raise
        return cls(held, databases, watermark, sync or _sync_write_ahead_log, kept_prefixes)

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        commits = self._commits
        if commits.refusal is not None:
            commits.refuse()
        values = self._values(keys)
        if commits.written:
            await self._durable(commits.holding_keys(keys))
        return values

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        commits = self._commits
        if commits.refusal is not None:
            commits.refuse()
        pairs, start, end = read_range(self._records, start, end, limit, byte_limit, reverse)
        if commits.written:
            await self._durable(commits.holding_range(start, end))
        return pairs

    async def counters(self, keys: Sequence[bytes]) -> list[Counter]:
        self._commits.refuse()
        # Not those kept in memory: they may be ahead of what will ever be written.
        totals = [counter_stored_as(self._stored(counter_key(key))) for key in keys]
        if self._commits.written:
            await self._durable(self._commits.holding_counters(keys))
        return totals

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        commits = self._commits
        if not commits.has_room():
            await self._room()
        if commits.refusal is not None:
            commits.refuse()
        try:
            outcome = decide(self._current(keys))
            group = self._stage(outcome) if _writes(outcome) else commits.seen_in(keys)
        except Exception:
            await self._durable(commits.seen_in(keys))
            raise
        if group is not None:
            await commits.durable(group)
        return outcome.answer

    async def snapshot(self) -> RocksSnapshot:
        self._commits.refuse()
        snapshot = RocksSnapshot(self._records.iter(), self._internal.iter())
        self._snapshots.add(snapshot)
        if self._commits.written:
            await self._durable(self._commits.written[-1])
        return snapshot

    async def log(
        self, log: bytes, after: int, limit: int, byte_limit: int = NO_BYTE_LIMIT
    ) -> list[tuple[int, bytes]]:
        self._commits.refuse()
        first, end = _log_key(log, after + 1), _log_key(log, _HIGHEST_NUMBER)
        pairs, _, _ = read_range(self._internal, first, end, limit, byte_limit)
        if self._commits.written:
            await self._durable(self._commits.holding_log(log))
        return [(_NUMBER.unpack_from(key, len(key) - _NUMBER.size)[0], record) for key, record in pairs]

    async def last(self, log: bytes) -> int:
        self._commits.refuse()
        last = self._last_number(log)
        await self._durable(self._commits.appending(log))
        return last

    async def trim(self, log: bytes, through: int) -> None:
        self._commits.refuse()
        last = self._last_number(log)
        group = self._commits.open_group()
        # Records appended later in this group have higher numbers, and stay.
        group.trims.append((_log_key(log, 0), _log_key(log, min(through, last) + 1)))
        group.append(log, b"N" + log, _NUMBER.pack(last))
        await self._commits.durable(group)

    async def close(self) -> None:
        if self._commits.refusal is None:
            self._commits.refusal = Closed("The engine is closed.")
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close())
        await asyncio.shield(self._closing)

    async def _room(self) -> None:
        """Waits until more may be staged: one caller at a time, in the order they came. Raises `Busy`."""
        try:
            async with asyncio.timeout(_STALL_PATIENCE_SECONDS), self._stalled:
                while not self._commits.has_room():
                    await asyncio.sleep(_STALL_PAUSE_SECONDS)
        except TimeoutError:
            raise Busy("RocksDB cannot keep up with the writes.") from None

    def _current(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values of `keys` with what is staged: what a decision is made on."""
        group = self._commits.open
        if len(keys) > _FEW_KEYS and (group is None or not group.touches_keys(keys)):
            return self._values(keys)
        return [self._current_value(group, key) for key in keys]

    def _current_value(self, group: Group | None, key: bytes) -> bytes | None:
        if group is not None:
            if key in group.records:
                return group.records[key]
            if group.ranges and group.is_in_range(key):
                return None
        value = self._kept.get(key)
        if value is None:
            value = self._value(key)
            if value is not None and key.startswith(self._kept_prefixes):
                self._keep(key, value)
        return value

    def _keep(self, key: bytes, value: bytes) -> None:
        """Until the key is written; the bound is there for those who have tables without number."""
        if len(self._kept) >= _MOST_KEPT:
            self._kept.clear()
        self._kept[key] = value

    def _forget_kept(self, outcome: Outcome[A]) -> None:
        """What is staged is found in its group, and afterwards in the database."""
        for key, _ in outcome.puts:
            self._kept.pop(key, None)
        for key in outcome.deletes:
            self._kept.pop(key, None)
        if outcome.range_deletes:
            self._kept.clear()

    def _values(self, keys: Sequence[bytes]) -> list[bytes | None]:
        if len(keys) == 1:
            return [self._value(keys[0])]
        try:
            values: list[bytes | None] = self._records.get(list(keys)) or []
        except Exception as error:
            raise translated(error) from error
        return values

    def _value(self, key: bytes) -> bytes | None:
        try:
            value: bytes | None = self._records.get(key)
        except Exception as error:
            raise translated(error) from error
        return value

    def _stored(self, internal_key: bytes) -> bytes | None:
        try:
            return self._internal.get(internal_key)
        except Exception as error:
            raise translated(error) from error

    def _stage(self, outcome: Outcome[A]) -> Group:
        """Notes what the outcome wants done; the group in which that becomes durable."""
        # What can raise comes first, so that an outcome is staged whole or not at all.
        for log, _ in outcome.appends:
            if log not in self._last_numbers:
                self._last_number(log)
        totals = self._added(outcome.adds) if outcome.adds else None
        if self._kept:
            self._forget_kept(outcome)
        group = self._commits.open_group()
        for start, end in outcome.range_deletes:
            group.delete_range(start, end)
        if outcome.deletes:
            group.delete(outcome.deletes)
        group.put(outcome.puts)
        for log, record in outcome.appends:
            number = self._last_numbers[log] = self._last_numbers[log] + 1
            group.append(log, _log_prefix(log) + _pack_number(number), record)
        if totals:
            group.counters.update(totals)
            self._totals.update(totals)
        return group

    def _added(self, adds: Sequence[tuple[bytes, tuple[int, ...]]]) -> dict[bytes, Counter]:
        """The new total of each counter added to. Raises OverflowError."""
        totals: dict[bytes, Counter] = {}
        for counter, deltas in adds:
            before = totals[counter] if counter in totals else self._total(counter)
            totals[counter] = summed(before, deltas)
        return totals

    def _write_group(self, group: Group) -> None:
        """Hands the group to RocksDB, in one atomic write, not yet durable."""
        batch = WriteBatch(raw_mode=True)
        for start, end in group.ranges:
            batch.delete_range(start, end)
        for key, value in group.records.items():
            if value is None:
                batch.delete(key)
            else:
                batch.put(key, value)
        handle = self._internal_handle
        for key, record in group.internal.items():
            batch.put(key, record, handle)
        for counter, total in group.counters.items():
            batch.put(counter_key(counter), packed(total), handle)
        for start, end in group.trims:
            batch.delete_range(start, end, handle)
        self._write(batch)

    def _write(self, batch: WriteBatch) -> None:
        try:
            self._records.write(batch)
        except Exception as error:
            if is_stall(error):
                raise Busy(str(error)) from error
            raise translated(error) from error

    def _forget(self) -> None:
        """Staged outcomes were lost: what is kept in memory may be ahead of the database."""
        self._totals.clear()
        self._last_numbers.clear()
        self._kept.clear()

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

    def _sync(self) -> None:
        """Runs on the sync thread. Everything up to `sequence` was written before the sync starts."""
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


def _writes(outcome: Outcome[A]) -> bool:
    return bool(outcome.puts or outcome.deletes or outcome.range_deletes or outcome.appends or outcome.adds)


def _log_key(log: bytes, number: int) -> bytes:
    return _log_prefix(log) + _pack_number(min(max(number, 0), _HIGHEST_NUMBER))


def _log_prefix(log: bytes) -> bytes:
    # The length keeps a log apart from those whose names start with its name.
    return b"L" + _LENGTH.pack(len(log)) + log


def _sync_write_ahead_log(records: Rdict) -> None:
    # Releases the interpreter lock, which `write` with sync=True does not. RocksDB hands every write to the
    # kernel at once, so this only has to fdatasync.
    records.flush_wal(True)
