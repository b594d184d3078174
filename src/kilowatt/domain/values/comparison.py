"""Comparing accepted values: equality of any two, order of scalars, and the tests that look inside.

Accepted values are canonical, so equal scalars are equal dicts; only sets, whose order means nothing, need a
closer look. Strings compare as UTF-8 bytes (Python's order by code point is the same), numbers by value,
binaries as unsigned bytes; other types have no order.

Source: AWS guide, "Condition and filter expressions, operators, and functions"; service model, Condition.
"""

from base64 import b64decode
from typing import Any

from kilowatt.domain.values import number
from kilowatt.domain.values.types import SET_TYPES, AttributeValue, type_of

_SET_OF = {"S": "SS", "N": "NS", "B": "BS"}


def equal(a: AttributeValue, b: AttributeValue) -> bool:
    """Deep and type-strict equality: lists by order, maps by content, sets regardless of order."""
    if a == b:
        return True
    tag = type_of(a)
    if tag != type_of(b) or len(tag) > 2:
        return False
    if tag in SET_TYPES:
        return len(a[tag]) == len(b[tag]) and set(a[tag]) == set(b[tag])
    if tag == "L":
        return len(a["L"]) == len(b["L"]) and all(map(equal, a["L"], b["L"]))
    if tag == "M":
        left, right = a["M"], b["M"]
        return left.keys() == right.keys() and all(equal(left[name], right[name]) for name in left)
    return False


def order(a: AttributeValue, b: AttributeValue) -> int | None:
    """-1, 0 or 1 as `a` is less than, equal to or greater than `b`.

    None if they have no order: two types, or a type other than S, N and B.
    """
    left: Any
    right: Any
    if "S" in a and "S" in b:
        left, right = a["S"], b["S"]
    elif "N" in a and "N" in b:
        return number.compare(a["N"], b["N"])
    elif "B" in a and "B" in b:
        left, right = b64decode(a["B"]), b64decode(b["B"])
    else:
        return None
    return int(left > right) - int(left < right)


def begins_with(value: AttributeValue, prefix: AttributeValue) -> bool:
    """Whether a string or binary starts with another of its type; False for other types."""
    if "S" in value and "S" in prefix:
        return bool(value["S"].startswith(prefix["S"]))
    if "B" in value and "B" in prefix:
        return b64decode(value["B"]).startswith(b64decode(prefix["B"]))
    return False


def contains(value: AttributeValue, operand: AttributeValue) -> bool:
    """Whether `value` holds `operand`: a substring, part of a binary, element of a set or of a list."""
    tag = type_of(value)
    if tag == "L":
        return any(equal(element, operand) for element in value["L"])
    operand_tag = type_of(operand)
    if tag in SET_TYPES:
        return _SET_OF.get(operand_tag) == tag and operand[operand_tag] in value[tag]
    if tag != operand_tag:
        return False
    if tag == "S":
        return operand["S"] in value["S"]
    return tag == "B" and b64decode(operand["B"]) in b64decode(value["B"])


def size_of(value: AttributeValue) -> int | None:
    """What the function `size` answers: characters of S, bytes of B, elements of sets, L and M; else None.

    The guide says "the length of the string"; that non-ASCII strings count in characters is ours.
    """
    tag = type_of(value)
    if tag == "B":
        return len(b64decode(value["B"]))
    if tag in _COUNTED:
        return len(value[tag])
    return None


_COUNTED = frozenset({"S", "SS", "NS", "BS", "L", "M"})
