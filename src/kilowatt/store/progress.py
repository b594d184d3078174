"""How far an index that was added to a table is filled.

The table is walked in the order of its items' suffixes. Up to `done` the index is filled, and writes keep it
so. Behind `claimed` nothing is filled yet, and writes leave the index alone: the walk will find what they
wrote. The items between are being copied at this moment; a write of one of them has to wait (some
milliseconds), or the walk would copy what it has just changed.
"""

import struct
from dataclasses import dataclass

_LENGTH = struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` and `claimed` are table suffixes (`domain.tables.keys`), `done` <= `claimed`."""

    done: bytes = b""
    claimed: bytes = b""

    def holds(self, suffix: bytes) -> bool:
        """Whether the item at `suffix` belongs in the index already."""
        return suffix <= self.done

    def is_claimed(self, suffix: bytes) -> bool:
        """Whether the item at `suffix` is being copied."""
        return self.done < suffix <= self.claimed

    def record(self) -> bytes:
        return _LENGTH.pack(len(self.done)) + self.done + self.claimed

    @classmethod
    def of(cls, record: bytes) -> "Progress":
        (length,) = _LENGTH.unpack_from(record)
        end = _LENGTH.size + length
        return cls(record[_LENGTH.size : end], record[end:])
