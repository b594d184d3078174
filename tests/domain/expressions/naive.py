"""Evaluators of expressions as simple as can be, to compare the compiled ones with."""

import copy
from base64 import b64decode
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests.domain.expressions.strategies import NAMES

from kilowatt.domain.expressions.nodes import (
    Action,
    AddAction,
    AndNode,
    ArithmeticNode,
    BetweenNode,
    ComparisonNode,
    ConditionNode,
    DeleteAction,
    FunctionNode,
    InNode,
    NotNode,
    Operand,
    OrNode,
    PathNode,
    RemoveAction,
    SetAction,
    UpdateNode,
    ValueNode,
)
from kilowatt.domain.expressions.paths import Path, reader, resolve
from kilowatt.domain.values.types import AttributeValue, Item, Values


def naive_condition(node: ConditionNode, item: Item, given_values: Values) -> bool:
    def meant(operand: Operand) -> Any:
        if isinstance(operand, ValueNode):
            return python(given_values[operand.placeholder])
        if isinstance(operand, FunctionNode):
            return measured(meant(operand.operands[0]))
        assert isinstance(operand, PathNode)
        return walk(python({"M": item}), resolve(operand, NAMES))

    if isinstance(node, AndNode):
        return all(naive_condition(child, item, given_values) for child in node.conditions)
    if isinstance(node, OrNode):
        return any(naive_condition(child, item, given_values) for child in node.conditions)
    if isinstance(node, NotNode):
        return not naive_condition(node.condition, item, given_values)
    if isinstance(node, ComparisonNode):
        return compared(node, meant(node.left), meant(node.right))
    if isinstance(node, BetweenNode):
        operand, lower, upper = meant(node.operand), meant(node.lower), meant(node.upper)
        inside = ordered(lower, operand) and ordered(operand, upper) and lower <= operand <= upper
        return bool(inside)
    if isinstance(node, InNode):
        operand = meant(node.operand)
        return operand is not None and any(operand == meant(choice) for choice in node.choices)
    return _FUNCTIONS[node.name](*[meant(operand) for operand in node.operands])


def compared(node: ComparisonNode, left: Any, right: Any) -> bool:
    if node.operator == "=":
        return left is not None and left == right
    if node.operator == "<>":
        unsized = any(
            value is None and isinstance(operand, FunctionNode)
            for operand, value in ((node.left, left), (node.right, right))
        )
        return not unsized and not (left is not None and left == right)
    if not ordered(left, right):
        return False
    answers = {"<": left < right, "<=": left <= right, ">": left > right, ">=": left >= right}
    return bool(answers[node.operator])


def python(value: AttributeValue) -> Any:
    """A value as a pair of its tag and a Python value that compares as DynamoDB compares."""
    ((tag, content),) = value.items()
    if tag in ("SS", "NS", "BS"):
        return tag, frozenset(python({tag[0]: element})[1] for element in content)
    if tag == "L":
        return tag, [python(element) for element in content]
    if tag == "M":
        return tag, {key: python(child) for key, child in content.items()}
    if tag == "S":
        return tag, content.encode()
    if tag == "N":
        return tag, Decimal(content)
    return tag, b64decode(content) if tag == "B" else content


def walk(value: Any, path: Path) -> Any:
    for element in path:
        if value is None:
            return None
        tag, content = value
        if isinstance(element, str):
            value = content.get(element) if tag == "M" else None
        else:
            value = content[element] if tag == "L" and element < len(content) else None
    return value


def measured(value: Any) -> Any:
    if value is None or value[0] in ("N", "BOOL", "NULL"):
        return None
    tag, content = value
    return "N", Decimal(len(content.decode()) if tag == "S" else len(content))


def ordered(left: Any, right: Any) -> bool:
    return left is not None and right is not None and left[0] == right[0] and left[0] in ("S", "N", "B")


def held(container: Any, sought: Any) -> bool:
    if container is None or sought is None:
        return False
    tag, content = container
    if tag in ("SS", "NS", "BS"):
        return bool(sought[0] == tag[0] and sought[1] in content)
    if tag in ("S", "B"):
        return bool(sought[0] == tag and sought[1] in content)
    return tag == "L" and sought in content


_FUNCTIONS: dict[str, Callable[..., bool]] = {
    "attribute_exists": lambda value: value is not None,
    "attribute_not_exists": lambda value: value is None,
    "attribute_type": lambda value, name: value is not None and value[0].encode() == name[1],
    "begins_with": lambda value, prefix: (
        value is not None
        and prefix is not None
        and value[0] == prefix[0]
        and value[0] in ("S", "B")
        and value[1].startswith(prefix[1])
    ),
    "contains": held,
}


def naive_update(node: UpdateNode, item: Item, given_values: Values) -> Any:
    """All results from the old item; then each change on a copy, where gaps keep the indexes of lists."""
    results = [naive_result(action, item, given_values) for action in node.actions]
    new: Any = copy.deepcopy({"M": item})
    late: list[tuple[int, list[Any], Any]] = []
    for action, result in zip(node.actions, results, strict=True):
        *way, last = action.path.elements
        container = new
        for element in way:
            container = next(iter(container.values()))[element]
        content = next(iter(container.values()))
        if isinstance(last, str) or last < len(content):
            content[last] = copy.deepcopy(result)
        elif result is not None:
            late.append((last, content, copy.deepcopy(result)))
    for _, content, result in sorted(late, key=lambda entry: entry[0]):
        content.append(result)
    return without_gaps(new)["M"]


def without_gaps(value: AttributeValue) -> AttributeValue:
    ((tag, content),) = value.items()
    if tag == "M":
        return {"M": {key: without_gaps(child) for key, child in content.items() if child is not None}}
    if tag == "L":
        return {"L": [without_gaps(child) for child in content if child is not None]}
    return value


def naive_result(action: Action, item: Item, given_values: Values) -> AttributeValue | None:
    if isinstance(action, RemoveAction):
        return None
    if isinstance(action, SetAction):
        return naive_operand(action.value, item, given_values)
    old = reader(resolve(action.path, {}))(item, {})
    ((tag, operand),) = given_values[action.value.placeholder].items()
    if isinstance(action, DeleteAction):
        left = [element for element in old["SS"] if element not in operand] if old else []
        return {tag: left} if left else None
    assert isinstance(action, AddAction)
    if old is None:
        return {tag: operand}
    if tag == "N":
        return {"N": plain(Decimal(old["N"]) + Decimal(operand))}
    return {tag: old[tag] + [element for element in operand if element not in old[tag]]}


def naive_operand(node: Operand, item: Item, given_values: Values) -> AttributeValue:
    if isinstance(node, ValueNode):
        return given_values[node.placeholder]
    if isinstance(node, PathNode):
        value = reader(resolve(node, {}))(item, {})
        assert value is not None
        return value
    if isinstance(node, ArithmeticNode):
        left = Decimal(naive_operand(node.left, item, given_values)["N"])
        right = Decimal(naive_operand(node.right, item, given_values)["N"])
        return {"N": plain(left + right if node.operator == "+" else left - right)}
    first, second = node.operands
    if node.name == "list_append":
        return {
            "L": naive_operand(first, item, given_values)["L"]
            + naive_operand(second, item, given_values)["L"]
        }
    assert isinstance(first, PathNode)
    present = reader(resolve(first, {}))(item, {})
    return naive_operand(second, item, given_values) if present is None else present


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"
