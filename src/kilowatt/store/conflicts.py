"""Items that transactions under way hold, and who meets them.

A transaction holds its items from its decision until it is durable. Meanwhile a write of one of them, and
another transaction with one of them, is refused, as on AWS; a GetItem is not. Nothing depends on it for
correctness: the engine's transactions are serializable anyway.

Source: AWS guide, "Amazon DynamoDB Transactions: how it works", transaction conflict handling.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from kilowatt.ids import Ids


class Conflicts:
    """The items held now. With a `rate` above 0, that share of all items counts as held, for tests."""

    def __init__(self, ids: Ids, rate: float = 0.0) -> None:
        self._held: set[bytes] = set()
        self._ids = ids
        self._rate = rate

    def meets(self, place: bytes) -> bool:
        """Whether the item at `place` is held."""
        return place in self._held or (self._rate > 0 and self._ids.chance(self._rate))

    @contextmanager
    def holding(self, places: Sequence[bytes]) -> Iterator[list[bool]]:
        """Holds items; gives which of them others hold already. If there are such, it holds nothing.

        For that transaction is canceled, and nobody shall be refused because of it.
        """
        met = [self.meets(place) for place in places]
        own = set() if any(met) else set(places)
        self._held |= own
        try:
            yield met
        finally:
            self._held -= own
