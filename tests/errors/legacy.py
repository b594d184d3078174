"""How the texts of `kilowatt.errors.legacy` are provoked: Expected, AttributeUpdates, conditions, filters."""

from typing import Any

from tests.errors.provocation import Provocation, invalid
from tests.operations.calls import LEAD, PARAMETERS
from tests.operations.legacy import condition
from tests.operations.standing import HASH

KEY = {"pk": {"S": "legacy"}}
STRING, NUMBER = {"S": "x"}, {"N": "1"}


def _scan(text: str, **parameters: Any) -> Provocation:
    return Provocation("Scan", {"TableName": HASH, **parameters}, invalid(text))


def _filter(text: str, operator: str, *values: Any) -> Provocation:
    return _scan(text, ScanFilter={"x": condition(operator, *values)})


def _expected(text: str, **expected: Any) -> Provocation:
    request = {"TableName": HASH, "Key": KEY, "Expected": {"x": expected}}
    return Provocation("DeleteItem", request, invalid(LEAD + PARAMETERS + text))


def _update(text: str, **action: Any) -> Provocation:
    request = {"TableName": HASH, "Key": KEY, "AttributeUpdates": {"x": action}}
    return Provocation("UpdateItem", request, invalid(LEAD + PARAMETERS + text))


PROVOCATIONS = {
    "ARGUMENT_COUNT": _filter(
        PARAMETERS + "Invalid number of argument(s) for the EQ ComparisonOperator", "EQ", STRING, STRING
    ),
    "MIXED_TYPES": _filter(
        PARAMETERS + "AttributeValues inside AttributeValueList must be of same type",
        "BETWEEN",
        STRING,
        NUMBER,
    ),
    "OPERAND_TYPE": _filter(
        PARAMETERS + "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type",
        "BEGINS_WITH",
        NUMBER,
    ),
    "BETWEEN_BOUNDS": _filter(
        "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound",
        "BETWEEN",
        {"N": "2"},
        NUMBER,
    ),
    "VALUE_AND_LIST": _expected(
        "Value and AttributeValueList cannot be used together for Attribute: x",
        Value=STRING,
        AttributeValueList=[STRING],
        ComparisonOperator="EQ",
    ),
    "EXISTS_AND_OPERATOR": _expected(
        "Exists and ComparisonOperator cannot be used together for Attribute: x",
        Exists=True,
        ComparisonOperator="EQ",
        Value=STRING,
    ),
    "OPERATOR_WITHOUT_VALUE": _expected(
        "Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: x",
        ComparisonOperator="EQ",
    ),
    "LIST_WITHOUT_OPERATOR": _expected(
        "AttributeValueList can only be used with a ComparisonOperator for Attribute: x",
        AttributeValueList=[STRING],
    ),
    "EXISTS_WITHOUT_VALUE": _expected(
        "Value must be provided when Exists is true for Attribute: x", Exists=True
    ),
    "VALUE_OF_ABSENT": _expected(
        "Value cannot be used when Exists is false for Attribute: x", Exists=False, Value=STRING
    ),
    "CONDITIONAL_OPERATOR_ALONE": _scan(
        "ConditionalOperator cannot be used without Filter or Expected", ConditionalOperator="OR"
    ),
    "CONDITIONAL_OPERATOR_OF_ONE": _scan(
        "ConditionalOperator can only be used when Filter or Expected has two or more elements",
        ConditionalOperator="OR",
        ScanFilter={"x": condition("NULL")},
    ),
    "UPDATE_WITHOUT_VALUE": _update(
        "Only DELETE action is allowed when no attribute value is specified", Action="PUT"
    ),
    "DELETE_TYPE": _update(
        "DELETE action with value is not supported for the type S", Action="DELETE", Value=STRING
    ),
    "ADD_TYPE": _update("ADD action is not supported for the type BOOL", Action="ADD", Value={"BOOL": True}),
    "ATTRIBUTE_TYPE_MISMATCH": Provocation(
        "UpdateItem",
        {
            "TableName": HASH,
            "Key": {"pk": {"S": "there"}},
            "AttributeUpdates": {"word": {"Action": "ADD", "Value": NUMBER}},
        },
        invalid("Type mismatch for attribute to update"),
    ),
    "DUPLICATE_ATTRIBUTE": _scan(
        PARAMETERS + "Duplicate value in attribute name: x", AttributesToGet=["x", "y", "x"]
    ),
}
