"""How the texts of `kilowatt.errors.expressions` are provoked: placeholders, syntax, meaning, keys."""

from typing import Any

from tests.errors.provocation import Provocation, invalid
from tests.operations.calls import LEAD
from tests.operations.standing import HASH

KEY = {"pk": {"S": "there"}}
S, N = {"S": "x"}, {"N": "1"}


def _scan(text: str, filter_: str, **placeholders: Any) -> Provocation:
    return Provocation(
        "Scan", {"TableName": HASH, "FilterExpression": filter_, **placeholders}, invalid(text)
    )


def _names(text: str, names: dict[str, str], filter_: str = "attribute_exists(x)") -> Provocation:
    return _scan(text, filter_, ExpressionAttributeNames=names)


def _values(text: str, values: dict[str, Any], filter_: str = "x = :x") -> Provocation:
    return _scan(text, filter_, ExpressionAttributeValues=values)


def _filter(text: str, filter_: str, **values: Any) -> Provocation:
    """A refused FilterExpression; the values are those of placeholders without their colon."""
    if values:
        return _values("Invalid FilterExpression: " + text, _placeholders(values), filter_)
    return _scan("Invalid FilterExpression: " + text, filter_)


def _update(text: str, expression: str, **values: Any) -> Provocation:
    request: dict[str, Any] = {"TableName": HASH, "Key": KEY, "UpdateExpression": expression}
    if values:
        request["ExpressionAttributeValues"] = _placeholders(values)
    return Provocation("UpdateItem", request, invalid(text))


def _key_condition(text: str, expression: str) -> Provocation:
    request = {
        "TableName": HASH,
        "KeyConditionExpression": expression,
        "ExpressionAttributeValues": {":x": S},
    }
    return Provocation("Query", request, invalid("Invalid KeyConditionExpression: " + text))


def _placeholders(values: dict[str, Any]) -> dict[str, Any]:
    return {f":{name}": value for name, value in values.items()}


INVALID_UPDATE = LEAD + "Invalid UpdateExpression: "
TOO_LONG_KEY = "contains invalid key: The expression attribute map contains a key that is too long"

