"""Statements ready to run: parsed once for all texts of one shape, planned once for each table they meet.

Source: AWS guide, "PartiQL for DynamoDB"; service model, ExecuteStatement.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from kilowatt.domain.partiql.lexer import shape_of
from kilowatt.domain.partiql.nodes import DeleteNode, ExistsNode, InsertNode, SelectNode, UpdateNode
from kilowatt.domain.partiql.parser import parse
from kilowatt.domain.partiql.select import SelectPlan
from kilowatt.domain.partiql.write import InsertPlan, KeyedWritePlan, WritePlan
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_value
from kilowatt.domain.values.types import AttributeValue, Values
from kilowatt.errors import items as item_errors
from kilowatt.errors import partiql as errors
from kilowatt.shapes.table_names import is_table_reference

# Shapes kept, and texts without literals, which are their own shapes.
_SHAPES = 1024
_TEXTS = 1024
# A longer text is not kept: the number of entries alone would not bound the memory.
_KEPT_CHARACTERS = 1024


class Template:
    """A parsed shape.

    `source` are the table and the index as named; `reads` is False for what writes. An EXISTS is planned as
    its SELECT.
    """

    __slots__ = ("_built", "_names", "_parameters", "_plan", "_planned_for", "node", "reads")

    def __init__(self, shape: str) -> None:
        syntax = parse(shape)
        self.node = syntax.node
        self.reads = isinstance(syntax.node, SelectNode | ExistsNode)
        self._names = syntax.names
        self._built = syntax.built
        self._parameters = [f":p{number}" for number in range(syntax.parameters)]
        self._planned_for: Table | None = None
        self._plan: SelectPlan | WritePlan | None = None

    @property
    def table(self) -> str:
        """The table as the statement names it. Raises: TABLE_NOT_FOUND for what no table can be called."""
        table = self.node.source.table
        if not is_table_reference(table):
            raise item_errors.TABLE_NOT_FOUND()
        return table

    def values(self, literals: Sequence[AttributeValue], parameters: Sequence[AttributeValue]) -> Values:
        """All values of one run, by placeholder. Raises: PARAMETER_COUNT, and the errors of the values."""
        if len(parameters) != len(self._parameters):
            raise errors.PARAMETER_COUNT()
        values = dict(zip(self._parameters, parameters, strict=True))
        for value in parameters:
            accept_value(value)
        for number, literal in enumerate(literals):
            values[f":l{number}"] = literal
        for placeholder, build in self._built:
            value = values[placeholder] = build(values)
            accept_value(value)
        return values

    def plan(self, table: Table) -> SelectPlan | WritePlan:
        """The plan over a table; the last one is kept. Raises what the plans refuse."""
        if self._planned_for is not table or self._plan is None:
            self._plan = self._made_plan(table)
            self._planned_for = table
        return self._plan

    def _made_plan(self, table: Table) -> SelectPlan | WritePlan:
        node = self.node
        if isinstance(node, ExistsNode):
            node = node.select
        if isinstance(node, SelectNode):
            return SelectPlan(node, table, self._names)
        if isinstance(node, InsertNode):
            return InsertPlan(node, table)
        assert isinstance(node, UpdateNode | DeleteNode)
        return KeyedWritePlan(node, table, self._names)


class Statement(NamedTuple):
    """A statement with its values."""

    template: Template
    values: Values


def prepare(text: str, parameters: Sequence[AttributeValue]) -> Statement:
    """The statement that `text` spells, with its parameters, which become canonical.

    Raises: the errors of `errors/partiql.py` on the text, PARAMETER_COUNT, the errors of `errors/values.py`.
    """
    template = _texts.get(text)
    if template is not None:
        return Statement(template, template.values((), parameters))
    shape, literals = shape_of(text)
    if len(shape) > _KEPT_CHARACTERS:
        template = Template(shape)
    else:
        template = _template(shape)
        if not literals and len(text) <= _KEPT_CHARACTERS:
            if len(_texts) >= _TEXTS:
                _texts.clear()
            _texts[text] = template
    return Statement(template, template.values(literals, parameters))


_template = lru_cache(maxsize=_SHAPES)(Template)
_texts: dict[str, Template] = {}
