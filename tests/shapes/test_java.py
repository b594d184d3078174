"""Values print the way the service's Java classes print themselves."""

from typing import Any

import pytest

from kilowatt.shapes.java import member_name, printed
from kilowatt.shapes.schema import shape


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("IndexName", "a b", "a b"),
        ("PositiveIntegerObject", 12, "12"),
        ("ConsistentRead", True, "true"),
        ("ConsistentRead", False, "false"),
        ("BinaryAttributeValue", "AAA=", "java.nio.HeapByteBuffer[pos=0 lim=2 cap=2]"),
        ("BinaryAttributeValue", "", "java.nio.HeapByteBuffer[pos=0 lim=0 cap=0]"),
        ("AttributeNameList", ["a", "b", None], "[a, b, null]"),
        ("ExpressionAttributeNameMap", {"#a": "b", "#c": "d"}, "{#a=b, #c=d}"),
        (
            "KeySchema",
            [{"AttributeName": "UUID", "KeyType": "HASH"}, {"AttributeName": "created"}],
            "[KeySchemaElement(attributeName=UUID, keyType=HASH), "
            "KeySchemaElement(attributeName=created, keyType=null)]",
        ),
    ],
)
def test_printed_value(name: str, value: Any, expected: str) -> None:
    assert printed(shape(name), value) == expected


def test_attribute_value_prints_a_hash_that_depends_on_its_content() -> None:
    texts = {printed(shape("AttributeValue"), value) for value in ({"S": "a"}, {"S": "b"}, {"N": "1"}, {})}
    assert len(texts) == 4
    assert all(text.startswith("com.amazonaws.dynamodb.v20120810.AttributeValue@") for text in texts)


def test_deeply_nested_attribute_value_is_printed() -> None:
    value: dict[str, Any] = {}
    for _ in range(500):
        value = {"L": [value]}
    assert "AttributeValue@" in printed(shape("AttributeValue"), value)


@pytest.mark.parametrize(
    ("name", "expected"), [("TableName", "tableName"), ("SSESpecification", "sSESpecification"), ("S", "s")]
)
def test_member_name(name: str, expected: str) -> None:
    assert member_name(name) == expected
