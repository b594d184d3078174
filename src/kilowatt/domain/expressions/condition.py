"""Conditions compiled to closures: ConditionExpression, FilterExpression, and the legacy parameters' nodes.

A missing attribute, operands of two types and `size` of something without a size make a test false; only `<>`
is true for a missing attribute. The missing item is the empty item.

Source: AWS guide, "Condition and filter expressions, operators, and functions"; missing attributes measured
on AWS.
"""

from collections.abc import Callable

from kilowatt.domain.expressions.cache import ExpressionCache
from kilowatt.domain.expressions.checks import Checked
from kilowatt.domain.expressions.condition_checks import ConditionChecks
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
from kilowatt.domain.expressions.paths import Names, Read, reader, resolve
from kilowatt.domain.values.comparison import begins_with, contains, equal, order, size_of
from kilowatt.domain.values.types import AttributeValue, Item, Values

Holds = Callable[[Item, Values], bool]

# What `order` may answer for each comparator; it answers None where there is no order.
_ORDERS = {
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    ">": frozenset({1}),
    ">=": frozenset({0, 1}),
}


class Condition(Checked):
    """A condition ready to be checked and evaluated.

    `holds(item, values)` evaluates it; only after `check` has passed for the same values.

    `check` raises: UNDEFINED_NAME, UNDEFINED_VALUE, OPERAND_COUNT, OPERANDS_NOT_DISTINCT, OPERAND_TYPE,
    PATH_REQUIRED, ATTRIBUTE_TYPE_NAME, BETWEEN_TYPES, BETWEEN_BOUNDS.
    """

    __slots__ = ("holds",)

    def __init__(self, kind: Kind, node: ConditionNode, names: Names) -> None:
        super().__init__(ConditionChecks(kind, node, names))
        self.holds: Holds = _condition(node, names) if self.sound else _never


def compile_condition(kind: Kind, text: str, names: Names | None) -> Condition:
    """The condition that `text` spells, from the cache if it can.

    Raises: what `parser.parse_condition` raises.
    """
    key = (kind, text, tuple(names.items()) if names else None)
    return _cache.recent.get(key) or _cache.compile(key)


def _compile(kind: Kind, text: str, names: Names) -> Condition:
    return Condition(kind, parse_condition(kind, text), names)


_cache = ExpressionCache(_compile)


def _never(_item: Item, _values: Values) -> bool:
    raise AssertionError("a condition that check() refuses was evaluated")


def _condition(node: ConditionNode, names: Names) -> Holds:
    negated = False
    while isinstance(node, NotNode):
        node = node.condition
        negated = not negated
    holds = _positive(node, names)
    return _negation(holds) if negated else holds


def _positive(node: ConditionNode, names: Names) -> Holds:
    if isinstance(node, ComparisonNode):
        return _comparison(node, names)
    if isinstance(node, FunctionNode):
        return _FUNCTIONS[node.name](*[_operand(operand, names) for operand in node.operands])
    if isinstance(node, AndNode):
        return _all([_condition(condition, names) for condition in node.conditions])
    if isinstance(node, OrNode):
        return _any([_condition(condition, names) for condition in node.conditions])
    if isinstance(node, BetweenNode):
        return _between(
            _operand(node.operand, names), _operand(node.lower, names), _operand(node.upper, names)
        )
    assert isinstance(node, InNode)
    return _in(_operand(node.operand, names), [_operand(choice, names) for choice in node.choices])


# -- operands


def _operand(node: Operand, names: Names) -> Read:
    if isinstance(node, PathNode):
        return reader(resolve(node, names))
    if isinstance(node, ValueNode):
        placeholder = node.placeholder
        return lambda _item, values: values[placeholder]
    assert isinstance(node, FunctionNode)
    return _size(_operand(node.operands[0], names))


def _size(operand: Read) -> Read:
    def read(item: Item, values: Values) -> AttributeValue | None:
        value = operand(item, values)
        size = None if value is None else size_of(value)
        return None if size is None else {"N": str(size)}

    return read


# -- tests


