"""Key bytes: order, delimiting, Scan order and its segments."""

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.keys.encoding import (
    HASH_BYTES,
    escape,
    key_bytes,
    partition_hash,
    segment_bounds,
    successor,
    unescape,
)

# Few distinct bytes, so that zeros, ff and common prefixes are frequent.
parts = st.lists(st.sampled_from([0, 1, 2, 0x61, 0xFE, 0xFF]), max_size=6).map(bytes) | st.binary(max_size=12)
totals = st.integers(1, 4096) | st.integers(4097, 1_000_000)


@pytest.mark.parametrize(
    ("key_type", "content", "expected"),
    [("S", "äb", "c3a462"), ("B", "AP8=", "00ff"), ("N", "0", "80"), ("N", "123.45", "c202182e")],
)
def test_key_bytes_of_each_type(key_type: str, content: str, expected: str) -> None:
    assert key_bytes(key_type, content).hex() == expected


@given(st.text(), st.text())
def test_string_keys_are_ordered_as_strings(a: str, b: str) -> None:
    assert (key_bytes("S", a) < key_bytes("S", b)) == (a < b)


@given(st.binary())
def test_binary_keys_are_the_decoded_bytes(data: bytes) -> None:
    assert key_bytes("B", b64encode(data).decode()) == data


@pytest.mark.parametrize(
    ("data", "escaped"),
    [("", "0001"), ("6162", "61620001"), ("00", "00ff0001"), ("00ff", "00ffff0001"), ("0001", "00ff010001")],
)
def test_escape_examples(data: str, escaped: str) -> None:
    assert escape(bytes.fromhex(data)).hex() == escaped


@given(st.lists(parts, max_size=4), parts)
def test_joined_parts_are_read_back_one_by_one(joined: list[bytes], tail: bytes) -> None:
    data = b"".join(map(escape, joined)) + tail
    position = 0
    for part in joined:
        read, position = unescape(data, position)
        assert read == part
    assert data[position:] == tail


def test_part_without_terminator_is_refused() -> None:
    with pytest.raises(ValueError, match="not found"):
        unescape(b"ab\x00\xff")


@given(parts, parts, parts, parts)
def test_joined_keys_are_ordered_as_tuples(a: bytes, a_tail: bytes, b: bytes, b_tail: bytes) -> None:
    assert (escape(a) + a_tail < escape(b) + b_tail) == ((a, a_tail) < (b, b_tail))
    assert (escape(a) + escape(a_tail) < escape(b) + escape(b_tail)) == ((a, a_tail) < (b, b_tail))


def test_scan_order_of_strings_is_dynamodbs() -> None:
    recorded = ["2", "8", "9", "1", "6", "hello", "0", "5", "4", "äáöü", "aardman", "7", "3", "zapf"]
    assert sorted(recorded, key=lambda text: partition_hash(key_bytes("S", text))) == recorded


def test_scan_order_of_numbers_is_dynamodbs() -> None:
    recorded = ["7", "999.9", "8", "3", "2", "-999.9", "9", "4", "-0.09", "6", "1", "0", "0.012345", "5"]
    assert sorted(recorded, key=lambda text: partition_hash(key_bytes("N", text))) == recorded


def test_order_of_index_ties_is_dynamodbs() -> None:
    recorded = ["bb", "aa", "ce", "ea", "da", "cd"]  # table keys (b, b), (a, a), ... joined
    assert sorted(recorded, key=lambda text: partition_hash(text.encode())) == recorded


@given(parts, parts)
def test_successor_ends_the_range_of_a_prefix(prefix: bytes, other: bytes) -> None:
    if not prefix.rstrip(b"\xff"):
        with pytest.raises(ValueError, match="no key is greater"):
            successor(prefix)
        return
    end = successor(prefix)
    assert prefix + other < end
    assert (prefix <= other < end) == other.startswith(prefix)


def position(bound: bytes | None) -> int:
    return 1 << 64 if bound is None else int.from_bytes(bound, "big")


@given(totals, st.data())
def test_segments_partition_all_hashes(total: int, data: st.DataObject) -> None:
    segment = data.draw(st.integers(0, total - 1))
    start, end = segment_bounds(segment, total)
    assert len(start) == HASH_BYTES
    assert position(start) < position(end)
    assert (position(start) == 0) == (segment == 0)
    assert (end is None) == (segment == total - 1)
    if end is not None:
        assert segment_bounds(segment + 1, total)[0] == end


@given(st.integers(1, 4096), st.data())
def test_segments_are_cut_at_twelve_bits(total: int, data: st.DataObject) -> None:
    segment = data.draw(st.integers(0, total - 1))
    start, end = segment_bounds(segment, total)
    assert position(start) == -(-4096 * segment // total) << 52
    assert position(end) == -(-4096 * (segment + 1) // total) << 52


@given(st.integers(1, 500_000), st.data())
def test_halves_of_a_segment_make_up_the_segment(total: int, data: st.DataObject) -> None:
    # Beyond 4,096 the cuts are finer than DynamoDB's; a count that doubles across that border still nests
    # only for totals that divide 4,096.
    if 2048 < total <= 4096 and 4096 % total:
        return
    segment = data.draw(st.integers(0, total - 1))
    start, end = segment_bounds(segment, total)
    assert segment_bounds(2 * segment, 2 * total)[0] == start
    assert segment_bounds(2 * segment + 1, 2 * total)[1] == end


@pytest.mark.parametrize(
    ("key_type", "content", "segment"),
    [
        ("S", "3635", 0),
        ("S", "228", 0),
        ("S", "1668", 1),
        ("S", "3435", 4),
        ("N", "251", 1),
        ("N", "2388", 4095),
    ],
)
def test_keys_are_in_the_segments_recorded_on_dynamodb(key_type: str, content: str, segment: int) -> None:
    start, end = segment_bounds(segment, 4096)
    placed = partition_hash(key_bytes(key_type, content))
    assert start <= placed
    assert end is None or placed < end
