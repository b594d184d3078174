"""What expressions are once parsed: plain values that print as expressions.

`str(node)` is text that parses to the same node again. Paths are as written: an element is an identifier, a
placeholder with its `#`, or a list index. The legacy parameters and PartiQL build the same nodes.
"""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The expression parameters, by the names that their error texts use."""

    UPDATE = "UpdateExpression"
    CONDITION = "ConditionExpression"
    KEY_CONDITION = "KeyConditionExpression"
    FILTER = "FilterExpression"
    PROJECTION = "ProjectionExpression"


@dataclass(frozen=True, slots=True)
class PathNode:
    """A document path: `a.#b[3]` is `("a", "#b", 3)`."""

    elements: tuple[str | int, ...]

    def __str__(self) -> str:
        parts = [f"[{element}]" if isinstance(element, int) else f".{element}" for element in self.elements]
        return "".join(parts)[1:]


@dataclass(frozen=True, slots=True)
class ValueNode:
    """A placeholder of a value, with its colon."""

    placeholder: str

    def __str__(self) -> str:
        return self.placeholder


@dataclass(frozen=True, slots=True)
class FunctionNode:
    """A function call: an operand, a condition, or either, as its name says."""

    name: str
    operands: "tuple[Operand, ...]"

    def __str__(self) -> str:
        return f"{self.name}({', '.join(map(_grouped_operand, self.operands))})"


@dataclass(frozen=True, slots=True)
class ArithmeticNode:
    """`left + right` or `left - right`, in SET only."""

    operator: str
    left: "Operand"
    right: "Operand"

    def __str__(self) -> str:
        return f"{_grouped_operand(self.left)} {self.operator} {_grouped_operand(self.right)}"


@dataclass(frozen=True, slots=True)
class ComparisonNode:
    """`left operator right` with one of = <> < <= > >=."""

    operator: str
    left: "Operand"
    right: "Operand"

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True, slots=True)
class BetweenNode:
    """`operand BETWEEN lower AND upper`, both bounds included."""

    operand: "Operand"
    lower: "Operand"
    upper: "Operand"

    def __str__(self) -> str:
        return f"{self.operand} BETWEEN {self.lower} AND {self.upper}"


@dataclass(frozen=True, slots=True)
class InNode:
    """`operand IN (choices)`."""

    operand: "Operand"
    choices: "tuple[Operand, ...]"

    def __str__(self) -> str:
        return f"{self.operand} IN ({', '.join(map(str, self.choices))})"


@dataclass(frozen=True, slots=True)
class AndNode:
    """Two or more conditions joined by AND without parentheses."""

    conditions: "tuple[ConditionNode, ...]"

    def __str__(self) -> str:
        return " AND ".join([_grouped(node, AndNode, OrNode) for node in self.conditions])


@dataclass(frozen=True, slots=True)
class OrNode:
    """Two or more conditions joined by OR without parentheses."""

    conditions: "tuple[ConditionNode, ...]"

    def __str__(self) -> str:
        return " OR ".join([_grouped(node, OrNode) for node in self.conditions])


@dataclass(frozen=True, slots=True)
class NotNode:
    """`NOT condition`."""

    condition: "ConditionNode"

    def __str__(self) -> str:
        return f"NOT {_grouped(self.condition, AndNode, OrNode)}"


@dataclass(frozen=True, slots=True)
class SetAction:
    """`path = value` of the section SET."""

    path: PathNode
    value: "Operand"
    section = "SET"

    def __str__(self) -> str:
        return f"{self.path} = {self.value}"


@dataclass(frozen=True, slots=True)
class RemoveAction:
    """`path` of the section REMOVE."""

    path: PathNode
    section = "REMOVE"

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True)
class AddAction:
    """`path value` of the section ADD."""

    path: PathNode
    value: ValueNode
    section = "ADD"

    def __str__(self) -> str:
        return f"{self.path} {self.value}"


@dataclass(frozen=True, slots=True)
class DeleteAction:
    """`path value` of the section DELETE."""

    path: PathNode
    value: ValueNode
    section = "DELETE"

    def __str__(self) -> str:
        return f"{self.path} {self.value}"


Operand = PathNode | ValueNode | FunctionNode | ArithmeticNode
ConditionNode = ComparisonNode | BetweenNode | InNode | FunctionNode | AndNode | OrNode | NotNode
Action = SetAction | RemoveAction | AddAction | DeleteAction


@dataclass(frozen=True, slots=True)
class UpdateNode:
    """The actions of an update expression in the order written."""

    actions: tuple[Action, ...]

    def __str__(self) -> str:
        text = ""
        section = ""
        for action in self.actions:
            text += f", {action}" if action.section == section else f" {action.section} {action}"
            section = action.section
        return text[1:]


@dataclass(frozen=True, slots=True)
class ProjectionNode:
    """The paths of a projection expression in the order written."""

    paths: tuple[PathNode, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.paths))


def _grouped(node: ConditionNode, *weaker: type) -> str:
    return f"({node})" if isinstance(node, weaker) else str(node)


def _grouped_operand(node: Operand) -> str:
    return f"({node})" if isinstance(node, ArithmeticNode) else str(node)
