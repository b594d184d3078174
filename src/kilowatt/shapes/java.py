"""How AWS prints the value of a member that breaks a constraint: the way its Java classes print themselves.

| value | printed |
|---|---|
| string, number, boolean | as it is |
| list | `[a, b]` |
| map | `{k=v, l=w}` |
| structure | `KeySchemaElement(attributeName=pk, keyType=HASH)`, every member, `null` for absent ones |
| attribute value | `com.amazonaws.dynamodb.v20120810.AttributeValue@` and a hash in hexadecimal |
| blob | `java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]` |

Source: recorded on AWS, 2024-07 (attribute values, structures); AWS's hash cannot be known, ours is a CRC-32.
"""

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any
from zlib import crc32

from kilowatt.shapes.schema import ATTRIBUTE_VALUE, Shape, shape

_MOST_PRINTED = 1000


def member_name(name: str) -> str:
    """A member's name as AWS prints it: with a small first letter."""
    return name[:1].lower() + name[1:]


def printed(wanted: Shape, value: Any) -> str:
    """The value of a shape, already of the right type, as AWS prints it."""
    if value is None:
        return "null"
    if wanted.name == ATTRIBUTE_VALUE:
        return _attribute_value(value)
    return _PRINTERS.get(wanted.kind, _scalar)(wanted, value)


def _attribute_value(value: dict[str, Any]) -> str:
    tags = " ".join(f"{tag} {content}" if isinstance(content, str) else tag for tag, content in value.items())
    return f"com.amazonaws.dynamodb.v20120810.AttributeValue@{crc32(tags.encode()):x}"


def _structure(wanted: Shape, value: dict[str, Any]) -> str:
    members = (
        f"{member_name(member.name)}={printed(shape(member.shape), value.get(member.name))}"
        for member in wanted.members
    )
    return f"{wanted.service_name}({', '.join(members)})"


def _list(wanted: Shape, value: list[Any]) -> str:
    element = shape(wanted.element)
    return f"[{_joined(printed(element, content) for content in value)}]"


def _map(wanted: Shape, value: dict[str, Any]) -> str:
    element = shape(wanted.element)
    return "{" + _joined(f"{key}={printed(element, content)}" for key, content in value.items()) + "}"


def _joined(parts: Iterator[str]) -> str:
    # A request can hold millions of elements; AWS prints them all, and we stop somewhere.
    first = list(islice(parts, _MOST_PRINTED))
    return ", ".join(first if next(parts, None) is None else [*first, "..."])


def _boolean(_wanted: Shape, value: bool) -> str:
    return "true" if value else "false"


def _blob(_wanted: Shape, value: str) -> str:
    size = len(value) // 4 * 3 - value[-2:].count("=")
    return f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]"


def _scalar(_wanted: Shape, value: object) -> str:
    return str(value)


_PRINTERS: dict[str, Callable[[Shape, Any], str]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "boolean": _boolean,
    "blob": _blob,
}
