"""Equality, order and the functions that look inside values."""

import copy
from base64 import b64decode, b64encode
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain.values.attribute_values import values

from kilowatt.domain.values.accept import accept_value
from kilowatt.domain.values.comparison import begins_with, contains, equal, order, size_of
from kilowatt.domain.values.types import AttributeValue


def accepted(value: AttributeValue) -> AttributeValue:
    accept_value(value)
    return value


accepted_values = values().map(accepted)


def reordered(value: AttributeValue) -> AttributeValue:
    """The same value with every set and map, at any depth, in the opposite order."""
    ((tag, content),) = value.items()
    result: Any = content
    if tag in ("SS", "NS", "BS"):
        result = content[::-1]
    elif tag == "L":
        result = [reordered(element) for element in content]
    elif tag == "M":
        result = {name: reordered(content[name]) for name in reversed(content)}
    return {tag: result}


def frozen(value: AttributeValue) -> Any:
    """A hashable stand-in: two values are equal if and only if their stand-ins are."""
    ((tag, content),) = value.items()
    if tag in ("SS", "NS", "BS"):
        return tag, frozenset(content)
    if tag == "L":
        return tag, tuple(frozen(element) for element in content)
    if tag == "M":
        return tag, frozenset((name, frozen(inner)) for name, inner in content.items())
    return tag, content


@given(accepted_values)
def test_value_equals_its_copy_and_its_reordering(value: AttributeValue) -> None:
    assert equal(value, copy.deepcopy(value))
    assert equal(value, reordered(value))
    assert equal(reordered(value), value)


@given(accepted_values, accepted_values)
def test_equality_is_by_content(a: AttributeValue, b: AttributeValue) -> None:
    assert equal(a, b) == equal(b, a) == (frozen(a) == frozen(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"S": "6"}, {"N": "6"}),
        ({"N": "6"}, {"NS": ["6"]}),
        ({"BOOL": True}, {"NULL": True}),
        ({"SS": ["a"]}, {"BS": ["a"]}),
        ({"SS": ["a", "b"]}, {"SS": ["a"]}),
        ({"SS": ["a", "b"]}, {"SS": ["a", "c"]}),
        ({"L": [{"S": "a"}, {"S": "b"}]}, {"L": [{"S": "b"}, {"S": "a"}]}),
        ({"L": [{"S": "a"}]}, {"L": [{"S": "a"}, {"S": "b"}]}),
        ({"M": {"a": {"S": "a"}}}, {"M": {"b": {"S": "a"}}}),
        ({"M": {"a": {"SS": ["a"]}}}, {"M": {"a": {"SS": ["b"]}}}),
        ({"L": []}, {"M": {}}),
        ({"BOOL": True}, {"BOOL": False}),
    ],
)
def test_values_that_differ_in_type_or_content_are_unequal(a: AttributeValue, b: AttributeValue) -> None:
    assert not equal(a, b)


@pytest.mark.parametrize(
    ("lesser", "greater"),
    [
        ({"S": "A"}, {"S": "a"}),
        ({"S": "z"}, {"S": "¿"}),
        ({"S": ""}, {"S": "a"}),
        ({"S": "a"}, {"S": "aa"}),
        ({"S": "\uffff"}, {"S": "😀"}),
        ({"N": "9"}, {"N": "10"}),
        ({"N": "-10"}, {"N": "-9"}),
        ({"N": "-1"}, {"N": "0.5"}),
        ({"N": "0.5"}, {"N": "10"}),
        ({"N": "1" * 37 + "1"}, {"N": "1" * 37 + "2"}),
        ({"B": "AA=="}, {"B": "AAA="}),
        ({"B": "fw=="}, {"B": "gA=="}),
        ({"B": "+A=="}, {"B": "/A=="}),
        ({"B": "AA=="}, {"B": "+A=="}),
    ],
)
def test_scalars_of_one_type_have_an_order(lesser: AttributeValue, greater: AttributeValue) -> None:
    assert order(lesser, greater) == -1
    assert order(greater, lesser) == 1
    assert order(lesser, copy.deepcopy(lesser)) == 0


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ({"S": "1"}, {"N": "1"}),
        ({"S": "AA=="}, {"B": "AA=="}),
        ({"BOOL": True}, {"BOOL": True}),
        ({"NULL": True}, {"NULL": True}),
        ({"SS": ["a"]}, {"SS": ["a"]}),
        ({"L": []}, {"L": []}),
        ({"M": {}}, {"M": {}}),
    ],
)
def test_other_pairs_have_no_order(a: AttributeValue, b: AttributeValue) -> None:
    assert order(a, b) is None


