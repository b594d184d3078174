"""The one place that draws randomness: identifiers.

An `Ids` is passed to whoever needs it, so that a run can be repeated from a seed.
"""

import random
import uuid

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUV"
# Every request id that AWS sends ends in these 26 characters.
_REQUEST_ID_TAIL = "VV4KQNSO5AEMVJF66Q9ASUAAJG"


# The last two characters count; the others are drawn anew when these have run out.
_ENDINGS = tuple(first + second + _REQUEST_ID_TAIL for first in _ALPHABET for second in _ALPHABET)
_DRAWN_CHARACTERS = 24


class Ids:
    """Source of identifiers; the same seed gives the same sequence."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311  identifiers, not secrets
        self._beginning = ""
        self._used = len(_ENDINGS)

    def request_id(self) -> str:
        """52 characters: 26 that vary, then AWS's constant tail."""
        if self._used == len(_ENDINGS):
            self._beginning = "".join(self._random.choices(_ALPHABET, k=_DRAWN_CHARACTERS))
            self._used = 0
        ending = _ENDINGS[self._used]
        self._used += 1
        return self._beginning + ending

    def number(self) -> int:
        """Of 63 bits."""
        return self._random.getrandbits(63)

    def token(self) -> bytes:
        """16 bytes."""
        return self._random.randbytes(16)

    def share(self) -> float:
        """A number from 0 to 1, without 1."""
        return self._random.random()

    def chance(self, rate: float) -> bool:
        """True in a share `rate` (0 to 1) of all calls."""
        return self._random.random() < rate

    def table_id(self) -> str:
        """A UUID v4 in lower case."""
        return self.uuid()

    def uuid(self) -> str:
        """A UUID v4 in lower case."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))
