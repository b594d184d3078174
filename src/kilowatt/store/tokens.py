"""Client request tokens: what makes a transaction that is sent again happen once.

A completed transaction leaves a record under its token, in the same commit. Records are kept in buckets of
ten minutes by the time of their completion, so a token can only be in the present bucket or in the one
before, and what is older goes with one deletion of a range, by the first transaction of a new bucket.
"""

import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from kilowatt.engine.base import Pair
from kilowatt.errors import transactions as errors
from kilowatt.limits import TRANSACTION_TOKEN_SECONDS
from kilowatt.store import layout

DIGEST_BYTES = 32
_COMPLETED = struct.Struct(">Q")
_BUCKET_MICROSECONDS = TRANSACTION_TOKEN_SECONDS * 1_000_000


@dataclass(frozen=True, slots=True)
class Token:
    """One caller's token, and the digest (32 bytes) of what it was sent with."""

    account: str
    region: str
    text: str
    digest: bytes

    def keys(self, now: int) -> list[bytes]:
        """Where its record can be at `now`, in microseconds: first where a new one goes."""
        bucket = now // _BUCKET_MICROSECONDS
        return [
            layout.token_key(number, self.account, self.region, self.text)
            for number in (bucket, max(bucket - 1, 0))
        ]

    def record(self, now: int, sizes: Sequence[int]) -> bytes:
        """What is left of a transaction completed at `now`, whose items had these sizes."""
        return self.digest + _COMPLETED.pack(now) + struct.pack(f">{len(sizes)}I", *sizes)

    def sizes(self, record: bytes | None, now: int) -> tuple[int, ...] | None:
        """The sizes in a record that still counts at `now`; None if there is none.

        Raises `TOKEN_MISMATCH` if the record is that of another transaction.
        """
        if record is None:
            return None
        (completed,) = _COMPLETED.unpack_from(record, DIGEST_BYTES)
        if now - completed > _BUCKET_MICROSECONDS:
            return None
        if record[:DIGEST_BYTES] != self.digest:
            raise errors.TOKEN_MISMATCH()
        return tuple(size for (size,) in struct.iter_unpack(">I", record[DIGEST_BYTES + _COMPLETED.size :]))


class Tokens:
    """The tokens of transactions under way, and how far old ones are deleted."""

    def __init__(self) -> None:
        self._running: set[tuple[str, str, str]] = set()
        self._swept = 0

    @contextmanager
    def running(self, token: Token | None) -> Iterator[None]:
        """Raises `IN_PROGRESS` if a transaction with the same token runs."""
        if token is None:
            yield
            return
        name = (token.account, token.region, token.text)
        if name in self._running:
            raise errors.IN_PROGRESS()
        self._running.add(name)
        try:
            yield
        finally:
            self._running.discard(name)

    def old(self, now: int) -> list[Pair]:
        """The range of records that can't count any more, if it was not asked for in this bucket yet."""
        bucket = now // _BUCKET_MICROSECONDS
        if bucket == self._swept:
            return []
        self._swept = bucket
        return [layout.token_range(max(bucket - 1, 0))]
