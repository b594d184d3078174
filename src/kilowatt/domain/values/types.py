"""The shapes that the whole domain speaks: attribute values and items as the wire writes them."""

from typing import Any

# One tag and its content: {"S": "x"}, {"N": "12"}, {"L": [...]}. Numbers are canonical text once accepted.
AttributeValue = dict[str, Any]
Item = dict[str, AttributeValue]
# Placeholder (with its colon) to value: the request's ExpressionAttributeValues.
Values = dict[str, AttributeValue]

# Every tag with the long name that some error texts use for it.
TYPE_NAMES = {
    "S": "STRING",
    "N": "NUMBER",
    "B": "BINARY",
    "SS": "STRING_SET",
    "NS": "NUMBER_SET",
    "BS": "BINARY_SET",
    "L": "LIST",
    "M": "MAP",
    "BOOL": "BOOLEAN",
    "NULL": "NULL",
}
SET_TYPES = frozenset({"SS", "NS", "BS"})


def type_of(value: AttributeValue) -> str:
    """The tag of an accepted value."""
    tag: str
    (tag,) = value
    return tag
