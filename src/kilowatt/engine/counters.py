"""Counters: vectors of signed 64-bit integers that only ever change by addition."""

import struct
from collections.abc import Sequence
from functools import cache
from operator import add

Counter = tuple[int, ...]

_WIDTH_BYTES = 8


def summed(counter: Counter, deltas: Sequence[int]) -> Counter:
    """`counter` with `deltas` added, element by element; the shorter of both counts as padded with zeros."""
    shared = len(counter)
    if shared == len(deltas):
        return tuple(map(add, counter, deltas))
    shared = min(shared, len(deltas))
    return (*map(add, counter, deltas), *counter[shared:], *deltas[shared:])


def packed(counter: Counter) -> bytes:
    """The stored form: 8 bytes an element, big-endian.

    Raises OverflowError when an element is outside of the signed 64-bit range.
    """
    try:
        return _form(len(counter)).pack(*counter)
    except struct.error:
        raise OverflowError(f"A counter left the range of signed 64-bit integers: {counter}") from None


def unpacked(stored: bytes) -> Counter:
    """The inverse of `packed`. Raises ValueError for bytes that it cannot have produced."""
    count, rest = divmod(len(stored), _WIDTH_BYTES)
    if rest:
        raise ValueError(f"{len(stored)} bytes are not a vector of 64-bit integers.")
    return _form(count).unpack(stored)


@cache
def _form(count: int) -> struct.Struct:
    return struct.Struct(f">{count}q")
