"""A pool of values for conditions and updates, and the ways to name them and what they are in.

A value's placeholder is its place in `POOL`, an attribute's is its name. So parts can be put together without
renaming.
"""

from typing import Any, Protocol

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy
from tests.properties.shapes import Item, Value

Path = tuple[str | int, ...]

_SCALARS: list[Value] = [
    {"S": ""},
    {"S": "a"},
    {"S": "ab"},
    {"S": "b"},
    {"N": "0"},
    {"N": "1"},
    {"N": "-2"},
    {"N": "0.5"},
    {"B": "YQ=="},
    {"B": "YWI="},
]
_SETS: list[Value] = [
    *[{"SS": elements} for elements in (["a"], ["a", "b"], ["b", "c"])],
    *[{"NS": elements} for elements in (["1"], ["1", "2"], ["2", "3"])],
    *[{"BS": elements} for elements in (["YQ=="], ["YWI="])],
]
_LISTS: list[Value] = [{"L": []}, {"L": [{"S": "a"}, {"N": "1"}]}, {"L": [{"L": [{"N": "1"}]}]}]
_MAPS: list[Value] = [{"M": {}}, {"M": {"x": {"N": "1"}}}, {"M": {"x": {"M": {}}, "y": {"S": "a"}}}]
POOL: list[Value] = [*_SCALARS, {"NULL": True}, {"BOOL": True}, {"BOOL": False}, *_SETS, *_LISTS, *_MAPS]

NESTED: list[Path] = [("m", "x"), ("l", 0), ("l", 1)]
PATHS: list[Path] = [("d",), ("e",), ("n",), ("s",), ("l",), ("m",), *NESTED, ("l", 0, 0)]


SET_TAGS = ("SS", "NS", "BS")
# The types that attributes have more often than others; x is in maps, numbers are places in lists.
_USUAL = {
    "n": ("N",),
    "e": ("S", "B"),
    "s": SET_TAGS,
    "l": ("L",),
    "m": ("M",),
    "x": ("N",),
    0: ("S",),
    1: ("N",),
}


class Part(Protocol):
    """A condition, or a change of an update."""

    @property
    def names(self) -> dict[str, str]: ...
    @property
    def values(self) -> dict[str, Value]: ...


def contents() -> SearchStrategy[Item]:
    """Attributes of an item, without its key."""
    present = {name: usual(name) for name in "nsml"}
    return st.fixed_dictionaries(
        {}, optional={name: usual(name) for name in "densml"}
    ) | st.fixed_dictionaries(present, optional={name: usual(name) for name in "de"})


def parameters(*parts: Part) -> dict[str, Any]:
    """ExpressionAttributeNames and ExpressionAttributeValues for the parts of one request."""
    names = {placeholder: name for part in parts for placeholder, name in part.names.items()}
    values = {placeholder: value for part in parts for placeholder, value in part.values.items()}
    request: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
    return request | ({"ExpressionAttributeValues": values} if values else {})


def at(item: Item, path: Path) -> Value | None:
    """The value at a path; None if there is none."""
    value: Value | None = item.get(str(path[0]))
    for element in path[1:]:
        if value is None:
            return None
        if isinstance(element, str):
            value = value.get("M", {}).get(element)
        else:
            elements = value.get("L", [])
            value = elements[element] if element < len(elements) else None
    return value


def spelled(path: Path) -> tuple[str, dict[str, str]]:
    """The path as text, and its placeholders."""
    text = "".join(f"[{element}]" if isinstance(element, int) else f".#{element}" for element in path)
    return text[1:], {f"#{element}": element for element in path if isinstance(element, str)}


def placeholder_of(value: Value) -> tuple[str, dict[str, Value]]:
    name = f":v{POOL.index(value)}"
    return name, {name: value}


def of_types(*tags: str) -> list[Value]:
    """The values in the pool that are of some types; none given: all."""
    return [value for value in POOL if not tags or next(iter(value)) in tags]


def of_type(*tags: str) -> SearchStrategy[Value]:
    return st.sampled_from(of_types(*tags))


def usual(name: str | int, *tags: str) -> SearchStrategy[Value]:
    """Values of some types (none given: all), mostly of those that attribute usually has."""
    allowed = of_types(*tags)
    often = [value for value in allowed if next(iter(value)) in _USUAL.get(name, ())]
    return st.sampled_from(often * 4 + allowed)
