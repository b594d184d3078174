"""A table as the rest of the domain sees it: its keys, its indexes, its settings.

`Table` is what a descriptor record says, ready to work with. It is immutable: a change of the table makes a
new one, and whoever still holds the old one finds out when its commit compares descriptor records.
"""

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.streams import destination as destinations
from kilowatt.domain.streams import stream as streams
from kilowatt.domain.streams.destination import Destination
from kilowatt.domain.streams.stream import Stream
from kilowatt.domain.tables import insights
from kilowatt.domain.tables.insights import Insights
from kilowatt.domain.tables.throughput import NO_THROUGHPUT, Throughput

PROVISIONED = "PROVISIONED"
PAY_PER_REQUEST = "PAY_PER_REQUEST"


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index. `number` names it in record keys and is never used again within its table."""

    name: str
    number: int
    key: KeySchema
    local: bool
    projection: str
    non_key_attributes: tuple[str, ...] = ()
    throughput: Throughput = NO_THROUGHPUT
    on_demand_limits: tuple[int | None, int | None] | None = None
    warm: tuple[int | None, int | None] | None = None
    # Added to a table that had items, and not yet filled from them.
    backfilling: bool = False
    # Of global indexes.
    insights: Insights | None = None

    @property
    def projects_all(self) -> bool:
        return self.projection == "ALL"


class Work(StrEnum):
    """What a table that is UPDATING is busy with; INDEXES alone leaves the table itself ACTIVE."""

    UNITS = "UNITS"
    STREAM = "STREAM"
    CLASS = "CLASS"
    NEW_INDEX = "NEW_INDEX"
    OLD_INDEX = "OLD_INDEX"
    INDEXES = "INDEXES"


@dataclass(frozen=True, slots=True)
class Transition:
    """What a table is on its way through: `status` until the time `until`, in seconds since the epoch.

    `throughputs` are the units that show until then: by index number, 0 for the table. `indexes` are the
    numbers of the global indexes that change too. `switches`: it is on its way to another billing mode.
    `added` is the number of the index that is being created, 0 for none; `removed` the index that is being
    deleted; `former` the class and its changes that show until then.
    """

    status: str
    until: float
    throughputs: tuple[tuple[int, Throughput], ...] = ()
    indexes: tuple[int, ...] = ()
    switches: bool = False
    work: Work = Work.UNITS
    added: int = 0
    removed: Index | None = None
    former: tuple[str | None, tuple[float, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of one account and region. `number` names it in record keys and is never used again."""

    name: str
    account: str
    region: str
    number: int
    id: str
    created: float
    key: KeySchema
    definitions: tuple[KeyAttribute, ...]
    indexes: tuple[Index, ...] = ()
    billing_mode: str = PROVISIONED
    # When the table was last switched to on-demand; None if it never was.
    on_demand_since: float | None = None
    throughput: Throughput = NO_THROUGHPUT
    on_demand_limits: tuple[int | None, int | None] | None = None
    warm: tuple[int | None, int | None] | None = None
    table_class: str | None = None
    deletion_protection: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    next_index_number: int = 1
    # The last state that took its time; None if all changes held at once. See `domain.tables.lifecycle`.
    transition: Transition | None = None
    # When billing mode (to on-demand) and class last changed; as many times as their limits look back on.
    switches_to_on_demand: tuple[float, ...] = ()
    class_changes: tuple[float, ...] = ()
    # The stream that its changes go to; and the label of the last one that was asked for.
    stream: Stream | None = None
    latest_stream: str | None = None
    next_shard_number: int = 1
    # The attribute that tells when items expire, and when that was last changed. Whether there is an entry
    # for each item that has it, or those from before are yet to come.
    ttl_attribute: str | None = None
    ttl_changed: float | None = None
    ttl_filled: bool = False
    # The Kinesis data stream that its changes are sent to, or were last. While it takes changes, there is a
    # `stream`.
    destination: Destination | None = None
    insights: Insights | None = None
    # The bytes this table was read from; what a commit compares. Empty for one that is not stored yet.
    record: bytes = field(default=b"", compare=False, repr=False)

    @property
    def arn(self) -> str:
        return table_arn(self.account, self.region, self.name)

    @property
    def visible_stream(self) -> Stream | None:
        """The stream that was asked for."""
        return None if self.stream is None or self.stream.hidden else self.stream

    @property
    def latest_stream_arn(self) -> str | None:
        return None if self.latest_stream is None else f"{self.arn}/stream/{self.latest_stream}"

    @property
    def on_demand(self) -> bool:
        return self.billing_mode == PAY_PER_REQUEST

    @property
    def backfilling(self) -> Index | None:
        """The index that is being filled; there is one at most."""
        for index in self.indexes:
            if index.backfilling:
                return index
        return None

    @property
    def has_local_indexes(self) -> bool:
        return any(index.local for index in self.indexes)

    def index(self, name: str) -> Index | None:
        """The index of that name, local or global; None if there is none."""
        return next((index for index in self.indexes if index.name == name), None)

    def key_schemas(self) -> list[KeySchema]:
        """Those of the table and of its indexes."""
        return [self.key, *(index.key for index in self.indexes)]

    def index_keys(self) -> tuple[str, ...]:
        """Names of all attributes that are index keys, global indexes first (as AWS looks at them)."""
        ordered = sorted(self.indexes, key=lambda index: index.local)
        return tuple(dict.fromkeys(name for index in ordered for name in index.key.names))

    def with_stream(self, view_type: str, now: float) -> "Table":
        """The table with a new stream."""
        stream = streams.begun(view_type, now, self.next_shard_number, self.latest_stream)
        return replace(
            self, stream=stream, latest_stream=stream.label, next_shard_number=self.next_shard_number + 1
        )

    def without_stream(self, now: float) -> "Table":
        """The table without the stream that was asked for; changes for Kinesis go to a hidden one then."""
        if self.destination is None or not self.destination.takes_changes:
            return replace(self, stream=None)
        return self._with_hidden_stream(now)

    def _with_hidden_stream(self, now: float) -> "Table":
        stream = streams.begun_hidden(self.number, now, self.next_shard_number)
        return replace(self, stream=stream, next_shard_number=self.next_shard_number + 1)

    def with_destination(self, destination: Destination, now: float) -> "Table":
        """The table with its changes from now on kept for a destination: the one that is in no shard yet."""
        table = replace(self, destination=replace(destination, first_shard=self.next_shard_number))
        return table._with_hidden_stream(now) if self.stream is None else table._rolled_over(now)

    def without_destination(self, ended: Destination, now: float) -> "Table":
        """The table with no more changes kept for its destination, which has `ended`."""
        if self.destination is None or not self.destination.takes_changes:
            return replace(self, destination=ended)
        table = replace(self, destination=replace(ended, end_shard=self.next_shard_number))
        if self.stream is None or self.stream.hidden:
            return replace(table, stream=None)
        return table._rolled_over(now)

    def _rolled_over(self, now: float) -> "Table":
        """The table with new shards, which begin with this commit."""
        if self.stream is None:
            return self
        stream = self.stream.rolled_over(self.next_shard_number, now)
        number = self.next_shard_number + len(self.stream.open_shards)
        return replace(self, stream=stream, next_shard_number=number)

    def with_indexes(self, indexes: tuple[Index, ...]) -> "Table":
        return replace(self, indexes=indexes)


