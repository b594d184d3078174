"""Capacity units, counted in integer half-units so that sums stay exact.

One read unit is a strongly consistent read of up to 4 KB, an eventually consistent read costs half; one write
unit is a write of up to 1 KB. Source: the guide, "Read and write operations: capacity unit consumption".
"""

from kilowatt.limits import READ_UNIT_BYTES, WRITE_UNIT_BYTES

WHOLE_UNIT = 2

# The two kinds of capacity, as indexes of pairs.
READ, WRITE = 0, 1


def read_half_units(size_bytes: int, consistent: bool) -> int:
    """Half-units of reading `size_bytes` at once: one item, or what a page evaluated. At least one step."""
    steps = -(-size_bytes // READ_UNIT_BYTES) or 1
    return steps * WHOLE_UNIT if consistent else steps


def write_half_units(size_bytes: int) -> int:
    """Half-units of writing one item or index entry of `size_bytes`; a delete of nothing costs one unit."""
    return (-(-size_bytes // WRITE_UNIT_BYTES) or 1) * WHOLE_UNIT


def index_write_half_units(
    old_bytes: int | None, new_bytes: int | None, same_key: bool, identical: bool
) -> int:
    """Half-units of taking one index from the old entry to the new one; None is no entry.

    `same_key`: both have the same index key; `identical`: they also project the same attributes.
    """
    if old_bytes is None:
        return 0 if new_bytes is None else write_half_units(new_bytes)
    if new_bytes is None:
        return write_half_units(old_bytes)
    if not same_key:
        return write_half_units(old_bytes) + write_half_units(new_bytes)
    return 0 if identical else write_half_units(max(old_bytes, new_bytes))
