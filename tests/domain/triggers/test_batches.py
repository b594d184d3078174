"""What follows an invocation."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.triggers import batches, event, windows
from kilowatt.domain.triggers.batches import Answer, Batch, Policy, Verdict, verdict
from kilowatt.domain.triggers.event import Entry


def entries(count: int, first: int = 1) -> list[Entry]:
    return [
        Entry(number, f"{number:021}", number * 1_000_000, 0, b'{"n":%d}' % number)
        for number in range(first, first + count)
    ]


def _good(payload: Any = None) -> Answer:
    return Answer("id", orjson.dumps(payload))


BAD = Answer("id", b"{}", "Unhandled")


def _failing(*identifiers: Any) -> Answer:
    return _good({"batchItemFailures": [{"itemIdentifier": it} for it in identifiers]})


def _numbers(found: Verdict) -> list[list[int]]:
    return [[entry.number for entry in batch.entries] for batch in found.again]


def test_success_is_all_done() -> None:
    assert verdict(Batch(entries(3)), _good(), Policy()) == Verdict(3)


def test_failures_that_are_reported_count_only_if_that_was_asked_for() -> None:
    answer = _failing(entries(3)[1].sequence_number)
    assert verdict(Batch(entries(3)), answer, Policy()) == Verdict(3)
    found = verdict(Batch(entries(3)), answer, Policy(partial=True))
    assert (found.done, _numbers(found)) == (1, [[2, 3]])


def test_the_lowest_failure_counts_and_what_is_left_begins_anew() -> None:
    batch = Batch(entries(4), failures=2)
    answer = _failing(batch.entries[3].sequence_number, batch.entries[1].sequence_number)
    found = verdict(batch, answer, Policy(partial=True, most_retries=2))
    assert (found.done, _numbers(found), found.again[0].failures) == (1, [[2, 3, 4]], 0)


@pytest.mark.parametrize("identifier", ["", None, "other", 3, {}])
def test_an_identifier_that_is_none_of_the_batch_fails_it_whole(identifier: Any) -> None:
    answer = _failing(entries(3)[2].sequence_number, identifier)
    found = verdict(Batch(entries(3)), answer, Policy(partial=True))
    assert (found.done, _numbers(found), found.again[0].failures) == (0, [[1, 2, 3]], 1)


@pytest.mark.parametrize("payload", [b"", b"no json", b"[]", b'"text"', b"null", b"3"])
def test_other_answers_are_successes(payload: bytes) -> None:
    assert verdict(Batch(entries(2)), Answer("id", payload), Policy(partial=True)) == Verdict(2)


@pytest.mark.parametrize(("most", "invocations"), [(0, 1), (1, 2), (3, 4)])
def test_retries_are_used_up(most: int, invocations: int) -> None:
    batch, count = Batch(entries(1)), 1
    while not (found := verdict(batch, BAD, Policy(most_retries=most))).given_up:
        (batch,) = found.again
        count += 1
    assert count == invocations
    assert batch.failures + 1 == invocations


def test_without_a_limit_nothing_is_given_up() -> None:
    assert not verdict(Batch(entries(1), failures=100_000), BAD, Policy()).given_up


def test_a_state_is_needed_in_a_window() -> None:
    assert verdict(Batch(entries(1)), _good({"state": {}}), Policy(), needs_state=True).done == 1
    assert verdict(Batch(entries(1)), _good({"state": 3}), Policy(), needs_state=True).done == 0
    assert verdict(Batch(entries(1)), _good(), Policy(), needs_state=True).done == 0


@given(st.integers(1, 40), st.sets(st.integers(1, 40)), st.integers(0, 2), st.booleans())
def test_bisecting_gives_up_nothing_but_what_fails(
    count: int, poison: set[int], retries: int, partial: bool
) -> None:
    """And keeps the order; whether failures are thrown or, with the first one named, reported."""
    policy = Policy(most_retries=retries, bisect=True, partial=partial)
    waiting, done, given_up = [Batch(entries(count))], list[int](), list[int]()
    while waiting:
        batch = waiting.pop()
        bad = [entry for entry in batch.entries if entry.number in poison]
        answer = BAD if bad else _good()
        if bad and partial:
            answer = _failing(bad[0].sequence_number)
        found = verdict(batch, answer, policy)
        done += [entry.number for entry in batch.entries[: found.done]]
        if found.given_up:
            given_up += [entry.number for entry in batch.entries]
        waiting.extend(reversed(found.again))
    if partial:
        # A batch whose first record fails is given up as a whole: there is nothing to cut off before it.
        assert set(done) | set(given_up) == set(range(1, count + 1))
    else:
        assert given_up == sorted(poison & set(range(1, count + 1)))
        assert done == [number for number in range(1, count + 1) if number not in poison]


@pytest.mark.parametrize(
    ("age", "now", "expected"),
    [
        (-1, 86_400.0, 0),
        (-1, 86_402.5, 2),
        (604_800, 86_402.5, 2),
        (60, 61.5, 1),
        (60, 63.0, 2),
        (60, 100.0, 3),
    ],
)
def test_only_the_oldest_are_too_old(age: int, now: float, expected: int) -> None:
    assert batches.too_old(Batch(entries(3)), Policy(most_age_seconds=age), now) == expected


def test_an_event_is_the_records_and_the_window() -> None:
    assert json.loads(event.event(entries(2))) == {"Records": [{"n": 1}, {"n": 2}]}
    more = windows.members(windows.Window(120, {"a": 1}), 60, "shardId-1", "arn", final=True)
    assert json.loads(event.event((), more)) == {
        "Records": [],
        "window": {"start": "1970-01-01T00:02:00Z", "end": "1970-01-01T00:03:00Z"},
        "state": {"a": 1},
        "shardId": "shardId-1",
        "eventSourceARN": "arn",
        "isFinalInvokeForWindow": True,
        "isWindowTerminatedEarly": False,
    }


def test_an_event_has_six_megabytes_at_most() -> None:
    large = [Entry(number, "1", 0, 0, b"x" * 1024 * 1024) for number in range(20)]
    assert event.fitting(large, 100) == 5
    assert len(event.event(large[:5])) <= event.EVENT_BYTES
    assert event.fitting([Entry(1, "1", 0, 0, b"x" * 7 * 1024 * 1024)], 100) == 1, "one at least"
    assert event.fitting(entries(7), 3) == 3


@given(st.lists(st.integers(0, 10**12), min_size=1), st.integers(1, 900))
def test_windows_take_every_record_in_order(times: list[int], seconds: int) -> None:
    rest = [Entry(number, "1", time, 0, b"") for number, time in enumerate(times)]
    taken: list[int] = []
    while rest:
        window = windows.begun_by(rest[0], seconds)
        count = windows.within(window, rest, seconds)
        assert count > 0
        assert window.start % seconds == 0
        taken += [entry.number for entry in rest[:count]]
        rest = rest[count:]
    assert taken == list(range(len(times)))


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=3)), st.integers(1, 10))
def test_an_item_is_always_in_the_same_lane(keys: dict[str, str], lanes: int) -> None:
    assert event.lane_of(keys, lanes) == event.lane_of(dict(keys), lanes) < lanes


def test_the_service_is_named_in_lower_case() -> None:
    """GetRecords shows the same in capitals."""
    shown = {
        "eventName": "REMOVE",
        "userIdentity": {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"},
    }
    record = event.event_record(shown, "arn")
    assert record["userIdentity"] == {"principalId": "dynamodb.amazonaws.com", "type": "Service"}
    assert record["eventSourceARN"] == "arn"
