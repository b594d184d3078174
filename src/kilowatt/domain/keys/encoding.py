r"""Order-preserving key bytes: what makes an ordered byte store answer Query and Scan in DynamoDB's order.

    | step             | of                    | bytes                                                      |
    |------------------|-----------------------|------------------------------------------------------------|
    | `key_bytes`      | S `ab`                | 61 62                (UTF-8)                               |
    |                  | B `AP8=`              | 00 ff                (decoded)                             |
    |                  | N `0`, `1`, `-1`      | 80; c1 02; 3e 64 66  (see `values/number.py`)              |
    | `escape`         | 61 62                 | 61 62 00 01          (terminator 00 01)                    |
    |                  | 00 ff                 | 00 ff ff 00 01       (a zero byte becomes 00 ff)           |
    |                  | nothing               | 00 01                                                      |
    | `partition_hash` | 61 62                 | 8 bytes of MD5("Outliers" + 61 62)                         |
    | `successor`      | 61 62; 61 ff          | 61 63; 62                                                  |

Escaped parts can be joined: the joined bytes are ordered as the tuples of parts are, because a terminator is
smaller than anything that can follow a longer part's first bytes. The last part of a key needs no escape.

Source: hash and numbers: recorded Scan orders; escape: ours.
"""

from base64 import b64decode, b64encode
from hashlib import md5

from kilowatt.domain.values import number

_TERMINATOR = b"\x00\x01"
_ZERO = b"\x00"
_ESCAPED_ZERO = b"\x00\xff"

HASH_BYTES = 8
_HASH_SPACE = 1 << (8 * HASH_BYTES)
# DynamoDB cuts segments at the first 12 bits of the hash, as long as there are enough of them.
_COARSE_CUTS = 1 << 12
_COARSE_CUT = _HASH_SPACE // _COARSE_CUTS

# Copying a primed state is cheaper than building one for every key.
_PRIMED = md5(b"Outliers", usedforsecurity=False)


def key_bytes(key_type: str, content: str) -> bytes:
    """The bytes of a key attribute's accepted content, ordered as its type (S, N or B) is."""
    if key_type == "S":
        return content.encode()
    if key_type == "N":
        return number.encode(content)
    return b64decode(content)


def key_content(key_type: str, data: bytes) -> str:
    """The content of a key attribute of this type (S, N or B): the inverse of `key_bytes`."""
    if key_type == "S":
        return data.decode()
    if key_type == "N":
        return number.decode(data)
    return b64encode(data).decode()


def escape(data: bytes) -> bytes:
    """Self-delimiting form of `data` that keeps its order, also in front of further parts."""
    return data.replace(_ZERO, _ESCAPED_ZERO) + _TERMINATOR


def unescape(data: bytes, position: int = 0) -> tuple[bytes, int]:
    """The part that starts at `position`, and the position behind its terminator.

    Raises: ValueError if no part ends there.
    """
    end = data.index(_TERMINATOR, position)
    return data[position:end].replace(_ESCAPED_ZERO, _ZERO), end + len(_TERMINATOR)


def part_end(data: bytes, position: int) -> int:
    """The position behind the terminator of the escaped part that starts at `position`.

    Raises: ValueError if no part ends there.
    """
    return data.index(_TERMINATOR, position) + len(_TERMINATOR)


def partition_hash(data: bytes) -> bytes:
    """The 8 bytes that place a partition key (the joined `key_bytes` of its attributes) in Scan order."""
    state = _PRIMED.copy()
    state.update(data)
    return state.digest()[:HASH_BYTES]


def successor(prefix: bytes) -> bytes:
    """The smallest key that is greater than every key that starts with `prefix`: the end of its range.

    Raises: ValueError if there is none (an empty prefix, or nothing but ff).
    """
    stem = prefix.rstrip(b"\xff")
    if not stem:
        raise ValueError("no key is greater than all keys with this prefix")
    return stem[:-1] + bytes((stem[-1] + 1,))


def segment_bounds(segment: int, total: int) -> tuple[bytes, bytes | None]:
    """The hashes of one segment of a parallel Scan: from the first (included) to the second (not included).

    None as the end means: to the last hash. The `total` segments partition all hashes.
    Up to 4,096 segments are cut as DynamoDB cuts them; more are cut evenly (ours).
    """
    start, end = _segment_start(segment, total), _segment_start(segment + 1, total)
    return _hash(start), _hash(end) if end < _HASH_SPACE else None


def _segment_start(segment: int, total: int) -> int:
    if total <= _COARSE_CUTS:
        return -(-_COARSE_CUTS * segment // total) * _COARSE_CUT
    return -(-_HASH_SPACE * segment // total)


def _hash(position: int) -> bytes:
    return position.to_bytes(HASH_BYTES, "big")
