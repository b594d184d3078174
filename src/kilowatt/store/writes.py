"""Writes of items: the decision of the domain, made durable in one commit."""

import asyncio
from collections.abc import Sequence
from typing import TypeVar

from kilowatt.clock import Clock
from kilowatt.domain.capacity.units import read_half_units
from kilowatt.domain.writes.decision import Decision, Write
from kilowatt.engine.base import Decide, Engine, Outcome
from kilowatt.engine.errors import Busy
from kilowatt.errors import ServiceError
from kilowatt.errors import transactions as errors
from kilowatt.limits import TRANSACTION_BYTES
from kilowatt.store import layout
from kilowatt.store.conflicts import Conflicts
from kilowatt.store.index_lag import History
from kilowatt.store.metering import Meter
from kilowatt.store.plan import BatchPlan, PlainPlan, Plan, RangeClaimed
from kilowatt.store.tokens import Token, Tokens
from kilowatt.store.transaction import Replay, TransactionPlan

A = TypeVar("A")

# How long a write waits between its tries while its item is being copied, and how often it tries.
_CLAIM_PAUSE_SECONDS = 0.002
_MOST_CLAIM_PAUSES = 5000


class Writer:
    """Commits writes. Several writes in one call are one commit: all or nothing."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        collection_limit_bytes: int,
        conflicts: Conflicts,
        meter: Meter,
        history: History | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._collection_limit_bytes = collection_limit_bytes
        self._conflicts = conflicts
        self._meter = meter
        self._history = history
        self._tokens = Tokens()

    async def write_one(self, write: Write) -> Decision:
        """Decides and commits one write.

        Raises what the decision refuses, `TRANSACTION_CONFLICT`, `errors.capacity`, and `StaleTable` if the
        table changed since the write was planned.
        """
        place = layout.item_prefix(write.table) + write.suffix
        if self._conflicts.meets(place):
            raise errors.TRANSACTION_CONFLICT()
        table = write.table
        plain = not table.indexes and table.ttl_attribute is None
        try:
            decision = await (self._write_plain(write, place) if plain else self._write_planned(write))
        except ServiceError as refusal:
            self._meter.charge_attempt(write, refusal.half_units)
            raise
        self._meter.charge_write(write, decision)
        return decision

    async def _write_plain(self, write: Write, place: bytes) -> Decision:
        self._meter.admit_write(write)
        plan = PlainPlan(write, place, self._now())
        return await self._engine.transact(plan.keys, plan.decide)

    async def _write_planned(self, write: Write) -> Decision:
        admission = self._meter.admission([write])
        plan = Plan([write], self._collection_limit_bytes, self._history, self._now(), admission)
        try:
            return (await self._commit(plan.keys, plan.decide))[0]
        except ServiceError:
            if admission is not None:
                admission.count()
            raise

    async def write_batch(self, writes: Sequence[Write]) -> list[Decision | ServiceError | None]:
        """Decides and commits writes of distinct items in one commit.

        None stands for one that met a transaction under way, a refusal of `errors.capacity` for one that was
        over its table's capacity: neither was done. Raises as `write_one` otherwise.
        """
        places = [layout.item_prefix(write.table) + write.suffix for write in writes]
        met = [self._conflicts.meets(place) for place in places]
        free = [write for write, conflict in zip(writes, met, strict=True) if not conflict]
        if not free:
            return [None] * len(writes)
        admission = self._meter.admission(free)
        plan = BatchPlan(free, self._collection_limit_bytes, self._history, self._now(), admission)
        done = await self._commit(plan.keys, plan.decide_each)
        for write, decision in zip(free, done, strict=True):
            if isinstance(decision, Decision):
                self._meter.charge_write(write, decision)
        if admission is not None:
            admission.count()
        left = iter(done)
        return [None if conflict else next(left) for conflict in met]

    async def transact(self, writes: Sequence[Write], token: Token | None) -> list[Decision] | Replay:
        """Decides and commits the actions of a transaction, on distinct items.

        With a token that a transaction of the last ten minutes had: that one, seen again; nothing is done.
        Raises `CANCELED`, `TOKEN_MISMATCH`, `IN_PROGRESS`, `TRANSACTION_TOO_LARGE` and `StaleTable`.
        """
        now = self._now()
        admission = self._meter.admission(writes)
        plan = TransactionPlan(writes, self._collection_limit_bytes, self._history, now, token, admission)
        try:
            with self._tokens.running(token), self._conflicts.holding(plan.places) as plan.conflicts:
                plan.old_tokens = self._tokens.old(now)
                done = await self._commit(plan.keys, plan.decide_all)
        except ServiceError:
            for write, half_units in zip(writes, plan.attempted, strict=False):
                self._meter.charge_attempt(write, half_units)
            raise
        finally:
            if admission is not None:
                admission.count()
        self._charge(writes, done, plan.phases)
        return done

    async def expire(self, writes: Sequence[Write], entries: Sequence[bytes]) -> bool:
        """Deletes items that have expired, with the expiry entries that named them.

        False if one is left for the next time, since a transaction holds it. Raises `StaleTable`.
        """
        places = [layout.item_prefix(write.table) + write.suffix for write in writes]
        free = [number for number, place in enumerate(places) if not self._conflicts.meets(place)]
        due = [entries[number] for number in free]
        plan = Plan(
            [writes[number] for number in free], self._collection_limit_bytes, self._history, self._now()
        )

        def decide(values: list[bytes | None]) -> Outcome[None]:
            outcome = plan.decide(values)
            deletes = dict.fromkeys([*outcome.deletes, *due])
            return Outcome(None, outcome.puts, list(deletes), (), outcome.appends, outcome.adds)

        if free:
            await self._commit(plan.keys, decide)
        return len(free) == len(writes)

    async def read(self, places: list[bytes]) -> list[bytes | None]:
        """The records of items as they were at one moment.

        Raises `CANCELED` if a transaction under way holds one of them, and `TRANSACTION_TOO_LARGE`.
        """
        met = [self._conflicts.meets(place) for place in places]
        if any(met):
            raise errors.canceled([errors.TRANSACTION_CONFLICT() if conflict else None for conflict in met])
        records = await self._engine.get(places)
        if sum(layout.record_size(record) for record in records if record is not None) > TRANSACTION_BYTES:
            raise errors.TRANSACTION_TOO_LARGE()
        return records

    def _charge(self, writes: Sequence[Write], done: list[Decision] | Replay, phases: int) -> None:
        """Tells what a transaction consumed; one that was sent again has read its items instead."""
        if isinstance(done, Replay):
            for write, size in zip(writes, done.sizes, strict=True):
                half_units = phases * read_half_units(size, consistent=True)
                self._meter.charge_read(write.table, None, write.suffix, half_units)
            return
        for write, decision in zip(writes, done, strict=True):
            self._meter.charge_write(write, decision, phases)

    def _now(self) -> int:
        """Microseconds since the epoch."""
        return int(self._clock.now() * 1_000_000)

    async def _commit(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        for _ in range(_MOST_CLAIM_PAUSES):
            try:
                return await self._engine.transact(keys, decide)
            except RangeClaimed:
                await asyncio.sleep(_CLAIM_PAUSE_SECONDS)
        raise Busy("An index is being filled and does not get on.")
