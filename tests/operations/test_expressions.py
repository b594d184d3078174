"""The texts for expressions that are wrong in themselves, as clients see them.

Which expressions are wrong, and why, is tested with the expressions; here one of each kind goes by wire.
"""

from typing import Any

import pytest
from tests.operations.calls import LEAD, Request, invalid, refusal
from tests.operations.standing import MISSING

KEY = {"pk": {"S": "1"}}
VALUES: dict[str, Any] = {
    ":s": {"S": "s"},
    ":t": {"S": "t"},
    ":n": {"N": "1"},
    ":l": {"L": []},
    ":set": {"SS": ["a"]},
}

# Situation, condition, text after "Invalid {kind}: ".
BAD_CONDITIONS: list[tuple[str, str, str]] = [
    ("empty", "", "The expression can not be empty;"),
    ("missing_operand", "x =", 'Syntax error; token: "<EOF>", near: "="'),
    ("number", "x > 4", 'Syntax error; token: "4", near: "> 4"'),
    ("redundant_parentheses", "((x = :s))", "The expression has redundant parentheses;"),
    ("unknown_function", "exists(x)", "Invalid function name; function: exists"),
    ("function_in_capitals", "SIZE(x) = :n", "Invalid function name; function: SIZE"),
    (
        "condition_as_operand",
        "attribute_exists(x) = :s",
        "The function is not allowed to be used this way in an expression; function: attribute_exists",
    ),
    (
        "operand_as_condition",
        "size(x)",
        "The function is not allowed to be used this way in an expression; function: size",
    ),
    (
        "reserved_word",
        "Status = :s",
        "Attribute name is a reserved keyword; reserved keyword: Status",
    ),
    (
        "undefined_name",
        "#n = :s",
        "An expression attribute name used in the document path is not defined; attribute name: #n",
    ),
    (
        "undefined_value",
        "x = :undefined",
        "An expression attribute value used in expression is not defined; attribute value: :undefined",
    ),
    (
        "too_few_operands",
        "begins_with(x)",
        "Incorrect number of operands for operator or function; operator or function: begins_with, number of "
        "operands: 1",
    ),
    (
        "value_for_path",
        "attribute_exists(:s)",
        "Operator or function requires a document path; operator or function: attribute_exists",
    ),
    (
        "same_path_twice",
        "a.b[1] = a.b[1]",
        "The first operand must be distinct from the remaining operands for this operator or function; "
        "operator: =, first operand: [a, b, [1]]",
    ),
    (
        "begins_with_a_number",
        "begins_with(x, :n)",
        "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
    ),
    (
        "type_is_no_string",
        "attribute_type(x, :n)",
        "Incorrect operand type for operator or function; operator or function: attribute_type, "
        "operand type: N",
    ),
    (
        "size_of_a_number",
        "size(:n) = :n",
        "Incorrect operand type for operator or function; operator or function: size, operand type: N",
    ),
    (
        "bounds_of_two_types",
        "x BETWEEN :n AND :s",
        "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: "
        "AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:s}",
    ),
    (
        "bounds_reversed",
        "x BETWEEN :t AND :s",
        "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
        "operand: AttributeValue: {S:t}, upper bound operand: AttributeValue: {S:s}",
    ),
]
bad_conditions = pytest.mark.parametrize(
    ("condition", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_CONDITIONS]
)


def values_in(*texts: str) -> Request:
    """The values that the texts use."""
    used = {name: value for name, value in VALUES.items() if any(_uses(text, name) for text in texts)}
    return {"ExpressionAttributeValues": used} if used else {}


def _uses(text: str, name: str) -> bool:
    return name in text.replace("(", " ").replace(")", " ").replace(",", " ").split()


