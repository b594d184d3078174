"""What was consumed, minute by minute, for the last three hours: all that is kept, however many requests."""

from array import array
from dataclasses import dataclass

KEPT = 180
MINUTE_SECONDS = 60
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of a table or global index; `start` in seconds since the epoch.

    `read` and `write` are half-units consumed, `reads_throttled` and `writes_throttled` are accesses that
    were refused, or would have been.
    """

    start: int
    read: int
    write: int
    reads_throttled: int
    writes_throttled: int


class Minutes:
    """The minutes in which there was anything, in a ring."""

    __slots__ = ("_ring",)

    def __init__(self) -> None:
        self._ring = array("q", [0]) * (KEPT * _FIELDS)

    def add(self, number: int, *amounts: int) -> None:
        """Adds amounts, as `Minute` has them, to minute `number` since the epoch."""
        ring = self._ring
        place = number % KEPT * _FIELDS
        if ring[place] != number:
            ring[place : place + _FIELDS] = array("q", (number, 0, 0, 0, 0))
        for offset, amount in enumerate(amounts, 1):
            ring[place + offset] += amount

    def get(self, number: int) -> Minute | None:
        """Minute `number`; None if nothing was in it, or it is too long ago."""
        ring = self._ring
        place = number % KEPT * _FIELDS
        if ring[place] != number:
            return None
        return Minute(number * MINUTE_SECONDS, *ring[place + 1 : place + _FIELDS])

    def between(self, start: float, end: float) -> list[Minute]:
        """The minutes that begin at `start` or later and before `end`, oldest first."""
        numbers = sorted(self._ring[::_FIELDS])
        oldest = max(1, numbers[-1] - KEPT + 1)
        found = (self.get(number) for number in numbers if number >= oldest)
        return [minute for minute in found if minute is not None and start <= minute.start < end]
