"""What counts as a change, and how it is shown."""

import random
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.values.attribute_values import items

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.streams import stream as streams
from kilowatt.domain.streams.change import Change, changes, stream_record
from kilowatt.domain.tables.reference import TableReference
from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.values.sizes import item_size
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.store import layout

NOW = 1_790_000_000.25
SCHEMA = KeySchema((KeyAttribute("id", "S"),), ())
TABLE = TableReference("000000000000", "us-east-1", "people", 1, "any", SCHEMA)
FRED = {"id": {"S": "Fred"}}
NAMED = {"id": {"S": "Fred"}, "name": {"S": "Fred"}}


def stored(item: dict[str, Any] | None) -> StoredItem | None:
    return None if item is None else StoredItem.of(item)


def shown(
    view_type: str, old: dict[str, Any] | None, new: dict[str, Any] | None, by_service: bool = False
) -> dict[str, Any]:
    stream = streams.begun(view_type, NOW, 1)
    change = Change(int(NOW * 1_000_000), stored(old), stored(new), by_service)
    record: dict[str, Any] = stream_record(change, TABLE, stream, stream.shards[0], 5)
    return record


def shuffled(value: Any, chance: random.Random) -> Any:
    """The same value, with attributes and elements of sets in another order."""
    if isinstance(value, dict):
        entries = [(key, shuffled(inner, chance)) for key, inner in value.items()]
        chance.shuffle(entries)
        return {key: _in_another_order(inner, chance) if "S" in key[1:] else inner for key, inner in entries}
    if isinstance(value, list):
        return [shuffled(inner, chance) for inner in value]
    return value


def _in_another_order(content: Any, chance: random.Random) -> Any:
    is_set = isinstance(content, list) and all(isinstance(element, str) for element in content)
    return chance.sample(content, len(content)) if is_set else content


@given(items, st.randoms(use_true_random=False))
def test_another_order_of_attributes_and_of_sets_is_no_change(
    item: dict[str, Any], chance: random.Random
) -> None:
    accept_item(item)
    again = shuffled(deepcopy(item), chance)
    accept_item(again)
    assert not changes(stored(item), stored(again))


@given(items, items)
def test_whatever_is_equal_once_ordered_is_no_change_and_all_else_is(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    accept_item(old)
    accept_item(new)
    assert changes(stored(old), stored(new)) == (_ordered(old) != _ordered(new))


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: sorted(inner) if key in {"SS", "NS", "BS"} and isinstance(inner, list) else _ordered(inner)
            for key, inner in value.items()
        }
    return [_ordered(inner) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (None, None, False),
        (None, FRED, True),
        (FRED, None, True),
        (FRED, NAMED, True),
        (FRED, {**FRED, "list": {"L": [{"S": "a"}, {"S": "b"}]}}, True),
        (
            {**FRED, "l": {"L": [{"N": "1"}, {"N": "2"}]}},
            {**FRED, "l": {"L": [{"N": "2"}, {"N": "1"}]}},
            True,
        ),
        ({**FRED, "a": {"SS": ["x", "y"]}}, {**FRED, "a": {"SS": ["y", "x"]}}, False),
        ({**FRED, "a": {"SS": ["1"]}}, {**FRED, "a": {"NS": ["1"]}}, True),
    ],
)
def test_what_is_a_change(old: dict[str, Any] | None, new: dict[str, Any] | None, expected: bool) -> None:
    assert changes(stored(old), stored(new)) is expected


@pytest.mark.parametrize(
    ("view_type", "images"),
    [
        ("KEYS_ONLY", set()),
        ("NEW_IMAGE", {"NewImage"}),
        ("OLD_IMAGE", {"OldImage"}),
        ("NEW_AND_OLD_IMAGES", {"NewImage", "OldImage"}),
    ],
)
def test_each_view_shows_its_images(view_type: str, images: set[str]) -> None:
    ever = {"ApproximateCreationDateTime", "Keys", "SequenceNumber", "SizeBytes", "StreamViewType"}
    for old, new, name in ((None, FRED, "INSERT"), (FRED, NAMED, "MODIFY"), (NAMED, None, "REMOVE")):
        record = shown(view_type, old, new)
        there = {image for image, item in (("OldImage", old), ("NewImage", new)) if item is not None}
        change = record["dynamodb"]
        assert change.keys() == ever | (images & there)
        assert change.get("NewImage", new) == new
        assert change.get("OldImage", old) == old
        assert (record["eventName"], change["Keys"], change["StreamViewType"]) == (name, FRED, view_type)
        counted = [item for image, item in (("OldImage", old), ("NewImage", new)) if image in change]
        assert change["SizeBytes"] == item_size(FRED) + sum(item_size(item or {}) for item in counted)


@pytest.mark.parametrize(
    ("view_type", "old", "new", "size"),
    [
        ("NEW_AND_OLD_IMAGES", None, FRED, 12),
        ("NEW_AND_OLD_IMAGES", FRED, NAMED, 26),
        ("NEW_AND_OLD_IMAGES", {"id": {"S": "NewKey"}}, None, 16),
        ("NEW_IMAGE", None, {"id": {"S": "a"}, "Message": {"S": "New item!"}}, 22),
    ],
)
def test_sizes_are_those_recorded(
    view_type: str, old: dict[str, Any] | None, new: dict[str, Any] | None, size: int
) -> None:
    assert shown(view_type, old, new)["dynamodb"]["SizeBytes"] == size


def test_the_rest_of_a_record() -> None:
    record = shown("KEYS_ONLY", None, FRED)
    assert len(record.pop("eventID")) == 32
    assert record.pop("dynamodb")["ApproximateCreationDateTime"] == 1_790_000_000
    assert record == {
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
    }


def test_only_what_the_service_deleted_has_an_identity() -> None:
    identity = {"PrincipalId": "dynamodb.amazonaws.com", "Type": "Service"}
    assert shown("KEYS_ONLY", FRED, None, by_service=True)["userIdentity"] == identity
    assert "userIdentity" not in shown("KEYS_ONLY", FRED, None)


@given(items, items, st.booleans(), st.sampled_from(["old", "new", "both"]))
def test_a_change_is_stored_and_read_back(
    old: dict[str, Any], new: dict[str, Any], by_service: bool, which: str
) -> None:
    accept_item(old)
    accept_item(new)
    change = Change(
        12345, stored(old if which != "new" else None), stored(new if which != "old" else None), by_service
    )
    record = layout.change_record(change.time, change.old, change.new, change.by_service)
    found = layout.change_of(record)
    assert found is not None
    assert (found.time, found.by_service, found.name) == (12345, by_service, change.name)
    for image, kept in ((found.old, change.old), (found.new, change.new)):
        assert (image and (image.body, image.size)) == (kept and (kept.body, kept.size))
    assert layout.change_time(record) == 12345


def test_a_closing_record_is_no_change() -> None:
    record = layout.closing_record(12345)
    assert layout.change_of(record) is None
    assert layout.change_time(record) == 12345