def table_arn(account: str, region: str, name: str) -> str:
    return f"arn:aws:dynamodb:{region}:{account}:table/{name}"


def to_document(table: Table) -> dict[str, Any]:
    """The table as JSON, for its descriptor record; `from_document` reads it back."""
    return {
        "name": table.name,
        "account": table.account,
        "region": table.region,
        "number": table.number,
        "id": table.id,
        "created": table.created,
        "key": schema_document(table.key),
        "definitions": [[attribute.name, attribute.type] for attribute in table.definitions],
        "indexes": [_index_document(index) for index in table.indexes],
        "billing_mode": table.billing_mode,
        "on_demand_since": table.on_demand_since,
        "throughput": _throughput_document(table.throughput),
        "on_demand_limits": table.on_demand_limits,
        "warm": table.warm,
        "table_class": table.table_class,
        "deletion_protection": table.deletion_protection,
        "tags": table.tags,
        "next_index_number": table.next_index_number,
        "transition": _transition_document(table.transition),
        "switches_to_on_demand": table.switches_to_on_demand,
        "class_changes": table.class_changes,
        "stream": None if table.stream is None else streams.to_document(table.stream),
        "latest_stream": table.latest_stream,
        "next_shard_number": table.next_shard_number,
        "ttl_attribute": table.ttl_attribute,
        "ttl_changed": table.ttl_changed,
        "ttl_filled": table.ttl_filled,
        "destination": None if table.destination is None else destinations.to_document(table.destination),
        "insights": insights.to_document(table.insights),
    }


