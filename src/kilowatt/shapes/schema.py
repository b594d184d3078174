"""Reads the generated table of shapes, row by row when a shape is first needed.

| row | columns after the kind |
|---|---|
| structure | its members: (name, shape, required) in the model's order |
| list | shape of its elements, minimum and maximum length |
| map | shape of its keys, shape of its values, minimum and maximum number of entries |
| string | minimum and maximum length, pattern, enum |
| integer, long, double, boolean, blob, timestamp | minimum and maximum |

The names of Application Auto Scaling's operations and shapes begin with `scaling.`, as DynamoDB has some of
the same name; its table is loaded when one of them is first asked for.

Source: ours; the rows are the service model's.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from kilowatt.shapes import own
from kilowatt.shapes.model import OPERATIONS, SHAPES

ATTRIBUTE_VALUE = "AttributeValue"
# Our name for what names a table: members TableName and the keys of RequestItems, which take its name or,
# since 2024, its ARN (rules: shapes/table_names.py). The model calls them TableArn, as it calls members that
# take an ARN alone.
TABLE_REFERENCE = "TableReference"
_MODEL_REFERENCE = "TableArn"

SCALING = "scaling."

_INPUTS = {
    operation: name
    for operations in (OPERATIONS, own.OPERATIONS)
    for inputs in operations.values()
    for operation, name in inputs.items()
}
_ROWS = {**SHAPES, **own.SHAPES}

# Patterns of the model that Python's `re` does not read as Java does: POSIX classes, and surrogate pairs.
_PATTERNS = {
    r"\p{Print}+": r"[ -~]+",
    r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*": (
        r"[\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF\r\n\t]*"
    ),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a structure; `shape` is the name of its shape."""

    name: str
    shape: str
    required: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of the service model; bounds are of length for strings, lists and maps, else of value."""

    name: str
    kind: str
    members: tuple[Member, ...] = ()
    element: str = ""
    key: str = ""
    minimum: int | None = None
    maximum: int | None = None
    pattern: str | None = None
    enum: tuple[str, ...] = ()

    @property
    def service_name(self) -> str:
        """Its name in the service model."""
        return self.name.removeprefix(SCALING)

    @property
    def constrained(self) -> bool:
        """Whether a scalar value can have the right type and still be wrong."""
        return bool(self.enum or self.pattern) or self.minimum is not None or self.maximum is not None


@cache
def shape(name: str) -> Shape:
    """The shape of this name. Raises KeyError if no request can hold it."""
    kind, *columns = _rows(name)[_MODEL_REFERENCE if name == TABLE_REFERENCE else name]
    return Shape(name, kind, **_COLUMNS.get(kind, _bounds)(columns))


def input_shape(operation: str) -> Shape:
    """The shape of an operation's request. Raises KeyError for an operation of no service."""
    if not operation.startswith(SCALING):
        return shape(_INPUTS[operation])
    from kilowatt.shapes.scaling_model import OPERATIONS as OF_SCALING  # noqa: PLC0415  most servers need it never

    (inputs,) = OF_SCALING.values()
    return shape(inputs[operation])


def _rows(name: str) -> dict[str, tuple[Any, ...]]:
    """The table that has the shape, if any has it."""
    if not name.startswith(SCALING):
        return _ROWS
    from kilowatt.shapes.scaling_model import SHAPES as OF_SCALING  # noqa: PLC0415  as above

    return OF_SCALING


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of the model, for `fullmatch`."""
    return re.compile(_PATTERNS.get(pattern, pattern), re.ASCII)


def _bounds(columns: list[Any]) -> dict[str, Any]:
    minimum, maximum = columns
    return {"minimum": minimum, "maximum": maximum}


def _structure(columns: list[Any]) -> dict[str, Any]:
    (rows,) = columns
    return {"members": tuple(_member(*row) for row in rows)}


def _member(name: str, shape_name: str, required: bool) -> Member:
    if name == "TableName" and shape_name == _MODEL_REFERENCE:
        return Member(name, TABLE_REFERENCE, required)
    return Member(name, shape_name, required)


def _list(columns: list[Any]) -> dict[str, Any]:
    element, *bounds = columns
    return {"element": element, **_bounds(bounds)}


def _map(columns: list[Any]) -> dict[str, Any]:
    key, element, *bounds = columns
    key = TABLE_REFERENCE if key == _MODEL_REFERENCE else key
    return {"key": key, "element": element, **_bounds(bounds)}


def _string(columns: list[Any]) -> dict[str, Any]:
    minimum, maximum, pattern, enum = columns
    return {"minimum": minimum, "maximum": maximum, "pattern": pattern, "enum": enum}


_COLUMNS = {"structure": _structure, "list": _list, "map": _map, "string": _string}
