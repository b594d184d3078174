"""The fast check of attribute values: the shape that nests, and of which a request can hold thousands.

Plainly good is a value of exactly one known tag over the right JSON type. Everything else is left to the slow
path: it may still be good JSON (an empty value, two tags), and is then refused for its content later on.

Source: service model, shape AttributeValue.
"""

from binascii import Error, a2b_base64
from typing import Any

from kilowatt.limits import NESTING_LEVELS

# Attribute names, at any depth: the service model's bound, in characters.
NAME_CHARACTERS = 65535
# Values nested deeper are looked at neither here nor in the slow path, which keeps both from exhausting the
# stack: the check of the content refuses them for their depth. A little more than what is allowed, so that
# wrong types next to the limit are still told as such.
CHECKED_LEVELS = NESTING_LEVELS + 8

# The JSON type of every tag's content; that of B, base64, wants more than a look at the type.
_TYPES: dict[str, Any] = {
    "S": str,
    "N": str,
    "BOOL": bool,
    "NULL": bool,
    "M": dict,
    "L": list,
    "SS": list,
    "NS": list,
    "BS": list,
}

_STRINGS = frozenset({str})

# Base64 of 1 or 2 bytes modulo 3 leaves bits unused before the padding; they have to be zero.
_LAST_OF_ONE_BYTE = frozenset("AQgw")
_LAST_OF_TWO_BYTES = frozenset("AEIMQUYcgkosw048")


def are_attributes(attributes: Any, level: int = 0) -> bool:
    """Whether this is plainly a map of attribute names to values; `level` lists and maps are around it."""
    if attributes.__class__ is not dict:
        return False
    for name, value in attributes.items():
        if value.__class__ is not dict or len(value) != 1 or len(name) > NAME_CHARACTERS:
            return False
        # The two commonest types here: asked for by name, they cost a third less than by table.
        if "S" in value:
            if value["S"].__class__ is not str:
                return False
        elif "N" in value:
            if value["N"].__class__ is not str:
                return False
        elif not _is_content(value, level):
            return False
    return True


def is_value(value: Any, level: int = 0) -> bool:
    """Whether this is plainly one attribute value; `level` lists and maps are around it."""
    return value.__class__ is dict and len(value) == 1 and _is_content(value, level)


def is_base64(text: Any) -> bool:
    """Whether this is a text of strict, padded base64 in whole groups of four."""
    if text.__class__ is not str:
        return False
    try:
        a2b_base64(text, strict_mode=True)
    except (Error, ValueError):
        return False
    return not text.endswith("=") or _ends_in_zero_bits(text)


def _ends_in_zero_bits(text: str) -> bool:
    if text.endswith("=="):
        return text[-3] in _LAST_OF_ONE_BYTE
    return text[-2] in _LAST_OF_TWO_BYTES


def _is_content(value: dict[str, Any], level: int) -> bool:
    """Whether the content of the one tag of a value has the type that the tag wants."""
    (tag,) = value
    content = value[tag]
    wanted = _TYPES.get(tag)
    if content.__class__ is not wanted:
        return tag == "B" and is_base64(content)
    if wanted is dict:
        return level < CHECKED_LEVELS and are_attributes(content, level + 1)
    if tag == "L":
        return level < CHECKED_LEVELS and _are_values(content, level + 1)
    if tag == "BS":
        return all(map(is_base64, content))
    return wanted is not list or _STRINGS.issuperset(map(type, content))


def _are_values(values: list[Any], level: int) -> bool:
    """As `are_attributes`, for a list; written out, because a call for each element would treble the cost."""
    for value in values:
        if value.__class__ is not dict or len(value) != 1:
            return False
        if "S" in value:
            if value["S"].__class__ is not str:
                return False
        elif "N" in value:
            if value["N"].__class__ is not str:
                return False
        elif not _is_content(value, level):
            return False
    return True
