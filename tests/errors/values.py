"""How the texts of `kilowatt.errors.values` are provoked: the content of attribute values, sizes, results."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, invalid
from tests.operations.calls import LEAD, PARAMETERS, Request
from tests.operations.standing import HASH, index
from tests.operations.table_requests import table

KEY = {"pk": {"S": "values"}}
ITEM_BYTES = 409_600


def _put(value: Any, text: str) -> Provocation:
    """A bad value in an item to put."""
    return Provocation("PutItem", {"TableName": HASH, "Item": {**KEY, "x": value}}, invalid(LEAD + text))


def _nested(levels: int) -> dict[str, Any]:
    """A value of so many lists inside each other."""
    value: dict[str, Any] = {"L": []}
    for _ in range(levels - 1):
        value = {"L": [value]}
    return value


def _result(before: Request, expression: str, text: str, **values: Any) -> Provocation:
    """An update whose result is bad, of an item that has the attributes of `before`."""
    key = {"pk": {"S": expression}}
    request: Request = {"TableName": HASH, "Key": key, "UpdateExpression": expression}
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in values.items()}
    item = {"TableName": HASH, "Item": {**key, **before}}
    return Provocation("UpdateItem", request, invalid(text), before=[("PutItem", item)])


OVERFLOW = "Number overflow. Attempting to store a number with magnitude larger than supported range"
UNDERFLOW = "Number underflow. Attempting to store a number with magnitude smaller than supported range"
DIGITS = "Attempting to store more than 38 significant digits in a Number"
NESTING = "Nesting Levels have exceeded supported limits"
SIZE = "Item size has exceeded the maximum allowed size"

PROVOCATIONS = {
    "EMPTY_VALUE": _put(
        {}, "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
    ),
    "SEVERAL_DATATYPES": _put(
        {"S": "a", "N": "1"},
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
        "datatypes",
    ),
    "EMPTY_NUMBER": _put({"N": ""}, "The parameter cannot be converted to a numeric value"),
    "NOT_A_NUMBER": _put({"NS": ["1", "b"]}, "The parameter cannot be converted to a numeric value: b"),
    "NUMBER_OVERFLOW": _put({"N": "1e126"}, OVERFLOW),
    "NUMBER_UNDERFLOW": _put({"N": "1e-131"}, UNDERFLOW),
    "TOO_MANY_DIGITS": _put({"N": "1" * 39}, DIGITS),
    "RESULT_OVERFLOW": _result({"n": {"N": "9e125"}}, "SET n = n + :n", OVERFLOW, n={"N": "9e125"}),
    "RESULT_UNDERFLOW": _result({"n": {"N": "1.2e-130"}}, "SET n = n - :n", UNDERFLOW, n={"N": "1.1e-130"}),
    "RESULT_TOO_MANY_DIGITS": _result({"n": {"N": "1e40"}}, "ADD n :n", DIGITS, n={"N": "1"}),
    "NULL_NOT_TRUE": _put(
        {"NULL": False}, PARAMETERS + "Null attribute value types must have the value of true"
    ),
    "EMPTY_STRING_SET": _put({"SS": []}, PARAMETERS + "An string set  may not be empty"),
    "EMPTY_NUMBER_SET": _put({"NS": []}, PARAMETERS + "An number set  may not be empty"),
    "EMPTY_BINARY_SET": _put({"BS": []}, PARAMETERS + "Binary sets should not be empty"),
    "STRING_SET_DUPLICATES": _put(
        {"SS": ["a", "b", "a"]}, PARAMETERS + "Input collection [a, b, a] contains duplicates."
    ),
    "NUMBER_SET_DUPLICATES": _put({"NS": ["1", "1.0"]}, "Input collection contains duplicates"),
    "BINARY_SET_DUPLICATES": _put(
        {"BS": ["YQ==", "YQ=="]},
        PARAMETERS + "Input collection [YQ==, YQ==]of type BS contains duplicates.",
    ),
    "NESTING_TOO_DEEP": _put(_nested(33), NESTING),
    "RESULT_NESTING_TOO_DEEP": _result({"m": {"M": {}}, "deep": _nested(32)}, "SET m.b = deep", NESTING),
    "ITEM_TOO_LARGE": _put({"S": "x" * ITEM_BYTES}, SIZE),
    "ITEM_AND_ENTRIES_TOO_LARGE": Provocation(
        "PutItem",
        {
            "TableName": "errors-entries",
            "Item": {"pk": {"S": "p"}, "sk": {"S": "s"}, "a": {"S": "a"}, "x": {"S": "x" * 300_000}},
        },
        invalid(SIZE),
        before=[
            (
                "CreateTable",
                table(
                    "pk",
                    "sk",
                    further=("a",),
                    TableName="errors-entries",
                    LocalSecondaryIndexes=[index("local", "pk", "a")],
                ),
            )
        ],
    ),
    "ITEM_TO_UPDATE_TOO_LARGE": _result(
        {},
        "SET x = :x",
        "Item size to update has exceeded the maximum allowed size",
        x={"S": "x" * ITEM_BYTES},
    ),
}

ELSEWHERE = {
    "IRREGULAR": Elsewhere(
        "never sent: the exact check of the request says what is wrong",
        "tests/server/test_types_of_items.py::test_a_wrong_type_comes_before_a_bad_number",
    ),
}
