"""The slow path's first half: the JSON types of a whole request, in document order.

The first member of a wrong type is refused with AWS's SerializationException; its text depends on the
declared type, on the JSON found and, for structures, lists and maps, on where the value stands. What is
accepted comes back as the service would hold it:

- members with JSON null are absent, and so are members that the model does not know;
- "true", "yes", "1", "false", "no" and "0" are booleans where the model wants one, in any case of letters;
- numbers with a fraction lose it where the model wants an integer.

Null elements of lists stay too: `constraints.py` refuses them.

Source: recorded on AWS up to 2020; what is ours is marked in `errors/shapes.py`.
"""

from collections.abc import Callable
from typing import Any

from kilowatt.errors import shapes as errors
from kilowatt.errors.base import ServiceError
from kilowatt.errors.wire import UNREADABLE_BODY
from kilowatt.shapes.attribute_values import CHECKED_LEVELS, is_base64
from kilowatt.shapes.fast import INTEGER_RANGES
from kilowatt.shapes.schema import ATTRIBUTE_VALUE, Shape, shape

_PACKAGE = "com.amazonaws.dynamodb.v20120810."
_CLASSES = {
    "string": "java.lang.String",
    "integer": "java.lang.Integer",
    "long": "java.lang.Long",
    "double": "java.lang.Double",
    "boolean": "java.lang.Boolean",
    "blob": "java.nio.ByteBuffer",
    "timestamp": "java.util.Date",
}
_TYPES = {"string": "String", "integer": "Integer", "long": "Long", "double": "Double", "boolean": "Boolean"}
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


def converted(wanted: Shape, request: Any) -> dict[str, Any]:
    """The request with every described member of its declared type; the argument stays as it is.

    Raises: UNREADABLE_BODY for JSON other than an object, the SerializationExceptions of `errors/shapes.py`.
    """
    if not isinstance(request, dict):
        raise UNREADABLE_BODY()
    return _structure(wanted, request, False, 0)


def _value(wanted: Shape, value: Any, inside_collection: bool, level: int) -> Any:
    """One value; `inside_collection` sets elements of lists and values of maps apart from members."""
    if wanted.name == ATTRIBUTE_VALUE:
        level += 1
        if level > CHECKED_LEVELS:
            return value
    return _CONVERSIONS[wanted.kind](wanted, value, inside_collection, level)


def _structure(wanted: Shape, value: Any, inside_collection: bool, level: int) -> dict[str, Any]:
    if isinstance(value, list):
        raise errors.UNEXPECTED_ARRAY(type="class " + _java_class(wanted))
    if not isinstance(value, dict):
        raise errors.UNEXPECTED_ELEMENT() if inside_collection else errors.UNEXPECTED_FIELD()
    shapes = {member.name: member.shape for member in wanted.members}
    return {
        name: _value(shape(shapes[name]), content, False, level)
        for name, content in value.items()
        if content is not None and name in shapes
    }


def _map(wanted: Shape, value: Any, inside_collection: bool, level: int) -> dict[str, Any]:
    if isinstance(value, list):
        raise errors.UNEXPECTED_ARRAY(type=_java_class(wanted))
    if not isinstance(value, dict):
        raise errors.UNEXPECTED_GENERIC() if inside_collection else errors.UNEXPECTED_FIELD()
    element = shape(wanted.element)
    return {
        key: _value(element, content, True, level) for key, content in value.items() if content is not None
    }


def _list(wanted: Shape, value: Any, inside_collection: bool, level: int) -> list[Any]:
    if isinstance(value, dict):
        raise errors.UNEXPECTED_OBJECT()
    if not isinstance(value, list):
        raise errors.UNEXPECTED_GENERIC() if inside_collection else errors.UNEXPECTED_FIELD()
    element = shape(wanted.element)
    return [None if content is None else _value(element, content, True, level) for content in value]


def _scalar(wanted: Shape, value: Any, _inside_collection: bool, _level: int) -> Any:
    if isinstance(value, list):
        raise errors.UNEXPECTED_ARRAY(type="class " + _java_class(wanted))
    if isinstance(value, dict):
        raise errors.UNEXPECTED_OBJECT()
    return _SCALARS[wanted.kind](wanted, value)


def _string(wanted: Shape, value: Any) -> str:
    if isinstance(value, str):
        return value
    raise _unconvertible(wanted, value)


def _integer(wanted: Shape, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unconvertible(wanted, value)
    low, high = INTEGER_RANGES[wanted.kind]
    if not low <= value <= high:
        kind = "int" if wanted.kind == "integer" else "long"
        raise errors.NUMBER_OUT_OF_RANGE(value=value, type=kind, low=low, high=high)
    return int(value)


def _double(wanted: Shape, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unconvertible(wanted, value)
    return value


def _timestamp(_wanted: Shape, value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise errors.NOT_A_TIMESTAMP(token=_token(value))
    return value


def _boolean(wanted: Shape, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if not isinstance(value, str):
        raise _unconvertible(wanted, value)
    lowered = value.lower()
    if lowered not in _TRUE | _FALSE:
        raise errors.NOT_BOOLEAN_TEXT()
    return lowered in _TRUE


def _blob(_wanted: Shape, value: Any) -> str:
    if not isinstance(value, str):
        raise errors.NOT_BASE64_TEXT()
    if len(value) % 4:
        raise errors.BASE64_LENGTH(length=len(value))
    if not is_base64(value):
        raise errors.BASE64_CONTENT()
    return value


def _unconvertible(wanted: Shape, value: Any) -> ServiceError:
    return errors.UNCONVERTIBLE(token=_token(value), type=_TYPES[wanted.kind])


def _token(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE_VALUE" if value else "FALSE_VALUE"
    if isinstance(value, str):
        return "STRING_VALUE"
    return "NUMBER_VALUE" if isinstance(value, int) else "DECIMAL_VALUE"


def _java_class(wanted: Shape) -> str:
    """The class that AWS names for a shape."""
    if wanted.kind == "structure":
        return _PACKAGE + wanted.service_name
    if wanted.kind == "list":
        return f"java.util.List<{_java_class(shape(wanted.element))}>"
    if wanted.kind == "map":
        return f"java.util.Map<java.lang.String, {_java_class(shape(wanted.element))}>"
    return _CLASSES[wanted.kind]


_SCALARS: dict[str, Callable[[Shape, Any], Any]] = {
    "string": _string,
    "integer": _integer,
    "long": _integer,
    "double": _double,
    "timestamp": _timestamp,
    "boolean": _boolean,
    "blob": _blob,
}
_CONVERSIONS: dict[str, Callable[[Shape, Any, bool, int], Any]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    **dict.fromkeys(_SCALARS, _scalar),
}
