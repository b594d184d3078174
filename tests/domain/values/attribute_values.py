"""Strategies for attribute values, and a plain reference for sizes."""

from base64 import b64decode, b64encode
from typing import Any

from hypothesis import strategies as st

from kilowatt.domain.values import number
from kilowatt.domain.values.types import AttributeValue

texts = st.text(max_size=8)
numbers = st.builds(
    lambda digits, exponent: f"{digits}e{exponent}", st.integers(-9999, 9999), st.integers(-5, 5)
)
binaries = st.binary(max_size=6).map(lambda data: b64encode(data).decode())


def scalars() -> st.SearchStrategy[AttributeValue]:
    return st.one_of(
        st.builds(lambda text: {"S": text}, texts),
        st.builds(lambda text: {"N": text}, numbers),
        st.builds(lambda text: {"B": text}, binaries),
        st.builds(lambda flag: {"BOOL": flag}, st.booleans()),
        st.builds(lambda: {"NULL": True}),
    )


def sets() -> st.SearchStrategy[AttributeValue]:
    return st.one_of(
        st.builds(lambda e: {"SS": e}, st.lists(texts, min_size=1, max_size=4, unique=True)),
        st.builds(lambda e: {"NS": e}, st.lists(numbers, min_size=1, max_size=4, unique_by=number.canonical)),
        st.builds(lambda e: {"BS": e}, st.lists(binaries, min_size=1, max_size=4, unique=True)),
    )


def _containers(inner: st.SearchStrategy[AttributeValue]) -> st.SearchStrategy[AttributeValue]:
    return st.one_of(
        st.builds(lambda e: {"L": e}, st.lists(inner, max_size=4)),
        st.builds(lambda e: {"M": e}, st.dictionaries(texts, inner, max_size=4)),
    )


def values() -> st.SearchStrategy[AttributeValue]:
    return st.recursive(scalars() | sets(), _containers, max_leaves=8)


items = st.dictionaries(texts, values(), max_size=4)


def reference_item_size(item: dict[str, AttributeValue]) -> int:
    return sum(len(name.encode()) + reference_size(value) for name, value in item.items())


def reference_size(value: AttributeValue) -> int:
    (tag,) = value
    return _reference_content_size(tag, value[tag])


def _reference_content_size(tag: str, content: Any) -> int:
    if tag in ("SS", "NS", "BS"):
        return sum(_reference_content_size(tag[0], element) for element in content)
    if tag == "L":
        return 3 + sum(1 + reference_size(element) for element in content)
    if tag == "M":
        return 3 + sum(1 + len(name.encode()) + reference_size(inner) for name, inner in content.items())
    scalar = {
        "S": lambda: len(content.encode()),
        "N": lambda: number.size(number.canonical(content)),
        "B": lambda: len(b64decode(content)),
    }
    return scalar[tag]() if tag in scalar else 1
