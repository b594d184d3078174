"""The heaviest keys of a stream, in bounded memory: Space-Saving, with weights.

There are so many counters. A key without one takes over the smallest: it begins with what that had counted,
which is the most by which it can be counted too high. With `total` the sum of all weights, and m counters:

    true weight <= weight <= true weight + error        of a key that has a counter
    error <= total / m                                 of each
    true weight <= total / m                           of a key that has none

Source: Metwally, Agrawal, El Abbadi, "Efficient Computation of Frequent and Top-k Elements in Data Streams",
ICDT 2005, section 3. The smallest counter is found by a heap instead of their list of buckets, as weights
differ: an entry of the heap may be out of date, which is too low and is set right when it comes to the top.
"""

from heapq import heapify, heapreplace
from typing import NamedTuple


class Heavy(NamedTuple):
    """A key that has a counter; `error` is by how much `weight` is too high at most."""

    key: bytes
    weight: int
    error: int


class SpaceSaving:
    """Counts the weights of keys with at most `size` counters."""

    __slots__ = ("_counts", "_errors", "_heap", "_size", "total")

    def __init__(self, size: int) -> None:
        self._size = size
        self._counts: dict[bytes, int] = {}
        # Of keys that took over a counter, what it had counted.
        self._errors: dict[bytes, int] = {}
        # (count, key) of each counter, once all are taken.
        self._heap: list[tuple[int, bytes]] = []
        self.total = 0

    def add(self, key: bytes, weight: int) -> None:
        """Counts `weight` for the key."""
        self.total += weight
        counts = self._counts
        if key in counts:
            counts[key] += weight
        elif len(counts) < self._size:
            counts[key] = weight
        else:
            self._take_over(key, weight)

    def heaviest(self, most: int) -> list[Heavy]:
        """Up to `most` keys, the heaviest first; equal ones in the order of the keys."""
        ordered = sorted(self._counts.items(), key=lambda counted: (-counted[1], counted[0]))
        return [Heavy(key, count, self._errors.get(key, 0)) for key, count in ordered[:most]]

    def _take_over(self, key: bytes, weight: int) -> None:
        counts, heap = self._counts, self._heap
        if not heap:
            heap += [(count, known) for known, count in counts.items()]
            heapify(heap)
        while (true := counts[heap[0][1]]) != heap[0][0]:
            heapreplace(heap, (true, heap[0][1]))
        smallest, gone = heap[0]
        del counts[gone]
        self._errors.pop(gone, None)
        counts[key] = smallest + weight
        self._errors[key] = smallest
        heapreplace(heap, (smallest + weight, key))