@given(st.text(), st.text())
def test_strings_are_ordered_as_their_utf8_bytes(a: str, b: str) -> None:
    left, right = a.encode(), b.encode()
    assert order({"S": a}, {"S": b}) == (left > right) - (left < right)


@given(st.binary(), st.binary())
def test_binaries_are_ordered_as_unsigned_bytes(a: bytes, b: bytes) -> None:
    left, right = b64encode(a).decode(), b64encode(b).decode()
    assert b64decode(left) == a
    assert order({"B": left}, {"B": right}) == (a > b) - (a < b)


@pytest.mark.parametrize(
    ("value", "prefix", "expected"),
    [
        ({"S": "abc"}, {"S": "ab"}, True),
        ({"S": "abc"}, {"S": ""}, True),
        ({"S": "abc"}, {"S": "b"}, False),
        ({"B": "AAEC"}, {"B": "AAE="}, True),
        ({"B": "AAEC"}, {"B": "AQ=="}, False),
        ({"S": "AAEC"}, {"B": "AAE="}, False),
        ({"N": "12"}, {"N": "1"}, False),
        ({"L": [{"S": "a"}]}, {"S": "a"}, False),
    ],
)
def test_begins_with(value: AttributeValue, prefix: AttributeValue, expected: bool) -> None:
    assert begins_with(value, prefix) is expected


@pytest.mark.parametrize(
    ("value", "operand", "expected"),
    [
        ({"S": "abc"}, {"S": "bc"}, True),
        ({"S": "abc"}, {"S": "x"}, False),
        ({"S": "1"}, {"N": "1"}, False),
        ({"N": "12"}, {"N": "12"}, False),
        ({"BOOL": True}, {"BOOL": True}, False),
        ({"B": "AAEC"}, {"B": "AQ=="}, True),
        ({"B": "AAEC"}, {"B": "Aw=="}, False),
        ({"SS": ["a", "b"]}, {"S": "b"}, True),
        ({"SS": ["ab"]}, {"S": "a"}, False),
        ({"SS": ["1"]}, {"N": "1"}, False),
        ({"SS": ["a"]}, {"SS": ["a"]}, False),
        ({"NS": ["1", "2"]}, {"N": "2"}, True),
        ({"BS": ["AA=="]}, {"B": "AA=="}, True),
        ({"L": [{"S": "a"}, {"N": "1"}]}, {"N": "1"}, True),
        ({"L": [{"S": "1"}]}, {"N": "1"}, False),
        ({"L": [{"SS": ["a", "b"]}]}, {"SS": ["b", "a"]}, True),
        ({"L": [{"M": {"a": {"N": "1"}}}]}, {"M": {"a": {"N": "1"}}}, True),
        ({"M": {"a": {"S": "b"}}}, {"S": "a"}, False),
    ],
)
def test_contains(value: AttributeValue, operand: AttributeValue, expected: bool) -> None:
    assert contains(value, operand) is expected


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": "abc"}, 3),
        ({"S": ""}, 0),
        ({"B": "AAE="}, 2),
        ({"SS": ["a", "b"]}, 2),
        ({"NS": ["1"]}, 1),
        ({"BS": ["AA=="]}, 1),
        ({"L": [{"S": "a"}, {"S": "b"}]}, 2),
        ({"M": {"a": {"S": "b"}}}, 1),
        ({"N": "12"}, None),
        ({"BOOL": True}, None),
        ({"NULL": True}, None),
    ],
)
def test_size_of(value: AttributeValue, size: int | None) -> None:
    assert size_of(value) == size
