"""The data directory: who may use it, and which format its contents have.

    LOCK       locked with flock(2) for as long as a server uses the directory; holds that server's pid
    FORMAT     "kilowatt 1": product and format version, written once
    rocksdb/   the database
    SYNCED     how far it is durable (see `rocksdb_files.Watermark`)
    logs-before-recovery/   only while it is opened, or when that failed

An flock dies with its process, so a killed server leaves no stale lock behind.
"""

import fcntl
import os
from pathlib import Path

from kilowatt.engine.errors import DirectoryLocked, FormatTooNew, NotADataDirectory

PRODUCT = "kilowatt"
FORMAT_VERSION = 1

_FORMAT = "FORMAT"
_FORMAT_BEING_WRITTEN = "FORMAT.new"
_LOCK = "LOCK"
# What may lie in a directory that is still as good as empty: our own first steps, cut short by a crash, and
# what mkfs puts at the root of every ext file system.
_AS_GOOD_AS_EMPTY = frozenset({_LOCK, _FORMAT_BEING_WRITTEN, "lost+found"})


class DataDirectory:
    """A data directory that this process holds."""

    def __init__(self, path: Path, lock: int) -> None:
        self.path = path
        self._lock: int | None = lock

    @classmethod
    def take(cls, path: Path) -> "DataDirectory":
        """Creates the directory if it is missing (mode 0700), locks it and checks its format.

        Raises `DirectoryLocked`, `NotADataDirectory`, `FormatTooNew` or `OSError`.
        """
        _create(path)
        _check_is_ours_or_empty(path)  # before a LOCK file is left among somebody else's files
        directory = cls(path, _locked(path / _LOCK))
        try:
            _check_format(path)
        except BaseException:
            directory.release()
            raise
        return directory

    def release(self) -> None:
        """Lets others have the directory. May be called twice."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def sync_directory(path: Path) -> None:
    """Makes the names in the directory durable: creating or renaming a file does not."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _create(path: Path) -> None:
    if path.exists():
        if not path.is_dir():
            raise NotADataDirectory(f"{path} is not a directory.")
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_directory(path.parent)


def _check_is_ours_or_empty(path: Path) -> None:
    names = set(os.listdir(path))
    if _FORMAT not in names and not names <= _AS_GOOD_AS_EMPTY:
        raise NotADataDirectory(
            f"{path} holds other files and no {_FORMAT} file: it is not a {PRODUCT} data directory. "
            "Give an empty or a new directory."
        )


def _locked(path: Path) -> int:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        if not isinstance(error, BlockingIOError):
            raise
        raise DirectoryLocked(f"{path.parent} is in use by the process with pid {holder}.") from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor


def _check_format(path: Path) -> None:
    try:
        text = (path / _FORMAT).read_text("ascii", "replace")
    except FileNotFoundError:
        _check_is_ours_or_empty(path)
        _write_format(path)
        return
    product, _, version = text.strip().partition(" ")
    if product != PRODUCT or not version.isdecimal():
        raise NotADataDirectory(f"{path / _FORMAT} is not a {PRODUCT} format file.")
    if int(version) > FORMAT_VERSION:
        raise FormatTooNew(
            f"{path} has data format {version}; this version reads formats up to {FORMAT_VERSION}."
        )


def _write_format(path: Path) -> None:
    unfinished = path / _FORMAT_BEING_WRITTEN
    with unfinished.open("w", encoding="ascii") as file:
        file.write(f"{PRODUCT} {FORMAT_VERSION}\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path / _FORMAT)
    sync_directory(path)
