"""Random tables, items and histories for Hypothesis.

Values come from small pools, so that equal keys, equal index keys and neighbours in order are common.
"""

from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from kilowatt.domain.values.number import canonical

Value = dict[str, Any]
Item = dict[str, Value]
Types = dict[str, str]
"""Type of each attribute that is a key of the table or of an index."""

TABLE = "properties"

_STRINGS = ["\0", "\0\0", "a", "a\0", "aa", "b", "é", "\uffff", "\U00010000", "z" * 300]
_NUMBERS = ["0", "1", "-1", "1.5", "-1.5", "2", "10", "100", "99", "-0.001", "1e-128", "9.9e125", "-9.9e125"]
_BINARIES = [b"\0", b"\0\0", b"\0\1", b"\0\xff", b"a", b"a\0", b"\xff", b"\xff\xff", b"\xff" * 200]

_KEYS: dict[str, SearchStrategy[Value]] = {
    "S": st.sampled_from(_STRINGS).map(lambda text: {"S": text}),
    "N": st.sampled_from(_NUMBERS).map(lambda text: {"N": canonical(text)}),
    "B": st.sampled_from(_BINARIES).map(lambda data: {"B": b64encode(data).decode()}),
}
_KEY_TYPES = st.sampled_from("SNB")
# Attributes that may be keys of indexes, and that no index has as keys.
_INDEXABLE = ["a", "b", "c"]
_PLAIN = ["d", "e"]


@dataclass(frozen=True)
class IndexShape:
    name: str
    local: bool
    hash: tuple[str, ...]
    range: tuple[str, ...]
    projection: str
    included: tuple[str, ...]

    def kept(self, table_keys: tuple[str, ...]) -> set[str] | None:
        """Attributes that an entry can have; None for all."""
        if self.projection == "ALL":
            return None
        return {*table_keys, *self.hash, *self.range, *self.included}


@dataclass(frozen=True)
class TableShape:
    types: Types
    range: tuple[str, ...]
    indexes: tuple[IndexShape, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return ("pk", *self.range)

    def key_of(self, item: Item) -> Item:
        return {name: item[name] for name in self.keys}

    def request(self) -> dict[str, Any]:
        """The CreateTable request."""
        request: dict[str, Any] = {
            "TableName": TABLE,
            "KeySchema": _key_schema(("pk",), self.range),
            "AttributeDefinitions": [
                {"AttributeName": name, "AttributeType": type_} for name, type_ in self.types.items()
            ],
            "BillingMode": "PAY_PER_REQUEST",
        }
        for member, local in (("LocalSecondaryIndexes", True), ("GlobalSecondaryIndexes", False)):
            indexes = [_index_request(index) for index in self.indexes if index.local is local]
            if indexes:
                request[member] = indexes
        return request


def _key_schema(hash_names: tuple[str, ...], range_names: tuple[str, ...]) -> list[dict[str, str]]:
    hashes = [{"AttributeName": name, "KeyType": "HASH"} for name in hash_names]
    return hashes + [{"AttributeName": name, "KeyType": "RANGE"} for name in range_names]


def _index_request(index: IndexShape) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index.projection}
    if index.included:
        projection["NonKeyAttributes"] = list(index.included)
    return {
        "IndexName": index.name,
        "KeySchema": _key_schema(index.hash, index.range),
        "Projection": projection,
    }


@st.composite
def table_shapes(draw: DrawFn, most_indexes: int = 3) -> TableShape:
    range_ = draw(st.sampled_from([("sk",), ("sk",), ()]))
    kinds = st.sampled_from(["local", "global"] if range_ else ["global"])
    indexes = tuple(
        draw(_local(f"index-{number}") if draw(kinds) == "local" else _global(f"index-{number}", range_))
        for number in range(draw(st.integers(0, most_indexes)))
    )
    names = dict.fromkeys(("pk", *range_))
    for index in indexes:
        names.update(dict.fromkeys((*index.hash, *index.range)))
    types = {name: draw(_KEY_TYPES) for name in names}
    return TableShape(types, range_, indexes)


def _projections() -> SearchStrategy[tuple[str, tuple[str, ...]]]:
    included = st.sampled_from([("d",), ("d", "e")])
    return st.one_of(
        st.just(("ALL", ())),
        st.just(("KEYS_ONLY", ())),
        included.map(lambda names: ("INCLUDE", names)),
    )


@st.composite
def _local(draw: DrawFn, name: str) -> IndexShape:
    return IndexShape(name, True, ("pk",), (draw(st.sampled_from(_INDEXABLE)),), *draw(_projections()))


@st.composite
def _global(draw: DrawFn, name: str, table_range: tuple[str, ...]) -> IndexShape:
    names = draw(st.permutations([*_INDEXABLE, "pk", *table_range]))
    hashes = draw(st.sampled_from([1, 1, 1, 2]))
    ranges = draw(st.integers(0, 2))
    hash_, range_ = tuple(names[:hashes]), tuple(names[hashes : hashes + ranges])
    return IndexShape(name, False, hash_, range_, *draw(_projections()))


def keys(shape: TableShape) -> SearchStrategy[Item]:
    """Keys of the table."""
    return st.fixed_dictionaries({name: _KEYS[shape.types[name]] for name in shape.keys})


def items(shape: TableShape) -> SearchStrategy[Item]:
    """Items that the table accepts: some have keys of the indexes, some don't."""
    required = {name: _KEYS[shape.types[name]] for name in shape.keys}
    others = [name for name in (*_INDEXABLE, *_PLAIN) if name not in required]
    return st.fixed_dictionaries(required, optional={name: indexable(shape, name) for name in others})


def indexable(shape: TableShape, name: str) -> SearchStrategy[Value]:
    """Values of an attribute: of the type that it has as an index key, if it is one."""
    return _KEYS[shape.types[name]] if name in shape.types else values()


def values() -> SearchStrategy[Value]:
    """Values of all types. Sets are in one order, so that equal values are equal."""
    scalars = st.one_of(
        *_KEYS.values(), st.sampled_from([{"S": ""}, {"NULL": True}, {"BOOL": True}, {"BOOL": False}])
    )
    strings = st.lists(st.sampled_from(["", "a", "b"]), min_size=1, unique=True)
    numbers = st.lists(st.sampled_from(["1", "2", "-3.5"]), min_size=1, unique=True)
    binaries = st.lists(st.sampled_from(["", "YQ==", "Yg=="]), min_size=1, unique=True)
    return st.one_of(
        scalars,
        strings.map(lambda elements: {"SS": sorted(elements)}),
        numbers.map(lambda elements: {"NS": sorted(elements)}),
        binaries.map(lambda elements: {"BS": sorted(elements)}),
        st.lists(scalars, max_size=3).map(lambda elements: {"L": elements}),
        st.dictionaries(st.sampled_from(["x", "y"]), scalars, max_size=2).map(lambda entries: {"M": entries}),
    )
