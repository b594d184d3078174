"""Sizes of accepted values, by the guide's examples and by single rules."""

import pytest

from kilowatt.domain.values.sizes import attribute_size, item_size, nesting_levels, value_size
from kilowatt.domain.values.types import AttributeValue


@pytest.mark.parametrize(
    ("value", "size"),
    [
        ({"S": ""}, 0),
        ({"S": "abc"}, 3),
        ({"S": "äöü"}, 6),
        ({"S": "😀"}, 4),
        ({"N": "0"}, 1),
        ({"N": "-42"}, 3),
        ({"B": ""}, 0),
        ({"B": "AA=="}, 1),
        ({"B": "AAA="}, 2),
        ({"B": "AAAA"}, 3),
        ({"BOOL": False}, 1),
        ({"NULL": True}, 1),
        ({"SS": ["a", "ä"]}, 3),
        ({"NS": ["1", "-1"]}, 5),
        ({"BS": ["AA==", "AAAA"]}, 4),
        ({"L": []}, 3),
        ({"M": {}}, 3),
        ({"L": [{"S": "a"}, {"L": []}]}, 9),
        ({"M": {"ab": {"S": "c"}, "ä": {"M": {}}}}, 13),
    ],
)
def test_value_size(value: AttributeValue, size: int) -> None:
    assert value_size(value) == size
    assert attribute_size("né", value) == size + 3


def test_item_size_of_the_guides_example() -> None:
    assert item_size({"shirt-color": {"S": "R"}, "shirt-size": {"S": "M"}}) == 23


def test_size_of_a_numeric_key_as_streams_report_it() -> None:
    assert item_size({"Id": {"N": "1"}}) == 4


@pytest.mark.parametrize(
    ("value", "levels"),
    [
        ({"S": "a"}, 0),
        ({"SS": ["a"]}, 0),
        ({"L": []}, 1),
        ({"M": {"a": {"L": [{"S": "a"}]}, "b": {"N": "1"}}}, 2),
    ],
)
def test_nesting_levels_count_lists_and_maps(value: AttributeValue, levels: int) -> None:
    assert nesting_levels(value) == levels
