"""How the texts of `kilowatt.errors.shapes` are provoked: wrong JSON types, and the model's constraints.

The second half of these texts are the parts that a refusal of a broken constraint is put together from.
"""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, Server, invalid
from tests.operations.calls import LEAD
from tests.operations.standing import HASH

KEY = {"pk": {"S": "shapes"}}


def _get(refusal: str, **parameters: Any) -> Provocation:
    return Provocation("GetItem", {"TableName": HASH, "Key": KEY, **parameters}, refusal)


def _value(text: str, value: Any) -> Provocation:
    """A value of a key."""
    return _get("SerializationException: " + text, Key={"pk": value})


def _entry(text: str, **parameters: Any) -> Provocation:
    """One broken constraint."""
    return _get(invalid(LEAD + text), **parameters)


def _batch(text: str, requests: dict[str, Any]) -> Provocation:
    return Provocation("BatchWriteItem", {"RequestItems": requests}, invalid(LEAD + text))


GENERIC = (
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are "
    "in module java.base of loader 'bootstrap')"
)
_BY_ENUM = _entry(
    "Failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
    ReturnConsumedCapacity="SOME",
)
_BY_EMPTY_NAME = _entry(
    "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or equal to 1",
    TableName="",
)
_BY_ABSENCE = _entry("Value null at 'key' failed to satisfy constraint: Member must not be null", Key=None)

PROVOCATIONS = {
    # Wrong JSON types.
    "UNCONVERTIBLE": _value("NUMBER_VALUE cannot be converted to String", {"S": 1}),
    "NOT_BOOLEAN_TEXT": _value("Unexpected token received from parser", {"BOOL": "maybe"}),
    "NUMBER_OUT_OF_RANGE": Provocation(
        "Scan",
        {"TableName": HASH, "Limit": 2**31},
        "SerializationException: Numeric value (2147483648) out of range of int (-2147483648 - 2147483647)",
    ),
    "NOT_BASE64_TEXT": _value("only base-64-encoded strings are convertible to bytes", {"B": 1}),
    "BASE64_LENGTH": _value(
        "Base64 encoded length is expected a multiple of 4 bytes but found: 3", {"B": "abc"}
    ),
    "BASE64_CONTENT": _value("Invalid last non-pad Base64 character dectected", {"B": "=+/="}),
    "UNEXPECTED_ARRAY": _value("Unrecognized collection type class java.lang.String", {"S": []}),
    "UNEXPECTED_OBJECT": _value("Start of structure or map found where not expected", {"S": {}}),
    "UNEXPECTED_FIELD": _get("SerializationException: Unexpected field type", Key="text"),
    "UNEXPECTED_ELEMENT": _value("Unexpected value type in payload", "text"),
    "UNEXPECTED_GENERIC": Provocation(
        "BatchGetItem",
        {"RequestItems": {HASH: {"Keys": ["text"]}}},
        "SerializationException: " + GENERIC,
    ),
    # Broken constraints: what is wrong.
    "NOT_NULL": _BY_ABSENCE,
    "MINIMUM_LENGTH": _entry(
        "Value '[]' at 'attributesToGet' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1",
        AttributesToGet=[],
    ),
    "MAXIMUM_LENGTH": _entry(
        f"Value '{'x' * 256}' at 'tableName' failed to satisfy constraint: "
        "Member must have length less than or equal to 255",
        TableName="x" * 256,
    ),
    "MINIMUM_VALUE": Provocation(
        "Scan",
        {"TableName": HASH, "Limit": 0},
        invalid(
            LEAD + "Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        ),
    ),
    "MAXIMUM_VALUE": Provocation(
        "ListTables",
        {"Limit": 101},
        invalid(
            LEAD + "Value '101' at 'limit' failed to satisfy constraint: "
            "Member must have value less than or equal to 100"
        ),
    ),
    "PATTERN": _entry(
        "Value 'a;bc' at 'tableName' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+",
        TableName="a;bc",
    ),
    "ENUM": _BY_ENUM,
    "MAP_KEYS": _batch(
        "Value '{a;b=[]}' at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: "
        "[Member must have length less than or equal to 255, Member must have length greater than or equal "
        "to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]",
        {"a;b": []},
    ),
    "MAP_VALUE": _batch(
        "Value '{abc=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
        "[Member must have length less than or equal to 25, Member must have length greater than or equal to "
        "1]",
        {"abc": []},
    ),
    "LIST_MEMBER": Provocation(
        "GetItem",
        {"TableName": HASH, "Key": KEY, "AttributesToGet": ["x" * 65_536]},
        invalid(
            LEAD + f"Value '[{'x' * 65_536}]' at 'attributesToGet' failed to satisfy constraint: Member must "
            "satisfy constraint: [Member must have length less than or equal to 65535]"
        ),
    ),
    # Broken constraints: where.
    "ENTRY": _BY_ABSENCE,
    "ENTRY_WITHOUT_VALUE": _BY_EMPTY_NAME,
    "ENTRY_WITHOUT_PATH": _BY_ENUM,
    "CONSTRAINTS": _BY_ABSENCE,
    # Single members with words of their own.
    "TABLE_NAME_REQUIRED": Provocation(
        "DescribeTable",
        {},
        invalid("The parameter 'TableName' is required but was not present in the request"),
        server=Server.WORDING_2025,
    ),
    "TABLE_NAME_LENGTH": Provocation(
        "DescribeTable",
        {"TableName": "ab"},
        invalid("TableName must be at least 3 characters long and at most 255 characters long"),
        server=Server.WORDING_2025,
    ),
    "TABLE_ARN_REQUIRED": Provocation("ListTagsOfResource", {}, invalid("Invalid TableArn")),
}

ELSEWHERE = {
    "NOT_A_TIMESTAMP": Elsewhere(
        "only operations that are not built have members that are times",
        "tests/shapes/test_serialization.py::test_wrong_timestamp",
    ),
}
