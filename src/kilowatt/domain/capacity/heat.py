"""Where a hot partition is best divided, told from a sample of the accesses that it had.

Source: AWS guide, "Burst and adaptive capacity": a partition is divided as its traffic divides, also within
an item collection, but not within one that has local indexes or is written at the end of its sort keys only;
and one item that is hot by itself can't be divided.
"""

from collections.abc import Iterable
from itertools import pairwise

# Accesses kept; of more, fewer are looked at.
SAMPLE = 512
# What of the heat the cooler part of a partition must have for its division to be worth it.
_LEAST_SHARE = 0.1
# With more than this, one item has most of the heat, and its partition stays whole.
_MOST_SHARE = 2 / 3
# What of the accesses to an item collection must be beyond all before for its sort keys to grow.
_GROWING_SHARE = 0.5
_HASH_BYTES = 8
# Multiples of this (from the golden ratio) are spread evenly over their 32 bits, whatever rhythm the accesses
# have: a sample of every second access would see one of two items that take turns.
_SPREAD = 0x9E3779B1
_BITS = 0xFFFFFFFF

# A position (a suffix of `domain.tables.keys`), and the half-units consumed there.
Access = tuple[bytes, int]


class Sample:
    """Some of the accesses to a partition, in their order."""

    __slots__ = ("_entries", "_seen", "_threshold")

    def __init__(self) -> None:
        self._entries: list[tuple[int, Access]] = []
        self._seen = 0
        self._threshold = _BITS

    def add(self, position: bytes, half_units: int) -> None:
        self._seen += 1
        mark = self._seen * _SPREAD & _BITS
        if mark <= self._threshold:
            self._entries.append((mark, (position, half_units)))
            if len(self._entries) > SAMPLE:
                self._threshold >>= 1
                self._entries = [entry for entry in self._entries if entry[0] <= self._threshold]

    @property
    def accesses(self) -> list[Access]:
        return [access for _, access in self._entries]


def split_point(accesses: list[Access], within_collections: bool) -> bytes | None:
    """Where to divide a partition that had these accesses; None if that would not help.

    The heat is halved, as nearly as it can be between two accessed positions. `within_collections`: whether
    items of one partition key may be parted.
    """
    heat: dict[bytes, int] = {}
    for position, half_units in accesses:
        heat[position] = heat.get(position, 0) + half_units
    total = sum(heat.values())
    if len(heat) < 2 or max(heat.values()) > _MOST_SHARE * total:
        return None
    whole = _whole_collections(accesses) if within_collections else None
    best, point, below = _LEAST_SHARE * total, None, 0
    for before, after in pairwise(sorted(heat)):
        below += heat[before]
        collection = after[:_HASH_BYTES]
        parted = before[:_HASH_BYTES] == collection
        if parted and (whole is None or collection in whole):
            continue
        if min(below, total - below) >= best:
            best = min(below, total - below)
            point = after if parted else collection
    return point


def _whole_collections(accesses: Iterable[Access]) -> set[bytes]:
    """The hashes of the item collections that are only ever accessed at one of their ends."""
    collections: dict[bytes, list[bytes]] = {}
    for position, _ in accesses:
        collections.setdefault(position[:_HASH_BYTES], []).append(position)
    return {hash_ for hash_, positions in collections.items() if _grows(positions)}


def _grows(positions: list[bytes]) -> bool:
    """Whether most positions are beyond all before them, upwards or downwards."""
    low = high = positions[0]
    rises = falls = 0
    for position in positions[1:]:
        if position > high:
            high = position
            rises += 1
        elif position < low:
            low = position
            falls += 1
    return max(rises, falls) > _GROWING_SHARE * (len(positions) - 1)
