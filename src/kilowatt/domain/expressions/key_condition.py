"""Key conditions: the narrow form of condition that a Query is planned from.

The text is parsed and checked as any condition first. Then its structure is checked, left to right, depth
first: only AND, only = < <= > >= BETWEEN begins_with, each test with one top-level attribute and values else,
each attribute once. What the schema allows is the caller's to check.

Source: AWS guide, "Key condition expressions for the Query operation"; order and texts recorded on AWS.
"""

from typing import NamedTuple

from kilowatt.domain.expressions.cache import ExpressionCache
from kilowatt.domain.expressions.condition import Condition
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
from kilowatt.domain.expressions.parser import parse_condition
from kilowatt.domain.expressions.paths import Names, resolve
from kilowatt.domain.values.types import Values
from kilowatt.errors import ServiceError
from kilowatt.errors import expressions as errors

_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


class KeyTest(NamedTuple):
    """One test: `attribute operator operands`, where the operands are placeholders of values.

    `operator` is one of = < <= > >= BETWEEN begins_with; BETWEEN has two operands, the others one. A
    comparison that was written value first is turned around.
    """

    attribute: str
    operator: str
    operands: tuple[str, ...]


class KeyCondition:
    """A key condition ready to be checked and planned.

    `conditions` are its tests in the order written, if `check_structure` passes. The other attributes are
    those of `Condition`.
    """

    __slots__ = ("_condition", "_refusal", "conditions", "names_used", "values_used")

    def __init__(self, node: ConditionNode, names: Names) -> None:
        self._condition = Condition(Kind.KEY_CONDITION, node, names)
        self.names_used = self._condition.names_used
        self.values_used = self._condition.values_used
        self.conditions: tuple[KeyTest, ...] = ()
        self._refusal: ServiceError | None = None
        if self._condition.sound:
            self._plan(node, names)

    def _plan(self, node: ConditionNode, names: Names) -> None:
        try:
            self.conditions = tuple(_tests(node, names, {}))
        except ServiceError as error:
            self._refusal = error

    @property
    def checks_values(self) -> bool:
        return self._condition.checks_values

    def check(self, values: Values | None) -> None:
        """Refuse what is wrong with it as a condition; raises what `Condition.check` raises."""
        self._condition.check(values)

    def check_structure(self) -> None:
        """Refuse what no key condition can be; AWS looks at this after unused names and values.

        Raises: KEY_OPERATOR, KEY_NESTED_OPERATION, KEY_FIRST_OPERAND, KEY_SEVERAL_NAMES, KEY_NESTED_PATH,
        KEY_NO_NAME, KEY_REPEATED.
        """
        if self._refusal is not None:
            raise ServiceError(self._refusal.spec, self._refusal.text)


def compile_key_condition(text: str, names: Names | None) -> KeyCondition:
    """The key condition that `text` spells, from the cache if it can.

    Raises: what `parser.parse_condition` raises.
    """
    key = (Kind.KEY_CONDITION, text, tuple(names.items()) if names else None)
    return _cache.recent.get(key) or _cache.compile(key)


def _compile(kind: Kind, text: str, names: Names) -> KeyCondition:
    return KeyCondition(parse_condition(kind, text), names)


_cache = ExpressionCache(_compile)


def _tests(node: ConditionNode, names: Names, seen: dict[str, KeyTest]) -> list[KeyTest]:
    """All tests below a node; `seen` has those to the left of it by attribute."""
    if isinstance(node, AndNode):
        for condition in node.conditions:
            _tests(condition, names, seen)
    else:
        test = _test(node, names)
        if test.attribute in seen:
            raise errors.KEY_REPEATED()
        seen[test.attribute] = test
    return list(seen.values())


def _test(node: ConditionNode, names: Names) -> KeyTest:
    operator, operands = _operator(node)
    if any(isinstance(operand, FunctionNode) for operand in operands):
        raise errors.KEY_NESTED_OPERATION()
    if operator in ("BETWEEN", "begins_with") and not isinstance(operands[0], PathNode):
        raise errors.KEY_FIRST_OPERAND(operator=operator)
    attribute = _attribute(operands, names)
    if isinstance(operands[0], ValueNode):
        operator = _MIRRORED[operator]
    values = tuple([operand.placeholder for operand in operands if isinstance(operand, ValueNode)])
    return KeyTest(attribute, operator, values)


def _operator(node: ConditionNode) -> tuple[str, tuple[Operand, ...]]:
    if isinstance(node, ComparisonNode) and node.operator != "<>":
        return node.operator, (node.left, node.right)
    if isinstance(node, BetweenNode):
        return "BETWEEN", (node.operand, node.lower, node.upper)
    if isinstance(node, FunctionNode) and node.name == "begins_with":
        return node.name, node.operands
    raise errors.KEY_OPERATOR(operator=_refused_operator(node))


def _refused_operator(node: ConditionNode) -> str:
    if isinstance(node, FunctionNode):
        return node.name
    if isinstance(node, InNode):
        return "IN"
    if isinstance(node, OrNode):
        return "OR"
    return "NOT" if isinstance(node, NotNode) else "<>"


def _attribute(operands: tuple[Operand, ...], names: Names) -> str:
    paths = [operand for operand in operands if isinstance(operand, PathNode)]
    if not paths:
        raise errors.KEY_NO_NAME()
    if len(paths) > 1:
        raise errors.KEY_SEVERAL_NAMES()
    path = resolve(paths[0], names)
    if len(path) > 1:
        raise errors.KEY_NESTED_PATH()
    return str(path[0])
