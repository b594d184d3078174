"""A key can be read back from the bytes under which its item is kept."""

from base64 import b64encode
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.keys import entry_suffix, key_ends, key_of_suffix, suffix_of_key
from kilowatt.domain.tables.table import Index

_STRINGS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
_NUMBERS = st.integers(-(10**30), 10**30).map(str)
_BINARY = (st.sampled_from([b"\0", b"\0\1", b"\xff"]) | st.binary(min_size=1, max_size=20)).map(
    lambda data: b64encode(data).decode()
)
_VALUES = st.one_of(
    _STRINGS.map(lambda text: {"S": text}),
    _NUMBERS.map(lambda text: {"N": text}),
    _BINARY.map(lambda text: {"B": text}),
)


def _attribute(name: str, value: dict[str, str]) -> KeyAttribute:
    return KeyAttribute(name, next(iter(value)))


@given(_VALUES, _VALUES)
def test_a_key_is_read_back_whole_or_in_part(pk: Any, sk: Any) -> None:
    schema = KeySchema((_attribute("pk", pk),), (_attribute("sk", sk),))
    suffix = suffix_of_key(schema, {"pk": pk, "sk": sk})
    partition, whole = key_ends(schema, suffix)
    assert key_of_suffix(schema, suffix) == {"pk": pk, "sk": sk}
    assert key_of_suffix(schema, suffix[:partition]) == {"pk": pk}
    assert whole == len(suffix)
    assert key_ends(schema, suffix[:partition]) == (partition, 0)
    assert key_ends(schema, b"") == (0, 0)


@given(_VALUES, _VALUES, _VALUES)
def test_the_key_of_an_index_is_read_from_its_entry(first: Any, second: Any, third: Any) -> None:
    table_key = KeySchema((KeyAttribute("pk", "S"),))
    key = KeySchema((_attribute("a", first), _attribute("b", second)), (_attribute("c", third),))
    item = {"pk": {"S": "there"}, "a": first, "b": second, "c": third}
    entry = entry_suffix(
        Index("index", 1, key, False, "ALL"), table_key, item, suffix_of_key(table_key, {"pk": item["pk"]})
    )
    assert entry is not None
    assert key_of_suffix(key, entry) == {"a": first, "b": second, "c": third}
    assert key_of_suffix(key, entry[: key_ends(key, entry)[0]]) == {"a": first, "b": second}
