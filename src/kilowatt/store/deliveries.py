"""How far the changes of tables are sent to Kinesis data streams.

A delivery begins in the commit that enables a destination, and lasts until all there is to send is sent; so
it may outlive its table. It keeps the destination as it last saw it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import orjson

from kilowatt.domain.streams import destination as destinations
from kilowatt.domain.streams.destination import Destination
from kilowatt.domain.tables.reference import TableReference
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Engine, Outcome, Pair
from kilowatt.store import layout
from kilowatt.store.prefixes import all_under


@dataclass(frozen=True, slots=True)
class Delivery:
    """`sent` is the number of the last change that was sent, by shard; `done` are the shards sent whole."""

    table: TableReference
    destination: Destination
    sent: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    done: frozenset[int] = frozenset()

    def needs(self, shard_number: int) -> bool:
        """Whether changes in a shard may still have to be sent."""
        return self.destination.has(shard_number) and shard_number not in self.done

    def advanced(self, shard_number: int, sent: int, done: bool) -> "Delivery":
        """The delivery after the changes of a shard up to `sent`; `done`: there are no more."""
        if done:
            rest = {number: last for number, last in self.sent.items() if number != shard_number}
            return replace(self, sent=rest, done=self.done | {shard_number})
        return replace(self, sent={**self.sent, shard_number: sent})

    def forgetting(self, shards: Iterable[int]) -> "Delivery":
        """The delivery without what it kept of shards other than these, which are gone."""
        return replace(self, done=self.done.intersection(shards))

    @property
    def record_key(self) -> bytes:
        return layout.delivery_key(self.table.number)

    def record(self) -> bytes:
        return orjson.dumps(
            {
                **self.table.to_document(),
                "destination": destinations.to_document(self.destination),
                "sent": list(self.sent.items()),
                "done": sorted(self.done),
            }
        )

    @classmethod
    def from_record(cls, record: bytes) -> "Delivery":
        document = orjson.loads(record)
        return cls(
            TableReference.from_document(document),
            destinations.from_document(document["destination"]),
            dict(document["sent"]),
            frozenset(document["done"]),
        )


class Deliveries:
    """The deliveries that are under way."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def all(self) -> list[Delivery]:
        records = await all_under(self._engine, layout.DELIVERIES)
        return [Delivery.from_record(record) for _, record in records]

    async def keep(self, delivery: Delivery) -> None:
        """Stores how far it is."""
        await self._replace(delivery, [(delivery.record_key, delivery.record())])

    async def end(self, delivery: Delivery) -> None:
        """Forgets it."""
        await self._replace(delivery, [])

    async def _replace(self, delivery: Delivery, puts: list[Pair]) -> None:
        key = delivery.record_key

        def decide(values: list[bytes | None]) -> Outcome[None]:
            # It may have ended, and another one begun, under somebody else's hands.
            if values[0] is None or not _same(Delivery.from_record(values[0]), delivery):
                return Outcome(None)
            return Outcome(None, puts, [] if puts else [key])

        await self._engine.transact([key], decide)


def _same(one: Delivery, other: Delivery) -> bool:
    return one.destination.first_shard == other.destination.first_shard


def begun_delivery(old: Table, new: Table) -> list[Pair]:
    """The record of the delivery that a change of the table begins, if it enables a destination."""
    destination = new.destination
    if destination is None or not destination.takes_changes:
        return []
    if old.destination is not None and old.destination.first_shard == destination.first_shard:
        return []
    delivery = Delivery(TableReference.to(new), destination)
    return [(delivery.record_key, delivery.record())]
