"""The write decision: what one write makes of one item, its index entries and the answer.

PutItem, UpdateItem, DeleteItem, the batches (and whatever writes later) differ only in the `Change` and the
condition they put into a `Write`. A decision is a function of the write and of the old item alone, so it may
be made again when an engine asks for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.capacity.units import index_write_half_units, write_half_units
from kilowatt.domain.tables.keys import check_index_keys, entry_suffix
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.tables.time_to_live import expiry_of, is_due
from kilowatt.domain.values.comparison import equal
from kilowatt.domain.values.sizes import attribute_size
from kilowatt.domain.values.types import Item, Values
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.errors import ErrorSpec, ServiceError
from kilowatt.errors import items as errors
from kilowatt.errors import values as value_errors
from kilowatt.limits import ITEM_BYTES

if TYPE_CHECKING:  # a start does without the expressions
    from kilowatt.domain.expressions.condition import Condition
    from kilowatt.domain.expressions.update import Update


class Change(Protocol):
    """How a write turns the old item (None: there is none) into the new one (None: there shall be none).

    `too_large` refuses a new item that is too large together with its entries in local indexes. `by_service`:
    nobody asked for it, the item has expired.
    """

    @property
    def by_service(self) -> bool: ...

    @property
    def too_large(self) -> ErrorSpec: ...

    def apply(self, table: Table, old: StoredItem | None) -> StoredItem | None: ...


class Put:
    """Replaces whatever is there."""

    __slots__ = ("item",)
    by_service = False
    too_large = value_errors.ITEM_AND_ENTRIES_TOO_LARGE

    def __init__(self, item: StoredItem) -> None:
        self.item = item

    def apply(self, table: Table, old: StoredItem | None) -> StoredItem | None:
        return self.item


class Delete:
    """Leaves nothing there."""

    __slots__ = ()
    by_service = False
    too_large = value_errors.ITEM_AND_ENTRIES_TOO_LARGE

    def apply(self, table: Table, old: StoredItem | None) -> StoredItem | None:
        return None


class Check:
    """Leaves everything as it is: only the condition counts."""

    __slots__ = ()
    by_service = False
    too_large = value_errors.ITEM_AND_ENTRIES_TOO_LARGE

    def apply(self, table: Table, old: StoredItem | None) -> StoredItem | None:
        return old


class Expire:
    """Deletes an item that has expired at `now`, in seconds; an item that has not stays."""

    __slots__ = ("now",)
    by_service = True
    too_large = value_errors.ITEM_AND_ENTRIES_TOO_LARGE

    def __init__(self, now: int) -> None:
        self.now = now

    def apply(self, table: Table, old: StoredItem | None) -> StoredItem | None:
        if old is None or table.ttl_attribute is None:
            return old
        time = expiry_of(old.item, table.ttl_attribute)
        return None if time is not None and is_due(time, self.now) else old


class UpdateInPlace:
    """Applies an update expression; a missing item is made from its key, unless the update only removes."""

    __slots__ = ("key", "update", "values")
    by_service = False
    too_large = value_errors.ITEM_TO_UPDATE_TOO_LARGE

    def __init__(self, key: Item, update: "Update | None", values: Values) -> None:
        self.key = key
        self.update = update
        self.values = values

    def apply(self, table: Table, old: StoredItem | None) -> StoredItem | None:
        if self.update is None:
            return old or StoredItem.of(self.key)
        if old is None and self.update.only_removes:
            return None
        if old is None:
            new = StoredItem.of(self.update.apply(self.key, self.values))
        else:
            new = self._changed(self.update, old)
        if table.indexes:
            check_index_keys(table, new.item, by_update=True)
        if new.size + self.update.overhead_bytes > ITEM_BYTES:
            self._check_size(table, new, self.update.overhead_bytes)
        return new

    def _check_size(self, table: Table, new: StoredItem, overhead_bytes: int) -> None:
        """Refuses items over the limit, and updates whose item without its key is too near to it."""
        key_bytes = sum(attribute_size(name, new.item[name]) for name in table.key.names)
        if max(new.size, new.size - key_bytes + overhead_bytes) > ITEM_BYTES:
            raise self.too_large()

    def _changed(self, update: "Update", old: StoredItem) -> StoredItem:
        """The old item after the update; of its size only what the update touched is counted again."""
        item = update.apply(old.item, self.values)
        size = old.size
        for name in update.target_names:
            size += _attribute_size(name, item) - _attribute_size(name, old.item)
        return StoredItem.of(item, size)


def _attribute_size(name: str, item: Item) -> int:
    value = item.get(name)
    return 0 if value is None else attribute_size(name, value)


class Write:
    """One write of one item.

    `key` holds at least the item's key attributes, `suffix` is its place in the table (`domain.tables.keys`);
    `return_old_on_failure` puts the old item into a failed condition's error, which is `condition_failed`.
    """

    __slots__ = (
        "change",
        "condition",
        "condition_failed",
        "key",
        "return_old_on_failure",
        "suffix",
        "table",
        "values",
    )

    def __init__(
        self,
        table: Table,
        key: Item,
        suffix: bytes,
        change: Change,
        condition: "Condition | None" = None,
        values: Values | None = None,
        return_old_on_failure: bool = False,
        condition_failed: ErrorSpec = errors.CONDITION_FAILED,
    ) -> None:
        self.table = table
        self.key = key
        self.suffix = suffix
        self.change = change
        self.condition = condition
        self.values: Values = values or {}
        self.return_old_on_failure = return_old_on_failure
        self.condition_failed = condition_failed


@dataclass(frozen=True, slots=True)
class Entry:
    """An index entry: its suffix within the index and what it projects."""

    suffix: bytes
    projected: StoredItem


@dataclass(frozen=True, slots=True)
class IndexChange:
    """What a write does to one index. Old and new entry may be at the same place or at different ones."""

    index: Index
    old: Entry | None
    new: Entry | None
    half_units: int


class Decision:
    """What a write does: `old` and `new` item, and the changes of the indexes that it touches.

    `collection_bytes` is the size of the item's collection after the write, for tables with local indexes.
    """

    __slots__ = ("collection_bytes", "index_changes", "new", "old")

    def __init__(
        self, old: StoredItem | None, new: StoredItem | None, index_changes: list[IndexChange]
    ) -> None:
        self.old = old
        self.new = new
        self.index_changes = index_changes
        self.collection_bytes = 0

    @property
    def half_units(self) -> int:
        """Capacity consumed of the table: by the larger of both images."""
        old_bytes = 0 if self.old is None else self.old.size
        new_bytes = 0 if self.new is None else self.new.size
        return write_half_units(old_bytes if old_bytes > new_bytes else new_bytes)

    def consumption(self) -> Consumption:
        """Capacity consumed: of the table, and by every touched index entry."""
        consumption = Consumption(self.half_units)
        for change in self.index_changes:
            consumption.add_index(change.index.name, change.index.local, change.half_units)
        return consumption


def decide(write: Write, old: StoredItem | None, indexes: Sequence[Index]) -> Decision:
    """The decision of `write` over the item that is there.

    `indexes` are those of the table's that the item belongs in: all but one that is being filled and has not
    got as far as this item.

    Raises the write's `condition_failed` and whatever the change refuses; nothing is to be written then.
    """
    condition = write.condition
    if condition is not None and not condition.holds(old.item if old else {}, write.values):
        raise _condition_failed(write, old)
    new = write.change.apply(write.table, old)
    if new is old:
        return Decision(old, old, [])
    if new is not None and indexes and new.size * (1 + len(indexes)) > ITEM_BYTES:
        _check_with_local_entries(write, new)
    return Decision(old, new, _index_changes(write, indexes, old, new) if indexes else [])


def _check_with_local_entries(write: Write, new: StoredItem) -> None:
    """Refuses an item that is over the limit together with its entries in local indexes."""
    local = [index for index in write.table.indexes if index.local]
    entries = [entry_of(write.table, index, new, write.suffix) for index in local]
    if new.size + sum(entry.projected.size for entry in entries if entry is not None) > ITEM_BYTES:
        raise write.change.too_large()


def _condition_failed(write: Write, old: StoredItem | None) -> Exception:
    refusal = write.condition_failed()
    refusal.half_units = Decision(old, _attempted(write, old), []).half_units
    if write.return_old_on_failure and old is not None:
        return refusal.with_members(Item=old.item)
    return refusal


def _attempted(write: Write, old: StoredItem | None) -> StoredItem | None:
    """What the item would have become: a failed condition costs as much, source: the guide."""
    try:
        return write.change.apply(write.table, old)
    except ServiceError:
        return None


def _index_changes(
    write: Write, indexes: Sequence[Index], old: StoredItem | None, new: StoredItem | None
) -> list[IndexChange]:
    if old is not None and new is not None and old.body == new.body:
        return []
    changes = (_index_change(write, index, old, new) for index in indexes)
    return [change for change in changes if change is not None]


def _index_change(
    write: Write, index: Index, old: StoredItem | None, new: StoredItem | None
) -> IndexChange | None:
    before = entry_of(write.table, index, old, write.suffix)
    after = entry_of(write.table, index, new, write.suffix)
    same_key = before is not None and after is not None and before.suffix == after.suffix
    identical = (
        same_key
        and before is not None
        and after is not None
        and equal({"M": before.projected.item}, {"M": after.projected.item})
    )
    if identical or (before is None and after is None):
        return None
    half_units = index_write_half_units(
        before.projected.size if before else None,
        after.projected.size if after else None,
        same_key,
        identical,
    )
    return IndexChange(index, before, after, half_units)


def entry_of(table: Table, index: Index, stored: StoredItem | None, suffix: bytes) -> Entry | None:
    """The entry of an item in `index`; None if it has none there."""
    if stored is None:
        return None
    place = entry_suffix(index, table.key, stored.item, suffix)
    if place is None:
        return None
    if index.projects_all:
        return Entry(place, stored)
    return Entry(place, StoredItem.of(project(table, index, stored.item)))


def project(table: Table, index: Index, item: Item) -> Item:
    """The part of an item that `index` keeps: keys of table and index, and what INCLUDE names."""
    kept = {*table.key.names, *index.key.names, *index.non_key_attributes}
    return {name: value for name, value in item.items() if name in kept}
