"""Filter patterns."""

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.triggers.recorded import RECORDED, answers

from kilowatt.domain.triggers import filters
from kilowatt.errors import ServiceError

RECORD = {
    "eventName": "INSERT",
    "dynamodb": {
        "NewImage": {
            "name": {"S": "us-1-other"},
            "age": {"N": "42"},
            "tags": {"SS": ["a", "b"]},
            "list": {"L": [{"S": "x"}, {"N": "1"}]},
            "on": {"BOOL": True},
            "none": {"NULL": True},
        },
        "SizeBytes": 26,
    },
}


def _image(**rules: Any) -> dict[str, Any]:
    return {"dynamodb": {"NewImage": rules}}


@pytest.mark.parametrize(
    ("pattern", "matches"),
    [
        ({"eventName": ["INSERT"]}, True),
        ({"eventName": ["insert"]}, False),
        ({"eventName": ["REMOVE", "INSERT"]}, True),
        ({"eventName": ["INSERT"], "eventSource": ["x"]}, False),
        ({"$or": [{"eventName": ["REMOVE"]}, _image(age={"N": ["42"]})]}, True),
        ({"$or": [{"eventName": ["REMOVE"]}, _image(age={"N": ["43"]})]}, False),
        (_image(age={"N": [42]}), False),
        (_image(age={"N": [{"numeric": ["=", 42]}]}), False),
        (_image(age={"N": [{"anything-but": ["43"]}]}), True),
        (_image(age={"N": [{"anything-but": "42"}]}), False),
        (_image(missing={"N": [{"anything-but": "42"}]}), False),
        (_image(name={"S": [{"prefix": "us-1"}]}), True),
        (_image(name={"S": [{"suffix": "other"}]}), True),
        (_image(name={"S": [{"suffix": "us-1"}]}), False),
        (_image(name={"S": [{"equals-ignore-case": "US-1-OTHER"}]}), True),
        (_image(tags={"SS": ["b"]}), True),
        (_image(tags={"SS": ["c"]}), False),
        (_image(list={"L": {"S": ["x"]}}), True),
        (_image(list={"L": {"S": ["y"]}}), False),
        (_image(on={"BOOL": [True]}), True),
        (_image(on={"BOOL": [1]}), False),
        (_image(none={"NULL": [True]}), True),
        (_image(age=[{"exists": False}]), True),
        (_image(age={"N": [{"exists": True}]}), True),
        (_image(age={"S": [{"exists": True}]}), False),
        (_image(missing={"deep": {"er": [{"exists": False}]}}), True),
        ({"dynamodb": {"SizeBytes": [26]}}, True),
        ({"dynamodb": {"SizeBytes": [26.0]}}, False),
        ({"dynamodb": {"SizeBytes": [{"numeric": [">", 20, "<=", 26]}]}}, True),
        ({"dynamodb": {"SizeBytes": [{"numeric": ["<", 26]}]}}, False),
        ({"dynamodb": {"SizeBytes": [{"anything-but": [26]}]}}, False),
        ({"userIdentity": {"type": ["Service"]}}, False),
    ],
)
def test_a_pattern_matches(pattern: dict[str, Any], matches: bool) -> None:
    assert filters.parsed(json.dumps(pattern))(RECORD) is matches


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "{",
        "[]",
        "3",
        "{}",
        '{"a": {}}',
        '{"a": []}',
        '{"a": "b"}',
        '{"a": [{"prefix": 3}]}',
        '{"a": [{"unknown": "x"}]}',
        '{"a": [{"prefix": "a", "suffix": "b"}]}',
        '{"a": [{}]}',
        '{"a": [{"exists": "yes"}]}',
        '{"a": [{"numeric": [">"]}]}',
        '{"a": [{"numeric": ["~", 1]}]}',
        '{"a": [{"numeric": [">", "1"]}]}',
        '{"a": [{"anything-but": []}]}',
        '{"a": [{"anything-but": {"prefix": "x"}}]}',
        '{"$or": []}',
        '{"$or": {"a": ["b"]}}',
        '{"a": ["' + "x" * 4096 + '"]}',
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(ServiceError, match="Invalid filter pattern definition"):
        filters.parsed(pattern)


