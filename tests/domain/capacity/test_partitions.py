"""How partitions are found, provided and divided."""

from collections.abc import Callable
from hashlib import md5
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.capacity.bucket import TokenBucket
from kilowatt.domain.capacity.heat import SAMPLE, Sample, split_point
from kilowatt.domain.capacity.partitions import INTERVAL_SECONDS, PartitionMap
from kilowatt.domain.capacity.units import READ, WRITE

SECOND = 1_000_000
UNIT = 2


def position(key: str, sort_key: str = "") -> bytes:
    """As a table suffix: the hash, then partition key and sort key."""
    return md5(key.encode()).digest()[:8] + key.encode() + b"\0\0" + sort_key.encode() + b"\0\0"


def loaded(
    partitions: PartitionMap, seconds: int, units: int, key: Callable[[int], bytes], kind: int = WRITE
) -> None:
    """`units` a second, in 100 accesses, at the positions that `key` gives for their numbers."""
    number, whole = 0, TokenBucket(1, 1, 0)
    for second in range(seconds):
        now = second * SECOND
        if second and second % INTERVAL_SECONDS == 0:
            partitions.end_interval(now, contiguous=True)
        for _ in range(100):
            at = key(number)
            partitions.take(whole, now, kind, at, units * UNIT // 100, debt=True)
            number += 1


@given(st.integers(1, 200), st.binary(min_size=8, max_size=40))
def test_each_position_is_in_the_partition_that_begins_before_it(count: int, at: bytes) -> None:
    partitions = PartitionMap(count, 0, True)
    found = partitions.find(at)
    place = partitions.partitions.index(found)
    assert found.start <= at
    assert all(at < later.start for later in partitions.partitions[place + 1 :])


def test_partitions_are_of_one_size() -> None:
    partitions = PartitionMap(4, 0, True).partitions
    assert [partition.start[:1] for partition in partitions] == [b"", b"\x40", b"\x80", b"\xc0"]
    assert [partition.parent for partition in partitions] == [None] * 4


@given(st.integers(1, 20), st.lists(st.integers(1, 100), max_size=4))
def test_after_more_were_asked_for_none_has_more_than_its_share(first: int, asked: list[int]) -> None:
    partitions = PartitionMap(first, 0, True)
    for count in asked:
        partitions.provide(count, 0)
    starts = [int.from_bytes(it.start[:8].ljust(8, b"\0"), "big") for it in partitions.partitions] + [1 << 64]
    assert starts == sorted(set(starts))
    widest = max(high - low for low, high in pairwise(starts))
    assert widest <= -(-(1 << 64) // max([first, *asked]))


def test_children_know_their_parent() -> None:
    partitions = PartitionMap(1, 0, True)
    partitions.provide(2, 5 * SECOND)
    assert [(it.number, it.parent, it.opened) for it in partitions.partitions] == [
        (1, 0, 5 * SECOND),
        (2, 0, 5 * SECOND),
    ]
    assert [(it.number, it.closed) for it in partitions.divided] == [(0, 5 * SECOND)]


def test_the_debt_of_a_divided_partition_is_its_childrens() -> None:
    partitions = PartitionMap(1, 0, True)
    partitions.find(b"").buckets[WRITE].take(0, 3_000 * UNIT)
    partitions.provide(2, 0)
    for child in partitions.partitions:
        assert not child.buckets[WRITE].has(0)
        assert child.buckets[READ].has(0)


def test_a_range_that_stays_hot_is_divided_where_its_heat_divides() -> None:
    keys = sorted(position(str(number)) for number in range(1000))[:100]
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 41, 900, lambda number: keys[number % 100])
    assert len(partitions.partitions) == 2
    below = sum(key < partitions.partitions[1].start for key in keys)
    assert 35 <= below <= 65


def test_a_load_that_is_below_the_limit_divides_nothing() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 120, 700, lambda number: position(str(number % 100)))
    assert len(partitions.partitions) == 1


def test_a_short_peak_divides_nothing() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 21, 1000, lambda number: position(str(number % 100)))
    assert len(partitions.partitions) == 1


def test_reads_have_a_limit_of_their_own() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 60, 2300, lambda number: position(str(number % 100)), READ)
    assert len(partitions.partitions) == 1
    loaded(partitions, 60, 2500, lambda number: position(str(number % 100)), READ)
    assert len(partitions.partitions) > 1


def test_one_hot_item_is_never_divided_from_itself() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 300, 1000, lambda number: position("hot" if number % 10 else str(number)))
    assert len(partitions.partitions) == 1


def test_two_hot_items_get_partitions_of_their_own() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 60, 1000, lambda number: position("ab"[number % 2]))
    assert partitions.find(position("a")) is not partitions.find(position("b"))


def test_an_item_collection_is_divided_by_sort_key() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 60, 1000, lambda number: position("one", f"{number * 37 % 100:03}"))
    assert partitions.find(position("one", "001")) is not partitions.find(position("one", "099"))


def test_a_collection_with_local_indexes_is_not_divided() -> None:
    partitions = PartitionMap(1, 0, within_collections=False)
    loaded(partitions, 60, 1000, lambda number: position("one", f"{number * 37 % 100:03}"))
    assert len(partitions.partitions) == 1


def test_a_collection_whose_sort_keys_grow_is_not_divided() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 300, 1000, lambda number: position("log", f"{number:08}"))
    assert len(partitions.partitions) == 1


def test_collections_whose_sort_keys_grow_are_divided_from_each_other() -> None:
    partitions = PartitionMap(1, 0, True)
    loaded(partitions, 60, 1000, lambda number: position("ab"[number % 2], f"{number:08}"))
    assert partitions.find(position("a", "0")) is not partitions.find(position("b", "0"))


@given(st.integers(1, 20_000), st.integers(1, 7))
def test_a_sample_is_bounded_and_sees_whoever_takes_turns(count: int, turns: int) -> None:
    sample = Sample()
    for number in range(count):
        sample.add(bytes([number % turns]), 2)
    accesses = sample.accesses
    assert len(accesses) <= SAMPLE
    if count > 100:
        assert {at for at, _ in accesses} == {bytes([turn]) for turn in range(turns)}


@given(
    st.lists(st.tuples(st.binary(min_size=8, max_size=10), st.integers(1, 10)), max_size=40), st.booleans()
)
def test_a_split_point_has_a_tenth_of_the_heat_on_each_side(
    accesses: list[tuple[bytes, int]], within_collections: bool
) -> None:
    point = split_point(accesses, within_collections)
    if point is not None:
        total = sum(half_units for _, half_units in accesses)
        below = sum(half_units for at, half_units in accesses if at < point)
        assert total / 10 <= below <= total * 9 / 10