def from_document(document: dict[str, Any], record: bytes) -> Table:
    """The table that `to_document` wrote; `record` is kept for the comparison at commit."""
    plain = {name: document[name] for name in _PLAIN}
    return Table(
        key=schema_of(document["key"]),
        definitions=tuple(KeyAttribute(name, type_) for name, type_ in document["definitions"]),
        indexes=tuple(_index(index) for index in document["indexes"]),
        throughput=_throughput(document["throughput"]),
        on_demand_limits=_pair(document["on_demand_limits"]),
        warm=_pair(document["warm"]),
        tags=tuple((key, value) for key, value in document["tags"]),
        transition=_transition(document["transition"]),
        switches_to_on_demand=tuple(document["switches_to_on_demand"]),
        class_changes=tuple(document["class_changes"]),
        stream=None if document["stream"] is None else streams.from_document(document["stream"]),
        # Descriptors of version 0.1 before destinations have none.
        destination=_destination(document.get("destination")),
        insights=insights.from_document(document.get("insights")),
        record=record,
        **plain,
    )


_PLAIN = (
    "name",
    "account",
    "region",
    "number",
    "id",
    "created",
    "billing_mode",
    "on_demand_since",
    "table_class",
    "deletion_protection",
    "next_index_number",
    "latest_stream",
    "next_shard_number",
    "ttl_attribute",
    "ttl_changed",
    "ttl_filled",
)


def _destination(document: dict[str, Any] | None) -> Destination | None:
    return None if document is None else destinations.from_document(document)


def schema_document(schema: KeySchema) -> list[list[list[str]]]:
    """What a record keeps of a key schema."""
    return [[[attribute.name, attribute.type] for attribute in part] for part in (schema.hash, schema.range)]


def schema_of(document: list[list[list[str]]]) -> KeySchema:
    """The inverse of `schema_document`."""
    hash_part, range_part = (tuple(KeyAttribute(name, type_) for name, type_ in part) for part in document)
    return KeySchema(hash_part, range_part)


def _throughput_document(throughput: Throughput) -> list[Any]:
    return [
        throughput.read,
        throughput.write,
        throughput.increased,
        throughput.decreased,
        throughput.decreases_today,
    ]


def _throughput(document: list[Any]) -> Throughput:
    """Descriptors of version 0.1 had a sixth number, which is of no use any more."""
    return Throughput(*document[:5])


def _transition_document(transition: Transition | None) -> dict[str, Any] | None:
    if transition is None:
        return None
    return {
        "status": transition.status,
        "until": transition.until,
        "throughputs": [
            [number, _throughput_document(throughput)] for number, throughput in transition.throughputs
        ],
        "indexes": transition.indexes,
        "switches": transition.switches,
        "work": transition.work,
        "added": transition.added,
        "removed": None if transition.removed is None else _index_document(transition.removed),
        "former": transition.former,
    }


def _transition(document: dict[str, Any] | None) -> Transition | None:
    if document is None:
        return None
    removed, former = document.get("removed"), document.get("former")
    return Transition(
        document["status"],
        document["until"],
        tuple((number, _throughput(units)) for number, units in document["throughputs"]),
        tuple(document["indexes"]),
        document["switches"],
        # Descriptors of version 0.1 did not say; their changes are soon over.
        Work(document.get("work", Work.UNITS)),
        document.get("added", 0),
        None if removed is None else _index(removed),
        None if former is None else (former[0], tuple(former[1])),
    )


def _index_document(index: Index) -> dict[str, Any]:
    return {
        "name": index.name,
        "number": index.number,
        "key": schema_document(index.key),
        "local": index.local,
        "projection": index.projection,
        "non_key_attributes": index.non_key_attributes,
        "throughput": _throughput_document(index.throughput),
        "on_demand_limits": index.on_demand_limits,
        "warm": index.warm,
        "backfilling": index.backfilling,
        "insights": insights.to_document(index.insights),
    }


def _index(document: dict[str, Any]) -> Index:
    return Index(
        document["name"],
        document["number"],
        schema_of(document["key"]),
        document["local"],
        document["projection"],
        tuple(document["non_key_attributes"]),
        _throughput(document["throughput"]),
        _pair(document["on_demand_limits"]),
        _pair(document["warm"]),
        document["backfilling"],
        insights.from_document(document.get("insights")),
    )


def _pair(values: list[int | None] | None) -> tuple[int | None, int | None] | None:
    return None if values is None else (values[0], values[1])
