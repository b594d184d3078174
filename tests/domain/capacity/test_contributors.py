"""Which keys are counted for what, minute by minute."""

from dataclasses import replace
from typing import Any

from tests.domain.capacity.test_rates import table

from kilowatt.domain.capacity.contributors import MOST_SHOWN, Contributors, contributors_of
from kilowatt.domain.capacity.units import READ, WRITE
from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.insights import Insights, enabled
from kilowatt.domain.tables.keys import key_ends, key_of_suffix, suffix_of_key
from kilowatt.domain.tables.table import Table

_SECOND, _MINUTE = 1_000_000, 60_000_000
_START = 1_790_000_040 * _SECOND
_KEY = KeySchema((KeyAttribute("pk", "S"),), (KeyAttribute("sk", "N"),))


def _table(insights: Insights | None = None) -> Table:
    return replace(table(insights=insights), key=_KEY)


def _counting(accesses: bool = True) -> Contributors:
    return Contributors(_table(), accesses)


def _place(pk: str, sk: int) -> bytes:
    return suffix_of_key(_KEY, {"pk": {"S": pk}, "sk": {"N": str(sk)}})


def _partition(pk: str) -> bytes:
    place = _place(pk, 0)
    return place[: key_ends(_KEY, place)[0]]


def _shown(contributors: Contributors, rule: str, now: int = _START, start: int = 0) -> dict[Any, float]:
    """Totals by the values of the keys, the heaviest first."""
    found = contributors.heaviest(rule, start, now / _SECOND)
    keys = [key_of_suffix(_KEY, one.position) for one in found]
    values = [tuple(next(iter(value.values())) for value in key.values()) for key in keys]
    return dict(zip(values, [one.total for one in found], strict=True))


def test_a_write_unit_counts_three_times_a_read_unit() -> None:
    contributors = _counting()
    contributors.accessed(_START, WRITE, _place("a", 1), 4)
    contributors.accessed(_START, READ, _place("a", 2), 1)
    contributors.accessed(_START, READ, _place("b", 1), 20)
    assert _shown(contributors, "PKC") == {("b",): 10, ("a",): 6.5}
    assert _shown(contributors, "SKC") == {("b", "1"): 10, ("a", "1"): 6, ("a", "2"): 0.5}
    assert _shown(contributors, "PKT") == _shown(contributors, "SKT") == {}


def test_throttled_requests_are_counted_one_by_one() -> None:
    contributors = _counting(accesses=False)
    contributors.accessed(_START, WRITE, _place("a", 1), 4)
    for sk in (1, 1, 2):
        contributors.throttled(_START, _place("a", sk))
    assert _shown(contributors, "PKC") == {}
    assert _shown(contributors, "PKT") == {("a",): 3}
    assert _shown(contributors, "SKT") == {("a", "1"): 2, ("a", "2"): 1}


def test_an_access_to_a_partition_key_names_no_item() -> None:
    contributors = _counting()
    contributors.accessed(_START, READ, _partition("a"), 2)
    contributors.accessed(_START, READ, b"", 2)
    assert _shown(contributors, "PKC") == {("a",): 1}
    assert _shown(contributors, "SKC") == {}


def test_minutes_add_up_and_the_highest_is_told() -> None:
    contributors = _counting()
    for minute, half_units in enumerate((2, 8, 4)):
        contributors.accessed(_START + minute * _MINUTE, READ, _place("a", 1), half_units)
    now = (_START + 2 * _MINUTE) / _SECOND
    (first,) = contributors.heaviest("PKC", 0, now)
    assert (first.total, first.peak, first.error) == (7, 4, 0)
    (later,) = contributors.heaviest("PKC", (_START + 2 * _MINUTE) // _SECOND, now)
    assert later.total == 2


def test_an_hour_is_kept_and_the_first_25_are_shown() -> None:
    contributors = _counting()
    for minute in range(100):
        for number in range(30):
            place = _place(f"{minute}-{number:02}", 1)
            contributors.accessed(_START + minute * _MINUTE, READ, place, 2 * (100 * minute + 30 - number))
    found = _shown(contributors, "PKC", _START + 99 * _MINUTE)
    assert list(found)[:2] == [("99-00",), ("99-01",)]
    assert len(found) == MOST_SHOWN
    oldest = contributors.heaviest("PKC", 0, (_START + 99 * _MINUTE) / _SECOND)[-1]
    assert oldest.total == 9900 + 30 - 24


def test_a_change_of_mode_keeps_what_was_throttled() -> None:
    insights = enabled(None, None, 1.0, 1.0)
    contributors = contributors_of(_table(insights), None)
    assert contributors is not None
    contributors.throttled(_START, _place("a", 1))
    insights = enabled(insights, "THROTTLED_KEYS", 2.0, 2.0)
    assert contributors_of(_table(insights), contributors) is contributors
    assert not contributors.counts_accesses
    assert _shown(contributors, "PKT") == {("a",): 1}
    assert contributors_of(_table(), contributors) is None
