"""What is wrong with a condition before any item is looked at.

Conditions are checked one by one, left to right. Within one: names and values that are not defined, numbers
of operands, the first operand distinct from the others, types of operands, bounds of BETWEEN.

Source: order and texts recorded on AWS; AWS guide, "Condition and filter expressions, operators, and
functions".
"""

from kilowatt.domain.expressions.checks import Checks
from kilowatt.domain.expressions.nodes import (
    AndNode,
    BetweenNode,
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    InNode,
    Kind,
    NotNode,
    Operand,
    OrNode,
    PathNode,
    ValueNode,
)
from kilowatt.domain.expressions.parser import CONDITION_FUNCTIONS
from kilowatt.domain.expressions.paths import Names, path_text, resolve
from kilowatt.domain.values.comparison import order
from kilowatt.domain.values.types import TYPE_NAMES, AttributeValue, Values, type_of
from kilowatt.errors import expressions as errors

_ORDERED = frozenset({"S", "N", "B"})
_WITH_PREFIX = frozenset({"S", "B"})
_WITH_SIZE = frozenset(TYPE_NAMES) - {"N", "BOOL", "NULL"}
_ORDER_COMPARATORS = frozenset({"<", "<=", ">", ">="})
_DISTINCT_FUNCTIONS = frozenset({"contains", "begins_with", "attribute_type"})
# AWS prints a set of types where a path stands for the name of a type.
_ANY_TYPE = "{B,NULL,SS,BOOL,L,BS,N,NS,S,M}"


class ConditionChecks(Checks):
    """The checks of one condition."""

    __slots__ = ("_names",)

    def __init__(self, kind: Kind, node: ConditionNode, names: Names) -> None:
        super().__init__(kind, names)
        self._names = names
        self._visit(node)

    def _visit(self, node: ConditionNode) -> None:
        while isinstance(node, NotNode):
            node = node.condition
        if isinstance(node, AndNode | OrNode):
            for condition in node.conditions:
                self._visit(condition)
        elif isinstance(node, ComparisonNode):
            self._test(node.operator, (node.left, node.right), distinct=True)
        elif isinstance(node, BetweenNode):
            self._test("BETWEEN", (node.operand, node.lower, node.upper), distinct=True)
        elif isinstance(node, InNode):
            self._test("IN", (node.operand, *node.choices), distinct=True)
        else:
            self._function(node)

    def _test(self, operator: str, operands: tuple[Operand, ...], *, distinct: bool) -> None:
        for operand in operands:
            self._placeholders(operand)
        for operand in operands:
            self._counts(operand)
        if not self.sound:
            return
        if distinct:
            self._distinct(operator, operands)
        for operand in operands:
            self._sizes(operand)
        if operator == "BETWEEN":
            self._types(operator, operands, _ORDERED)
            self._bounds(operands[1], operands[2])
        elif operator in _ORDER_COMPARATORS:
            self._types(operator, operands, _ORDERED)

    def _function(self, node: FunctionNode) -> None:
        self._placeholders(node)
        self._counts(node)
        if not self.sound:
            return
        operands = node.operands
        if node.name in _DISTINCT_FUNCTIONS:
            self._distinct(node.name, operands)
        for operand in operands:
            self._sizes(operand)
        if node.name == "begins_with":
            self._types(node.name, operands, _WITH_PREFIX)
        elif node.name == "attribute_type":
            self._type_name(operands[1])
        elif node.name != "contains" and not isinstance(operands[0], PathNode):
            self._fail(errors.PATH_REQUIRED, function=node.name)

    # -- one check each

    def _placeholders(self, node: Operand) -> None:
        if isinstance(node, PathNode):
            undefined = self.usage.undefined_name(node)
            if undefined:
                self._fail(errors.UNDEFINED_NAME, name=undefined)
        elif isinstance(node, ValueNode):
            self._value(node.placeholder)
        elif isinstance(node, FunctionNode):
            for operand in node.operands:
                self._placeholders(operand)

    def _counts(self, node: Operand) -> None:
        if not isinstance(node, FunctionNode):
            return
        for operand in node.operands:
            self._counts(operand)
        if len(node.operands) != CONDITION_FUNCTIONS[node.name]:
            self._fail(errors.OPERAND_COUNT, function=node.name, count=len(node.operands))

    def _distinct(self, operator: str, operands: tuple[Operand, ...]) -> None:
        first = operands[0]
        if not isinstance(first, PathNode):
            return
        path = resolve(first, self._names)
        if any(isinstance(node, PathNode) and resolve(node, self._names) == path for node in operands[1:]):
            self._fail(errors.OPERANDS_NOT_DISTINCT, operator=operator, path=path_text(path))

    def _sizes(self, node: Operand) -> None:
        if isinstance(node, FunctionNode):
            for operand in node.operands:
                self._sizes(operand)
            self._types("size", node.operands, _WITH_SIZE)

    def _types(self, operator: str, operands: tuple[Operand, ...], allowed: frozenset[str]) -> None:
        for operand in operands:
            if isinstance(operand, ValueNode):
                self._type(operator, operand.placeholder, allowed)
            elif isinstance(operand, FunctionNode) and "N" not in allowed:
                self._fail(errors.OPERAND_TYPE, operator=operator, type="N")

    def _type(self, operator: str, placeholder: str, allowed: frozenset[str]) -> None:
        def check(values: Values) -> None:
            tag = type_of(values[placeholder])
            if tag not in allowed:
                raise errors.OPERAND_TYPE(kind=self._kind, operator=operator, type=tag)

        self._add_type_check(check)

    def _type_name(self, node: Operand) -> None:
        if isinstance(node, ValueNode):
            placeholder = node.placeholder

            def check(values: Values) -> None:
                name = values[placeholder].get("S")
                if name not in TYPE_NAMES:
                    raise errors.ATTRIBUTE_TYPE_NAME(kind=self._kind, type=name)

            self._type("attribute_type", placeholder, frozenset({"S"}))
            self._add_type_check(check)
        else:
            tag = _ANY_TYPE if isinstance(node, PathNode) else "N"
            self._fail(errors.OPERAND_TYPE, operator="attribute_type", type=tag)

    def _bounds(self, lower: Operand, upper: Operand) -> None:
        if not (isinstance(lower, ValueNode) and isinstance(upper, ValueNode)):
            return
        low, high = lower.placeholder, upper.placeholder

        def check(values: Values) -> None:
            result = order(values[low], values[high])
            if result is None or result > 0:
                spec = errors.BETWEEN_TYPES if result is None else errors.BETWEEN_BOUNDS
                raise spec(kind=self._kind, lower=_value_text(values[low]), upper=_value_text(values[high]))

        self._add_type_check(check)


def _value_text(value: AttributeValue) -> str:
    """A scalar as error texts print it: `{N:1}`."""
    tag = type_of(value)
    return f"{{{tag}:{value[tag]}}}"
