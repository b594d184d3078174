"""Legacy conditions: which are refused, and that each means what its twin among the expressions means."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.expressions.strategies import ATTRIBUTES, attribute_values, items, scalars

from kilowatt.domain.expressions.condition import compile_condition
from kilowatt.domain.expressions.legacy_conditions import (
    LegacyCondition,
    check_conditions,
    check_expected,
    compile_conditions,
    key_tests,
)
from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.values.types import AttributeValue, Item, Values
from kilowatt.errors import ServiceError

STRING, OTHER, NUMBER = {"S": "a"}, {"S": "b"}, {"N": "1"}

# Operator, its twin with the attribute's placeholder and the operands' ones.
TWINS = {
    "EQ": "{name} = {0}",
    "NE": "{name} <> {0}",
    "LT": "{name} < {0}",
    "LE": "{name} <= {0}",
    "GT": "{name} > {0}",
    "GE": "{name} >= {0}",
    "BETWEEN": "{name} BETWEEN {0} AND {1}",
    "IN": "{name} IN ({all})",
    "BEGINS_WITH": "begins_with({name}, {0})",
    "CONTAINS": "contains({name}, {0})",
    "NOT_CONTAINS": "NOT contains({name}, {0})",
    "NULL": "attribute_not_exists({name})",
    "NOT_NULL": "attribute_exists({name})",
}

_one_scalar = st.lists(scalars, min_size=1, max_size=1)
_one_value = st.lists(attribute_values, min_size=1, max_size=1)


def _of_type(tag: str) -> st.SearchStrategy[list[AttributeValue]]:
    return st.lists(scalars.filter(lambda value: tag in value))


_same_type = st.one_of(_of_type("S"), _of_type("N"), _of_type("B"))
OPERANDS: dict[str, st.SearchStrategy[list[AttributeValue]]] = {
    **dict.fromkeys(("EQ", "NE"), _one_value),
    **dict.fromkeys(("LT", "LE", "GT", "GE", "CONTAINS", "NOT_CONTAINS"), _one_scalar),
    "BETWEEN": _same_type.filter(lambda operands: len(operands) == 2),
    "IN": _same_type.filter(bool),
    "BEGINS_WITH": _one_scalar.filter(lambda operands: "N" not in operands[0]),
    **dict.fromkeys(("NULL", "NOT_NULL"), st.just([])),
}


def _wire(operator: str, operands: list[AttributeValue]) -> dict[str, Any]:
    return {"ComparisonOperator": operator, "AttributeValueList": operands}


_conditions = st.sampled_from(sorted(TWINS)).flatmap(
    lambda name: st.builds(_wire, st.just(name), OPERANDS[name])
)
# Names that look like paths or placeholders are plain names.
_maps = st.dictionaries(
    st.sampled_from([*ATTRIBUTES, "a.b", "a[0]", "#a"]), _conditions, min_size=1, max_size=4
)


def _twin(conditions: dict[str, dict[str, Any]], joined_by: str) -> tuple[str, dict[str, str], Values]:
    names: dict[str, str] = {}
    values: Values = {}
    texts = []
    for attribute, condition in conditions.items():
        name = f"#n{len(names)}"
        names[name] = attribute
        operands = [f":v{len(values) + number}" for number in range(len(condition["AttributeValueList"]))]
        values.update(zip(operands, condition["AttributeValueList"], strict=True))
        text = TWINS[condition["ComparisonOperator"]]
        texts.append(text.format(*operands, name=name, all=", ".join(operands)))
    return f" {joined_by} ".join(texts), names, values


@settings(max_examples=600, deadline=None)
@given(_maps, st.sampled_from(["AND", "OR"]), items, attribute_values)
def test_legacy_conditions_hold_when_their_twin_holds(
    conditions: dict[str, dict[str, Any]], joined_by: str, item: Item, dotted: AttributeValue
) -> None:
    item = {**item, "a.b": dotted}
    text, names, twin_values = _twin(conditions, joined_by)
    twin = compile_condition(Kind.FILTER, text, names)
    try:
        checked = check_conditions(conditions)
    except ServiceError:  # bounds of BETWEEN
        with pytest.raises(ServiceError):
            twin.check(twin_values)
        return
    twin.check(twin_values)
    legacy, values = compile_conditions(Kind.FILTER, checked, joined_by)
    assert legacy is not None
    legacy.check(values)
    assert legacy.holds(item, values) is twin.holds(item, twin_values)


@pytest.mark.parametrize("joined_by", ["AND", "OR"])
def test_no_conditions_are_no_condition(joined_by: str) -> None:
    assert compile_conditions(Kind.FILTER, check_conditions({}), joined_by) == (None, {})


def test_conditions_with_many_operands_hold_too() -> None:
    operands = [{"N": str(number)} for number in range(100)]
    wire = {name: _wire("IN", operands) for name in ("a", "b")}
    condition, values = compile_conditions(Kind.FILTER, check_conditions(wire), "AND")
    assert condition is not None
    assert condition.holds({"a": {"N": "0"}, "b": {"N": "99"}}, values)
    assert not condition.holds({"a": {"N": "0"}, "b": {"N": "100"}}, values)


def test_the_same_shape_with_other_values_is_compiled_once() -> None:
    first, _ = compile_conditions(Kind.FILTER, check_conditions({"a": _wire("EQ", [STRING])}), "AND")
    second, values = compile_conditions(Kind.FILTER, check_conditions({"a": _wire("EQ", [OTHER])}), "AND")
    assert first is second
    assert second is not None
    assert second.holds({"a": OTHER}, values)


def test_operands_become_canonical() -> None:
    (condition,) = check_conditions({"a": _wire("EQ", [{"N": "01.50"}])})
    assert condition.operands == [{"N": "1.5"}]


@pytest.mark.parametrize(
    ("expected", "condition"),
    [
        ({"Value": STRING}, ("EQ", [STRING])),
        ({"Value": STRING, "Exists": True}, ("EQ", [STRING])),
        ({"Exists": False}, ("NULL", [])),
        ({"ComparisonOperator": "NULL"}, ("NULL", [])),
        ({"ComparisonOperator": "NOT_NULL", "AttributeValueList": []}, ("NOT_NULL", [])),
        ({"ComparisonOperator": "LT", "Value": NUMBER}, ("LT", [NUMBER])),
        (_wire("BETWEEN", [STRING, OTHER]), ("BETWEEN", [STRING, OTHER])),
    ],
)
def test_expected_spells_a_condition_in_two_ways(
    expected: dict[str, Any], condition: tuple[str, list[AttributeValue]]
) -> None:
    (checked,) = check_expected({"a": expected})
    assert (checked.attribute, checked.operator, list(checked.operands)) == ("a", *condition)


def test_key_conditions_become_tests_of_keys() -> None:
    tests, values = key_tests(
        [LegacyCondition("pk", "EQ", [STRING]), LegacyCondition("sk", "BETWEEN", [NUMBER, {"N": "2"}])]
    )
    assert tests == (("pk", "=", (":key.0",)), ("sk", "BETWEEN", (":key.1", ":key.2")))
    assert values == {":key.0": STRING, ":key.1": NUMBER, ":key.2": {"N": "2"}}


def test_key_conditions_keep_operators_that_no_key_can_be_searched_by() -> None:
    tests, _ = key_tests([LegacyCondition("pk", "NE", [STRING]), LegacyCondition("sk", "NULL", [])])
    assert [test.operator for test in tests] == ["NE", "NULL"]


@pytest.mark.parametrize("count", [0, 3])
def test_key_conditions_are_one_or_two(count: int) -> None:
    conditions = [LegacyCondition(f"k{number}", "EQ", [STRING]) for number in range(count)]
    with pytest.raises(ServiceError, match="Conditions can be of length 1 or 2 only"):
        key_tests(conditions)
