"""Pages of records: what Query and Scan evaluate in one call."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from kilowatt.domain.reads.key_range import KeyRange
from kilowatt.engine.base import Reader
from kilowatt.limits import PAGE_BYTES, READ_UNIT_BYTES
from kilowatt.store.layout import record_size, record_sizes

# A long page is read in pieces, so that it does not hold up the other connections.
_CHUNK_BYTES = 256 * 1024
# No item is smaller than a byte, so a page never has more.
_MOST_RECORDS = PAGE_BYTES
# Items fetched for index entries count in whole read units, so a page has room for no more than these.
MOST_FETCHED = PAGE_BYTES // READ_UNIT_BYTES
_FETCHED_AT_ONCE = 16


@dataclass(frozen=True, slots=True)
class Page:
    """The records that a page evaluated, in order.

    `ended` is False if the page stopped at its limits: there may be more.
    """

    records: list[bytes]
    ended: bool

    @property
    def size(self) -> int:
        """The sum of the items' sizes in DynamoDB bytes."""
        return sum(record_sizes(self.records))


@dataclass(frozen=True, slots=True)
class Fetched:
    """A page of index entries, and the records of the items that they stand for."""

    entries: Page
    records: list[bytes]


class PageReader:
    """Reads pages of a table or index."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def page(
        self,
        prefix: bytes,
        range_: KeyRange,
        limit: int | None,
        forward: bool,
        byte_limit: int = PAGE_BYTES,
    ) -> Page:
        """The first records of a range, up to `limit` of them or to the item that fills `byte_limit`."""
        records: list[bytes] = []
        record_bytes = 0
        left = KeyRange(prefix + range_.start, prefix + range_.end)
        wanted = limit or _MOST_RECORDS
        while left.start < left.end:
            pairs = await self._reader.scan(
                left.start, left.end, wanted - len(records), _CHUNK_BYTES, not forward
            )
            chunk = [record for _, record in pairs]
            records += chunk
            chunk_bytes = sum(map(len, chunk))
            record_bytes += chunk_bytes
            # No item's JSON is shorter than its size, so only now the page can be full.
            if record_bytes >= byte_limit and (full := _full_page(records, byte_limit)) is not None:
                return Page(records[:full], ended=False)
            if len(records) == wanted:
                return Page(records, ended=False)
            if chunk_bytes < _CHUNK_BYTES:
                break
            left = left.after(pairs[-1][0], forward)
            await asyncio.sleep(0)
        return Page(records, ended=True)

    async def fetch(self, entries: Page, places: Sequence[bytes]) -> Fetched:
        """The items at `places`, which are those of the page's entries; the page ends where they fill 1 MB.

        The entries count together, the items one by one, each rounded up to whole read units. An item that
        was deleted since its entry was read is left out. Source: the guide, "Local secondary indexes".
        """
        records: list[bytes] = []
        entry_bytes = item_bytes = 0
        for start in range(0, len(places), _FETCHED_AT_ONCE):
            found = await self._reader.get(places[start : start + _FETCHED_AT_ONCE])
            for number, record in enumerate(found, start):
                entry_bytes += record_size(entries.records[number])
                if record is not None:
                    records.append(record)
                    item_bytes += _in_units(record_size(record))
                if _in_units(entry_bytes) + item_bytes >= PAGE_BYTES:
                    return Fetched(Page(entries.records[: number + 1], ended=False), records)
        return Fetched(entries, records)


def _full_page(records: list[bytes], byte_limit: int) -> int | None:
    """How many records it takes to fill a page with items; None if these do not."""
    filled = accumulate(record_sizes(records))
    return next((number for number, size in enumerate(filled, 1) if size >= byte_limit), None)


def _in_units(size_bytes: int) -> int:
    return -(-size_bytes // READ_UNIT_BYTES) * READ_UNIT_BYTES