@bad_conditions
@pytest.mark.parametrize("operation", ["PutItem", "DeleteItem", "UpdateItem"])
def test_a_bad_condition_is_refused(client: Any, operation: str, condition: str, text: str) -> None:
    key = {"Item" if operation == "PutItem" else "Key": KEY}
    refused = refusal(
        client,
        operation,
        TableName=MISSING,
        **key,
        ConditionExpression=condition,
        **values_in(condition),
    )
    assert refused == invalid(f"{LEAD}Invalid ConditionExpression: {text}")


@bad_conditions
def test_a_bad_filter_is_refused(client: Any, condition: str, text: str) -> None:
    refused = refusal(client, "Scan", TableName=MISSING, FilterExpression=condition, **values_in(condition))
    assert refused == invalid(f"Invalid FilterExpression: {text}")


def test_an_unknown_type_name_is_refused_with_the_known_ones(client: Any) -> None:
    refused = refusal(
        client,
        "Scan",
        TableName=MISSING,
        FilterExpression="attribute_type(x, :s)",
        ExpressionAttributeValues={":s": {"S": "string"}},
    )
    lead, _, types = refused.partition(", valid types: {")
    assert lead == invalid("Invalid FilterExpression: Invalid attribute type name found; type: string")
    assert set(types.rstrip("}").split(",")) == {"B", "NULL", "SS", "BOOL", "L", "BS", "N", "NS", "S", "M"}


OVERLAP = "Two document paths overlap with each other; must remove or rewrite one of these paths; "
CONFLICT = "Two document paths conflict with each other; must remove or rewrite one of these paths; "

# Situation, update, text.
BAD_UPDATES: list[tuple[str, str, str]] = [
    ("empty", "", "The expression can not be empty;"),
    ("unknown_section", "RESET x", 'Syntax error; token: "RESET", near: "RESET x"'),
    ("number", "SET x = 3", 'Syntax error; token: "3", near: "= 3"'),
    ("reserved_word", "SET name = :s", "Attribute name is a reserved keyword; reserved keyword: name"),
    ("unknown_function", "SET x = plus(y, :n)", "Invalid function name; function: plus"),
    (
        "section_twice",
        "SET x = :s REMOVE y SET z = :s",
        'The "SET" section can only be used once in an update expression;',
    ),
    (
        "undefined_name",
        "REMOVE #n",
        "An expression attribute name used in the document path is not defined; attribute name: #n",
    ),
    (
        "undefined_value",
        "SET x = :undefined",
        "An expression attribute value used in expression is not defined; attribute value: :undefined",
    ),
    (
        "overlapping_paths",
        "SET a.b = :s REMOVE a.b.c[1]",
        OVERLAP + "path one: [a, b], path two: [a, b, c, [1]]",
    ),
    ("same_path_twice", "SET a = :s, a = :s", OVERLAP + "path one: [a], path two: [a]"),
    (
        "conflicting_paths",
        "SET a.b = :s, a[1] = :s",
        CONFLICT + "path one: [a, b], path two: [a, [1]]",
    ),
    (
        "add_a_string",
        "ADD x :s",
        "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
    ),
    (
        "delete_a_number",
        "DELETE x :n",
        "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
    ),
    (
        "too_many_operands",
        "SET x = if_not_exists(x, :n, :s)",
        "Incorrect number of operands for operator or function; operator or function: if_not_exists, number "
        "of operands: 3",
    ),
    (
        "value_for_path",
        "SET x = if_not_exists(:n, :s)",
        "Operator or function requires a document path; operator or function: if_not_exists",
    ),
    (
        "list_append_of_a_string",
        "SET x = list_append(x, :s)",
        "Incorrect operand type for operator or function; operator or function: list_append, operand type: S",
    ),
    (
        "plus_a_list",
        "SET x = y + :l",
        "Incorrect operand type for operator or function; operator or function: +, operand type: L",
    ),
    (
        "minus_a_set",
        "SET x = :set - y",
        "Incorrect operand type for operator or function; operator or function: -, operand type: SS",
    ),
]


