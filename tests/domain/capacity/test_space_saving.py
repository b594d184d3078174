"""Space-Saving keeps its bounds, whatever the stream."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.capacity.space_saving import Heavy, SpaceSaving

KEYS = st.integers(0, 40).map(lambda number: b"%d" % number)
STREAMS = st.lists(st.tuples(KEYS, st.integers(1, 1000)), max_size=300)


def _counted(stream: list[tuple[bytes, int]], size: int) -> tuple[SpaceSaving, "Counter[bytes]"]:
    sketch, true = SpaceSaving(size), Counter[bytes]()
    for key, weight in stream:
        sketch.add(key, weight)
        true[key] += weight
    return sketch, true


@given(STREAMS, st.integers(1, 12))
def test_counts_are_too_high_by_the_error_at_most(stream: list[tuple[bytes, int]], size: int) -> None:
    sketch, true = _counted(stream, size)
    assert sketch.total == sum(true.values())
    for key, count, error in sketch.heaviest(size):
        assert true[key] <= count <= true[key] + error
        assert error <= sketch.total / size


@given(STREAMS, st.integers(1, 12))
def test_a_key_with_more_than_its_share_is_never_missed(stream: list[tuple[bytes, int]], size: int) -> None:
    sketch, true = _counted(stream, size)
    kept = {heavy.key for heavy in sketch.heaviest(size)}
    assert len(kept) == min(size, len(true))
    assert {key for key, weight in true.items() if weight > sketch.total / size} <= kept


@given(STREAMS)
def test_with_a_counter_for_each_key_it_is_exact(stream: list[tuple[bytes, int]]) -> None:
    sketch, true = _counted(stream, 41)
    ordered = sorted(true.items(), key=lambda counted: (-counted[1], counted[0]))
    assert sketch.heaviest(3) == [Heavy(key, count, 0) for key, count in ordered[:3]]


def test_a_heavy_key_is_found_among_very_many() -> None:
    sketch = SpaceSaving(50)
    for number in range(10_000):
        sketch.add(b"heavy" if number % 10 == 0 else b"%d" % number, 1)
    (first,) = sketch.heaviest(1)
    assert first.key == b"heavy"
    assert first.weight - first.error <= 1000 <= first.weight <= 1200
