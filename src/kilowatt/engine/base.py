"""The contract between the store and whatever keeps its bytes.

An engine is an ordered map from bytes to bytes with serializable transactions. It knows nothing of tables
or items. The rules, which `tests/engine/` runs against every engine:

1. *Order.* Keys compare as unsigned bytes.
2. *Durable reads.* No read, scan or answer ever shows bytes that a crash could still take back.
3. *Durable writes.* When `transact` returns, its outcome survives `kill -9` and power loss, whole.
4. *Pure decisions.* `decide` may be called more than once; only its last outcome counts. It must not
   suspend, keep state or have effects. An exception that it raises aborts the transaction and reaches the
   caller, under rule 2: what it was decided on is durable by then.
5. *Serializable.* The outcome is committed only if every value that `decide` was given is still current.
6. *Commit order.* `appends` to one log get sequence numbers that are strictly increasing in commit order and
   are never used twice, not even after the log was trimmed or the engine reopened.
7. *Cancellation.* A caller may be cancelled while it waits; the commit then happens wholly or not at all.

Within one outcome, range deletes apply first, then deletes, then puts. One outcome puts a key at most once
and does not put and delete the same key (a put over a range delete is fine).

An engine belongs to one event loop, and its methods are called from there only.
"""

from collections.abc import Callable, Sequence
from typing import Any, Generic, Protocol, TypeVar

A = TypeVar("A")
Pair = tuple[bytes, bytes]

NONE: tuple[Any, ...] = ()
NO_BYTE_LIMIT = 2**62


class Outcome(Generic[A]):
    """What a decision wants done, and what to answer.

    `puts` are (key, value), `deletes` keys, `range_deletes` half-open (start, end), `appends` (log, record),
    `adds` (counter, deltas): increments that commute and therefore conflict with nobody.
    A counter is a vector of signed 64-bit integers; one that was never added to is all zeros, and the shorter
    of a counter and its deltas counts as padded with zeros.
    """

    __slots__ = ("adds", "answer", "appends", "deletes", "puts", "range_deletes")

    def __init__(
        self,
        answer: A,
        puts: Sequence[Pair] = NONE,
        deletes: Sequence[bytes] = NONE,
        range_deletes: Sequence[Pair] = NONE,
        appends: Sequence[Pair] = NONE,
        adds: Sequence[tuple[bytes, tuple[int, ...]]] = NONE,
    ) -> None:
        self.answer = answer
        self.puts = puts
        self.deletes = deletes
        self.range_deletes = range_deletes
        self.appends = appends
        self.adds = adds


Decide = Callable[[list[bytes | None]], Outcome[A]]


class Reader(Protocol):
    """Reading, on the engine itself (what is durable now) or on a snapshot (what was durable then)."""

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """The values of `keys`, in their order; None where there is none. The values belong to one moment."""
        ...

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        """Records with `start` <= key < `end`, ascending, or descending from `end` when `reverse`.

        Stops after `limit` records, or with the record whose value brings the sum of the values' lengths to
        `byte_limit` or more (so at least one record comes back if there is any). A shorter answer than both
        limits allow means that the range is exhausted. Both limits are at least 1; a range whose `start` is
        not below its `end` is empty.
        """
        ...

    async def counters(self, keys: Sequence[bytes]) -> list[tuple[int, ...]]:
        """The counters' values; an empty tuple for one that was never added to."""
        ...


class Snapshot(Reader, Protocol):
    def close(self) -> None:
        """Gives the snapshot up; reading it afterwards is an error."""
        ...


class Engine(Reader, Protocol):
    # Whether other servers may be at work on the same data at the same time.
    shared: bool

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        """Reads `keys`, calls `decide` with their values in order, commits its outcome, returns its answer.

        Raises what `decide` raises, `Conflict`, `Busy`, `Full`, `Corrupt` or `Closed`; OverflowError when a
        counter would leave 64 bits, and then nothing was done.
        """
        ...

    async def snapshot(self) -> Snapshot:
        """A consistent, durable view of everything; to be closed."""
        ...

    async def log(
        self, log: bytes, after: int, limit: int, byte_limit: int = NO_BYTE_LIMIT
    ) -> list[tuple[int, bytes]]:
        """Up to `limit` (sequence number, record) of `log` with a sequence number greater than `after`.

        Stops as `scan` does with the record that brings their lengths to `byte_limit`. Numbers start at 1. A
        log that was never appended to is empty.
        """
        ...

    async def last(self, log: bytes) -> int:
        """The last sequence number given out in `log`, trimmed since or not; 0 if there was none."""
        ...

    async def trim(self, log: bytes, through: int) -> None:
        """Forgets the records of `log` with sequence numbers up to and including `through`."""
        ...

    async def close(self) -> None:
        """Makes everything durable and lets go of all resources, snapshots included.

        Transactions under way end properly; further calls raise `Closed`. May be called again.
        """
        ...
