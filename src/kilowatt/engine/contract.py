"""A wrapper that asserts the contract of `base` around any engine: for tests and the test server.

It checks both sides: what the store asks for, and what the engine answers.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeVar

from kilowatt.engine.base import NO_BYTE_LIMIT, Decide, Engine, Outcome, Pair, Reader, Snapshot

A = TypeVar("A")

_INT64 = range(-(2**63), 2**63)


class ContractViolation(AssertionError):
    """Somebody broke a rule of `kilowatt.engine.base`."""


class _CheckedReader:
    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def get(self, keys: Sequence[bytes]) -> list[bytes | None]:
        _demand_keys(keys)
        values = await self._reader.get(keys)
        _demand(len(values) == len(keys), f"{len(values)} values came back for {len(keys)} keys")
        _demand(all(type(value) in (bytes, type(None)) for value in values), "a value is not bytes")
        return values

    async def scan(
        self, start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool = False
    ) -> list[Pair]:
        _demand_keys((start, end))
        _demand(limit > 0 and byte_limit > 0, f"limits have to be positive: {limit}, {byte_limit}")
        pairs = await self._reader.scan(start, end, limit, byte_limit, reverse)
        _check_page(pairs, start, end, limit, byte_limit, reverse)
        return pairs

    async def counters(self, keys: Sequence[bytes]) -> list[tuple[int, ...]]:
        _demand_keys(keys)
        totals = await self._reader.counters(keys)
        _demand(len(totals) == len(keys), f"{len(totals)} counters came back for {len(keys)} keys")
        _demand(all(type(total) is tuple for total in totals), "a counter is not a tuple")
        return totals


class CheckedSnapshot(_CheckedReader):
    """A snapshot whose use and answers are checked."""

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__(snapshot)
        self._snapshot = snapshot

    def close(self) -> None:
        self._snapshot.close()


class CheckedEngine(_CheckedReader):
    """An engine whose use and answers are checked. Every decision runs twice, as any engine may do."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine)
        self._engine = engine
        self.shared = engine.shared

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        _demand_keys(keys)

        def checked(values: list[bytes | None]) -> Outcome[A]:
            _demand(len(values) == len(keys), f"decide got {len(values)} values for {len(keys)} keys")
            outcome = _decided_twice(decide, values)
            _check_outcome(outcome)
            return outcome

        return await self._engine.transact(keys, checked)

    async def snapshot(self) -> CheckedSnapshot:
        return CheckedSnapshot(await self._engine.snapshot())

    async def log(
        self, log: bytes, after: int, limit: int, byte_limit: int = NO_BYTE_LIMIT
    ) -> list[tuple[int, bytes]]:
        _demand_keys((log,))
        _demand(after >= 0 and limit > 0, f"log wants after >= 0 and limit > 0: {after}, {limit}")
        _demand(byte_limit > 0, f"log wants a positive byte limit: {byte_limit}")
        records = await self._engine.log(log, after, limit, byte_limit)
        before_last = sum(len(record) for _, record in records[:-1])
        _demand(before_last < byte_limit, f"the records before the last already had {before_last} bytes")
        numbers = [after] + [number for number, _ in records]
        _demand(len(records) <= limit, f"{len(records)} log records exceed the limit {limit}")
        _demand(all(a < b for a, b in pairwise(numbers)), f"log numbers are out of order: {numbers}")
        return records

    async def last(self, log: bytes) -> int:
        _demand_keys((log,))
        last = await self._engine.last(log)
        _demand(last >= 0, f"a log ends at {last}")
        return last

    async def trim(self, log: bytes, through: int) -> None:
        _demand_keys((log,))
        _demand(through >= 0, f"trim wants through >= 0: {through}")
        await self._engine.trim(log, through)

    async def close(self) -> None:
        await self._engine.close()


def _demand(holds: bool, violation: str) -> None:
    if not holds:
        raise ContractViolation(violation)


def _demand_keys(keys: Sequence[Any]) -> None:
    _demand(all(type(key) is bytes for key in keys), f"keys have to be bytes: {keys!r:.200}")


def _check_page(
    pairs: list[Pair], start: bytes, end: bytes, limit: int, byte_limit: int, reverse: bool
) -> None:
    keys = [key for key, _ in pairs]
    ascending = list(reversed(keys)) if reverse else keys
    _demand(all(a < b for a, b in pairwise(ascending)), "scanned keys are out of order")
    _demand(all(start <= key < end for key in keys), "a scanned key is outside of the range")
    _demand(len(pairs) <= limit, f"{len(pairs)} records exceed the limit {limit}")
    before_last = sum(len(value) for _, value in pairs[:-1])
    _demand(before_last < byte_limit, f"the records before the last already had {before_last} bytes")


def _decided_twice(decide: Decide[A], values: list[bytes | None]) -> Outcome[A]:
    try:
        outcome = decide(list(values))
    except Exception as error:
        _demand_raises(type(error), decide, values)
        raise
    again = decide(list(values))
    for name in Outcome.__slots__:
        first, second = getattr(outcome, name), getattr(again, name)
        if name == "answer" and not _defines_equality(type(first)):
            _demand(type(first) is type(second), "decide is not pure: its answers differ in type")
        else:
            _demand(first == second, f"decide is not pure: two runs differ in `{name}`")
    return outcome


def _defines_equality(kind: type) -> bool:
    return any("__eq__" in base.__dict__ for base in kind.__mro__[:-1])


def _demand_raises(kind: type[Exception], decide: Decide[A], values: list[bytes | None]) -> None:
    try:
        decide(list(values))
    except kind:
        return
    raise ContractViolation(f"decide is not pure: only its first run raised {kind.__name__}")


def _check_outcome(outcome: Outcome[Any]) -> None:
    put_keys = [key for key, _ in outcome.puts]
    _demand_keys(put_keys)
    _demand_keys([value for _, value in outcome.puts])
    _demand_keys(outcome.deletes)
    _demand(len(set(put_keys)) == len(put_keys), "an outcome puts one key twice")
    _demand(set(put_keys).isdisjoint(outcome.deletes), "an outcome both puts and deletes a key")
    for start, end in outcome.range_deletes:
        _demand_keys((start, end))
        _demand(start <= end, f"a range delete starts after its end: {start!r}, {end!r}")
    for log, record in outcome.appends:
        _demand_keys((log, record))
    for counter, deltas in outcome.adds:
        _demand_keys((counter,))
        _demand(all(type(delta) is int and delta in _INT64 for delta in deltas), f"bad deltas: {deltas!r}")