def _comparison(node: ComparisonNode, names: Names) -> Holds:
    operator = node.operator
    if isinstance(node.left, PathNode) and len(node.left.elements) == 1 and isinstance(node.right, ValueNode):
        name = str(resolve(node.left, names)[0])
        return _attribute_comparison(name, operator, node.right.placeholder)
    left, right = _operand(node.left, names), _operand(node.right, names)
    if operator == "=":
        return _equal(left, right)
    if operator != "<>":
        return _ordered(left, right, _ORDERS[operator])
    operands = ((node.left, left), (node.right, right))
    return _not_equal(left, right, [read for operand, read in operands if isinstance(operand, FunctionNode)])


def _attribute_comparison(name: str, operator: str, placeholder: str) -> Holds:
    """The most frequent test, a top-level attribute against a value, without a call for each operand."""
    if operator in _ORDERS:
        wanted = _ORDERS[operator]

        def holds(item: Item, values: Values) -> bool:
            value = item.get(name)
            return value is not None and order(value, values[placeholder]) in wanted

    else:

        def holds(item: Item, values: Values) -> bool:
            value = item.get(name)
            return value is not None and equal(value, values[placeholder])

    return _negation(holds) if operator == "<>" else holds


def _equal(left: Read, right: Read) -> Holds:
    def holds(item: Item, values: Values) -> bool:
        a = left(item, values)
        b = right(item, values)
        return a is not None and b is not None and equal(a, b)

    return holds


def _not_equal(left: Read, right: Read, sizes: list[Read]) -> Holds:
    equals = _equal(left, right)
    if not sizes:
        return _negation(equals)

    def holds(item: Item, values: Values) -> bool:
        return all(size(item, values) is not None for size in sizes) and not equals(item, values)

    return holds


def _ordered(left: Read, right: Read, wanted: frozenset[int]) -> Holds:
    def holds(item: Item, values: Values) -> bool:
        a = left(item, values)
        b = right(item, values)
        return a is not None and b is not None and order(a, b) in wanted

    return holds


def _between(operand: Read, lower: Read, upper: Read) -> Holds:
    return _all([_ordered(lower, operand, _ORDERS["<="]), _ordered(operand, upper, _ORDERS["<="])])


def _in(operand: Read, choices: list[Read]) -> Holds:
    def holds(item: Item, values: Values) -> bool:
        value = operand(item, values)
        if value is None:
            return False
        for choice in choices:
            other = choice(item, values)
            if other is not None and equal(value, other):
                return True
        return False

    return holds


def _exists(operand: Read) -> Holds:
    return lambda item, values: operand(item, values) is not None


def _not_exists(operand: Read) -> Holds:
    return lambda item, values: operand(item, values) is None


def _has_type(operand: Read, name: Read) -> Holds:
    def holds(item: Item, values: Values) -> bool:
        value = operand(item, values)
        wanted = name(item, values)
        return value is not None and wanted is not None and wanted["S"] in value

    return holds


def _relation(test: Callable[[AttributeValue, AttributeValue], bool]) -> Callable[[Read, Read], Holds]:
    def build(left: Read, right: Read) -> Holds:
        def holds(item: Item, values: Values) -> bool:
            a = left(item, values)
            b = right(item, values)
            return a is not None and b is not None and test(a, b)

        return holds

    return build


_FUNCTIONS: dict[str, Callable[..., Holds]] = {
    "attribute_exists": _exists,
    "attribute_not_exists": _not_exists,
    "attribute_type": _has_type,
    "begins_with": _relation(begins_with),
    "contains": _relation(contains),
}


# -- logic


def _negation(holds: Holds) -> Holds:
    return lambda item, values: not holds(item, values)


def _all(conditions: list[Holds]) -> Holds:
    def holds(item: Item, values: Values) -> bool:
        for condition in conditions:  # noqa: SIM110  a generator would cost more than the conditions
            if not condition(item, values):
                return False
        return True

    return holds


def _any(conditions: list[Holds]) -> Holds:
    def holds(item: Item, values: Values) -> bool:
        for condition in conditions:  # noqa: SIM110  as above
            if condition(item, values):
                return True
        return False

    return holds
