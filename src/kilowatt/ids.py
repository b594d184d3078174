"""The one place that draws randomness: identifiers.

An `Ids` is passed to whoever needs it, so that a run can be repeated from a seed.
"""

import random
import uuid

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
# Every request id that AWS sends ends in these 26 characters.
_REQUEST_ID_TAIL = "VV4KQNSO5AEMVJF66Q9ASUAAJG"


class Ids:
    """Source of identifiers; the same seed gives the same sequence."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311  identifiers, not secrets

    def request_id(self) -> str:
        """52 characters: 26 that vary, then AWS's constant tail."""
        bits = self._random.getrandbits(130)
        return "".join([_ALPHABET[bits >> shift & 31] for shift in range(0, 130, 5)]) + _REQUEST_ID_TAIL

    def table_id(self) -> str:
        """A UUID v4 in lower case."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
