"""Random updates, each with what it means."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from tests.properties.pool import NESTED, POOL, SET_TAGS, Path, of_type, placeholder_of, spelled, usual
from tests.properties.shapes import Item, Value

from kilowatt.domain.values.number import canonical


class Invalid(Exception):
    """The update cannot be applied to the item."""


@dataclass(frozen=True)
class Change:
    """One action of an update: `apply(old, new)` reads the old item and changes the new one in place."""

    clause: str
    text: str
    apply: Callable[[Item, Item], None]
    names: dict[str, str] = field(default_factory=dict)
    values: dict[str, Value] = field(default_factory=dict)


def update_expression(changes: list[Change]) -> str:
    clauses = dict.fromkeys(change.clause for change in changes)
    return " ".join(
        f"{clause} " + ", ".join(change.text for change in changes if change.clause == clause)
        for clause in clauses
    )


def _set(name: str, text: str, read: Callable[[Item], Value], names: list[str], *values: Value) -> Change:
    def apply(old: Item, new: Item) -> None:
        new[name] = read(old)

    used = {f"#{used}": used for used in (name, *names)}
    given = {key: value for each in values for key, value in placeholder_of(each)[1].items()}
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


def set_to_value(name: str, value: Value) -> Change:
    return _set(name, placeholder_of(value)[0], lambda _: value, [], value)


@st.composite
def _set_to_attribute(draw: DrawFn, name: str) -> Change:
    other = draw(st.sampled_from("den"))
    return _set(name, f"#{other}", lambda item: _there(item.get(other)), [other])


def set_to_sum(name: str, number: Value) -> Change:
    def plus(item: Item) -> Value:
        return _number_value(_number(item.get(name)) + _number(number))

    return _set(name, f"#{name} + {placeholder_of(number)[0]}", plus, [], number)


def set_to_difference(name: str, number: Value) -> Change:
    """Where there is nothing, of the number from itself."""
    by = placeholder_of(number)[0]

    def minus(item: Item) -> Value:
        return _number_value(_number(item.get(name, number)) - _number(number))

    return _set(name, f"if_not_exists(#{name}, {by}) - {by}", minus, [], number)


def set_to_longer_list(name: str, items: Value, before: bool) -> Change:
    added = placeholder_of(items)[0]

    def joined(item: Item) -> Value:
        old, more = _elements(item.get(name)), _elements(items)
        return {"L": more + old if before else old + more}

    operands = f"{added}, #{name}" if before else f"#{name}, {added}"
    return _set(name, f"list_append({operands})", joined, [], items)


@st.composite
def _nested_sets(draw: DrawFn, path: Path) -> Change:
    value = draw(st.sampled_from(POOL))
    (text, names), (placeholder, values) = spelled(path), placeholder_of(value)
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


def add(name: str, value: Value) -> Change:
    placeholder, values = placeholder_of(value)

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


def delete(name: str, value: Value) -> Change:
    placeholder, values = placeholder_of(value)

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


def _changes_of(name: str) -> SearchStrategy[Change]:
    """Changes of one attribute: mostly those that its usual type allows, for `d` all."""
    sums = of_type("N").flatmap(
        lambda number: st.sampled_from(
            [set_to_sum(name, number), set_to_difference(name, number), add(name, number)]
        )
    )
    sets = of_type(*SET_TAGS).flatmap(
        lambda elements: st.sampled_from([add(name, elements), delete(name, elements)])
    )
    lists = st.builds(
        lambda items, before: set_to_longer_list(name, items, before), of_type("L"), st.booleans()
    )
    others = _set_to_attribute(name)
    fitting = {
        "n": [sums],
        "s": [sets],
        "l": [lists],
        "m": [],
        "e": [others],
        "d": [sums, sets, lists, others],
    }
    nested = [_nested_sets(path) for path in NESTED if path[0] == name]
    values = usual(name).map(lambda value: set_to_value(name, value))
    return st.one_of(values, *fitting[name], *nested, st.just(_remove(name)))


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
