"""Counters: vectors of signed 64-bit integers that only ever change by addition."""

import struct
from collections.abc import Sequence

Counter = tuple[int, ...]

_LOWEST = -(2**63)
_HIGHEST = 2**63 - 1
_WIDTH_BYTES = 8


def summed(counter: Counter, deltas: Sequence[int]) -> Counter:
    """`counter` with `deltas` added, element by element; the shorter of both counts as padded with zeros.

    Raises OverflowError when an element leaves the signed 64-bit range.
    """
    shared = min(len(counter), len(deltas))
    total = (
        *[old + delta for old, delta in zip(counter, deltas, strict=False)],
        *counter[shared:],
        *deltas[shared:],
    )
    if total and (max(total) > _HIGHEST or min(total) < _LOWEST):
        raise OverflowError("A counter left the range of signed 64-bit integers.")
    return total


def packed(counter: Counter) -> bytes:
    """The stored form: 8 bytes an element, big-endian."""
    return struct.pack(f">{len(counter)}q", *counter)


def unpacked(stored: bytes) -> Counter:
    """The inverse of `packed`. Raises ValueError for bytes that it cannot have produced."""
    count, rest = divmod(len(stored), _WIDTH_BYTES)
    if rest:
        raise ValueError(f"{len(stored)} bytes are not a vector of 64-bit integers.")
    return struct.unpack(f">{count}q", stored)
