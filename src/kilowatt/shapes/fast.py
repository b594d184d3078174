"""The fast path: one compiled check an operation, true only for requests that need no second look.

A check never says why it said no; the slow path (`serialization.py`, `constraints.py`) does, or finds that
the request is good after all, once its nulls and unknown members are dropped and its string booleans
converted.

Checks are closures over the service model, made when an operation or a shape is first used.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from kilowatt.shapes.attribute_values import are_attributes, is_base64, is_value
from kilowatt.shapes.schema import ATTRIBUTE_VALUE, TABLE_REFERENCE, Shape, compiled, input_shape, shape
from kilowatt.shapes.table_names import is_table_reference

Check = Callable[[Any], bool]

INTEGER_RANGES = {"integer": (-(2**31), 2**31 - 1), "long": (-(2**63), 2**63 - 1)}

# An item to put is walked by `domain/values/accept.py` anyway, which notices wrong types too. To walk it
# twice would cost a tenth of every write; so here it passes, and is checked exactly if the operation is
# refused.
_ITEM_TO_PUT = "PutItemInputAttributeMap"

# A request holds at most this many elements in one place: its body has 16 MiB.
_UNBOUNDED = 2**31


def compiled_check(operation: str) -> Check:
    """The check of an operation's whole request. Raises KeyError for an operation of neither service."""
    return _check(input_shape(operation).name)


@cache
def _check(name: str) -> Check:
    """The check of the values of one shape."""
    if name == ATTRIBUTE_VALUE:
        return is_value
    if name == TABLE_REFERENCE:
        return _is_reference
    if name == _ITEM_TO_PUT:
        return _is_object
    wanted = shape(name)
    return _MAKERS[wanted.kind](wanted)


def _is_object(value: Any) -> bool:
    return value.__class__ is dict


def _is_reference(value: Any) -> bool:
    return value.__class__ is str and is_table_reference(value)


def _structure(wanted: Shape) -> Check:
    check_of = {member.name: _check(member.shape) for member in wanted.members}.get
    required = tuple(member.name for member in wanted.members if member.required)

    def check(value: Any) -> bool:
        if value.__class__ is not dict:
            return False
        for name, content in value.items():
            known = check_of(name)
            if known is None or not known(content):  # a member that is not known is to be dropped
                return False
        for name in required:  # noqa: SIM110 - a generator costs three times the loop
            if name not in value:
                return False
        return True

    return check


def _list(wanted: Shape) -> Check:
    element, low, high = _check(wanted.element), *_lengths(wanted)

    def check(value: Any) -> bool:
        return value.__class__ is list and low <= len(value) <= high and all(map(element, value))

    return check


def _map(wanted: Shape) -> Check:
    if wanted.element == ATTRIBUTE_VALUE and not wanted.constrained:
        return are_attributes
    key, element, low, high = _check(wanted.key), _check(wanted.element), *_lengths(wanted)

    def check(value: Any) -> bool:
        if value.__class__ is not dict or not low <= len(value) <= high:
            return False
        return all(map(key, value)) and all(map(element, value.values()))

    return check


def _string(wanted: Shape) -> Check:
    if wanted.enum:
        values = frozenset(wanted.enum)
        return lambda value: value.__class__ is str and value in values
    if not wanted.constrained:
        return lambda value: value.__class__ is str
    low, high = _lengths(wanted)
    if wanted.pattern is None:
        return lambda value: value.__class__ is str and low <= len(value) <= high
    match = compiled(wanted.pattern).fullmatch
    return lambda value: value.__class__ is str and low <= len(value) <= high and match(value) is not None


def _integer(wanted: Shape) -> Check:
    low, high = INTEGER_RANGES[wanted.kind]
    low = low if wanted.minimum is None else wanted.minimum
    high = high if wanted.maximum is None else wanted.maximum
    return lambda value: value.__class__ is int and low <= value <= high


def _number(_wanted: Shape) -> Check:
    return lambda value: value.__class__ is int or value.__class__ is float


def _boolean(_wanted: Shape) -> Check:
    return lambda value: value.__class__ is bool


def _blob(_wanted: Shape) -> Check:
    return is_base64


def _lengths(wanted: Shape) -> tuple[int, int]:
    return wanted.minimum or 0, _UNBOUNDED if wanted.maximum is None else wanted.maximum


_MAKERS: dict[str, Callable[[Shape], Check]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _integer,
    "long": _integer,
    "double": _number,
    "timestamp": _number,
    "boolean": _boolean,
    "blob": _blob,
}