FILTERED = sorted(
    name for name in RECORDED if name.startswith("dynamodb_event_filter[") and "date_time" not in name
)
# What the situations put and did not get back; the rest is in the recorded events.
_LEFT_OUT = {
    "content_multiple_filters": ("MODIFY", {}),
    "content_filter_type": ("INSERT", {"notPresentKey": {"S": "presentValue"}}),
    "exists_filter_type": ("INSERT", {"notPresentKey": {"S": "presentValue"}}),
    "numeric_filter": ("INSERT", {"numericFilter": {"N": "101"}}),
    "prefix_filter": ("INSERT", {"prefix": {"S": "other-suffix"}}),
    "insert_same_entry_twice": ("MODIFY", {}),
}


@pytest.mark.parametrize("situation", FILTERED)
def test_recorded_filters_let_through_what_functions_got(situation: str) -> None:
    recorded = answers(situation)
    patterns = recorded["create_event_source_mapping_response"]["FilterCriteria"]["Filters"]
    matches = filters.any_of(json.dumps(it["Pattern"]) for it in patterns)
    assert matches is not None
    for event in recorded["lambda-multiple-log-events"]:
        assert all(matches(record) for record in event["Records"])
    left_out = _LEFT_OUT.get(situation.partition("[")[2].rstrip("]"))
    if left_out is not None:
        name, image = left_out
        record = {"eventName": name, "eventSource": "aws:dynamodb", "dynamodb": {"NewImage": image}}
        assert not matches(record)


def test_no_patterns_are_no_filter() -> None:
    assert filters.any_of([]) is None


_SCALARS = st.text(max_size=4) | st.integers(-3, 3) | st.booleans() | st.none()
_NAMES = st.sampled_from("abc")
_DOCUMENTS = st.recursive(_SCALARS, lambda part: st.dictionaries(_NAMES, part, max_size=3), max_leaves=6)


def _paths(document: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if not isinstance(document, dict):
        return [(path, document)]
    return [found for name, part in document.items() for found in _paths(part, (*path, name))]


def _at(path: tuple[str, ...], rules: list[Any]) -> dict[str, Any]:
    part: Any = rules
    for name in reversed(path):
        part = {name: part}
    found: dict[str, Any] = part
    return found


@given(st.dictionaries(_NAMES, _DOCUMENTS, min_size=1, max_size=3))
def test_every_leaf_equals_itself_and_is_nothing_but_itself(document: dict[str, Any]) -> None:
    for path, value in _paths(document):
        assert filters.parsed(json.dumps(_at(path, [value])))(document)
        assert filters.parsed(json.dumps(_at(path, [{"exists": True}])))(document)
        assert not filters.parsed(json.dumps(_at(path, [{"exists": False}])))(document)
        if isinstance(value, str):
            assert filters.parsed(json.dumps(_at(path, [{"prefix": value[:1]}, {"suffix": "~"}])))(document)
            assert not filters.parsed(json.dumps(_at(path, [{"anything-but": [value]}])))(document)


@given(st.dictionaries(_NAMES, _DOCUMENTS, max_size=3), st.dictionaries(_NAMES, _DOCUMENTS, max_size=3))
def test_all_leaves_of_one_document_match_another_only_if_it_has_them(
    wanted: dict[str, Any], document: dict[str, Any]
) -> None:
    leaves = [(path, value) for path, value in _paths(wanted) if path]
    if not leaves:
        return
    has_all = True
    for path, value in leaves:
        matches = filters.parsed(json.dumps(_at(path, [value])))(document)
        found: Any = document
        for name in path:
            found = found.get(name, ...) if isinstance(found, dict) else ...
        assert matches is (type(found) is type(value) and found == value)
        has_all = has_all and matches
    pattern = json.dumps({"$or": [_at(path, [value]) for path, value in leaves]})
    assert filters.parsed(pattern)(document) or not has_all


@given(st.text(max_size=60))
def test_any_text_is_a_pattern_or_refused(text: str) -> None:
    with contextlib.suppress(ServiceError):
        filters.parsed(text)
