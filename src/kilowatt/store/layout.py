"""Every key prefix and record format of the store, in one place.

    key                                                         record
    D | account | 00 | region | 00 | table name                 descriptor: JSON of the table
    N                                                           the number of the next new table: 8 bytes
    T | account | 00 | region         (a counter)               (tables,)
    I | table number 4 B | table suffix                         item record
    X | table number 4 B | index number 2 B | index suffix      item record of an index entry
    K | table number 4 B | hash and escaped partition key       bytes of an item collection: 8 bytes
    B | table number 4 B | index number 2 B                     how far an index is filled: `store.progress`
    C | table number 4 B | index number 2 B  (a counter)        (items, their bytes); index 0 is the table
    R | bucket 4 B | account | 00 | region | 00 | token         a transaction that completed: `store.tokens`

Suffixes are those of `domain.tables.keys`. Numbers are big-endian and are never used again, so whatever is
left under the number of a deleted table can't be mistaken for data.

An item record is a header, then the item as the JSON that the wire wants, which is how it leaves again:

    offset  0       1      2         4                 8                          16
            format  flags  region    size              time of last write         JSON
            1       0      0 (home)  DynamoDB bytes    microseconds since epoch
"""

import struct
from functools import lru_cache

from kilowatt.domain.keys.encoding import successor
from kilowatt.domain.tables.keys import partition_part
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.writes.decision import Write
from kilowatt.domain.writes.stored import StoredItem

ITEM_FORMAT = 1
HEADER = struct.Struct(">BBHIQ")
HEADER_BYTES = HEADER.size
NEXT_TABLE_NUMBER = b"N"
DESCRIPTORS = b"D"

_TABLE = struct.Struct(">cI")
_INDEX = struct.Struct(">cIH")
_BUCKET = struct.Struct(">cI")
_SIZE = slice(4, 8)


@lru_cache(maxsize=10_000)
def descriptor_key(account: str, region: str, name: str) -> bytes:
    return descriptor_prefix(account, region) + name.encode()


def descriptor_prefix(account: str, region: str) -> bytes:
    return b"D%s\0%s\0" % (account.encode(), region.encode())


def table_count(account: str, region: str) -> bytes:
    return b"T%s\0%s" % (account.encode(), region.encode())


def item_prefix(table: Table) -> bytes:
    """What all item records of a table begin with."""
    return _TABLE.pack(b"I", table.number)


def entry_prefix(table: Table, index: Index) -> bytes:
    """What all entries of an index begin with."""
    return _INDEX.pack(b"X", table.number, index.number)


def counter_key(table: Table, index_number: int) -> bytes:
    return _INDEX.pack(b"C", table.number, index_number)


def collection_key(write: Write) -> bytes:
    """The key of the size of the collection that the item of `write` is in."""
    return _TABLE.pack(b"K", write.table.number) + partition_part(write.suffix)


def backfill_key(table: Table, index: Index) -> bytes:
    return _INDEX.pack(b"B", table.number, index.number)


def token_key(bucket: int, account: str, region: str, token: str) -> bytes:
    return b"%s%s\0%s\0%s" % (_BUCKET.pack(b"R", bucket), account.encode(), region.encode(), token.encode())


def token_range(end_bucket: int) -> tuple[bytes, bytes]:
    """The key range of all tokens in the buckets before `end_bucket`."""
    return _BUCKET.pack(b"R", 0), _BUCKET.pack(b"R", end_bucket)


def index_range(table: Table, index: Index) -> tuple[bytes, bytes]:
    """The key range that holds an index's entries."""
    prefix = entry_prefix(table, index)
    return prefix, successor(prefix)


def table_ranges(table: Table) -> list[tuple[bytes, bytes]]:
    """The key ranges that hold a table's items, index entries and whatever else goes with it."""
    prefixes = [_TABLE.pack(kind, table.number) for kind in (b"I", b"X", b"B", b"K")]
    return [(prefix, successor(prefix)) for prefix in prefixes]


def item_record(stored: StoredItem, now_microseconds: int) -> bytes:
    return HEADER.pack(ITEM_FORMAT, 0, 0, stored.size, now_microseconds) + stored.body


def entry_record(record: bytes, projected: StoredItem) -> bytes:
    """The record of an index entry of an item: as old as the item's own `record`."""
    _, flags, region, _, written = HEADER.unpack_from(record)
    return HEADER.pack(ITEM_FORMAT, flags, region, projected.size, written) + projected.body


def stored_item(record: bytes) -> StoredItem:
    """The item of a record; its JSON is not decoded yet."""
    return StoredItem(record[HEADER_BYTES:], record_size(record))


def record_size(record: bytes) -> int:
    """DynamoDB bytes of the item in a record."""
    return int.from_bytes(record[_SIZE], "big")