PROVOCATIONS = {
    # ExpressionAttributeNames and ExpressionAttributeValues.
    "NAMES_EMPTY": _names("ExpressionAttributeNames must not be empty", {}),
    "NAMES_KEY": _names('ExpressionAttributeNames contains invalid key: Syntax error; key: "x"', {"x": "x"}),
    "NAMES_KEY_TOO_LONG": _names("ExpressionAttributeNames " + TOO_LONG_KEY, {"#" + "x" * 255: "x"}),
    "NAMES_VALUE_EMPTY": _names(
        "ExpressionAttributeNames contains invalid value: Attribute name must not be empty; key: #x",
        {"#x": ""},
    ),
    "NAMES_VALUE_TOO_LONG": _names(
        "Attribute name is too large, must be less than 65536 bytes", {"#x": "é" * 32_768}
    ),
    "NAMES_UNUSED": _names(
        "Value provided in ExpressionAttributeNames unused in expressions: keys: {#x}", {"#x": "x"}
    ),
    "VALUES_EMPTY": _values("ExpressionAttributeValues must not be empty", {}),
    "VALUES_KEY": _values('ExpressionAttributeValues contains invalid key: Syntax error; key: "x"', {"x": S}),
    "VALUES_KEY_TOO_LONG": _values("ExpressionAttributeValues " + TOO_LONG_KEY, {":" + "x" * 255: S}),
    "SUBSTITUTIONS_TOO_LARGE": _values(
        "Names and values of ExpressionAttributeNames and ExpressionAttributeValues have exceeded the "
        "maximum size of 2097152 bytes",
        {":x": {"S": "x" * (2 * 1024 * 1024 + 1)}},
    ),
    "VALUES_UNUSED": _values(
        "Value provided in ExpressionAttributeValues unused in expressions: keys: {:y}", {":x": S, ":y": S}
    ),
    # Text, syntax, limits.
    "EMPTY": _filter("The expression can not be empty;", ""),
    "TOO_LONG": _filter("Expression size has exceeded the maximum allowed size;", "x = " + "y" * 4096),
    "SYNTAX": _filter('Syntax error; token: "4", near: "> 4"', "x > 4"),
    "TOO_MANY_OPERATORS": _filter(
        "The expression contains too many operators; operator count: 301",
        " OR ".join(["a=b"] * 151),
    ),
    "TOO_MANY_IN_OPERANDS": _filter(
        "The IN operator is provided with too many operands; number of operands: 101",
        f"x IN ({', '.join(['y'] * 101)})",
    ),
    "PATH_TOO_DEEP": _filter(
        "The document path has too many nesting elements; nesting levels: 33", "x" + ".y" * 33 + " = x"
    ),
    "NESTED_TOO_DEEPLY": _filter(
        "The expression nests parentheses and functions too deeply; maximum: 100",
        "size(" * 101 + "x" + ")" * 101 + " = x",
    ),
    # Meaning.
    "REDUNDANT_PARENTHESES": _filter("The expression has redundant parentheses;", "((x = y))"),
    "INVALID_FUNCTION": _filter("Invalid function name; function: Size", "Size(x) = y"),
    "MISUSED_FUNCTION": _filter(
        "The function is not allowed to be used this way in an expression; function: size", "size(x)"
    ),
    "RESERVED_WORD": _filter("Attribute name is a reserved keyword; reserved keyword: Name", "Name = x"),
    "UNDEFINED_NAME": _filter(
        "An expression attribute name used in the document path is not defined; attribute name: #x", "#x = y"
    ),
    "UNDEFINED_VALUE": _filter(
        "An expression attribute value used in expression is not defined; attribute value: :x", "x = :x"
    ),
    "OPERAND_COUNT": _filter(
        "Incorrect number of operands for operator or function; operator or function: contains, "
        "number of operands: 1",
        "contains(x)",
    ),
    "PATH_REQUIRED": _filter(
        "Operator or function requires a document path; operator or function: attribute_exists",
        "attribute_exists(:x)",
        x=S,
    ),
    "OPERANDS_NOT_DISTINCT": _filter(
        "The first operand must be distinct from the remaining operands for this operator or function; "
        "operator: <, first operand: [x, y, [1]]",
        "x.y[1] < x.y[1]",
    ),
    "OPERAND_TYPE": _filter(
        "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
        "begins_with(x, :x)",
        x=N,
    ),
    "ATTRIBUTE_TYPE_NAME": _filter(
        "Invalid attribute type name found; type: STRING, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        "attribute_type(x, :x)",
        x={"S": "STRING"},
    ),
    "BETWEEN_TYPES": _filter(
        "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
        "AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:x}",
        "x BETWEEN :n AND :s",
        n=N,
        s=S,
    ),
    "BETWEEN_BOUNDS": _filter(
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
        "operand: AttributeValue: {S:y}, upper bound operand: AttributeValue: {S:x}",
        "x BETWEEN :y AND :x",
        y={"S": "y"},
        x=S,
    ),
    "PATHS_OVERLAP": _update(
        INVALID_UPDATE + "Two document paths overlap with each other; must remove or rewrite one of these "
        "paths; path one: [x], path two: [x, y]",
        "REMOVE x, x.y",
    ),
    "PATHS_CONFLICT": _update(
        INVALID_UPDATE + "Two document paths conflict with each other; must remove or rewrite one of these "
        "paths; path one: [x, y], path two: [x, [0]]",
        "REMOVE x.y, x[0]",
    ),
    # UpdateExpression.
    "SECTION_REPEATED": _update(
        INVALID_UPDATE + 'The "SET" section can only be used once in an update expression;',
        "SET x = y SET y = x",
    ),
    "ACTION_OPERAND_TYPE": _update(
        INVALID_UPDATE
        + "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
        "ADD x :x",
        x=S,
    ),
    "ATTRIBUTE_MISSING": _update(
        "The provided expression refers to an attribute that does not exist in the item", "SET x = absent"
    ),
    "UPDATE_PATH": _update(
        "The document path provided in the update expression is invalid for update", "SET absent.x = :x", x=S
    ),
    "ATTRIBUTE_TYPE": _update(
        "An operand in the update expression has an incorrect data type", "SET x = word + :x", x=N
    ),
    # KeyConditionExpression.
    "KEY_OPERATOR": _key_condition(
        "Invalid operator used in KeyConditionExpression: OR", "pk = :x OR x = :x"
    ),
    "KEY_NESTED_OPERATION": _key_condition(
        "KeyConditionExpressions cannot contain nested operations", "pk = size(:x)"
    ),
    "KEY_FIRST_OPERAND": _key_condition(
        "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as "
        "its first operand",
        "begins_with(:x, pk)",
    ),
    "KEY_SEVERAL_NAMES": _key_condition(
        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        "pk = x AND x = :x",
    ),
    "KEY_NESTED_PATH": _key_condition(
        "KeyConditionExpressions cannot have conditions on nested attributes", "pk.x = :x"
    ),
    "KEY_NO_NAME": _key_condition(
        "Invalid condition in KeyConditionExpression: No key attribute specified", ":x = :x"
    ),
    "KEY_REPEATED": _key_condition(
        "KeyConditionExpressions must only contain one condition per key", "pk = :x AND pk = :x"
    ),
}
