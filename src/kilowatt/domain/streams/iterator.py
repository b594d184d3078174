"""Shard iterators: the place in a shard that a reader has reached.

An iterator is `{stream ARN}|1|{base64}`, as AWS's are; what is encoded is ours: shard, last number read, time
of issue.
"""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass

from kilowatt.errors import streams as errors
from kilowatt.limits import SHARD_ITERATOR_SECONDS

_PLACE = struct.Struct(">IQd")


@dataclass(frozen=True, slots=True)
class ShardIterator:
    """`after` is the number of the last record read in the shard's log, `issued` seconds since the epoch."""

    arn: str
    shard_number: int
    after: int
    issued: float

    def text(self) -> str:
        place = urlsafe_b64encode(_PLACE.pack(self.shard_number, self.after, self.issued)).decode()
        return f"{self.arn}|1|{place}"

    @classmethod
    def read(cls, text: str, now: float) -> "ShardIterator":
        """The iterator that `text` spells. Raises `INVALID_ITERATOR`, `ITERATOR_EXPIRED`."""
        try:
            arn, version, place = text.split("|")
            number, after, issued = _PLACE.unpack(urlsafe_b64decode(place.encode()))
        except (ValueError, struct.error) as error:
            raise errors.INVALID_ITERATOR() from error
        if version != "1" or not 0 <= issued <= now + SHARD_ITERATOR_SECONDS:
            raise errors.INVALID_ITERATOR()
        if now - issued > SHARD_ITERATOR_SECONDS:
            raise errors.ITERATOR_EXPIRED()
        return cls(arn, number, after, issued)
