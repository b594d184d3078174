"""An item's place: the bytes under which a table and its indexes keep it, and the checks of key attributes.

A *suffix* is what follows `kind | table number | index number` in a record key:

    table   hash(pk) 8 B | escape(pk) [ | escape(sk) ]
    index   hash(ipk...) 8 B | escape(ipk)... | escape(isk)... | hash(pk + sk) 8 B | table suffix

The second hash in an index entry gives equal index keys the order that DynamoDB gives them.
Sizes of keys are those of their content: 2,048 bytes for a partition key, 1,024 for a sort key.
"""

from kilowatt.domain.keys.encoding import (
    HASH_BYTES,
    escape,
    key_bytes,
    key_content,
    part_end,
    partition_hash,
    unescape,
)
from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.values.types import AttributeValue, Item
from kilowatt.errors import ServiceError
from kilowatt.errors import items as errors
from kilowatt.limits import PARTITION_KEY_BYTES, SORT_KEY_BYTES


def suffix_of_key(schema: KeySchema, key: Item) -> bytes:
    """The suffix of a Key parameter: exactly the table's key attributes.

    Raises `KEY_SCHEMA_MISMATCH`, `KEY_EMPTY`, `HASH_KEY_TOO_LONG`, `RANGE_KEY_TOO_LONG`.
    """
    if len(key) != len(schema.names):
        raise errors.KEY_SCHEMA_MISMATCH()
    suffix = _suffix(schema, key)
    if suffix is None:
        _check_attributes(schema, key, put=False)
    return suffix or b""


def partition_part(suffix: bytes) -> bytes:
    """Hash and escaped partition key: what the table suffixes of one item collection have in common."""
    return suffix[: part_end(suffix, HASH_BYTES)]


def key_ends(schema: KeySchema, suffix: bytes) -> tuple[int, int]:
    """Where in a suffix the partition key ends, and where the whole key; 0 for one that is not all there."""
    end = partition = 0
    try:
        end = HASH_BYTES
        for _ in schema.hash:
            end = part_end(suffix, end)
        partition = end
        for _ in schema.range:
            end = part_end(suffix, end)
    except ValueError:
        return partition, 0
    return partition, end


def key_of_suffix(schema: KeySchema, suffix: bytes) -> Item:
    """The key attributes that a suffix begins with, as many as there are: the inverse of `suffix_of_key`."""
    key: Item = {}
    position = HASH_BYTES
    for attribute in schema.attributes:
        if position >= len(suffix):
            break
        data, position = unescape(suffix, position)
        key[attribute.name] = {attribute.type: key_content(attribute.type, data)}
    return key


def suffix_of_item(schema: KeySchema, item: Item, batch: bool = False) -> bytes:
    """The suffix of an item to put, which may have any attributes besides its key.

    Raises as `suffix_of_key`, but `ITEM_KEY_MISSING` and `ITEM_KEY_TYPE` where the schema does not fit (not
    in a `batch`, where AWS words it as for a Key).
    """
    suffix = _suffix(schema, item)
    if suffix is None:
        _check_attributes(schema, item, put=not batch)
    return suffix or b""


def _suffix(schema: KeySchema, item: Item) -> bytes | None:
    """The table suffix; None if a key attribute is not as it should be."""
    hash_attribute = schema.hash[0]
    try:
        data = key_bytes(hash_attribute.type, item[hash_attribute.name][hash_attribute.type])
        if not 0 < len(data) <= PARTITION_KEY_BYTES:
            return None
        if not schema.range:
            return partition_hash(data) + escape(data)
        range_attribute = schema.range[0]
        range_data = key_bytes(range_attribute.type, item[range_attribute.name][range_attribute.type])
    except KeyError:
        return None
    if not 0 < len(range_data) <= SORT_KEY_BYTES:
        return None
    return partition_hash(data) + escape(data) + escape(range_data)


def _check_attributes(schema: KeySchema, item: Item, put: bool) -> None:
    for attribute in schema.attributes:
        value = item.get(attribute.name)
        if value is None:
            raise errors.ITEM_KEY_MISSING(key=attribute.name) if put else errors.KEY_SCHEMA_MISMATCH()
        if attribute.type not in value:
            raise _wrong_type(attribute, value) if put else errors.KEY_SCHEMA_MISMATCH()
        size = len(key_bytes(attribute.type, value[attribute.type]))
        if size == 0:
            raise errors.KEY_EMPTY(kind=_kind(attribute), key=attribute.name)
        check_key_size(size, hash_key=attribute in schema.hash)


def _wrong_type(attribute: KeyAttribute, value: AttributeValue) -> ServiceError:
    return errors.ITEM_KEY_TYPE(key=attribute.name, expected=attribute.type, actual=next(iter(value)))


def _kind(attribute: KeyAttribute) -> str:
    return "binary" if attribute.type == "B" else "string"


def check_key_size(size_bytes: int, hash_key: bool) -> None:
    """Refuses a key attribute that is longer than DynamoDB's limits."""
    if hash_key and size_bytes > PARTITION_KEY_BYTES:
        raise errors.HASH_KEY_TOO_LONG()
    if not hash_key and size_bytes > SORT_KEY_BYTES:
        raise errors.RANGE_KEY_TOO_LONG()


def check_index_keys(table: Table, item: Item, by_update: bool = False) -> None:
    """Refuses an item whose attributes can't be keys of an index that names them.

    An index key attribute that the item lacks is fine: the item is then not in that index.
    """
    for index in table.indexes:
        for attribute in index.key.attributes:
            value = item.get(attribute.name)
            if value is not None:
                _check_index_key(index, attribute, value, by_update)


def _check_index_key(index: Index, attribute: KeyAttribute, value: AttributeValue, by_update: bool) -> None:
    if attribute.type not in value:
        raise errors.INDEX_KEY_TYPE(
            key=attribute.name, expected=attribute.type, actual=next(iter(value)), index=index.name
        )
    size = len(key_bytes(attribute.type, value[attribute.type]))
    if size == 0 and by_update:
        raise errors.INDEX_KEY_EMPTY_BY_UPDATE(kind=_kind(attribute))
    if size == 0:
        raise errors.INDEX_KEY_EMPTY(kind=_kind(attribute), index=index.name, key=attribute.name)
    check_key_size(size, hash_key=attribute in index.key.hash)


def entry_suffix(index: Index, table_key: KeySchema, item: Item, table_suffix: bytes) -> bytes | None:
    """The suffix of the item's entry in `index`; None if the item lacks one of its key attributes."""
    prefix = entry_prefix(index.key, item)
    if prefix is None:
        return None
    identity = b"".join(
        [
            key_bytes(attribute.type, item[attribute.name][attribute.type])
            for attribute in table_key.attributes
        ]
    )
    return prefix + partition_hash(identity) + table_suffix


def entry_prefix(schema: KeySchema, item: Item) -> bytes | None:
    """Hash and escaped key attributes of an index entry: what equal index keys have in common.

    None for an item that the index can't hold: a key attribute is missing, or (in an item that is older than
    the index) of another type, empty or too long.
    """
    try:
        hashes = [key_bytes(part.type, item[part.name][part.type]) for part in schema.hash]
        ranges = [key_bytes(part.type, item[part.name][part.type]) for part in schema.range]
    except KeyError:
        return None
    if not all(0 < len(part) <= PARTITION_KEY_BYTES for part in hashes):
        return None
    if not all(0 < len(part) <= SORT_KEY_BYTES for part in ranges):
        return None
    return partition_hash(b"".join(hashes)) + b"".join([escape(part) for part in hashes + ranges])
