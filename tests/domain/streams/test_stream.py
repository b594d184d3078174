"""Shards, their lines, and the numbers in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.streams import stream as streams
from kilowatt.domain.streams.stream import HASHES, KEYS_ONLY, Shard, Stream

NOW = 1_790_000_000.25


def begun() -> Stream:
    return streams.begun(KEYS_ONLY, NOW, 1)


@st.composite
def histories(draw: st.DrawFn) -> Stream:
    """A stream after some splits and rollovers."""
    stream = begun()
    number = 2
    for step in range(draw(st.integers(0, 8))):
        shard = draw(st.sampled_from(stream.open_shards))
        divides = draw(st.booleans()) and shard.end - shard.start > 1
        at = draw(st.integers(shard.start + 1, shard.end - 1)) if divides else None
        stream = stream.divided(shard, number, NOW + step, at)
        number += 2 if divides else 1
    return stream


def test_a_new_stream_has_one_open_shard_for_everything() -> None:
    stream = begun()
    assert (stream.label, stream.created) == ("2026-09-21T14:13:20.250", NOW)
    (shard,) = stream.shards
    assert (shard.start, shard.end, shard.closed, shard.parent) == (0, HASHES, None, None)
    assert stream.parent_id(shard) is None


@pytest.mark.parametrize("now", [NOW, NOW - 3600])
def test_the_label_of_a_new_stream_is_later_than_that_of_the_last(now: float) -> None:
    assert streams.begun(KEYS_ONLY, now, 1, "2026-09-21T14:13:20.250").label == "2026-09-21T14:13:20.251"
    assert streams.begun(KEYS_ONLY, now, 1, "2026-09-21T10:00:00.000").label > "2026-09-21T13"


def test_ids_and_numbers_have_the_form_of_aws() -> None:
    shard = begun().shards[0]
    assert shard.id == "shardId-00000001790000000250-c4ca4238"
    assert [shard.sequence_number(number) for number in (0, 7)] == [
        "100000000000000000000",
        "100000000000000000007",
    ]


@pytest.mark.parametrize("text", ["", "x" * 21, "-" + "1" * 21, "2" + "0" * 20, "0" * 21, "9" * 40])
def test_what_is_no_number_of_the_shard_is_none(text: str) -> None:
    assert begun().shards[0].log_number(text) is None


@given(st.integers(1, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_a_sequence_number_tells_the_number_in_the_log(shard_number: int, number: int) -> None:
    shard = Shard(shard_number, 0, HASHES, NOW)
    text = shard.sequence_number(number)
    assert 21 <= len(text) <= 40
    assert shard.log_number(text) == number
    assert Shard(shard_number + 1, 0, HASHES, NOW).log_number(text) is None


@given(histories(), st.integers(0, HASHES - 1))
def test_every_hash_is_in_one_open_shard(stream: Stream, place: int) -> None:
    holding = [shard for shard in stream.open_shards if shard.start <= place < shard.end]
    assert holding == [stream.shard_of(place.to_bytes(8, "big"))]


@given(histories())
def test_children_share_the_range_of_their_parent_and_begin_after_it(stream: Stream) -> None:
    for parent in stream.shards:
        children = [shard for shard in stream.shards if shard.parent == parent.number]
        assert bool(children) == (parent.closed is not None)
        if children:
            assert sum(child.end - child.start for child in children) == parent.end - parent.start
            assert min(child.start for child in children) == parent.start
        for child in children:
            assert int(child.sequence_number(0)) > int(parent.sequence_number(2**64 - 1))
            assert stream.parent_id(child) == parent.id


@given(histories())
def test_ids_are_unique_and_what_is_stored_is_read_back(stream: Stream) -> None:
    assert len({shard.id for shard in stream.shards}) == len(stream.shards)
    assert all(28 <= len(shard.id) <= 65 for shard in stream.shards)
    assert streams.from_document(streams.to_document(stream)) == stream


@given(histories())
def test_a_stream_that_ended_has_no_open_shard(stream: Stream) -> None:
    ended = stream.ended(NOW + 100)
    assert (ended.disabled, ended.open_shards) == (NOW + 100, [])
    assert [shard.closed for shard in ended.shards] == [
        NOW + 100 if shard.closed is None else shard.closed for shard in stream.shards
    ]


def test_the_parent_of_a_shard_is_not_named_once_it_is_forgotten() -> None:
    stream = begun().divided(begun().shards[0], 2, NOW)
    child = stream.shards[1]
    assert stream.parent_id(child) == stream.shards[0].id
    assert stream.without([1]).parent_id(child) is None
    assert stream.without([1]).shards == (child,)
