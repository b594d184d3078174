"""What the properties compare with: order, projection and equality, written down anew and plainly."""

import json
from base64 import b64decode
from decimal import Decimal
from typing import Any

from tests.properties.shapes import IndexShape, Item, TableShape, Value


def order_of(value: Value) -> Any:
    """Sorts as DynamoDB sorts keys: numbers by value, strings by UTF-8 bytes, binaries by bytes."""
    ((tag, content),) = value.items()
    if tag == "N":
        return Decimal(content)
    return content.encode() if tag == "S" else b64decode(content)


def projection(shape: TableShape, index: IndexShape | None, items: list[Item]) -> list[Item]:
    """What an index (None: the table itself) holds when the table holds `items`; in no order."""
    if index is None:
        return items
    kept = index.kept(shape.keys)
    return [
        {name: value for name, value in item.items() if kept is None or name in kept}
        for item in items
        if {*index.hash, *index.range} <= item.keys()
    ]


def plain(value: Any) -> Any:
    """The value with its sets in order: equal for equal values."""
    if isinstance(value, list):
        return [plain(element) for element in value]
    if isinstance(value, dict):
        return {
            name: sorted(content) if name in {"SS", "NS", "BS"} and _is_set(content) else plain(content)
            for name, content in value.items()
        }
    return value


def text(item: Item) -> str:
    """One text for equal items."""
    return json.dumps(plain(item), sort_keys=True)


def texts(items: list[Item]) -> list[str]:
    """One list for equal collections of items."""
    return sorted(map(text, items))


def _is_set(content: Any) -> bool:
    return isinstance(content, list) and all(isinstance(element, str) for element in content)
