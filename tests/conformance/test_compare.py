"""How an answer is compared with a recorded one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tools.conformance.compare import Comparison

UUIDS = ["12345678-90ab-cdef-1234-567890abcdef", "22345678-90ab-cdef-1234-567890abcdef"]


def _paths(recorded: Any, answered: Any, unordered: tuple[str, ...] = (), **known: str) -> list[str]:
    meanings = {f"<{name}>": value for name, value in known.items()}
    return [one.path for one in Comparison(meanings).differences(recorded, answered, unordered)]


@pytest.mark.parametrize(
    ("recorded", "answered"),
    [
        ({"a": [1, {"b": True}]}, {"a": [1, {"b": True}]}),
        ("datetime", datetime(2026, 1, 1, tzinfo=UTC)),
        ("b'\\x90'", b"\x90"),
        ("<uuid:1>", UUIDS[0]),
        ("Table: <table-name:1> not found", "Table: music not found"),
        (
            "arn:<partition>:dynamodb:<region>:111111111111:table/x",
            "arn:aws:dynamodb:eu-west-1:000000000000:table/x",
        ),
        (["<table-status>", "<table-status>"], ["CREATING", "ACTIVE"]),
        (["<uuid:1>", "<uuid:2>", "<uuid:1>"], [UUIDS[0], UUIDS[1], UUIDS[0]]),
    ],
)
def test_what_is_as_recorded_agrees(recorded: Any, answered: Any) -> None:
    assert _paths(recorded, answered) == []


@pytest.mark.parametrize(
    ("recorded", "answered", "path"),
    [
        ({"a": 1}, {"a": 2}, "a"),
        ({"a": 1}, {}, "a"),
        ({}, {"a": 1}, "a"),
        ({"a": [1, 2]}, {"a": [2, 1]}, "a.0"),
        ({"a": [1]}, {"a": [1, 2]}, "a"),
        ({"a": 1}, {"a": True}, "a"),
        ({"a": 1}, {"a": 1.0}, "a"),
        ({"a": {}}, {"a": []}, "a"),
        ({"a": "datetime"}, {"a": "2026-01-01"}, "a"),
        ({"a": "b'x'"}, {"a": b"y"}, "a"),
        ({"a": "<uuid:1>"}, {"a": "no uuid"}, "a"),
        ({"a": "x <b> y"}, {"a": "x  y"}, "a"),
        ({"a": "x.y"}, {"a": "xzy"}, "a"),
        ({"a": "111111111111"}, {"a": "none"}, "a"),
        (["<uuid:1>", "<uuid:1>"], UUIDS, "1"),
        (["<uuid:1>", "<uuid:2>"], [UUIDS[0]] * 2, "1"),
    ],
)
def test_what_is_not_as_recorded_differs(recorded: Any, answered: Any, path: str) -> None:
    assert path in _paths(recorded, answered)


def test_only_named_lists_may_be_in_another_order() -> None:
    recorded, answered = {"Items": [{"a": 1}, {"a": 2}]}, {"Items": [{"a": 2}, {"a": 1}]}
    assert _paths(recorded, answered, ("Items",)) == []
    assert _paths(recorded, answered) == ["Items.0.a", "Items.1.a"]


def test_a_mask_with_a_known_meaning_stands_for_nothing_else() -> None:
    assert _paths({"<table>": ["<table>"]}, {"music": ["music"]}, table="music") == []
    assert _paths(["<table>"], ["books"], table="music") == ["0"]