@pytest.mark.parametrize(("update", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_UPDATES])
def test_a_bad_update_is_refused(client: Any, update: str, text: str) -> None:
    refused = refusal(
        client,
        "UpdateItem",
        TableName=MISSING,
        Key=KEY,
        UpdateExpression=update,
        **values_in(update),
    )
    assert refused == invalid(f"{LEAD}Invalid UpdateExpression: {text}")


# Situation, projection, text.
BAD_PROJECTIONS: list[tuple[str, str, str]] = [
    ("empty", "", "The expression can not be empty;"),
    ("two_commas", "a,,b", 'Syntax error; token: ",", near: ",,b"'),
    ("reserved_word", "a, size", "Attribute name is a reserved keyword; reserved keyword: size"),
    (
        "undefined_name",
        "a.#n",
        "An expression attribute name used in the document path is not defined; attribute name: #n",
    ),
    ("overlapping_paths", "a[1].b, a[1]", OVERLAP + "path one: [a, [1], b], path two: [a, [1]]"),
    ("conflicting_paths", "a[1], a.b", CONFLICT + "path one: [a, [1]], path two: [a, b]"),
]


@pytest.mark.parametrize(
    ("projection", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_PROJECTIONS]
)
def test_a_bad_projection_is_refused(client: Any, projection: str, text: str) -> None:
    expected = invalid(f"Invalid ProjectionExpression: {text}")
    request = {"ProjectionExpression": projection}
    assert refusal(client, "GetItem", TableName=MISSING, Key=KEY, **request) == expected
    assert refusal(client, "Scan", TableName=MISSING, **request) == expected
    items = {MISSING: {"Keys": [KEY], **request}}
    assert refusal(client, "BatchGetItem", RequestItems=items) == expected


# Situation, key condition, text.
BAD_KEY_CONDITIONS: list[tuple[str, str, str]] = [
    *(
        (f"operator_{operator}", condition, f"Invalid operator used in KeyConditionExpression: {operator}")
        for operator, condition in (
            ("OR", "pk = :s OR pk = :t"),
            ("NOT", "NOT pk = :s"),
            ("IN", "pk IN (:s)"),
            ("<>", "pk <> :s"),
            ("attribute_exists", "attribute_exists(pk)"),
            ("attribute_not_exists", "attribute_not_exists(pk)"),
            ("attribute_type", "attribute_type(pk, :type)"),
            ("contains", "contains(pk, :s)"),
        )
    ),
    ("size", "size(pk) = :n", "KeyConditionExpressions cannot contain nested operations"),
    (
        "between_without_key_first",
        ":s BETWEEN pk AND :t",
        "Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its "
        "first operand",
    ),
    (
        "begins_with_without_key_first",
        "begins_with(:s, pk)",
        "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as "
        "its first operand",
    ),
    (
        "two_paths",
        "pk = sk",
        "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
    ),
    ("nested_path", "pk.x = :s", "KeyConditionExpressions cannot have conditions on nested attributes"),
    (
        "no_path",
        ":s = :t",
        "Invalid condition in KeyConditionExpression: No key attribute specified",
    ),
    (
        "one_key_twice",
        "pk = :s AND pk = :t",
        "KeyConditionExpressions must only contain one condition per key",
    ),
]


@pytest.mark.parametrize(
    ("condition", "text"), [pytest.param(*case[1:], id=case[0]) for case in BAD_KEY_CONDITIONS]
)
def test_a_bad_key_condition_is_refused(client: Any, condition: str, text: str) -> None:
    """AWS added the name of the parameter before some of these texts; which ones is not all known."""
    values = values_in(condition)
    if ":type" in condition:
        values = {"ExpressionAttributeValues": {":type": {"S": "S"}}}
    refused = refusal(client, "Query", TableName=MISSING, KeyConditionExpression=condition, **values)
    assert refused in {invalid(text), invalid("Invalid KeyConditionExpression: " + text)}
