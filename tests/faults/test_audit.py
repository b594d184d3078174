"""The audit that judges the crash tests complains when it should."""

from collections.abc import Callable
from copy import deepcopy

import pytest
from tests.faults.audit import COUNTERS, INDEXES, Stored, complaints_about
from tests.faults.history import CounterHistory, History, Item, Step

from kilowatt.domain.values.sizes import item_size

_A = {
    "pk": {"S": "p0"},
    "sk": {"N": "1000001"},
    "rank": {"N": "5"},
    "colour": {"S": "red"},
    "text": {"S": "a"},
}
_B = {"pk": {"S": "p0"}, "sk": {"N": "1000002"}, "team": {"S": "amber"}, "score": {"N": "1"}}
_C = {"pk": {"S": "p1"}, "sk": {"N": "1000003"}, "rank": {"N": "7"}}
_COUNTER: Item = {
    "pk": {"S": COUNTERS},
    "sk": {"N": "0"},
    "team": {"S": "counters"},
    "score": {"N": "2"},
    "tokens": {"SS": ["one", "two"]},
}


def _stored(*items: Item) -> Stored:
    entries = {
        name: [
            {attribute: item[attribute] for attribute in item if kept is None or attribute in kept}
            for item in items
            if needed <= item.keys()
        ]
        for name, (needed, kept) in INDEXES.items()
    }
    totals = {name: (len(found), sum(map(item_size, found))) for name, found in entries.items()}
    indexes = [
        {"IndexName": name, "ItemCount": count, "IndexSizeBytes": size}
        for name, (count, size) in totals.items()
    ]
    description = {
        "ItemCount": len(items),
        "TableSizeBytes": sum(map(item_size, items)),
        "LocalSecondaryIndexes": indexes[:1],
        "GlobalSecondaryIndexes": indexes[1:],
    }
    return Stored(deepcopy(list(items)), deepcopy(entries), description)


def _history() -> History:
    """A was put and acknowledged; a batch of B and C was sent and never answered."""
    steps: list[Step] = [{("p0", 1000001): _A}, {("p0", 1000002): _B, ("p1", 1000003): _C}]
    return History(steps=steps, acknowledged=1)


def _counters() -> dict[int, CounterHistory]:
    return {0: CounterHistory(sent={"one", "two", "three"}, acknowledged={"one", "two"})}


@pytest.mark.parametrize("items", [[_A, _COUNTER], [_A, _B, _C, _COUNTER]], ids=["old", "new"])
def test_the_acknowledged_and_all_or_nothing_of_the_rest_is_fine(items: list[Item]) -> None:
    assert complaints_about(_stored(*items), [_history()], _counters()) == []


@pytest.mark.parametrize(
    ("items", "complaint"),
    [
        ([_COUNTER], "writer 1: not what is left after 1 to 2 steps"),
        ([_A, _B, _COUNTER], "writer 1: not what is left"),
        ([{**_A, "text": {"S": "b"}}, _COUNTER], "found {"),
        ([_A, {**_B, "sk": {"N": "9000000"}}, _COUNTER], "items of nobody"),
        ([_A], "counter 0: lost ['one', 'two']"),
        ([_A, {**_COUNTER, "tokens": {"SS": ["one", "two", "four"]}}], "nobody added ['four']"),
        ([_A, {**_COUNTER, "score": {"N": "3"}}], "counted 3, but has 2 tokens"),
        ([_A, _COUNTER, {**_COUNTER, "sk": {"N": "5"}}], "no such counter"),
    ],
    ids=["lost", "half", "changed", "made up", "counter", "token", "total", "counters"],
)
def test_lost_or_half_applied_writes_are_complained_about(items: list[Item], complaint: str) -> None:
    complaints = complaints_about(_stored(*items), [_history()], _counters())
    assert any(complaint in text for text in complaints), complaints


def _lose_entry(stored: Stored) -> None:
    stored.entries["by-rank"].pop()


def _keep_old_entry(stored: Stored) -> None:
    stored.entries["by-team"].append({**_A, "team": {"S": "amber"}, "score": {"N": "1"}})


def _leave_entry_unchanged(stored: Stored) -> None:
    stored.entries["by-rank"][0]["colour"] = {"S": "blue"}


def _project_too_much(stored: Stored) -> None:
    stored.entries["by-colour"][0]["text"] = {"S": "a"}


def _count_wrong(stored: Stored) -> None:
    stored.description["ItemCount"] += 1


def _size_wrong(stored: Stored) -> None:
    stored.description["GlobalSecondaryIndexes"][0]["IndexSizeBytes"] -= 1


@pytest.mark.parametrize(
    ("doctor", "complaint"),
    [
        (_lose_entry, "index by-rank: misses"),
        (_keep_old_entry, "index by-team: should not have"),
        (_leave_entry_unchanged, "index by-rank: should not have"),
        (_project_too_much, "index by-colour: should not have"),
        (_count_wrong, "table: described as"),
        (_size_wrong, "by-team: described as"),
    ],
)
def test_indexes_and_sizes_that_do_not_fit_are_complained_about(
    doctor: Callable[[Stored], None], complaint: str
) -> None:
    stored = _stored(_A, _B, _C, _COUNTER)
    doctor(stored)
    complaints = complaints_about(stored, [_history()], _counters())
    assert any(complaint in text for text in complaints), complaints


def test_a_write_that_was_taken_back_later_is_complained_about() -> None:
    history = History(steps=[{("p0", 1000001): _A}, {("p0", 1000001): None}], acknowledged=2)
    assert complaints_about(_stored(_A), [history], {})
    assert not complaints_about(_stored(_A), [history], {}, at_least=[1])
