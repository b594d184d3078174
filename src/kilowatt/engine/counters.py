"""Counters: vectors of signed 64-bit integers that only ever change by addition."""

import struct
from collections.abc import Sequence
from functools import cache
from operator import add

Counter = tuple[int, ...]

_WIDTH_BYTES = 8
_LOWEST, _HIGHEST = -(2**63), 2**63 - 1


def summed(counter: Counter, deltas: Sequence[int]) -> Counter:
    """`counter` with `deltas` added, element by element; the shorter of both counts as padded with zeros.

    Raises OverflowError when an element leaves the signed 64-bit range.
    """
    if len(counter) == len(deltas):
        total = tuple(map(add, counter, deltas))
    else:
        shared = min(len(counter), len(deltas))
        total = (*map(add, counter, deltas), *counter[shared:], *deltas[shared:])
    for element in total:
        if not _LOWEST <= element <= _HIGHEST:
            raise OverflowError(f"A counter left the range of signed 64-bit integers: {total}")
    return total


def packed(counter: Counter) -> bytes:
    """The stored form: 8 bytes an element, big-endian."""
    return _form(len(counter)).pack(*counter)


def unpacked(stored: bytes) -> Counter:
    """The inverse of `packed`. Raises ValueError for bytes that it cannot have produced."""
    count, rest = divmod(len(stored), _WIDTH_BYTES)
    if rest:
        raise ValueError(f"{len(stored)} bytes are not a vector of 64-bit integers.")
    return _form(count).unpack(stored)


@cache
def _form(count: int) -> struct.Struct:
    return struct.Struct(f">{count}q")
