"""The statements of an ExecuteTransaction as the steps of one transaction: reads, or writes and checks.

Pure: the caller prepares the statements (`statement.prepare`), looks up the tables that they name
(`Template.table`), and commits the steps. A step stands for the statement of the same number.

Source: AWS guide, "Performing transactions with PartiQL for DynamoDB"; refusals measured on AWS.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kilowatt.domain.expressions.condition import Condition
from kilowatt.domain.expressions.projection import Projection
from kilowatt.domain.partiql.nodes import DeleteNode, ExistsNode, SelectNode, UpdateNode
from kilowatt.domain.partiql.select import SelectPlan
from kilowatt.domain.partiql.statement import Statement
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.types import Values
from kilowatt.domain.writes.decision import Check, Write
from kilowatt.errors import partiql as errors
from kilowatt.errors import transactions as transaction_errors


@dataclass(frozen=True, slots=True)
class ReadStep:
    """A SELECT of one item. An item that does not satisfy `condition` is as one that is not there."""

    table: Table
    suffix: bytes
    condition: Condition | None
    projection: Projection | None
    values: Values


Step = ReadStep | Write


def compile_transaction(
    statements: Sequence[Statement], tables: Sequence[Table], returns_old: Sequence[bool]
) -> list[Step]:
    """The step of each statement, over its table; all are `ReadStep`s or none is. An EXISTS is a check.

    `returns_old` tells for each whether its failed condition shall show the item.

    Raises: TRANSACTION_MIXED, TRANSACTION_RETURNING, TRANSACTION_INDEX, TRANSACTION_SELECT_KEY,
    EXISTS_CONDITION, DUPLICATE_ITEMS, and what the plans of single statements refuse.
    """
    kinds = {isinstance(statement.template.node, SelectNode) for statement in statements}
    if len(kinds) > 1:
        raise errors.TRANSACTION_MIXED()
    for number, statement in enumerate(statements, 1):
        node = statement.template.node
        if isinstance(node, UpdateNode | DeleteNode) and node.returning:
            raise errors.TRANSACTION_RETURNING(number=number)
    steps = [
        _step(number, statement, table, return_old)
        for number, (statement, table, return_old) in enumerate(
            zip(statements, tables, returns_old, strict=True), 1
        )
    ]
    if len({_place(step) for step in steps}) < len(steps):
        raise transaction_errors.DUPLICATE_ITEMS()
    return steps


def _step(number: int, statement: Statement, table: Table, return_old: bool) -> Step:
    template, values = statement
    node = template.node
    if isinstance(node, SelectNode | ExistsNode) and node.source.index is not None:
        raise errors.TRANSACTION_INDEX(number=number)
    plan = template.plan(table)
    if not isinstance(plan, SelectPlan):
        return plan.write(values, return_old)
    exists = isinstance(node, ExistsNode)
    if plan.key is None or (exists and plan.filter is None):
        spec = errors.EXISTS_CONDITION if exists else errors.TRANSACTION_SELECT_KEY
        raise spec(number=number)
    if plan.filter is not None:
        plan.filter.check(values)
    suffix = plan.suffix(values)
    if not exists:
        return ReadStep(table, suffix, plan.filter, plan.projection, values)
    key = {name: values[placeholder] for name, placeholder in plan.key.items()}
    return Write(table, key, suffix, Check(), plan.filter, values, return_old)


def _place(step: Step) -> tuple[int, bytes]:
    return step.table.number, step.suffix
