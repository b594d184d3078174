"""The gate for attribute values: what a client sent becomes what the domain works with.

The content is checked, in AWS's order, and made canonical in place, in one walk that also adds up the size.
The JSON types (strings, lists, valid padded base64) were checked before, but for items to put: there
whatever has a wrong type is refused as IRREGULAR, and the exact check of the request then tells what it is.

1. no known tag: EMPTY_VALUE, at any depth;
2. each tag, in the order sent: its number, NULL, set and nesting rules;
3. more than one tag: SEVERAL_DATATYPES, so `{"S": "a", "N": "b"}` reports the bad number first.

Tags that DynamoDB does not know and tags with JSON null count as absent and are dropped.

Source: recorded exchanges (order and texts); AWS guide, "Supported data types and naming rules".
"""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from binascii import a2b_base64
from collections.abc import Callable
from typing import Any

from kilowatt.domain.values.number import canonical
from kilowatt.domain.values.number import size as number_size
from kilowatt.domain.values.sizes import CONTAINER_BYTES, ELEMENT_BYTES, binary_size, text_size
from kilowatt.domain.values.types import AttributeValue, Item
from kilowatt.errors import values as errors
from kilowatt.limits import NESTING_LEVELS, NUMBER_DIGITS

# The service model's bound on attribute names, at any depth.
_NAME_CHARACTERS = 65535
# The last letter before base64 padding has 4 or 2 unused bits; in canonical text they are zero.
_LAST_OF_ONE_BYTE = frozenset("AQgw")
_LAST_OF_TWO_BYTES = frozenset("AEIMQUYcgkosw048")


def accept_item(item: Item, level: int = 0) -> int:
    """Check all values of an item (or of a map), make them canonical in place; returns the size in bytes.

    `level` is the number of lists and maps around the values. The caller compares the size to the item limit.

    Raises: the errors of `errors/values.py`, in the order given above; IRREGULAR for a wrong JSON type, where
    these were not checked before.
    """
    try:
        return _accept_attributes(item, level)
    except (AttributeError, LookupError, TypeError, Base64Error) as error:
        raise errors.IRREGULAR() from error


def _accept_attributes(item: Item, level: int) -> int:
    size = text_size("".join(item))
    if size > _NAME_CHARACTERS and max(map(len, item)) > _NAME_CHARACTERS:
        raise TypeError("an attribute name is too long")
    for value in item.values():
        # The commonest values inline: a call or two for each would double the time of the walk.
        if len(value) == 1:
            if "S" in value and (text := value["S"]) is not None:
                size += len(text) if text.isascii() else len(text.encode())
                continue
            if "N" in value and (text := value["N"]) is not None:
                if text.isdecimal() and text[0] != "0" and len(text) <= NUMBER_DIGITS and text.isascii():
                    size += (len(text.rstrip("0")) + 3) // 2
                else:
                    size += _number(value, text, level)
                continue
            if "BOOL" in value and value["BOOL"].__class__ is bool:
                size += 1
                continue
        size += accept_value(value, level)
    return size


def accept_value(value: AttributeValue, level: int = 0) -> int:
    """Check one value and make it canonical in place; returns its size in bytes, without a name.

    `level` is the number of lists and maps around the value: 0 for a top-level attribute or a placeholder.

    Raises: the errors of `errors/values.py`, in the order given above.
    """
    if len(value) == 1:
        (tag,) = value
        content = value[tag]
        if content is not None and (check := _CHECKS.get(tag)) is not None:
            return check(value, content, level)
    return _accept_irregular(value, level)


def _accept_irregular(value: AttributeValue, level: int) -> int:
    """As `accept_value`, where there is not exactly one tag."""
    known = [tag for tag, content in value.items() if content is not None and tag in _CHECKS]
    if not known:
        raise errors.EMPTY_VALUE()
    size = 0
    for tag in known:
        size = _CHECKS[tag](value, value[tag], level)
    if len(known) > 1:
        raise errors.SEVERAL_DATATYPES()
    if len(value) > 1:
        (tag,) = known
        content = value[tag]
        value.clear()
        value[tag] = content
    return size


def _string(_value: AttributeValue, content: str, _level: int) -> int:
    return text_size(content)


def _number(value: AttributeValue, content: str, _level: int) -> int:
    value["N"] = canonical(content)
    return number_size(value["N"])


def _binary(value: AttributeValue, content: str, _level: int) -> int:
    value["B"] = _checked_base64(content)
    return binary_size(content)


def _checked_base64(text: str) -> str:
    a2b_base64(text.encode(), strict_mode=True)
    return canonical_base64(text)


def _boolean(_value: AttributeValue, content: bool, _level: int) -> int:
    if content.__class__ is not bool:
        raise TypeError("not a boolean")
    return 1


def _elements(content: list[Any]) -> list[Any]:
    if content.__class__ is not list:
        raise TypeError("not a list")
    return content


def _null(_value: AttributeValue, content: bool, _level: int) -> int:
    if content is not True:
        raise errors.NULL_NOT_TRUE()
    return 1


def _string_set(_value: AttributeValue, elements: list[str], _level: int) -> int:
    if not elements:
        raise errors.EMPTY_STRING_SET()
    if len(set(_elements(elements))) != len(elements):
        raise errors.STRING_SET_DUPLICATES(elements=", ".join(elements))
    return sum(map(text_size, elements))


def _number_set(value: AttributeValue, elements: list[str], _level: int) -> int:
    if not elements:
        raise errors.EMPTY_NUMBER_SET()
    value["NS"] = elements = list(map(canonical, _elements(elements)))
    if len(set(elements)) != len(elements):
        raise errors.NUMBER_SET_DUPLICATES()
    return sum(map(number_size, elements))


def _binary_set(value: AttributeValue, elements: list[str], _level: int) -> int:
    if not elements:
        raise errors.EMPTY_BINARY_SET()
    value["BS"] = elements = list(map(_checked_base64, _elements(elements)))
    if len(set(elements)) != len(elements):
        raise errors.BINARY_SET_DUPLICATES(elements=", ".join(elements))
    return sum(map(binary_size, elements))


def _list(_value: AttributeValue, elements: list[AttributeValue], level: int) -> int:
    if level >= NESTING_LEVELS:
        raise errors.NESTING_TOO_DEEP()
    size = CONTAINER_BYTES + ELEMENT_BYTES * len(elements)
    for element in _elements(elements):
        size += accept_value(element, level + 1)
    return size


def _map(_value: AttributeValue, entries: Item, level: int) -> int:
    if level >= NESTING_LEVELS:
        raise errors.NESTING_TOO_DEEP()
    return CONTAINER_BYTES + ELEMENT_BYTES * len(entries) + _accept_attributes(entries, level + 1)


def canonical_base64(text: str) -> str:
    """The one base64 text of the bytes that valid, padded base64 text stands for."""
    if text[-1:] != "=":
        return text
    exact = text[-3] in _LAST_OF_ONE_BYTE if text[-2] == "=" else text[-2] in _LAST_OF_TWO_BYTES
    return text if exact else b64encode(b64decode(text)).decode()


_CHECKS: dict[str, Callable[[AttributeValue, Any, int], int]] = {
    "S": _string,
    "N": _number,
    "B": _binary,
    "SS": _string_set,
    "NS": _number_set,
    "BS": _binary_set,
    "M": _map,
    "L": _list,
    "NULL": _null,
    "BOOL": _boolean,
}
