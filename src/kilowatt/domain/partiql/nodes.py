"""What statements are once parsed. Conditions, paths and operands are the nodes of all other expressions.

A value that a statement needs is a placeholder as in an expression: `:p0` is the first parameter, `:l0` the
first literal, `:b0` the first value that is built of others (`Built`). Names that no expression could spell
stand behind placeholders too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from kilowatt.domain.expressions.nodes import Action, ConditionNode, PathNode
from kilowatt.domain.expressions.paths import Names
from kilowatt.domain.values.types import AttributeValue, Values

# Makes a value of the parameters and literals.
Build = Callable[[Values], AttributeValue]


@dataclass(frozen=True, slots=True)
class Source:
    """The table, by name or ARN, and the index that a statement names."""

    table: str
    index: str | None = None


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One name of ORDER BY."""

    name: str
    forward: bool


@dataclass(frozen=True, slots=True)
class SelectNode:
    """`columns` are None for `*`."""

    source: Source
    columns: tuple[PathNode, ...] | None
    where: ConditionNode | None
    order: tuple[OrderKey, ...] = ()


@dataclass(frozen=True, slots=True)
class ExistsNode:
    """`EXISTS (SELECT ...)` as a statement."""

    select: SelectNode

    @property
    def source(self) -> Source:
        return self.select.source


@dataclass(frozen=True, slots=True)
class InsertNode:
    source: Source
    item: Build


@dataclass(frozen=True, slots=True)
class UpdateNode:
    """`returning` is one of `ALL OLD`, `MODIFIED OLD`, `ALL NEW`, `MODIFIED NEW`, or empty."""

    source: Source
    actions: tuple[Action, ...]
    where: ConditionNode | None
    returning: str = ""
    # Placeholders of values that must be sets, each with the function that takes it.
    sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DeleteNode:
    source: Source
    where: ConditionNode | None
    returning: str = ""


Node = SelectNode | ExistsNode | InsertNode | UpdateNode | DeleteNode


@dataclass(frozen=True, slots=True)
class Syntax:
    """A parsed shape: the statement, how many parameters it has, the values to build, and its names."""

    node: Node
    parameters: int
    built: tuple[tuple[str, Build], ...]
    names: Names = field(default_factory=dict)
