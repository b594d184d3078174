"""How a condition reaches its items: by the keys that it names, or not at all.

A condition is keyed if it compares every partition key attribute with `=` or IN to values; each combination
of them is a partition to read. An OR is keyed if each of its branches is. A sort key test beside the
partition key narrows what is read of the partition. What the keys do not express is left as a filter.

Source: AWS guide, "PartiQL select statements for DynamoDB".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import prod

from kilowatt.domain.expressions.key_condition import KeyTest
from kilowatt.domain.expressions.nodes import (
    AndNode,
    BetweenNode,
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    InNode,
    Operand,
    OrNode,
    PathNode,
    ValueNode,
)
from kilowatt.domain.expressions.paths import Names, resolve
from kilowatt.domain.keys.schema import KeySchema
from kilowatt.errors import partiql as errors

# The guide's limit on the values of IN for a partition key.
PARTITIONS = 50
_MIRRORED = {"=": "=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class Reach:
    """One partition: the placeholders of its key, in the schema's order, and tests of the sort key.

    Several tests of one attribute all hold.
    """

    partition: tuple[str, ...]
    tests: tuple[KeyTest, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """What to read, and the conditions that still have to be tested; no `reaches` is a scan."""

    reaches: tuple[Reach, ...]
    rest: tuple[ConditionNode, ...]
    # Whether the partitions come of an IN, whose answers have short pages.
    by_in: bool = False


def access_of(where: ConditionNode | None, schema: KeySchema, names: Names) -> Access:
    """The access that a condition allows. Raises: TOO_MANY_IN_OPERANDS."""
    if where is None:
        return Access((), ())
    conjuncts = where.conditions if isinstance(where, AndNode) else (where,)
    return (
        _direct(conjuncts, schema, names) or _of_branches(conjuncts, schema, names) or Access((), conjuncts)
    )


def equalities(
    conjuncts: Sequence[ConditionNode], schema: KeySchema, names: Names
) -> tuple[dict[str, str], tuple[ConditionNode, ...]] | None:
    """For each key attribute the placeholder that it equals, and the other conjuncts; None if one lacks."""
    found: dict[str, str] = {}
    rest = []
    for conjunct in conjuncts:
        test = key_test(conjunct, names)
        is_key = test is not None and test.operator == "=" and test.attribute in schema.names
        if test is not None and is_key and test.attribute not in found:
            found[test.attribute] = test.operands[0]
        else:
            rest.append(conjunct)
    return (found, tuple(rest)) if len(found) == len(schema.names) else None


def _direct(conjuncts: tuple[ConditionNode, ...], schema: KeySchema, names: Names) -> Access | None:
    """The access by conjuncts that each name one partition key attribute."""
    used: list[int] = []
    choices: list[tuple[str, ...]] = []
    by_in = False
    for attribute in schema.hash:
        found = _values_of(conjuncts, attribute.name, names)
        if found is None:
            return None
        position, values = found
        by_in = by_in or isinstance(conjuncts[position], InNode)
        used.append(position)
        choices.append(values)
    count = prod(map(len, choices))
    if count > PARTITIONS:
        raise errors.TOO_MANY_IN_OPERANDS(count=count, maximum=PARTITIONS)
    partitions = product(*choices)
    tests = _sort_tests(conjuncts, schema, names)
    used += tests
    reaches = [Reach(partition, tuple(tests.values())) for partition in partitions]
    rest = tuple([conjunct for position, conjunct in enumerate(conjuncts) if position not in used])
    return Access(tuple(reaches), rest, by_in)


def _of_branches(conjuncts: tuple[ConditionNode, ...], schema: KeySchema, names: Names) -> Access | None:
    """The access by an OR of which every branch is keyed; all is tested again, since branches may differ."""
    for conjunct in conjuncts:
        if isinstance(conjunct, OrNode):
            branches = [access_of(branch, schema, names) for branch in conjunct.conditions]
            if all(branch.reaches for branch in branches):
                reaches = [reach for branch in branches for reach in branch.reaches]
                return Access(tuple(reaches), conjuncts, any(branch.by_in for branch in branches))
    return None


def _values_of(
    conjuncts: Sequence[ConditionNode], name: str, names: Names
) -> tuple[int, tuple[str, ...]] | None:
    """The first conjunct that gives an attribute its values, `=` before IN, and their placeholders."""
    among: tuple[int, tuple[str, ...]] | None = None
    for position, conjunct in enumerate(conjuncts):
        test = key_test(conjunct, names)
        if test is not None and test.operator == "=" and test.attribute == name:
            return position, test.operands
        if among is None and isinstance(conjunct, InNode) and _attribute(conjunct.operand, names) == name:
            values = [choice.placeholder for choice in conjunct.choices if isinstance(choice, ValueNode)]
            if len(values) == len(conjunct.choices):
                among = position, tuple(values)
    return among


def _sort_tests(conjuncts: Sequence[ConditionNode], schema: KeySchema, names: Names) -> dict[int, KeyTest]:
    """The tests of sort key attributes that narrow a partition, by the position of their conjunct.

    An attribute that is tested with `=` lets the next one narrow further.
    """
    found: dict[int, KeyTest] = {}
    tests = [(position, key_test(conjunct, names)) for position, conjunct in enumerate(conjuncts)]
    for attribute in schema.range:
        own = {
            position: test
            for position, test in tests
            if test is not None
            and test.attribute == attribute.name
            and not (test.operator == "begins_with" and attribute.type == "N")
        }
        equal = next((position for position, test in own.items() if test.operator == "="), None)
        if equal is None:
            return found | own
        found[equal] = own[equal]
    return found


def key_test(node: ConditionNode, names: Names) -> KeyTest | None:
    """The node as a test of one top-level attribute by values; None if it is none."""
    operands: tuple[Operand, ...]
    if isinstance(node, ComparisonNode) and node.operator in _MIRRORED:
        operator, operands = node.operator, (node.left, node.right)
        if isinstance(node.left, ValueNode):
            operator, operands = _MIRRORED[operator], (node.right, node.left)
    elif isinstance(node, BetweenNode):
        operator, operands = "BETWEEN", (node.operand, node.lower, node.upper)
    elif isinstance(node, FunctionNode) and node.name == "begins_with":
        operator, operands = node.name, node.operands
    else:
        return None
    attribute = _attribute(operands[0], names)
    values = tuple([operand.placeholder for operand in operands[1:] if isinstance(operand, ValueNode)])
    if attribute is None or len(values) < len(operands) - 1:
        return None
    return KeyTest(attribute, operator, values)


def _attribute(operand: Operand, names: Names) -> str | None:
    if not isinstance(operand, PathNode) or len(operand.elements) > 1:
        return None
    return str(resolve(operand, names)[0])
