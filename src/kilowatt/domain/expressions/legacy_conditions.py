"""The legacy conditions, on the nodes of expressions: Expected, QueryFilter, ScanFilter, KeyConditions.

A condition is an attribute, one of 13 comparison operators and its operands. Each has a twin among the
expressions and means the same; an attribute is always a top-level one, whatever its name looks like:

    | operator                | operands | their types          | twin                              |
    |-------------------------|----------|----------------------|-----------------------------------|
    | EQ, NE                  | 1        | any                  | =, <>                             |
    | LT, LE, GT, GE          | 1        | S N B                | <, <=, >, >=                      |
    | BETWEEN                 | 2        | S N B                | BETWEEN                           |
    | IN                      | 1 to 100 | S N B                | IN                                |
    | BEGINS_WITH             | 1        | S B                  | begins_with                       |
    | CONTAINS, NOT_CONTAINS  | 1        | S N B BOOL NULL      | contains, NOT contains            |
    | NULL, NOT_NULL          | 0        |                      | attribute_not_exists, _exists     |

NULL and NOT_NULL are about the attribute, not about the type NULL. As with their twins, NE and NOT_CONTAINS
are true of a missing attribute.

Source: service model, Condition and ExpectedAttributeValue; order and texts of the refusals recorded on AWS;
BOOL and NULL for CONTAINS, and what missing attributes do: ours.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from kilowatt.domain.expressions.cache import ExpressionCache
from kilowatt.domain.expressions.condition import Condition
from kilowatt.domain.expressions.key_condition import KeyTest
from kilowatt.domain.expressions.nodes import (
    AndNode,
    BetweenNode,
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    InNode,
    Kind,
    NotNode,
    OrNode,
    PathNode,
    ValueNode,
)
from kilowatt.domain.expressions.paths import Names
from kilowatt.domain.values.accept import accept_value
from kilowatt.domain.values.comparison import order
from kilowatt.domain.values.types import TYPE_NAMES, AttributeValue, Values, type_of
from kilowatt.errors import legacy as errors
from kilowatt.errors import reads as read_errors
from kilowatt.limits import IN_OPERANDS

# What the wire has: an object of ComparisonOperator and AttributeValueList, or of Value and Exists.
WireCondition = dict[str, Any]

# Conditions with more operands than this are compiled for each request: they would fill the memory.
_CACHED_OPERANDS = 100


class LegacyCondition(NamedTuple):
    """One condition that has been checked; `operator` is a ComparisonOperator."""

    attribute: str
    operator: str
    operands: Sequence[AttributeValue]


class _Operator(NamedTuple):
    """Least and greatest number of operands, their types, and the node of the condition."""

    least: int
    most: int
    types: frozenset[str]
    node: "Callable[[PathNode, tuple[ValueNode, ...]], ConditionNode]"


def _comparison(operator: str) -> Callable[[PathNode, tuple[ValueNode, ...]], ConditionNode]:
    return lambda path, operands: ComparisonNode(operator, path, operands[0])


def _function(name: str) -> Callable[[PathNode, tuple[ValueNode, ...]], ConditionNode]:
    return lambda path, operands: FunctionNode(name, (path, *operands))


_ANY = frozenset(TYPE_NAMES)
_ORDERED = frozenset({"S", "N", "B"})
_WITH_PREFIX = frozenset({"S", "B"})
_ELEMENTS = _ORDERED | {"BOOL", "NULL"}

_OPERATORS = {
    "EQ": _Operator(1, 1, _ANY, _comparison("=")),
    "NE": _Operator(1, 1, _ANY, _comparison("<>")),
    "LT": _Operator(1, 1, _ORDERED, _comparison("<")),
    "LE": _Operator(1, 1, _ORDERED, _comparison("<=")),
    "GT": _Operator(1, 1, _ORDERED, _comparison(">")),
    "GE": _Operator(1, 1, _ORDERED, _comparison(">=")),
    "BETWEEN": _Operator(2, 2, _ORDERED, lambda path, bounds: BetweenNode(path, *bounds)),
    "IN": _Operator(1, IN_OPERANDS, _ORDERED, InNode),
    "BEGINS_WITH": _Operator(1, 1, _WITH_PREFIX, _function("begins_with")),
    "CONTAINS": _Operator(1, 1, _ELEMENTS, _function("contains")),
    "NOT_CONTAINS": _Operator(
        1, 1, _ELEMENTS, lambda path, operands: NotNode(FunctionNode("contains", (path, *operands)))
    ),
    "NULL": _Operator(0, 0, _ANY, _function("attribute_not_exists")),
    "NOT_NULL": _Operator(0, 0, _ANY, _function("attribute_exists")),
}
_WITHOUT_OPERANDS = frozenset({"NULL", "NOT_NULL"})

# -- checks


def check_conditions(conditions: dict[str, WireCondition]) -> list[LegacyCondition]:
    """The conditions of KeyConditions, QueryFilter or ScanFilter, each with its attribute.

    Raises: the errors of `errors/values.py`; ARGUMENT_COUNT, MIXED_TYPES, OPERAND_TYPE, BETWEEN_BOUNDS.
    """
    checked = []
    for attribute, condition in conditions.items():
        operands = condition.get("AttributeValueList", ())
        for value in operands:
            accept_value(value)
        checked.append(_checked(attribute, condition["ComparisonOperator"], operands))
    return checked


def check_expected(expected: dict[str, WireCondition]) -> list[LegacyCondition]:
    """The conditions of Expected. Value alone means EQ, Exists false means NULL.

    Raises: what `check_conditions` raises; VALUE_AND_LIST, EXISTS_AND_OPERATOR, OPERATOR_WITHOUT_VALUE,
    LIST_WITHOUT_OPERATOR, EXISTS_WITHOUT_VALUE, VALUE_OF_ABSENT.
    """
    return [_expected(attribute, condition) for attribute, condition in expected.items()]


def _expected(attribute: str, condition: WireCondition) -> LegacyCondition:
    value, operands = condition.get("Value"), condition.get("AttributeValueList")
    for given in ([value] if value is not None else []) + (operands or []):
        accept_value(given)
    if value is not None and operands is not None:
        raise errors.VALUE_AND_LIST(attribute=attribute)
    operator = condition.get("ComparisonOperator")
    if operator is None:
        return _by_existence(attribute, condition)
    if "Exists" in condition:
        raise errors.EXISTS_AND_OPERATOR(attribute=attribute)
    if value is None and operands is None and operator not in _WITHOUT_OPERANDS:
        raise errors.OPERATOR_WITHOUT_VALUE(operator=operator, attribute=attribute)
    return _checked(attribute, operator, operands or ([value] if value is not None else []))


def _by_existence(attribute: str, condition: WireCondition) -> LegacyCondition:
    """The condition that Value and Exists spell."""
    value, exists = condition.get("Value"), condition.get("Exists")
    if "AttributeValueList" in condition:
        raise errors.LIST_WITHOUT_OPERATOR(attribute=attribute)
    if exists is False:
        if value is not None:
            raise errors.VALUE_OF_ABSENT(attribute=attribute)
        return LegacyCondition(attribute, "NULL", ())
    if value is None:
        raise errors.EXISTS_WITHOUT_VALUE(exists="true" if exists else "null", attribute=attribute)
    return LegacyCondition(attribute, "EQ", [value])


def _checked(attribute: str, operator: str, operands: Sequence[AttributeValue]) -> LegacyCondition:
    rules = _OPERATORS[operator]
    if not rules.least <= len(operands) <= rules.most:
        raise errors.ARGUMENT_COUNT(operator=operator)
    types = [type_of(value) for value in operands]
    if any(tag != types[0] for tag in types):
        raise errors.MIXED_TYPES()
    if types and types[0] not in rules.types:
        raise errors.OPERAND_TYPE(operator=operator, type=types[0])
    if operator == "BETWEEN" and order(*operands) == 1:
        raise errors.BETWEEN_BOUNDS()
    return LegacyCondition(attribute, operator, operands)


# -- conditions and filters


def compile_conditions(
    kind: Kind, conditions: Sequence[LegacyCondition], joined_by: str
) -> tuple[Condition | None, Values]:
    """The condition that at least one (`joined_by` OR) or all (AND) of them make, with the values it is for.

    None if there are none. The condition needs no `check`. Clients can't spell the placeholders of its
    values.
    """
    if not conditions:
        return None, {}
    values: Values = {}
    words = [joined_by]
    for condition in conditions:
        words.append(f"{condition.operator}/{len(condition.operands)}")
        for value in condition.operands:
            values[_placeholder(len(values))] = value
    text = " ".join(words)
    names = tuple([(f"#{number}", condition.attribute) for number, condition in enumerate(conditions)])
    if len(conditions) + len(values) > _CACHED_OPERANDS:
        return _compile(kind, text, dict(names)), values
    key = (kind, text, names)
    return _cache.recent.get(key) or _cache.compile(key), values


def _placeholder(number: int) -> str:
    return f":condition.{number}"


def _compile(kind: Kind, text: str, names: Names) -> Condition:
    """The condition of a text such as `AND EQ/1 NULL/0`; the names are those of the conditions in order."""
    joined_by, *words = text.split()
    nodes: list[ConditionNode] = []
    used = 0
    for name, word in zip(names, words, strict=True):
        operator, _, count = word.partition("/")
        operands = tuple([ValueNode(_placeholder(used + number)) for number in range(int(count))])
        used += len(operands)
        nodes.append(_OPERATORS[operator].node(PathNode((name,)), operands))
    if len(nodes) == 1:
        return Condition(kind, nodes[0], names)
    joined = OrNode(tuple(nodes)) if joined_by == "OR" else AndNode(tuple(nodes))
    return Condition(kind, joined, names)


_cache = ExpressionCache(_compile)

# -- key conditions

# The operators that a key can be searched by, as key condition expressions call them.
_KEY_OPERATORS = {
    "EQ": "=",
    "LT": "<",
    "LE": "<=",
    "GT": ">",
    "GE": ">=",
    "BETWEEN": "BETWEEN",
    "BEGINS_WITH": "begins_with",
}
_KEY_CONDITIONS_AT_MOST = 2


def key_tests(conditions: Sequence[LegacyCondition]) -> tuple[tuple[KeyTest, ...], Values]:
    """KeyConditions as a Query is planned from, with the values they are for.

    An operator that no key can be searched by keeps its name; the plan refuses it in its turn.

    Raises: KEY_CONDITIONS_COUNT.
    """
    if not 1 <= len(conditions) <= _KEY_CONDITIONS_AT_MOST:
        raise read_errors.KEY_CONDITIONS_COUNT()
    values: Values = {}
    tests = []
    for attribute, operator, operands in conditions:
        placeholders = tuple([f":key.{len(values) + number}" for number in range(len(operands))])
        values.update(zip(placeholders, operands, strict=True))
        tests.append(KeyTest(attribute, _KEY_OPERATORS.get(operator, operator), placeholders))
    return tuple(tests), values
