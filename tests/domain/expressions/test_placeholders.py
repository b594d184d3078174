"""Placeholders: their keys before the expressions are parsed, those left over after."""

import pytest

from kilowatt.domain.expressions.placeholders import check_placeholder_keys, check_unused_placeholders
from kilowatt.domain.values.types import Values
from kilowatt.errors import ServiceError

VALUE: Values = {":v": {"S": "v"}}


@pytest.mark.parametrize(
    ("names", "values", "expected"),
    [
        ({}, {}, "ExpressionAttributeNames must not be empty"),
        ({"a": "a"}, {}, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "a"'),
        ({"#": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#"'),
        ({"#a-b": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"'),
        ({"#é": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#é"'),
        ({"#a\n": "a"}, None, 'ExpressionAttributeNames contains invalid key: Syntax error; key: "#a\n"'),
        ({"#a": "a"}, {}, "ExpressionAttributeValues must not be empty"),
        (None, {"v": {}}, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "v"'),
        (None, {":": {}}, 'ExpressionAttributeValues contains invalid key: Syntax error; key: ":"'),
        (
            None,
            {":v": {}, ":v.w": {}},
            'ExpressionAttributeValues contains invalid key: Syntax error; key: ":v.w"',
        ),
        ({"#a": "x" * 65536}, None, "Attribute name is too large, must be less than 65536 bytes"),
        ({"#a": "é" * 32768}, None, "Attribute name is too large, must be less than 65536 bytes"),
    ],
)
def test_malformed_placeholders_are_refused(
    names: dict[str, str] | None, values: Values | None, expected: str
) -> None:
    with pytest.raises(ServiceError) as caught:
        check_placeholder_keys(names, values)
    assert caught.value.text == expected


@pytest.mark.parametrize(
    ("names", "values"),
    [
        (None, None),
        ({"#a": "a", "#1_B": "a.b c"}, VALUE),
        ({"#" + "a" * 254: "x" * 65535}, {":" + "v" * 254: {"S": ""}}),
    ],
)
def test_well_formed_placeholders_are_accepted(names: dict[str, str] | None, values: Values | None) -> None:
    check_placeholder_keys(names, values)


@pytest.mark.parametrize(
    ("names", "values", "expected"),
    [
        ({"#" + "a" * 255: "a"}, None, "ExpressionAttributeNames contains invalid key: "),
        (None, {":" + "v" * 255: {}}, "ExpressionAttributeValues contains invalid key: "),
        ({"#a": ""}, None, "ExpressionAttributeNames contains invalid value: "),
    ],
)
def test_lengths_out_of_range_are_refused(
    names: dict[str, str] | None, values: Values | None, expected: str
) -> None:
    with pytest.raises(ServiceError) as caught:
        check_placeholder_keys(names, values)
    assert caught.value.text.startswith(expected)


def test_unused_names_are_reported_before_unused_values() -> None:
    names = {"#a": "a", "#b": "b", "#c": "c"}
    with pytest.raises(ServiceError) as caught:
        check_unused_placeholders(names, VALUE, {"#b"}, set())
    text = "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #c}"
    assert caught.value.text == text


def test_unused_values_are_reported() -> None:
    with pytest.raises(ServiceError) as caught:
        check_unused_placeholders({"#a": "a"}, {**VALUE, ":w": {"S": "w"}}, {"#a"}, {":w"})
    assert (
        caught.value.text == "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}"
    )


def test_placeholders_that_are_all_used_are_accepted() -> None:
    check_unused_placeholders({"#a": "a"}, VALUE, {"#a", "#b"}, {":v"})
    check_unused_placeholders(None, None, set(), set())
