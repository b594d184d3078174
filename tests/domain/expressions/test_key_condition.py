"""What key conditions say of keys, and which structures they refuse."""

import pytest

from kilowatt.domain.expressions.key_condition import compile_key_condition
from kilowatt.domain.values.types import Values
from kilowatt.errors import ServiceError

PREFIX = "Invalid KeyConditionExpression: "
CONDITION = "Invalid condition in KeyConditionExpression: "
NAMES = {"#a": "a", "#dot": "a.b"}
VALUES: Values = {":v": {"S": "v"}, ":w": {"S": "w"}, ":n": {"N": "1"}}


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("a = :v", [("a", "=", (":v",))]),
        (":v = a", [("a", "=", (":v",))]),
        ("#dot = :v", [("a.b", "=", (":v",))]),
        ("a = :v AND b < :w", [("a", "=", (":v",)), ("b", "<", (":w",))]),
        (":w < b AND (#a) = :v", [("b", ">", (":w",)), ("a", "=", (":v",))]),
        (":w >= b AND a = :v", [("b", "<=", (":w",)), ("a", "=", (":v",))]),
        ("(a = :v) AND (b BETWEEN :v AND :w)", [("a", "=", (":v",)), ("b", "BETWEEN", (":v", ":w"))]),
        ("(begins_with(b, :w) AND a = :v)", [("b", "begins_with", (":w",)), ("a", "=", (":v",))]),
        (
            "a = :v AND b = :v AND (c = :w AND d > :n)",
            [("a", "=", (":v",)), ("b", "=", (":v",)), ("c", "=", (":w",)), ("d", ">", (":n",))],
        ),
    ],
)
def test_key_condition_lists_its_tests(text: str, conditions: list[tuple[str, str, tuple[str, ...]]]) -> None:
    condition = compile_key_condition(text, NAMES)
    condition.check(VALUES)
    condition.check_structure()
    assert list(condition.conditions) == conditions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = :v OR b = :v", "Invalid operator used in KeyConditionExpression: OR"),
        ("NOT a = :v", "Invalid operator used in KeyConditionExpression: NOT"),
        ("a IN (:v)", "Invalid operator used in KeyConditionExpression: IN"),
        ("a <> :v", "Invalid operator used in KeyConditionExpression: <>"),
        ("attribute_exists(a)", "Invalid operator used in KeyConditionExpression: attribute_exists"),
        ("attribute_not_exists(a)", "Invalid operator used in KeyConditionExpression: attribute_not_exists"),
        ("attribute_type(a, :s)", "Invalid operator used in KeyConditionExpression: attribute_type"),
        ("contains(a, :v)", "Invalid operator used in KeyConditionExpression: contains"),
        ("size(a) = :n", "KeyConditionExpressions cannot contain nested operations"),
        ("a BETWEEN :v AND size(b)", "KeyConditionExpressions cannot contain nested operations"),
        (
            ":v BETWEEN a AND :w",
            CONDITION + "BETWEEN operator must have the key attribute as its first operand",
        ),
        (
            "begins_with(:v, a)",
            CONDITION + "begins_with operator must have the key attribute as its first operand",
        ),
        ("a = b", CONDITION + "Multiple attribute names used in one condition"),
        ("a BETWEEN :v AND b", CONDITION + "Multiple attribute names used in one condition"),
        ("begins_with(a, b)", CONDITION + "Multiple attribute names used in one condition"),
        ("a.b = :v", "KeyConditionExpressions cannot have conditions on nested attributes"),
        ("begins_with(a[0], :v)", "KeyConditionExpressions cannot have conditions on nested attributes"),
        (":v = :w", CONDITION + "No key attribute specified"),
        ("a = :v AND #a > :w", "KeyConditionExpressions must only contain one condition per key"),
        # left to right, depth first
        (
            "a = :v AND (a = :w AND b <> :v)",
            "KeyConditionExpressions must only contain one condition per key",
        ),
        ("a.b = :v AND (NOT b = :v)", "KeyConditionExpressions cannot have conditions on nested attributes"),
        ("a = :v AND (b = :v OR b <> :v)", "Invalid operator used in KeyConditionExpression: OR"),
        ("size(a) BETWEEN b AND :n", "KeyConditionExpressions cannot contain nested operations"),
    ],
)
def test_structure_that_no_key_condition_has_is_refused(text: str, expected: str) -> None:
    condition = compile_key_condition(text, NAMES)
    condition.check({**VALUES, ":s": {"S": "S"}})
    for _ in range(2):
        with pytest.raises(ServiceError) as caught:
            condition.check_structure()
        assert caught.value.text == PREFIX + expected


def test_checks_of_conditions_come_before_the_structure() -> None:
    with pytest.raises(ServiceError, match="redundant parentheses"):
        compile_key_condition("((a <> :v))", None)
    condition = compile_key_condition("a <> :v OR begins_with(b, :n) OR c = :gone", None)
    assert condition.values_used == {":v", ":n", ":gone"}
    with pytest.raises(ServiceError) as caught:
        condition.check(VALUES)
    assert caught.value.text == (
        PREFIX + "Incorrect operand type for operator or function;"
        " operator or function: begins_with, operand type: N"
    )


def test_undefined_names_are_found_by_the_check() -> None:
    condition = compile_key_condition("#a = :v AND #b = :w", {"#a": "a"})
    assert condition.names_used == {"#a", "#b"}
    with pytest.raises(ServiceError, match="attribute name: #b"):
        condition.check(VALUES)
