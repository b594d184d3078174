"""Random conditions and updates, each with what it means.

A value's placeholder is its place in `POOL`, an attribute's is its name. So parts can be put together without
renaming.
"""

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from tests.properties.model import order_of, plain
from tests.properties.shapes import Item, Value

from kilowatt.domain.values.number import canonical

Path = tuple[str | int, ...]
Holds = Callable[[Item], bool]

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

_NESTED: list[Path] = [("m", "x"), ("l", 0), ("l", 1)]
_PATHS: list[Path] = [("d",), ("e",), ("n",), ("s",), ("l",), ("m",), *_NESTED, ("l", 0, 0)]


_SET_TAGS = ("SS", "NS", "BS")
# The types that attributes have more often than others; x is in maps, numbers are places in lists.
_USUAL = {
    "n": ("N",),
    "e": ("S", "B"),
    "s": _SET_TAGS,
    "l": ("L",),
    "m": ("M",),
    "x": ("N",),
    0: ("S",),
    1: ("N",),
}


# Paths to what may begin with something, or contain it.
_CONTAINERS: list[Path] = [("e",), ("s",), ("l",)]


class Invalid(Exception):
    """The update cannot be applied to the item."""


@dataclass(frozen=True)
class Condition:
    text: str
    holds: Holds
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One action of an update: `apply(old, new)` reads the old item and changes the new one in place."""

    clause: str
    text: str
    apply: Callable[[Item, Item], None]
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)


def contents() -> SearchStrategy[Item]:
    """Attributes of an item, without its key."""
    present = {name: usual(name) for name in "nsml"}
    return st.fixed_dictionaries(
        {}, optional={name: usual(name) for name in "densml"}
    ) | st.fixed_dictionaries(present, optional={name: usual(name) for name in "de"})


def parameters(*parts: Condition | Change) -> dict[str, Any]:
    """ExpressionAttributeNames and ExpressionAttributeValues for the parts of one request."""
    names = {placeholder: name for part in parts for placeholder, name in part.names.items()}
    values = {placeholder: value for part in parts for placeholder, value in part.values.items()}
    request: dict[str, Any] = {"ExpressionAttributeNames": names} if names else {}
    return request | ({"ExpressionAttributeValues": values} if values else {})


def update_expression(changes: list[Change]) -> str:
    clauses = dict.fromkeys(change.clause for change in changes)
    return " ".join(
        f"{clause} " + ", ".join(change.text for change in changes if change.clause == clause)
        for clause in clauses
    )


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


# -- conditions


def _spelled(path: Path) -> tuple[str, dict[str, str]]:
    """The path as text, and its placeholders."""
    text = "".join(f"[{element}]" if isinstance(element, int) else f".#{element}" for element in path)
    return text[1:], {f"#{element}": element for element in path if isinstance(element, str)}


def _placeholder(value: Value) -> tuple[str, dict[str, Value]]:
    name = f":v{POOL.index(value)}"
    return name, {name: value}


def _of_type(*tags: str) -> SearchStrategy[Value]:
    return st.sampled_from([value for value in POOL if next(iter(value)) in tags])


def usual(name: str | int, *tags: str) -> SearchStrategy[Value]:
    """Values of some types (none given: all), mostly of those that attribute usually has."""
    allowed = [value for value in POOL if not tags or next(iter(value)) in tags]
    often = [value for value in allowed if next(iter(value)) in _USUAL.get(name, ())]
    return st.sampled_from(often * 4 + allowed)


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


@st.composite
def _comparisons(draw: DrawFn) -> Condition:
    path = draw(st.sampled_from(_PATHS))
    comparator = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
    tags = () if comparator in {"=", "<>"} else ("S", "N", "B")
    value = draw(usual(path[-1], *tags))
    (left, names), (right, values) = _spelled(path), _placeholder(value)

    def holds(item: Item) -> bool:
        found = at(item, path)
        if comparator == "=":
            return _equal(found, value)
        return not _equal(found, value) if comparator == "<>" else _in_order(comparator, found, value)

    return Condition(f"{left} {comparator} {right}", holds, names, values)


@st.composite
def _functions(draw: DrawFn) -> Condition:
    name, operands, holds = draw(st.sampled_from(_FUNCTIONS))
    path = draw(st.sampled_from(_PATHS if operands is None else [*_CONTAINERS * 4, *_PATHS]))
    text, names = _spelled(path)
    if operands is None:
        return Condition(f"{name}({text})", lambda item: holds(at(item, path), {}), names)
    value = draw(operands)
    placeholder, values = _placeholder(value)
    return Condition(
        f"{name}({text}, {placeholder})", lambda item: holds(at(item, path), value), names, values
    )


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


_FUNCTIONS: list[tuple[str, SearchStrategy[Value] | None, Callable[[Value | None, Value], bool]]] = [
    ("attribute_exists", None, lambda value, _: value is not None),
    ("attribute_not_exists", None, lambda value, _: value is None),
    ("contains", _of_type("S", "N", "B"), _contains),
    ("begins_with", _of_type("S", "B"), _begins_with),
]


def _size(value: Value | None) -> int | None:
    if value is None:
        return None
    ((tag, content),) = value.items()
    if tag in {"N", "BOOL", "NULL"}:
        return None
    return len(b64decode(content) if tag == "B" else content)


@st.composite
def _sizes(draw: DrawFn) -> Condition:
    path = draw(st.sampled_from(_PATHS))
    comparator = draw(st.sampled_from([*_ORDERS]))
    value = draw(_of_type("N"))
    (text, names), (right, values) = _spelled(path), _placeholder(value)

    def holds(item: Item) -> bool:
        size = _size(at(item, path))
        return size is not None and _ORDERS[comparator](size, order_of(value))

    return Condition(f"size({text}) {comparator} {right}", holds, names, values)


@st.composite
def _ranges(draw: DrawFn) -> Condition:
    path = draw(st.sampled_from(_PATHS))
    (tag,) = low = draw(usual(path[-1], "S", "N", "B"))
    low, high = sorted([low, draw(_of_type(tag))], key=order_of)
    (text, names), (first, values), (last, more) = _spelled(path), _placeholder(low), _placeholder(high)

    def holds(item: Item) -> bool:
        found = at(item, path)
        return _in_order(">=", found, low) and _in_order("<=", found, high)

    return Condition(f"{text} BETWEEN {first} AND {last}", holds, names, values | more)


@st.composite
def _choices(draw: DrawFn) -> Condition:
    path = draw(st.sampled_from(_PATHS))
    choices = draw(st.lists(usual(path[-1]), min_size=1, max_size=3))
    text, names = _spelled(path)
    placeholders = [_placeholder(value) for value in choices]
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
        pairs.map(lambda pair: _joined("AND", all, *pair)),
        pairs.map(lambda pair: _joined("OR", any, *pair)),
    )


def _joined(word: str, fold: Callable[[list[bool]], bool], a: Condition, b: Condition) -> Condition:
    return Condition(
        f"({a.text}) {word} ({b.text})",
        lambda item: fold([a.holds(item), b.holds(item)]),
        a.names | b.names,
        a.values | b.values,
    )


def conditions() -> SearchStrategy[Condition]:
    simple = st.one_of(_comparisons(), _functions(), _sizes(), _ranges(), _choices())
    return st.recursive(simple, _combined, max_leaves=4)


# -- updates


def _set(name: str, text: str, read: Callable[[Item], Value], names: list[str], *values: Value) -> Change:
    def apply(old: Item, new: Item) -> None:
        new[name] = read(old)

    used = {f"#{used}": used for used in (name, *names)}
    given = {key: value for each in values for key, value in _placeholder(each)[1].items()}
    return Change("SET", f"#{name} = {text}", apply, used, given)


def _number(value: Value | None) -> Decimal:
    if value is None or "N" not in value:
        raise Invalid
    return Decimal(value["N"])


def _number_value(number: Decimal) -> Value:
    return {"N": canonical(format(number, "f"))}


def _there(value: Value | None) -> Value:
    if value is None:
        raise Invalid
    return value


def _elements(value: Value | None) -> list[Value]:
    if value is None or "L" not in value:
        raise Invalid
    elements: list[Value] = value["L"]
    return elements


@st.composite
def _set_to_value(draw: DrawFn, name: str) -> Change:
    value = draw(usual(name))
    return _set(name, _placeholder(value)[0], lambda _: value, [], value)


@st.composite
def _set_to_attribute(draw: DrawFn, name: str) -> Change:
    other = draw(st.sampled_from("den"))
    return _set(name, f"#{other}", lambda item: _there(item.get(other)), [other])


@st.composite
def _set_to_sum(draw: DrawFn, name: str) -> Change:
    number = draw(_of_type("N"))
    by = _placeholder(number)[0]

    def plus(item: Item) -> Value:
        return _number_value(_number(item.get(name)) + _number(number))

    def default_minus(item: Item) -> Value:
        return _number_value(_number(item.get(name, number)) - _number(number))

    return draw(
        st.sampled_from(
            [
                _set(name, f"#{name} + {by}", plus, [], number),
                _set(name, f"if_not_exists(#{name}, {by}) - {by}", default_minus, [], number),
            ]
        )
    )


@st.composite
def _set_to_longer_list(draw: DrawFn, name: str) -> Change:
    items = draw(_of_type("L"))
    added = _placeholder(items)[0]
    before = draw(st.booleans())

    def joined(item: Item) -> Value:
        old, more = _elements(item.get(name)), _elements(items)
        return {"L": more + old if before else old + more}

    operands = f"{added}, #{name}" if before else f"#{name}, {added}"
    return _set(name, f"list_append({operands})", joined, [], items)


@st.composite
def _nested_sets(draw: DrawFn, path: Path) -> Change:
    value = draw(st.sampled_from(POOL))
    (text, names), (placeholder, values) = _spelled(path), _placeholder(value)
    name, element = path

    def apply(_: Item, new: Item) -> None:
        parent = new.get(str(name))
        if isinstance(element, str):
            if parent is None or "M" not in parent:
                raise Invalid
            new[str(name)] = {"M": {**parent["M"], element: value}}
            return
        elements = list(_elements(parent))
        elements[element : element + 1] = [value]
        new[str(name)] = {"L": elements}

    return Change("SET", f"{text} = {placeholder}", apply, names, values)


def _remove(name: str) -> Change:
    def apply(_: Item, new: Item) -> None:
        new.pop(name, None)

    return Change("REMOVE", f"#{name}", apply, {f"#{name}": name})


@st.composite
def _adds(draw: DrawFn, name: str) -> Change:
    value = draw(usual(name, "N", *_SET_TAGS))
    placeholder, values = _placeholder(value)

    def apply(old: Item, new: Item) -> None:
        found = old.get(name)
        if found is None:
            new[name] = value
        elif found.keys() != value.keys():
            raise Invalid
        elif "N" in value:
            new[name] = _number_value(_number(found) + _number(value))
        else:
            ((tag, elements),) = value.items()
            new[name] = {tag: sorted({*found[tag], *elements})}

    return Change("ADD", f"#{name} {placeholder}", apply, {f"#{name}": name}, values)


@st.composite
def _deletes(draw: DrawFn, name: str) -> Change:
    value = draw(_of_type(*_SET_TAGS))
    placeholder, values = _placeholder(value)

    def apply(old: Item, new: Item) -> None:
        found = old.get(name)
        if found is None:
            return
        if found.keys() != value.keys():
            raise Invalid
        ((tag, elements),) = value.items()
        rest = sorted({*found[tag]} - {*elements})
        new.pop(name)
        if rest:
            new[name] = {tag: rest}

    return Change("DELETE", f"#{name} {placeholder}", apply, {f"#{name}": name}, values)


_CHANGES: dict[str, list[Callable[[str], SearchStrategy[Change]]]] = {
    "n": [_set_to_sum, _set_to_sum, _adds],
    "s": [_adds, _adds, _deletes],
    "l": [_set_to_longer_list],
    "m": [],
    "e": [_set_to_attribute],
    "d": [_set_to_attribute, _set_to_sum, _set_to_longer_list, _adds, _deletes],
}


def _changes_of(name: str) -> SearchStrategy[Change]:
    """Changes of one attribute: mostly those that its usual type allows, for `d` all."""
    nested = [_nested_sets(path) for path in _NESTED if path[0] == name]
    fitting = [make(name) for make in _CHANGES[name]]
    return st.one_of(_set_to_value(name), *fitting, *nested, st.just(_remove(name)))


@st.composite
def updates(draw: DrawFn) -> list[Change]:
    """Changes of one to three attributes, each once."""
    names = draw(st.lists(st.sampled_from("densml"), min_size=1, max_size=3, unique=True))
    return [draw(_changes_of(name)) for name in names]


def applied(changes: list[Change], old: Item | None, key: Item) -> Item | None:
    """The item after an update; raises `Invalid`."""
    if old is None and all(change.clause in {"REMOVE", "DELETE"} for change in changes):
        return None
    base = key if old is None else old
    new = dict(base)
    for change in changes:
        change.apply(base, new)
    return new
