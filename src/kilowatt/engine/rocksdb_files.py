"""Opening a RocksDB database the way Kilowatt wants it, and what RocksDB's complaints mean.

Two column families: `default` holds the store's records under their own keys, so that reads and scans need
no translation; `internal` holds the engine's logs and counters, where no scan of the store can meet them.
One write-ahead log serves both, so a batch over both is atomic.
"""

import mmap
import os
import shutil
import struct
from contextlib import suppress
from pathlib import Path

from rocksdict import (
    BlockBasedOptions,
    Cache,
    DBCompressionType,
    DBRecoveryMode,
    Options,
    Rdict,
    WriteOptions,
)

from kilowatt.engine.errors import Closed, Corrupt, EngineError, Full

INTERNAL = "internal"

_MIB = 1 << 20
_BLOCK_CACHE_BYTES = 32 * _MIB
_WRITE_BUFFER_BYTES = 16 * _MIB
# A range is read from all write buffers, all files of level 0 and a file of each other level at once, and
# what is often overwritten lies in all of them. With RocksDB's 4 files 100 such records take up to twice as
# long to read. Smaller write buffers would help too, but flushes and compaction would hold up more writes.
_MERGED_FILES = 2
# Of logs there is nothing to be merged: their records come in order and are never overwritten.
_MERGED_LOG_FILES = 8
_LEVEL_ZERO_FILES = 32
# A tenth of a core where the event loop wants all of it. With 19, which RocksDB would set by itself, it is a
# seventieth: too little to make room for writes while others keep the loop busy.
_BACKGROUND_NICENESS = 10
_KEPT_LOGS = "logs-before-recovery"
_SEQUENCE = struct.Struct("=Q")


def open_checked(directory: Path) -> tuple[tuple[Rdict, Rdict], "Watermark"]:
    """The database in a data directory: its column families (records, internal), and its watermark.

    Raises `Corrupt`, `Full` or `Closed`.
    """
    _keep_logs(directory)
    databases = _open_database(directory / "rocksdb")
    try:
        watermark = Watermark(directory / "SYNCED")
        watermark.check(databases[0].latest_sequence_number())
    except BaseException:
        close_database(*databases)
        raise
    shutil.rmtree(directory / _KEPT_LOGS, ignore_errors=True)
    return databases, watermark


def close_database(records: Rdict, internal: Rdict) -> None:
    """Lets go of the database.

    That also writes the memtables to table files. Whether it works does not matter: what was acknowledged
    is in the synced write-ahead log.
    """
    for database in (internal, records):
        with suppress(Exception):
            database.close()


def _keep_logs(directory: Path) -> None:
    """Gives the write-ahead logs second names: recovery deletes even those that it could not read."""
    kept = directory / _KEPT_LOGS
    logs = [log for log in (directory / "rocksdb").glob("*.log") if log.stat().st_size]
    if logs and not kept.exists():  # what an earlier, failed opening kept is the better evidence
        kept.mkdir(0o700)
        for log in logs:
            os.link(log, kept / log.name)


def _open_database(path: Path) -> tuple[Rdict, Rdict]:
    tables = _tables()  # one for both, so that they share one block cache
    try:
        records = Rdict(
            str(path), _options(tables, _MERGED_FILES), {INTERNAL: _options(tables, _MERGED_LOG_FILES)}
        )
        internal = records.get_column_family(INTERNAL)
    except Exception as error:
        raise translated(error) from error
    _let_requests_go_first()
    no_stall = WriteOptions()
    # A write that would have to wait for compaction holds up the whole event loop. Rather be refused.
    no_stall.no_slowdown = True
    records.set_write_options(no_stall)
    return records, internal


def translated(error: Exception) -> EngineError:
    """The engine error that a RocksDB exception (always a plain `Exception` with a text) amounts to."""
    text = str(error)
    if "No space left on device" in text or "Disk quota exceeded" in text:
        return Full(text)
    if text.startswith("Corruption"):
        return Corrupt(text)
    return Closed(text)


def is_stall(error: Exception) -> bool:
    """Whether RocksDB refused a write only because it would have had to wait."""
    return str(error).startswith("Result incomplete")


