"""Random conditions, each with what it means."""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from tests.properties.model import order_of, plain
from tests.properties.pool import PATHS, Path, at, of_type, placeholder_of, spelled, usual
from tests.properties.shapes import Item, Value


@dataclass(frozen=True)
class Condition:
    text: str
    holds: Callable[[Item], bool]
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


def _equal(a: Value | None, b: Value) -> bool:
    return a is not None and bool(plain(a) == plain(b))


def _in_order(comparator: str, a: Value | None, b: Value) -> bool:
    return a is not None and a.keys() == b.keys() and _ORDERS[comparator](order_of(a), order_of(b))


def comparison(path: Path, comparator: str, value: Value) -> Condition:
    (left, names), (right, values) = spelled(path), placeholder_of(value)

    def holds(item: Item) -> bool:
        found = at(item, path)
        if comparator == "=":
            return _equal(found, value)
        return not _equal(found, value) if comparator == "<>" else _in_order(comparator, found, value)

    return Condition(f"{left} {comparator} {right}", holds, names, values)


@st.composite
def _comparisons(draw: DrawFn) -> Condition:
    path = draw(st.sampled_from(PATHS))
    comparator = draw(st.sampled_from(["=", "<>", *_ORDERS]))
    return comparison(path, comparator, draw(usual(path[-1], *types_compared(comparator))))


def types_compared(comparator: str) -> tuple[str, ...]:
    """The types that a comparator takes; none for all."""
    return ("S", "N", "B") if comparator in _ORDERS else ()


def existence(path: Path, function: str) -> Condition:
    text, names = spelled(path)
    exists = function == "attribute_exists"
    return Condition(f"{function}({text})", lambda item: (at(item, path) is not None) is exists, names)


def containment(path: Path, function: str, value: Value) -> Condition:
    """`contains` or `begins_with`."""
    (text, names), (placeholder, values) = spelled(path), placeholder_of(value)
    holds = _contains if function == "contains" else _begins_with
    return Condition(
        f"{function}({text}, {placeholder})", lambda item: holds(at(item, path), value), names, values
    )


@st.composite
def _functions(draw: DrawFn) -> Condition:
    function = draw(st.sampled_from(["attribute_exists", "attribute_not_exists", "contains", "begins_with"]))
    path = draw(st.sampled_from(PATHS))
    if function.startswith("attribute"):
        return existence(path, function)
    return containment(path, function, draw(usual(path[-1], "S", "B")))


def _contains(container: Value | None, part: Value) -> bool:
    if container is None:
        return False
    ((tag, content),) = container.items()
    ((part_tag, part_content),) = part.items()
    if tag == "L":
        return any(_equal(element, part) for element in content)
    if tag == part_tag + "S":
        return part_content in content
    if tag != part_tag:
        return False
    return (
        part_content in content
        if tag == "S"
        else tag == "B" and b64decode(part_content) in b64decode(content)
    )


def _begins_with(value: Value | None, start: Value) -> bool:
    if value is None or value.keys() != start.keys():
        return False
    return bool(order_of(value).startswith(order_of(start)))


def _size(value: Value | None) -> int | None:
    if value is None:
        return None
    ((tag, content),) = value.items()
    if tag in {"N", "BOOL", "NULL"}:
        return None
    return len(b64decode(content) if tag == "B" else content)


def size(path: Path, comparator: str, value: Value) -> Condition:
    (text, names), (right, values) = spelled(path), placeholder_of(value)

    def holds(item: Item) -> bool:
        found = _size(at(item, path))
        return found is not None and _ORDERS[comparator](found, order_of(value))

    return Condition(f"size({text}) {comparator} {right}", holds, names, values)


@st.composite
def _sizes(draw: DrawFn) -> Condition:
    path, comparator = draw(st.sampled_from(PATHS)), draw(st.sampled_from([*_ORDERS]))
    return size(path, comparator, draw(of_type("N")))


@st.composite
def _ranges(draw: DrawFn) -> Condition:
    path = draw(st.sampled_from(PATHS))
    (tag,) = low = draw(usual(path[-1], "S", "N", "B"))
    low, high = sorted([low, draw(of_type(tag))], key=order_of)
    (text, names), (first, values), (last, more) = spelled(path), placeholder_of(low), placeholder_of(high)

    def holds(item: Item) -> bool:
        found = at(item, path)
        return _in_order(">=", found, low) and _in_order("<=", found, high)

    return Condition(f"{text} BETWEEN {first} AND {last}", holds, names, values | more)


@st.composite
def _choices(draw: DrawFn) -> Condition:
    path = draw(st.sampled_from(PATHS))
    choices = draw(st.lists(usual(path[-1]), min_size=1, max_size=3))
    text, names = spelled(path)
    placeholders = [placeholder_of(value) for value in choices]
    listed = ", ".join(name for name, _ in placeholders)
    values = {name: value for _, given in placeholders for name, value in given.items()}
    return Condition(
        f"{text} IN ({listed})",
        lambda item: any(_equal(at(item, path), value) for value in choices),
        names,
        values,
    )


def _combined(parts: SearchStrategy[Condition]) -> SearchStrategy[Condition]:
    pairs = st.tuples(parts, parts)
    return st.one_of(
        parts.map(lambda a: Condition(f"NOT ({a.text})", lambda item: not a.holds(item), a.names, a.values)),
        pairs.map(lambda pair: joined("AND", all, *pair)),
        pairs.map(lambda pair: joined("OR", any, *pair)),
    )


def joined(word: str, fold: Callable[[list[bool]], bool], a: Condition, b: Condition) -> Condition:
    return Condition(
        f"({a.text}) {word} ({b.text})",
        lambda item: fold([a.holds(item), b.holds(item)]),
        a.names | b.names,
        a.values | b.values,
    )


def conditions() -> SearchStrategy[Condition]:
    simple = st.one_of(_comparisons(), _functions(), _sizes(), _ranges(), _choices())
    return st.recursive(simple, _combined, max_leaves=4)
