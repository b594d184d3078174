"""Reading ranges and snapshots of a RocksDB database, around what rocksdict 0.3.29 gets wrong.

- `ReadOptions.set_iterate_lower_bound` sets the *upper* bound, so there is no lower one.
- Iterators on a `Snapshot` ignore the snapshot. So ours is made of iterators: each keeps the view of the
  moment when it was made.
- `items()`, by far the fastest way to read a range, ends at an error as if the range were exhausted.
- RocksDB keeps a pointer to an iterator's bound; rocksdict does not keep those bytes alive.
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from rocksdict import Rdict, RdictIter, ReadOptions

from kilowatt.engine.base import Pair
from kilowatt.engine.counters import Counter, unpacked
from kilowatt.engine.errors import Closed, Corrupt
from kilowatt.engine.rocksdb_files import translated

_FIRST_BLOCK = 16
_LARGEST_BLOCK = 256


def read_range(
    source: Rdict, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
) -> tuple[list[Pair], bytes, bytes]:
    """As `Reader.scan`; also the part of the range that was read, which is less when a limit ended it."""
    if start >= end:
        return [], start, end
    options = ReadOptions()
    options.set_iterate_upper_bound(end)  # `end` is alive as long as the iterators below
    items: Any = source.items(reverse, end if reverse else start, options)
    pairs, limited = _take(items, limit, byte_limit)
    if reverse and pairs and pairs[-1][0] < start:
        while pairs and pairs[-1][0] < start:
            pairs.pop()
        return pairs, start, end
    if limited:
        last = pairs[-1][0]
        return (pairs, last, end) if reverse else (pairs, start, last + b"\0")
    _check_end(source.iter(options), pairs[-1][0] if pairs else None, end if reverse else start, reverse)
    return pairs, start, end


def _take(items: Iterator[Pair], limit: int, byte_limit: int) -> tuple[list[Pair], bool]:
    """The first pairs, and whether it was a limit that ended them.

    Takes them in blocks, which is three times as fast as one by one. The size of a block follows from the
    bytes left and the length of the values so far, so that little is read in vain.
    """
    pairs: list[Pair] = []
    size = 0
    block = _FIRST_BLOCK
    while len(pairs) < limit:
        taken = list(islice(items, min(block, limit - len(pairs))))
        if not taken:
            return pairs, False
        pairs += taken
        size += sum([len(value) for _, value in taken])
        if size >= byte_limit:
            while size - len(pairs[-1][1]) >= byte_limit:
                size -= len(pairs.pop()[1])
            return pairs, True
        block = min(_LARGEST_BLOCK, 1 + (byte_limit - size) * len(pairs) // (size + 1))
    return pairs, True


def counter_key(counter: bytes) -> bytes:
    """Where a counter is stored, in the column family `internal`."""
    return b"C" + counter


def counter_stored_as(stored: bytes | None) -> Counter:
    """A counter's value; empty for one that was never added to. Raises `Corrupt`."""
    try:
        return unpacked(stored) if stored is not None else ()
    except ValueError as error:
        raise Corrupt(f"A counter is damaged: {error}") from error


class RocksSnapshot:
    """What the engine held at one moment; until closed, it keeps that state's memory and files in use."""

    def __init__(self, records: RdictIter, internal: RdictIter) -> None:
        self._views: tuple[RdictIter, RdictIter] | None = (records, internal)

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        records, _ = self._opened()
        return [_sought(records, key) for key in keys]

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        records, _ = self._opened()
        if reverse:
            records.seek_for_prev(end)
            if records.key() == end:
                records.prev()
        else:
            records.seek(start)
        step = records.prev if reverse else records.next
        pairs: list[Pair] = []
        size = 0
        while (key := records.key()) is not None and start <= key < end:
            value = records.value()
            pairs.append((key, value))
            size += len(value)
            if size >= byte_limit or len(pairs) == limit:
                return pairs
            step()
        _check(records)
        return pairs

    async def counters(self, keys: Sequence[bytes]) -> list[Counter]:
        _, internal = self._opened()
        return [counter_stored_as(_sought(internal, counter_key(key))) for key in keys]

    def close(self) -> None:
        self._views = None

    def _opened(self) -> tuple[RdictIter, RdictIter]:
        if self._views is None:
            raise Closed("The snapshot is closed.")
        return self._views


def _sought(view: RdictIter, key: bytes) -> bytes | None:
    view.seek(key)
    if view.key() == key:
        value: bytes = view.value()
        return value
    _check(view)
    return None


def _check_end(iterator: RdictIter, last: bytes | None, origin: bytes, reverse: bool) -> None:
    """Raises if an error, not the end of the range, ended the records after `last`."""
    seek, step = (iterator.seek_for_prev, iterator.prev) if reverse else (iterator.seek, iterator.next)
    if last is None:
        seek(origin)
    else:
        seek(last)
        step()
    _check(iterator)


def _check(iterator: RdictIter) -> None:
    try:
        iterator.status()
    except Exception as error:
        raise translated(error) from error
