"""What the gate accepts, makes canonical, measures and refuses."""

import copy
from typing import Any

import orjson
import pytest
from hypothesis import given
from tests.domain.values.attribute_values import items, reference_item_size, reference_size, values

from kilowatt.domain.values.accept import accept_item, accept_value, canonical_base64
from kilowatt.domain.values.sizes import item_size, nesting_levels, value_size
from kilowatt.domain.values.types import AttributeValue, Item
from kilowatt.errors import ErrorSpec, ServiceError, Stage
from kilowatt.errors import values as errors
from kilowatt.limits import NESTING_LEVELS

INVALID = "One or more parameter values were invalid: "
NOT_NUMERIC = "The parameter cannot be converted to a numeric value"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
DIGITS = "Attempting to store more than 38 significant digits in a Number"
EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set, "
    "must contain exactly one of the supported datatypes"
)

REFUSED: list[tuple[AttributeValue, str]] = [
    ({}, EMPTY),
    ({"X": 1}, EMPTY),
    ({"S": None}, EMPTY),
    ({"N": None}, EMPTY),
    ({"BOOL": None}, EMPTY),
    ({"L": [{}]}, EMPTY),
    ({"M": {"a": {"a": 1}}}, EMPTY),
    ({"N": ""}, NOT_NUMERIC),
    ({"NS": ["1", ""]}, NOT_NUMERIC),
    ({"N": "b"}, NOT_NUMERIC + ": b"),
    ({"N": "{b}"}, NOT_NUMERIC + ": {b}"),
    ({"NS": ["1", " 1.23"]}, NOT_NUMERIC + ":  1.23"),
    ({"N": "1e126"}, OVERFLOW),
    ({"NS": ["-1e126"]}, OVERFLOW),
    ({"N": "1e-131"}, UNDERFLOW),
    ({"NS": ["1e-131"]}, UNDERFLOW),
    ({"N": "1" * 39}, DIGITS),
    ({"NS": ["1" * 39]}, DIGITS),
    ({"NULL": False}, INVALID + "Null attribute value types must have the value of true"),
    ({"SS": []}, INVALID + "An string set  may not be empty"),
    ({"NS": []}, INVALID + "An number set  may not be empty"),
    ({"BS": []}, INVALID + "Binary sets should not be empty"),
    ({"SS": ["a", "b", "a"]}, INVALID + "Input collection [a, b, a] contains duplicates."),
    ({"NS": ["1", "2", "1"]}, "Input collection contains duplicates"),
    ({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    ({"BS": ["Yg==", "Yg=="]}, INVALID + "Input collection [Yg==, Yg==]of type BS contains duplicates."),
    ({"S": "a", "BOOL": True}, SEVERAL),
    ({"S": "a", "L": []}, SEVERAL),
]


def refusal_of(value: AttributeValue) -> ServiceError:
    with pytest.raises(ServiceError) as caught:
        accept_value(copy.deepcopy(value))
    return caught.value


@pytest.mark.parametrize(("value", "text"), REFUSED)
def test_bad_value_is_refused_with_its_text(value: AttributeValue, text: str) -> None:
    refusal = refusal_of(value)
    assert refusal.text == text
    assert refusal.type.code == "ValidationException"
    assert refusal.spec.stage is Stage.REQUEST


@pytest.mark.parametrize(("value", "text"), REFUSED)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: {"L": [{"S": "x"}, v]}, lambda v: {"M": {"b": v}}])
def test_bad_value_in_an_item_is_refused_at_any_depth(wrap: Any, value: AttributeValue, text: str) -> None:
    with pytest.raises(ServiceError) as caught:
        accept_item({"pk": {"S": "1"}, "a": wrap(copy.deepcopy(value))})
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("value", "spec"),
    [
        ({"S": "a", "N": "b"}, errors.NOT_A_NUMBER),
        ({"N": "b", "SS": []}, errors.NOT_A_NUMBER),
        ({"SS": [], "N": "b"}, errors.EMPTY_STRING_SET),
        ({"NS": ["1", "1", "x"]}, errors.NOT_A_NUMBER),
        ({"NULL": False, "S": "a"}, errors.NULL_NOT_TRUE),
        ({"L": [{"N": "b"}], "S": "a"}, errors.NOT_A_NUMBER),
        ({"L": [{"S": "a", "N": "1"}, {"N": "b"}]}, errors.SEVERAL_DATATYPES),
    ],
)
def test_each_type_is_checked_in_the_order_sent_before_the_number_of_types(
    value: AttributeValue, spec: ErrorSpec
) -> None:
    assert refusal_of(value).spec is spec


