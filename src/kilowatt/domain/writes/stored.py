"""An item as it is kept: the JSON that the wire wants, its size, and only when asked for, the item itself."""

import orjson

from kilowatt.domain.values.sizes import item_size
from kilowatt.domain.values.types import Item


class StoredItem:
    """One version of an item (or of an index entry). Not to be changed.

    `body` is its JSON, `size` its DynamoDB bytes. The item is decoded at most once, at its first use.
    """

    __slots__ = ("_item", "body", "size")

    def __init__(self, body: bytes, size: int, item: Item | None = None) -> None:
        self.body = body
        self.size = size
        self._item = item

    @classmethod
    def of(cls, item: Item, size: int | None = None) -> "StoredItem":
        """The stored form of an accepted item."""
        return cls(orjson.dumps(item), item_size(item) if size is None else size, item)

    @property
    def item(self) -> Item:
        if self._item is None:
            self._item = orjson.loads(self.body)
        return self._item
