"""The slow path's second half: the constraints of the service model, on a request whose types are right.

Broken constraints are found in the model's order of members, but for `_REVERSED`, a value's own before those
of what it holds (AWS's order is not stable). Where a map or a list holds strings, numbers or lists, AWS
checks those as a constraint of the map or list itself: one entry, however many are wrong (for lists by
analogy with maps). A null in a list is refused, as a member that must not be null: ours.

Some operations check a member before all others (`table_names.check_first`, the ARN of what is tagged).

Source: recorded on AWS up to 2020 and in 2026; the constraints are the service model's.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice
from typing import Any, NamedTuple

from kilowatt.errors import shapes as texts
from kilowatt.errors.wording import (
    Violation,
    Wording,
    enum_values,
    form_of_entries,
    refusal,
    reported_entries,
)
from kilowatt.shapes import table_names
from kilowatt.shapes.attribute_values import CHECKED_LEVELS
from kilowatt.shapes.java import member_name, printed
from kilowatt.shapes.schema import ATTRIBUTE_VALUE, TABLE_REFERENCE, Shape, compiled, input_shape, shape

_TAG_OPERATIONS = frozenset({"TagResource", "UntagResource", "ListTagsOfResource"})
# Their entries come in the opposite order (measured on AWS, 2026-10: DDB-TABLE-038 and DDB-TABLE-457).
_REVERSED = frozenset({"ProvisionedThroughput", "AttributeDefinition"})
# What the operations check themselves, in words of their own.
_CHECKED_LATER = frozenset({"Tag", "TagKeyString", "TableClass", "ResourceArnString"})


class Constraint(NamedTuple):
    """A constraint on values of one shape: its text, and whether a value keeps it."""

    text: str
    holds: Callable[[Any], bool]


def enforce(operation: str, request: dict[str, Any], wording: Wording) -> None:
    """Refuse a request that breaks a constraint of the service model.

    Raises: CONSTRAINTS, or the texts of the members that are checked first.
    """
    table_names.check_first(operation, request, wording)
    if operation in _TAG_OPERATIONS and "ResourceArn" not in request:
        raise texts.TABLE_ARN_REQUIRED()
    form = form_of_entries(operation, wording)
    found = _Walk(form).structure(input_shape(operation), request, "", 0)
    broken = list(islice(found, reported_entries(form)))
    if broken:
        raise refusal(broken, form)


class _Walk:
    """One walk over a request; paths are AWS's, levels count the attribute values around a value."""

    def __init__(self, wording: Wording) -> None:
        self._wording = wording

    def structure(self, wanted: Shape, value: dict[str, Any], path: str, level: int) -> Iterator[Violation]:
        prefix = path + "." if path else ""
        for member in reversed(wanted.members) if wanted.name in _REVERSED else wanted.members:
            content = value.get(member.name)
            below = prefix + member_name(member.name)
            if content is not None:
                yield from self._value(shape(member.shape), content, below, level)
            elif member.required:
                yield Violation(below, "null", texts.NOT_NULL)

    def _value(self, wanted: Shape, value: Any, path: str, level: int) -> Iterator[Violation]:
        if wanted.name == TABLE_REFERENCE:
            yield from table_names.violations(value, path, self._wording)
            return
        if wanted.name in _CHECKED_LATER:
            return
        for constraint in self._constraints(wanted):
            if not constraint.holds(value):
                yield _violation(wanted, value, path, constraint.text)
        yield from self._inside(wanted, value, path, level)

    def _inside(self, wanted: Shape, value: Any, path: str, level: int) -> Iterator[Violation]:
        """What is wrong below a value."""
        level += wanted.name == ATTRIBUTE_VALUE
        if level > CHECKED_LEVELS:
            return
        if wanted.kind == "structure":
            yield from self.structure(wanted, value, path, level)
        elif wanted.kind == "map":
            yield from self._map(wanted, value, path, level)
        elif wanted.kind == "list":
            yield from self._list(wanted, value, path, level)

    def _map(self, wanted: Shape, value: dict[str, Any], path: str, level: int) -> Iterator[Violation]:
        element = shape(wanted.element)
        yield from self._whole(wanted, value, path, texts.MAP_KEYS, shape(wanted.key), value)
        yield from self._whole(wanted, value, path, texts.MAP_VALUE, element, value.values())
        for key, content in value.items():
            yield from self._element(element, content, f"{path}.{key}.member", level)

    def _list(self, wanted: Shape, value: list[Any], path: str, level: int) -> Iterator[Violation]:
        element = shape(wanted.element)
        yield from self._whole(wanted, value, path, texts.LIST_MEMBER, element, value)
        for number, content in enumerate(value, 1):
            yield from self._element(element, content, f"{path}.{number}.member", level)

    def _whole(
        self, wanted: Shape, value: Any, path: str, template: str, part: Shape, parts: Iterable[Any]
    ) -> Iterator[Violation]:
        """The entry of a collection whose keys, values or elements break constraints of their own."""
        constraints = () if part.name in _CHECKED_LATER else self._constraints(part)
        if any(not constraint.holds(one) for one in parts if one is not None for constraint in constraints):
            listed = ", ".join(constraint.text for constraint in constraints)
            yield _violation(wanted, value, path, template.format(constraints=listed))

    def _element(self, element: Shape, content: Any, path: str, level: int) -> Iterator[Violation]:
        if content is None:
            yield Violation(path, "null", texts.NOT_NULL)
        elif element.name not in _CHECKED_LATER:
            yield from self._inside(element, content, path, level)

    def _constraints(self, wanted: Shape) -> tuple[Constraint, ...]:
        return _constraints(wanted.name, self._wording)


@cache
def _constraints(name: str, wording: Wording) -> tuple[Constraint, ...]:
    """All constraints of a shape, in the order in which AWS lists them."""
    if name == TABLE_REFERENCE:
        return _key_constraints()
    wanted = shape(name)
    if wanted.enum:
        values = enum_values(wanted.name, wanted.enum, wording)
        return (Constraint(texts.ENUM.format(values=values), frozenset(wanted.enum).__contains__),)
    return tuple(_bounds(wanted))


def _bounds(wanted: Shape) -> Iterator[Constraint]:
    minimum, maximum = wanted.minimum, wanted.maximum
    if wanted.kind in {"string", "list", "map"}:
        if maximum is not None:
            yield Constraint(texts.MAXIMUM_LENGTH.format(bound=maximum), lambda value: len(value) <= maximum)
        if minimum is not None:
            yield Constraint(texts.MINIMUM_LENGTH.format(bound=minimum), lambda value: len(value) >= minimum)
    else:
        if maximum is not None:
            yield Constraint(texts.MAXIMUM_VALUE.format(bound=maximum), maximum.__ge__)
        if minimum is not None:
            yield Constraint(texts.MINIMUM_VALUE.format(bound=minimum), minimum.__le__)
    if wanted.pattern is not None:
        match = compiled(wanted.pattern).fullmatch
        yield Constraint(texts.PATTERN.format(pattern=wanted.pattern), lambda value: match(value) is not None)


def _key_constraints() -> tuple[Constraint, ...]:
    """Those of a table name as the key of a map: three texts, one check."""
    texts_of_name = table_names.KEY_CONSTRAINTS
    return tuple(Constraint(text, table_names.is_table_reference) for text in texts_of_name)


def _violation(wanted: Shape, value: Any, path: str, constraint: str) -> Violation:
    return Violation(path, f"'{printed(wanted, value)}'", constraint, is_enum=bool(wanted.enum))