def test_first_bad_attribute_of_an_item_is_reported() -> None:
    with pytest.raises(ServiceError) as caught:
        accept_item({"a": {"S": "x"}, "b": {"SS": []}, "c": {"N": "x"}})
    assert caught.value.spec is errors.EMPTY_STRING_SET


@pytest.mark.parametrize(
    ("sent", "accepted"),
    [
        ({"N": "01.50"}, {"N": "1.5"}),
        ({"NS": ["1e1", "-0", "2"]}, {"NS": ["10", "0", "2"]}),
        (
            {"L": [{"N": "1.0"}, {"M": {"a": {"NS": ["2.0"]}}}]},
            {"L": [{"N": "1"}, {"M": {"a": {"NS": ["2"]}}}]},
        ),
        ({"S": "a", "X": 1}, {"S": "a"}),
        ({"X": 1, "N": "1.0"}, {"N": "1"}),
        ({"S": None, "BOOL": False}, {"BOOL": False}),
        ({"L": None, "M": {"a": {"S": "b", "N": None}}}, {"M": {"a": {"S": "b"}}}),
        ({"B": "AB=="}, {"B": "AA=="}),
        ({"BS": ["AAB=", "AA=="]}, {"BS": ["AAA=", "AA=="]}),
        ({"S": ""}, {"S": ""}),
        ({"B": ""}, {"B": ""}),
        ({"SS": ["", "a"]}, {"SS": ["", "a"]}),
        ({"BS": [""]}, {"BS": [""]}),
        ({"L": []}, {"L": []}),
        ({"M": {}}, {"M": {}}),
    ],
)
def test_accepted_value_is_canonical_in_place(sent: AttributeValue, accepted: AttributeValue) -> None:
    item: Item = {"a": copy.deepcopy(sent)}
    accept_item(item)
    assert item == {"a": accepted}
    assert accept_value(sent) == value_size(accepted)
    assert sent == accepted


def test_binary_set_duplicates_are_found_by_bytes() -> None:
    assert refusal_of({"BS": ["AA==", "AB=="]}).spec is errors.BINARY_SET_DUPLICATES


@pytest.mark.parametrize("text", ["", "AA==", "AQ==", "/w==", "AAA=", "//8=", "AAAA"])
def test_canonical_base64_is_kept(text: str) -> None:
    assert canonical_base64(text) is text


def nested(levels: int, tag: str) -> AttributeValue:
    value: AttributeValue = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]} if tag == "L" else {"M": {"a": value}}
    return value


@pytest.mark.parametrize("tag", ["L", "M"])
def test_nesting_of_32_levels_is_accepted_and_of_33_refused(tag: str) -> None:
    accept_item({"a": nested(NESTING_LEVELS, tag)})
    assert nesting_levels(nested(NESTING_LEVELS, tag)) == NESTING_LEVELS
    refusal = refusal_of(nested(NESTING_LEVELS + 1, tag))
    assert refusal.text.startswith("Nesting Levels have exceeded supported limits")


def test_nesting_counts_from_the_level_given() -> None:
    accept_value(nested(2, "M"), NESTING_LEVELS - 2)
    with pytest.raises(ServiceError):
        accept_value(nested(3, "M"), NESTING_LEVELS - 2)


@given(items)
def test_size_is_the_same_before_and_after_and_by_the_reference(item: Item) -> None:
    expected = reference_item_size(item)
    assert accept_item(item) == expected
    assert item_size(item) == expected
    assert accept_item(item) == expected


@given(values())
def test_accepting_twice_changes_nothing(value: AttributeValue) -> None:
    size = accept_value(value)
    accepted = copy.deepcopy(value)
    assert accept_value(value) == size == reference_size(value)
    assert value == accepted


@given(values())
def test_nesting_levels_agree_with_the_gate(value: AttributeValue) -> None:
    room = NESTING_LEVELS - nesting_levels(value)
    accept_value(value, room)
    if nesting_levels(value):
        with pytest.raises(ServiceError):
            accept_value(value, room + 1)


@pytest.mark.parametrize("text", [b'"\\ud800"', b'"\\udc00"', b'"a\\ud83dz"', b'"\xed\xa0\x80"'])
def test_lone_surrogates_never_reach_the_gate(text: bytes) -> None:
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(text)
