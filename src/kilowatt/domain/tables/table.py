"""A table as the rest of the domain sees it: its keys, its indexes, its settings.

`Table` is what a descriptor record says, ready to work with. It is immutable: a change of the table makes a
new one, and whoever still holds the old one finds out when its commit compares descriptor records.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema

PROVISIONED = "PROVISIONED"
PAY_PER_REQUEST = "PAY_PER_REQUEST"


@dataclass(frozen=True, slots=True)
class Throughput:
    """Provisioned capacity in units per second; 0 and 0 on demand. Times are seconds since the epoch."""

    read: int = 0
    write: int = 0
    increased: float | None = None
    decreased: float | None = None
    decreases_today: int = 0

    def changed(self, read: int, write: int, now: float) -> "Throughput":
        """The throughput after an UpdateTable that asks for these units."""
        rises = read > self.read or write > self.write
        falls = read < self.read or write < self.write
        same_day = self.decreased is not None and int(self.decreased // 86_400) == int(now // 86_400)
        return Throughput(
            read,
            write,
            now if rises else self.increased,
            now if falls else self.decreased,
            (self.decreases_today if same_day else 0) + falls,
        )


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index. `number` names it in record keys and is never used again within its table."""

    name: str
    number: int
    key: KeySchema
    local: bool
    projection: str
    non_key_attributes: tuple[str, ...] = ()
    throughput: Throughput = Throughput()
    on_demand_limits: tuple[int | None, int | None] | None = None
    warm: tuple[int | None, int | None] | None = None
    # Added to a table that had items, and not yet filled from them.
    backfilling: bool = False

    @property
    def projects_all(self) -> bool:
        return self.projection == "ALL"


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
    throughput: Throughput = Throughput()
    on_demand_limits: tuple[int | None, int | None] | None = None
    warm: tuple[int | None, int | None] | None = None
    table_class: str | None = None
    deletion_protection: bool = False
    tags: tuple[tuple[str, str], ...] = ()
    next_index_number: int = 1
    # The bytes this table was read from; what a commit compares. Empty for one that is not stored yet.
    record: bytes = field(default=b"", compare=False, repr=False)

    @property
    def arn(self) -> str:
        return f"arn:aws:dynamodb:{self.region}:{self.account}:table/{self.name}"

    @property
    def on_demand(self) -> bool:
        return self.billing_mode == PAY_PER_REQUEST

    @property
    def backfilling(self) -> Index | None:
        """The index that is being filled; there is one at most."""
        return next((index for index in self.indexes if index.backfilling), None)

    @property
    def has_local_indexes(self) -> bool:
        return any(index.local for index in self.indexes)

    def index(self, name: str) -> Index | None:
        """The index of that name, local or global; None if there is none."""
        return next((index for index in self.indexes if index.name == name), None)

    def index_keys(self) -> tuple[str, ...]:
        """Names of all attributes that are index keys, global indexes first (as AWS looks at them)."""
        ordered = sorted(self.indexes, key=lambda index: index.local)
        return tuple(dict.fromkeys(name for index in ordered for name in index.key.names))

    def with_indexes(self, indexes: tuple[Index, ...]) -> "Table":
        return replace(self, indexes=indexes)


def to_document(table: Table) -> dict[str, Any]:
    """The table as JSON, for its descriptor record; `from_document` reads it back."""
    return {
        "name": table.name,
        "account": table.account,
        "region": table.region,
        "number": table.number,
        "id": table.id,
        "created": table.created,
        "key": _schema_document(table.key),
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
    }


def from_document(document: dict[str, Any], record: bytes) -> Table:
    """The table that `to_document` wrote; `record` is kept for the comparison at commit."""
    plain = {name: document[name] for name in _PLAIN}
    return Table(
        key=_schema(document["key"]),
        definitions=tuple(KeyAttribute(name, type_) for name, type_ in document["definitions"]),
        indexes=tuple(_index(index) for index in document["indexes"]),
        throughput=Throughput(*document["throughput"]),
        on_demand_limits=_pair(document["on_demand_limits"]),
        warm=_pair(document["warm"]),
        tags=tuple((key, value) for key, value in document["tags"]),
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
)


def _schema_document(schema: KeySchema) -> list[list[list[str]]]:
    return [[[attribute.name, attribute.type] for attribute in part] for part in (schema.hash, schema.range)]


def _schema(document: list[list[list[str]]]) -> KeySchema:
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


def _index_document(index: Index) -> dict[str, Any]:
    return {
        "name": index.name,
        "number": index.number,
        "key": _schema_document(index.key),
        "local": index.local,
        "projection": index.projection,
        "non_key_attributes": index.non_key_attributes,
        "throughput": _throughput_document(index.throughput),
        "on_demand_limits": index.on_demand_limits,
        "warm": index.warm,
        "backfilling": index.backfilling,
    }


def _index(document: dict[str, Any]) -> Index:
    return Index(
        document["name"],
        document["number"],
        _schema(document["key"]),
        document["local"],
        document["projection"],
        tuple(document["non_key_attributes"]),
        Throughput(*document["throughput"]),
        _pair(document["on_demand_limits"]),
        _pair(document["warm"]),
        document["backfilling"],
    )


def _pair(values: list[int | None] | None) -> tuple[int | None, int | None] | None:
    return None if values is None else (values[0], values[1])
