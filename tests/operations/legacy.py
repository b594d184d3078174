"""What tests of the legacy parameters have in common."""

from typing import Any

STRING, NUMBER, BINARY = {"S": "bc"}, {"N": "5"}, {"B": b"bc"}
# One value of each type.
VALUES: dict[str, Any] = {
    "S": STRING,
    "N": NUMBER,
    "B": BINARY,
    "SS": {"SS": ["bc", "d"]},
    "NS": {"NS": ["5", "6"]},
    "BS": {"BS": [b"bc", b"d"]},
    "L": {"L": [STRING, NUMBER, BINARY, {"BOOL": True}, {"NULL": True}]},
    "M": {"M": {"bc": STRING}},
    "BOOL": {"BOOL": True},
    "NULL": {"NULL": True},
}
# ConditionalOperator, refused.
ALONE = "ConditionalOperator cannot be used without Filter or Expected"
OF_ONE = "ConditionalOperator can only be used when Filter or Expected has two or more elements"


def condition(operator: str, *operands: Any) -> dict[str, Any]:
    """A condition as KeyConditions, QueryFilter, ScanFilter and Expected take it."""
    return {"ComparisonOperator": operator, "AttributeValueList": list(operands)}