class Watermark:
    """The last sequence number that is known to be durable, in a file next to the database.

    Recovery ends at the first damaged record of the write-ahead log, for good reason (see `_options`), but
    cannot tell the torn tail of unsynced writes from damage to synced ones. This number can: recovery that
    ends below it lost acknowledged writes. It is written without a sync, after the sync that it tells of;
    after a power failure it may therefore be too low, which costs vigilance, never a false alarm.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if os.fstat(self._file).st_size < _SEQUENCE.size:
            os.pwrite(self._file, _SEQUENCE.pack(0), 0)
            os.fsync(self._file)
        self._map = mmap.mmap(self._file, _SEQUENCE.size)

    def check(self, recovered: int) -> None:
        """Raises `Corrupt` if `recovered`, the database's last sequence number, falls short."""
        (durable,) = _SEQUENCE.unpack(self._map)
        if recovered < durable:
            raise Corrupt(
                f"The database recovered up to write {recovered}, but writes up to {durable} were durable: "
                f"its write-ahead log is damaged or missing. Its files are kept in `{_KEPT_LOGS}`. Restore a "
                f"backup, or delete the file {self._path} to go on without the lost writes."
            )

    def advance(self, durable: int) -> None:
        self._map[:] = _SEQUENCE.pack(durable)

    def close(self) -> None:
        self._map.flush()
        self._map.close()
        os.close(self._file)


def _options(tables: BlockBasedOptions, merged_files: int) -> Options:
    options = Options(raw_mode=True)
    options.create_if_missing(True)
    options.create_missing_column_families(True)
    # Point in time: recovery stops at the first incomplete or damaged record and reads no later log file, so
    # what comes back is always a prefix of history. Tolerating torn tails instead would skip the torn end of
    # one file and go on with the next, losing a transaction that later ones had read; and it would refuse to
    # start when a power failure wrote the pages of an unsynced tail out of order. That no *acknowledged*
    # write is lost this way is `Watermark`'s to check.
    options.set_wal_recovery_mode(DBRecoveryMode.point_in_time())
    options.set_block_based_table_factory(tables)
    options.set_compression_type(DBCompressionType.lz4())
    _set_footprint(options)
    options.set_level_zero_file_num_compaction_trigger(merged_files)
    _set_housekeeping(options)
    return options


def _let_requests_go_first() -> None:
    """Has flushes and compaction give way to the event loop, where they share a core with it.

    A flush that has the core for some milliseconds holds up everybody's write by as much. The loop rests
    while it waits for a sync, which is mostly enough for them.
    """
    threads = Path("/proc/self/task")  # Linux only; elsewhere they stay as they are
    for thread in threads.iterdir() if threads.is_dir() else ():
        with suppress(OSError):  # it has just ended
            if (thread / "comm").read_text().startswith("rocksdb:"):
                os.setpriority(os.PRIO_PROCESS, int(thread.name), _BACKGROUND_NICENESS)


def _tables() -> BlockBasedOptions:
    tables = BlockBasedOptions()
    tables.set_block_cache(Cache(_BLOCK_CACHE_BYTES))
    tables.set_bloom_filter(10, False)
    tables.set_format_version(5)
    # Index and filter blocks count against the cache, else they would grow with the data.
    tables.set_cache_index_and_filter_blocks(True)
    tables.set_pin_l0_filter_and_index_blocks_in_cache(True)
    return tables


def _set_footprint(options: Options) -> None:
    options.set_write_buffer_size(_WRITE_BUFFER_BYTES)
    # Writes are taken or refused, never slowed down: a refused write that tries again would be charged for
    # every attempt and never get through. From 4 write buffers on, RocksDB slows down before the last.
    options.set_max_write_buffer_number(3)
    options.set_level_zero_slowdown_writes_trigger(_LEVEL_ZERO_FILES)
    options.set_level_zero_stop_writes_trigger(_LEVEL_ZERO_FILES)
    options.set_soft_pending_compaction_bytes_limit(0)
    options.set_max_total_wal_size(8 * _WRITE_BUFFER_BYTES)
    options.set_target_file_size_base(2 * _WRITE_BUFFER_BYTES)
    options.set_max_bytes_for_level_base(8 * _WRITE_BUFFER_BYTES)
    options.set_level_compaction_dynamic_level_bytes(True)
    options.set_max_open_files(512)
    options.set_max_background_jobs(2)
    options.set_max_file_opening_threads(1)
    options.set_bytes_per_sync(_MIB)


def _set_housekeeping(options: Options) -> None:
    options.set_keep_log_file_num(4)
    options.set_max_log_file_size(_MIB)
    options.set_max_manifest_file_size(16 * _MIB)
    options.set_manifest_preallocation_size(64 << 10)
    options.set_stats_dump_period_sec(0)
    options.set_stats_persist_period_sec(0)
    options.set_skip_stats_update_on_db_open(True)
    # One thread writes: spinning for other writers is wasted.
    options.set_enable_write_thread_adaptive_yield(False)
    options.set_avoid_unnecessary_blocking_io(True)
