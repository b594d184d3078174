"""Sizes of item collections: all items of one partition key, with their entries in local indexes.

Only tables with local indexes have them. A collection's size is a record of its own, not a counter: a write
has to know it before it decides, as there is a limit, and writes that meet in one record meet in one
collection only. A collection without items has no record.

Source: AWS guide, "Local secondary indexes: item collections".
"""

from collections.abc import Sequence

from kilowatt.domain.tables.table import Table
from kilowatt.domain.writes.decision import Decision, Write
from kilowatt.engine.base import Pair
from kilowatt.errors import items as errors
from kilowatt.store import layout

_SIZE_BYTES = 8


def with_collections(table: Table) -> bool:
    """Whether the table's items form collections that count."""
    return bool(table.indexes) and table.has_local_indexes


class CollectionSizes:
    """The collections that the writes of one commit touch, and what becomes of their sizes."""

    __slots__ = ("_limit_bytes", "keys")

    def __init__(self, keys: list[bytes], limit_bytes: int) -> None:
        self.keys = keys
        self._limit_bytes = limit_bytes

    @classmethod
    def of(cls, writes: Sequence[Write], limit_bytes: int) -> "CollectionSizes | None":
        """Those of these writes; None if they touch none."""
        for write in writes:
            if write.table.indexes:
                break
        else:
            return None
        keys = [layout.collection_key(write) for write in writes if with_collections(write.table)]
        return cls(list(dict.fromkeys(keys)), limit_bytes) if keys else None

    def begin(self, records: Sequence[bytes | None]) -> "CollectionChanges":
        """A new run over the records of `keys`."""
        sizes = [int.from_bytes(record or b"", "big") for record in records]
        return CollectionChanges(dict(zip(self.keys, sizes, strict=True)), self._limit_bytes)


class CollectionChanges:
    """Sizes in bytes by record key, as the decisions of one commit change them."""

    __slots__ = ("_before", "_limit_bytes", "_sizes")

    def __init__(self, sizes: dict[bytes, int], limit_bytes: int) -> None:
        self._before = sizes
        self._sizes = sizes.copy()
        self._limit_bytes = limit_bytes

    def add(self, write: Write, decision: Decision) -> None:
        """Counts what a write does, and notes the collection's new size in its decision.

        Raises `COLLECTION_TOO_LARGE` if the collection grows past the limit; one that shrinks is fine.
        """
        if not with_collections(write.table):
            return
        growth = _growth(decision)
        key = layout.collection_key(write)
        size = max(0, self._sizes[key] + growth)
        if growth > 0 and size > self._limit_bytes:
            raise errors.COLLECTION_TOO_LARGE()
        self._sizes[key] = decision.collection_bytes = size

    def puts(self) -> list[Pair]:
        return [(key, size.to_bytes(_SIZE_BYTES, "big")) for key, size in self._changed() if size]

    def deletes(self) -> list[bytes]:
        return [key for key, size in self._changed() if not size]

    def _changed(self) -> list[tuple[bytes, int]]:
        return [(key, size) for key, size in self._sizes.items() if size != self._before[key]]


def _growth(decision: Decision) -> int:
    """Bytes by which a write makes the collection of its item larger."""
    growth = (decision.new.size if decision.new else 0) - (decision.old.size if decision.old else 0)
    for change in decision.index_changes:
        if change.index.local:
            growth += change.new.projected.size if change.new else 0
            growth -= change.old.projected.size if change.old else 0
    return growth
