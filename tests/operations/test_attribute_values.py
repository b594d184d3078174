"""What attribute values may hold: the same rules in items, keys, expression values and starting keys."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import Binary
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, PARAMETERS, Wire, invalid
from tests.operations.standing import HASH, RANGE

EMPTY = "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
SEVERAL = (
    "Supplied AttributeValue has more than one datatypes set, "
    "must contain exactly one of the supported datatypes"
)
NUMERIC = "The parameter cannot be converted to a numeric value"
OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
DIGITS = "Attempting to store more than 38 significant digits in a Number"
NULL = PARAMETERS + "Null attribute value types must have the value of true"

# Situation, value, text, whether a starting key's refusal has the text without a lead-in.
BAD_VALUES: list[tuple[str, Any, str, bool]] = [
    ("no_type", {}, EMPTY, False),
    ("unknown_type", {"X": "a"}, EMPTY, False),
    ("no_type_in_a_map", {"M": {"a": {"S": "x"}, "b": {}}}, EMPTY, False),
    ("no_type_in_a_list", {"L": [{"S": "x"}, {"L": [{}]}]}, EMPTY, False),
    ("empty_number", {"N": ""}, NUMERIC, True),
    ("empty_number_in_a_set", {"NS": ["1", ""]}, NUMERIC, True),
    ("word_for_number", {"N": "b"}, NUMERIC + ": b", True),
    ("number_after_a_blank", {"N": " 1.23"}, NUMERIC + ":  1.23", True),
    ("number_before_a_blank", {"N": "1.23 "}, NUMERIC + ": 1.23 ", True),
    ("infinity", {"N": "Infinity"}, NUMERIC + ": Infinity", True),
    ("not_a_number", {"N": "nan"}, NUMERIC + ": nan", True),
    ("hexadecimal_number", {"N": "0x1f"}, NUMERIC + ": 0x1f", True),
    ("number_with_underscore", {"N": "1_000"}, NUMERIC + ": 1_000", True),
    ("arabic_digits", {"N": "\u0661"}, NUMERIC + ": \u0661", True),
    ("bad_number_in_a_set", {"NS": ["1", "b"]}, NUMERIC + ": b", True),
    ("too_large_number", {"N": "1e126"}, OVERFLOW, True),
    ("too_small_negative_number", {"N": "-1e126"}, OVERFLOW, True),
    ("number_too_near_to_zero", {"N": "1e-131"}, UNDERFLOW, True),
    ("negative_number_too_near_to_zero", {"N": "-1e-131"}, UNDERFLOW, True),
    ("39_digits", {"N": "1" * 39}, DIGITS, True),
    ("39_digits_about_a_point", {"N": "1" * 20 + "." + "1" * 19}, DIGITS, True),
    ("null_of_false", {"NULL": False}, NULL, False),
    ("empty_string_set", {"SS": []}, PARAMETERS + "An string set  may not be empty", False),
    ("empty_number_set", {"NS": []}, PARAMETERS + "An number set  may not be empty", True),
    ("empty_binary_set", {"BS": []}, PARAMETERS + "Binary sets should not be empty", False),
    (
        "string_twice_in_a_set",
        {"SS": ["a", "b", "a"]},
        PARAMETERS + "Input collection [a, b, a] contains duplicates.",
        True,
    ),
    ("number_twice_in_a_set", {"NS": ["1", "1.0"]}, "Input collection contains duplicates", True),
    (
        "binary_twice_in_a_set",
        {"BS": ["Yg==", "Yg=="]},
        PARAMETERS + "Input collection [Yg==, Yg==]of type BS contains duplicates.",
        True,
    ),
    ("two_types", {"S": "a", "N": "1"}, SEVERAL, False),
    ("two_types_of_which_one_is_bad", {"S": "a", "N": "b"}, NUMERIC + ": b", True),
    ("two_types_in_a_map", {"M": {"a": {"S": "a", "BOOL": True}}}, SEVERAL, False),
]

values = pytest.mark.parametrize(
    ("value", "text"), [pytest.param(value, text, id=name) for name, value, text, _ in BAD_VALUES]
)


@values
def test_a_bad_value_in_an_item_is_refused(wire: Wire, value: Any, text: str) -> None:
    refused = wire.refusal(
        "PutItem", {"TableName": "operations-none", "Item": {"pk": {"S": "1"}, "x": value}}
    )
    assert refused == invalid(LEAD + text)


@values
def test_a_bad_value_in_a_key_to_read_is_refused(wire: Wire, value: Any, text: str) -> None:
    refused = wire.refusal("GetItem", {"TableName": "operations-none", "Key": {"pk": value}})
    assert refused == invalid(text)


@values
def test_a_bad_value_in_a_key_to_delete_is_refused(wire: Wire, value: Any, text: str) -> None:
    refused = wire.refusal("DeleteItem", {"TableName": "operations-none", "Key": {"pk": value}})
    assert refused == invalid(LEAD + text)


@values
def test_a_bad_value_in_a_batch_to_read_is_refused(wire: Wire, value: Any, text: str) -> None:
    refused = wire.refusal("BatchGetItem", {"RequestItems": {"operations-none": {"Keys": [{"pk": value}]}}})
    assert refused == invalid(text)


@values
def test_a_bad_value_in_a_batch_to_write_is_refused(wire: Wire, value: Any, text: str) -> None:
    change = {"PutRequest": {"Item": {"pk": value}}}
    refused = wire.refusal("BatchWriteItem", {"RequestItems": {"operations-none": [change]}})
    assert refused == invalid(text)


@values
def test_a_bad_value_for_an_update_is_refused(wire: Wire, value: Any, text: str) -> None:
    request = {
        "TableName": "operations-none",
        "Key": {"pk": {"S": "1"}},
        "UpdateExpression": "SET x = :x",
        "ExpressionAttributeValues": {":x": value},
    }
    assert wire.refusal("UpdateItem", request) == invalid(LEAD + text)


@values
@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_a_bad_value_for_a_read_is_refused_with_its_placeholder(
    wire: Wire, operation: str, value: Any, text: str
) -> None:
    condition = "KeyConditionExpression" if operation == "Query" else "FilterExpression"
    request = {
        "TableName": "operations-none",
        condition: "pk = :x",
        "ExpressionAttributeValues": {":x": value},
    }
    lead = "ExpressionAttributeValues contains invalid value: "
    assert wire.refusal(operation, request) == invalid(f"{lead}{text} for key :x")


@pytest.mark.parametrize("operation", ["Query", "Scan"])
@pytest.mark.parametrize(
    ("value", "text", "plain"), [pytest.param(*case[1:], id=case[0]) for case in BAD_VALUES]
)
def test_a_bad_value_in_a_starting_key_is_refused(
    wire: Wire, operation: str, value: Any, text: str, plain: bool
) -> None:
    request = {"TableName": "operations-none", "ExclusiveStartKey": {"pk": value}}
    lead = "" if plain else "The provided starting key is invalid: "
    assert wire.refusal(operation, request) == invalid(lead + text)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("0042", "42"),
        ("1.200", "1.2"),
        ("1e5", "100000"),
        ("+1E6", "1000000"),
        ("+1.23", "1.23"),
        ("1e-003", "0.001"),
        ("-0", "0"),
        ("-0.0", "0"),
        (".5", "0.5"),
        ("5.", "5"),
        ("0" * 40 + ".42", "0.42"),
        ("1" * 38, "1" * 38),
        ("9.9999999999999999999999999999999999999E+125", "9" * 38 + "0" * 88),
        ("-9.9999999999999999999999999999999999999E+125", "-" + "9" * 38 + "0" * 88),
        ("1E-130", "0." + "0" * 129 + "1"),
        ("-1E-130", "-0." + "0" * 129 + "1"),
    ],
)
@pytest.mark.usefixtures("standing_tables")
def test_a_number_comes_back_plain(client: Any, written: str, read: str) -> None:
    key = {"pk": {"S": "number"}}
    client.put_item(TableName=HASH, Item={**key, "n": {"N": written}})
    assert client.get_item(TableName=HASH, Key=key)["Item"]["n"] == {"N": read}
    client.delete_item(TableName=HASH, Key=key)


def test_equal_numbers_are_the_same_key(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk:N")
    for text in ("1", "1.0", "01", "1e0", "10e-1"):
        client.put_item(TableName=table, Item={"pk": {"N": text}, "text": {"S": text}})
    assert client.scan(TableName=table)["Items"] == [{"pk": {"N": "1"}, "text": {"S": "10e-1"}}]
    assert "Item" in client.get_item(TableName=table, Key={"pk": {"N": "1.00"}})


def test_every_type_comes_back_as_it_was_written(resource: Any, make_table: MakeTable) -> None:
    table = resource.Table(make_table("pk"))
    item = {
        "pk": "all",
        "string": 'Zoë \U0001f600 \u0000 "\\',
        "empty": "",
        "number": Decimal("-12.5"),
        "binary": Binary(bytes(range(256))),
        "no_bytes": Binary(b""),
        "yes": True,
        "no": False,
        "null": None,
        "strings": {"a", "b", ""},
        "numbers": {Decimal(1), Decimal("2.5")},
        "binaries": {Binary(b"a"), Binary(b"")},
        "list": ["a", [Decimal(1), []], {"x": {}}],
        "map": {"": "empty key", "nested": {"list": [None, False]}},
        "a name with blanks.and.dots": Decimal(1),
    }
    table.put_item(Item=item)
    assert table.get_item(Key={"pk": "all"})["Item"] == item


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


def test_nesting_of_31_lists_is_accepted_and_of_100_refused(
    client: Any, wire: Wire, make_table: MakeTable
) -> None:
    """32 levels are allowed; where the count begins is left open here, as is the end of the text."""
    table = make_table("pk")
    item = {"pk": {"S": "deep"}, "x": nested(31)}
    client.put_item(TableName=table, Item=item)
    assert client.get_item(TableName=table, Key={"pk": {"S": "deep"}})["Item"] == item
    refused = wire.refusal("PutItem", {"TableName": table, "Item": {**item, "x": nested(100)}})
    assert refused.startswith(invalid(LEAD + "Nesting Levels have exceeded supported limits"))


@pytest.mark.usefixtures("standing_tables")
def test_an_item_of_409600_bytes_is_accepted_and_one_byte_more_refused(client: Any, wire: Wire) -> None:
    # pk 2 + 1, sk 2 + 1, x 1
    key = {"pk": {"S": "1"}, "sk": {"S": "1"}}
    client.put_item(TableName=RANGE, Item={**key, "x": {"S": "x" * (409_600 - 7)}})
    client.delete_item(TableName=RANGE, Key=key)
    too_large = {**key, "x": {"S": "x" * (409_600 - 6)}}
    text = invalid("Item size has exceeded the maximum allowed size")
    refused = wire.refusal("PutItem", {"TableName": RANGE, "Item": too_large})
    assert refused == invalid(LEAD + "Item size has exceeded the maximum allowed size")
    batch = {"RequestItems": {RANGE: [{"PutRequest": {"Item": too_large}}]}}
    assert wire.refusal("BatchWriteItem", batch) == text
