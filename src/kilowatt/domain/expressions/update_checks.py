"""What is wrong with an update before any item is looked at.

In this order, each kind of error from left to right: undefined values, overlapping paths, conflicting paths,
operands of ADD and DELETE, operands of functions and sums.

Source: order and texts recorded on AWS.
"""

from collections.abc import Sequence

from kilowatt.domain.expressions.checks import Checks
from kilowatt.domain.expressions.nodes import (
    Action,
    AddAction,
    ArithmeticNode,
    DeleteAction,
    FunctionNode,
    Kind,
    Operand,
    PathNode,
    RemoveAction,
    SetAction,
    ValueNode,
)
from kilowatt.domain.expressions.parser import UPDATE_FUNCTIONS
from kilowatt.domain.expressions.paths import Names, Path, check_disjoint
from kilowatt.domain.values.types import SET_TYPES, TYPE_NAMES, Values, type_of
from kilowatt.errors import ServiceError
from kilowatt.errors import expressions as errors

_ADDABLE = SET_TYPES | {"N"}


class UpdateChecks(Checks):
    """The checks of one update; `targets` are the paths of its actions.

    Raises: UNDEFINED_NAME.
    """

    __slots__ = ("targets",)

    def __init__(self, actions: Sequence[Action], names: Names) -> None:
        super().__init__(Kind.UPDATE, names)
        self.targets: tuple[Path, ...] = tuple([self._placeholders(action) for action in actions])
        self._disjoint()
        for action in actions:
            if isinstance(action, AddAction):
                self._action_type("ADD", action.value, _ADDABLE)
            elif isinstance(action, DeleteAction):
                self._action_type("DELETE", action.value, SET_TYPES)
        for action in actions:
            if isinstance(action, SetAction):
                self._operands(action.value)

    def _placeholders(self, action: Action) -> Path:
        path = self.usage.path(Kind.UPDATE, action.path)
        if not isinstance(action, RemoveAction):
            self._operand_placeholders(action.value)
        return path

    def _operand_placeholders(self, node: Operand) -> None:
        if isinstance(node, PathNode):
            self.usage.path(Kind.UPDATE, node)
        elif isinstance(node, ValueNode):
            self._value(node.placeholder)
        else:
            for operand in _operands(node):
                self._operand_placeholders(operand)

    def _disjoint(self) -> None:
        try:
            check_disjoint(Kind.UPDATE, self.targets)
        except ServiceError as error:
            self._fail_with(error.spec, error.text)

    def _action_type(self, section: str, node: ValueNode, allowed: frozenset[str]) -> None:
        placeholder = node.placeholder

        def check(values: Values) -> None:
            tag = type_of(values[placeholder])
            if tag not in allowed:
                raise errors.ACTION_OPERAND_TYPE(kind=Kind.UPDATE, operator=section, type=TYPE_NAMES[tag])

        self._add_type_check(check)

    def _operands(self, node: Operand) -> None:
        if isinstance(node, PathNode | ValueNode):
            return
        for operand in _operands(node):
            self._operands(operand)
        if isinstance(node, ArithmeticNode):
            self._operand_types(node.operator, _operands(node), "N")
        else:
            self._function(node)

    def _function(self, node: FunctionNode) -> None:
        name, operands = node.name, node.operands
        if len(operands) != UPDATE_FUNCTIONS[name]:
            self._fail(errors.OPERAND_COUNT, function=name, count=len(operands))
        elif name == "list_append":
            self._operand_types(name, operands, "L")
        elif not isinstance(operands[0], PathNode):
            self._fail(errors.PATH_REQUIRED, function=name)

    def _operand_types(self, operator: str, operands: Sequence[Operand], wanted: str) -> None:
        for operand in operands:
            tag = result_type(operand)
            if isinstance(operand, ValueNode):
                self._operand_type(operator, operand.placeholder, wanted)
            elif tag is not None and tag != wanted:
                self._fail(errors.OPERAND_TYPE, operator=operator, type=tag)

    def _operand_type(self, operator: str, placeholder: str, wanted: str) -> None:
        def check(values: Values) -> None:
            if wanted not in values[placeholder]:
                tag = type_of(values[placeholder])
                raise errors.OPERAND_TYPE(kind=Kind.UPDATE, operator=operator, type=tag)

        self._add_type_check(check)


def result_type(node: Operand) -> str | None:
    """The type that an operation has whatever its operands are; None for all other operands."""
    if isinstance(node, ArithmeticNode):
        return "N"
    return "L" if isinstance(node, FunctionNode) and node.name == "list_append" else None


def _operands(node: FunctionNode | ArithmeticNode) -> tuple[Operand, ...]:
    return node.operands if isinstance(node, FunctionNode) else (node.left, node.right)
