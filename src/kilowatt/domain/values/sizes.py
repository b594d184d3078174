"""Sizes of accepted values in DynamoDB bytes: what counts against the item limit, page limits and capacity.

    | value      | bytes                                               |
    |------------|-----------------------------------------------------|
    | S, B       | UTF-8 bytes, decoded bytes                          |
    | N          | see `number.size`                                   |
    | BOOL, NULL | 1                                                   |
    | SS, NS, BS | sum of the elements                                 |
    | L          | 3 + sum of (1 + element)                            |
    | M          | 3 + sum of (1 + UTF-8 bytes of the name + value)    |
    | item       | sum of (UTF-8 bytes of the name + value)            |

`accept.py` computes the same sizes while it checks what a client sent.
Source: AWS guide, "DynamoDB item sizes and formats"; details measured on AWS.
"""

from typing import Any

from kilowatt.domain.values.number import size as number_size
from kilowatt.domain.values.types import AttributeValue, Item

CONTAINER_BYTES = 3
ELEMENT_BYTES = 1


def item_size(item: Item) -> int:
    """Bytes of an item: names and values."""
    return text_size("".join(item)) + sum(map(value_size, item.values()))


def attribute_size(name: str, value: AttributeValue) -> int:
    """Bytes of one top-level attribute: its name and its value."""
    return text_size(name) + value_size(value)


def value_size(value: AttributeValue) -> int:
    """Bytes of one value, without its name."""
    if "S" in value:
        return text_size(value["S"])
    if "N" in value:
        return number_size(value["N"])
    ((tag, content),) = value.items()
    if tag == "M":
        return CONTAINER_BYTES + ELEMENT_BYTES * len(content) + item_size(content)
    if tag == "L":
        return CONTAINER_BYTES + ELEMENT_BYTES * len(content) + sum(map(value_size, content))
    return _other_size(tag, content)


def _other_size(tag: str, content: Any) -> int:
    if tag == "B":
        return binary_size(content)
    if tag == "SS":
        return sum(map(text_size, content))
    if tag == "NS":
        return sum(map(number_size, content))
    if tag == "BS":
        return sum(map(binary_size, content))
    return 1  # BOOL, NULL


def text_size(text: str) -> int:
    """UTF-8 bytes of a string."""
    return len(text) if text.isascii() else len(text.encode())


def binary_size(base64_text: str) -> int:
    """Decoded bytes of padded base64 text."""
    padding = base64_text.count("=", -2) if base64_text else 0
    return len(base64_text) // 4 * 3 - padding


def nesting_levels(value: AttributeValue) -> int:
    """How many lists and maps stand inside each other, the value itself included: 0 for scalars and sets."""
    ((tag, content),) = value.items()
    if tag == "L":
        return 1 + max(map(nesting_levels, content), default=0)
    if tag == "M":
        return 1 + max(map(nesting_levels, content.values()), default=0)
    return 0
