"""Pages of records: what Query and Scan evaluate in one call."""

import asyncio
from dataclasses import dataclass

from kilowatt.domain.reads.key_range import KeyRange
from kilowatt.engine.base import Reader
from kilowatt.limits import PAGE_BYTES
from kilowatt.store.layout import record_size

# A long page is read in pieces, so that it does not hold up the other connections.
_CHUNK_BYTES = 256 * 1024
# No item is smaller than a byte, so a page never has more.
_MOST_RECORDS = PAGE_BYTES


@dataclass(frozen=True, slots=True)
class Page:
    """The records that a page evaluated, in order, and the sum of their items' sizes in DynamoDB bytes.

    `ended` is False if the page stopped at its limits: there may be more.
    """

    records: list[bytes]
    size: int
    ended: bool


class PageReader:
    """Reads pages of a table or index."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def page(self, prefix: bytes, range_: KeyRange, limit: int | None, forward: bool) -> Page:
        """The first records of a range, up to `limit` of them or to the item that fills 1 MB."""
        records: list[bytes] = []
        size = 0
        left = KeyRange(prefix + range_.start, prefix + range_.end)
        wanted = limit or _MOST_RECORDS
        while left.start < left.end:
            pairs = await self._reader.scan(
                left.start, left.end, wanted - len(records), _CHUNK_BYTES, not forward
            )
            chunk_bytes = 0
            for _, record in pairs:
                records.append(record)
                size += record_size(record)
                chunk_bytes += len(record)
                if size >= PAGE_BYTES:
                    return Page(records, size, ended=False)
            if len(records) == wanted:
                return Page(records, size, ended=False)
            if chunk_bytes < _CHUNK_BYTES:
                break
            left = left.after(pairs[-1][0], forward)
            await asyncio.sleep(0)
        return Page(records, size, ended=True)
