"""One commit for many transactions: how decisions are made in a batch, and how the batch is committed.

A transaction over a database costs two round trips, one to read and one to commit, and a sync. So those that
arrive while others are under way share theirs:

    read the keys of all | decide one after the other, in memory | commit what they want, in one statement

A decision sees what earlier ones of its batch want, so a batch is serial in itself. The statement commits
only if every record that was read is still the one that was read (each has a version), in a serializable
transaction; else all is read and decided again. Everybody in the batch waits for it, even those that have
nothing to write, since they may have seen what others of the batch want, or a record that was kept in memory.

A commit whose connection is lost may have happened or not. Each one leaves a token that says that it did; so
whoever wants to know inserts the same token, saying that it did not. If that one is first, the commit can no
longer happen.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from kilowatt.engine import postgres_sql as sql
from kilowatt.engine.base import Decide, Outcome, Pair

A = TypeVar("A")

_LOWEST, _HIGHEST = -(2**63), 2**63 - 1
Found = tuple[bytes, int] | None
"""A record as it was read: value and version; None where there is none."""


class Transaction(Generic[A]):
    """One call of `transact` that waits for its answer; `changing` are its keys that are not kept."""

    __slots__ = ("answer", "changing", "decide", "keys")

    def __init__(self, keys: Sequence[bytes], decide: Decide[A], changing: Sequence[bytes] = ()) -> None:
        self.keys = keys
        self.decide = decide
        self.changing = changing
        self.answer: asyncio.Future[A] = asyncio.get_running_loop().create_future()


class Batch:
    """What the decisions over `found`, the records that were read, want done, taken together.

    First `ranges` are deleted, then `records` put (None: deleted).
    """

    __slots__ = ("adds", "appends", "found", "ranges", "records")

    def __init__(self, found: dict[bytes, Found]) -> None:
        self.found = found
        self.ranges: list[Pair] = []
        self.records: dict[bytes, bytes | None] = {}
        self.appends: dict[bytes, list[bytes]] = {}
        self.adds: dict[tuple[bytes, int], int] = {}

    def decide(self, transaction: Transaction[A]) -> A:
        """The answer of a transaction, whose outcome is part of the batch from now on; raises its refusal."""
        outcome = transaction.decide([self._value(key) for key in transaction.keys])
        self._stage(outcome)
        return outcome.answer

    @property
    def writes(self) -> bool:
        return bool(self.records or self.ranges or self.appends or self.adds)

    @property
    def overflows(self) -> bool:
        """Whether something is added that no counter can hold."""
        return not all(_LOWEST <= delta <= _HIGHEST for delta in self.adds.values())

    def _value(self, key: bytes) -> bytes | None:
        if key in self.records:
            return self.records[key]
        if any(start <= key < end for start, end in self.ranges):
            return None
        found = self.found[key]
        return None if found is None else found[0]

    def _stage(self, outcome: Outcome[Any]) -> None:
        for start, end in outcome.range_deletes:
            if start < end:
                self.ranges.append((start, end))
                for key in [key for key in self.records if start <= key < end]:
                    del self.records[key]
        self.records.update(dict.fromkeys(outcome.deletes))
        self.records.update(outcome.puts)
        for log, record in outcome.appends:
            self.appends.setdefault(log, []).append(record)
        for counter, deltas in outcome.adds:
            for element, delta in enumerate(deltas):
                total = self.adds.get((counter, element), 0) + delta
                self.adds[counter, element] = total

    def statement(self, part: int, number: int, token: "Token") -> tuple[str, list[Any]]:
        """The statement that commits the batch, and its parameters.

        `part` is that of counters to add to; `number` tells this commit apart from all others.
        """
        parts: dict[str, tuple[int, list[tuple[Any, ...]]]] = {
            sql.READS: (3, [(*sql.split(key), _version(found)) for key, found in self.found.items()]),
            sql.PUTS: (
                4,
                [
                    (*sql.split(key), sql.tail(key), value)
                    for key, value in self.records.items()
                    if value is not None
                ],
            ),
            sql.DELETES: (2, [sql.split(key) for key, value in self.records.items() if value is None]),
            sql.APPENDS: (
                3,
                [
                    (log, back, record)
                    for log, records in self.appends.items()
                    for back, record in zip(reversed(range(len(records))), records, strict=True)
                ],
            ),
            sql.ADDS: (
                4,
                [(counter, part, element, delta) for (counter, element), delta in sorted(self.adds.items())],
            ),
        }
        given = {name: rows for name, rows in parts.items() if rows[1]}
        parameters: list[Any] = [number, token.minute, token.bytes]
        for width, rows in given.values():
            parameters += sql.columns(rows, width)
        return sql.commit(frozenset(given)), parameters


class Token(NamedTuple):
    """What tells whether a commit happened. `minute` is the database's."""

    minute: int
    bytes: bytes


def _version(found: Found) -> int | None:
    return None if found is None else found[1]
