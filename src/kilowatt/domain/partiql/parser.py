"""The grammar of statements, over the tokens of a shape.

    statement   = select | insert | update | delete | EXISTS ( select ), each with one `;` after it or none
    select      = SELECT * | path, ... FROM source [WHERE condition] [ORDER BY name [ASC | DESC], ...]
    insert      = INSERT INTO source VALUE value
    update      = UPDATE source { SET path = sum, ... | REMOVE path, ... } [WHERE condition]
                  [RETURNING (ALL | MODIFIED) (OLD | NEW) *]
    delete      = DELETE FROM source [WHERE condition] [RETURNING ALL OLD *]
    source      = name [ . name ]

Conditions are in `conditions.py`, values in `values.py`. Keywords have any case. No text can exhaust the
interpreter's stack: whatever nests is counted.

Source: AWS guide, "PartiQL statements for DynamoDB".
"""

from collections.abc import Callable

from kilowatt.domain.expressions.nodes import (
    Action,
    AddAction,
    ConditionNode,
    DeleteAction,
    FunctionNode,
    PathNode,
    RemoveAction,
    SetAction,
    ValueNode,
)
from kilowatt.domain.partiql.conditions import ConditionParser
from kilowatt.domain.partiql.lexer import END
from kilowatt.domain.partiql.nodes import (
    DeleteNode,
    ExistsNode,
    InsertNode,
    Node,
    OrderKey,
    SelectNode,
    Source,
    Syntax,
    UpdateNode,
)
from kilowatt.errors import partiql as errors

_RETURNED = frozenset({"ALL OLD", "MODIFIED OLD", "ALL NEW", "MODIFIED NEW"})
_SET_ACTIONS: dict[str, Callable[[PathNode, ValueNode], Action]] = {
    "set_add": AddAction,
    "set_delete": DeleteAction,
}


def parse(shape: str) -> Syntax:
    """The statement of a shape. Raises: the errors of `errors/partiql.py` on the statement's text."""
    parser = _StatementParser(shape)
    node = parser.statement()
    parser.accept(";")
    if parser.current != END:
        raise parser.unexpected(errors.UNEXPECTED_END)
    return Syntax(node, parser.parameters, tuple(parser.built), parser.names)


class _StatementParser(ConditionParser):
    """Parses one statement."""

    __slots__ = ("_sets",)

    def __init__(self, shape: str) -> None:
        super().__init__(shape)
        self._sets: list[tuple[str, str]] = []

    def statement(self) -> Node:
        word = self.word()
        if word == "SELECT":
            return self._select()
        if word == "INSERT":
            return self._insert()
        if word == "UPDATE":
            return self._update()
        if word == "DELETE":
            return self._delete()
        if word == "EXISTS":
            return self._exists()
        raise errors.EXPECTED_DATA_MANIPULATION()

    # -- SELECT

    def _select(self) -> SelectNode:
        self.advance()
        columns: tuple[PathNode, ...] | None = None
        if not self.accept("*"):
            columns = (self.path(), *self.more(self.path))
        self.expect_word("FROM")
        source = self._source()
        where = self._where()
        order: tuple[OrderKey, ...] = ()
        if self.accept_word("ORDER"):
            self.expect_word("BY")
            order = (self._order_key(), *self.more(self._order_key))
        return SelectNode(source, columns, where, order)

    def _order_key(self) -> OrderKey:
        name = self.name(errors.UNEXPECTED_TERM)
        if self.accept_word("DESC"):
            return OrderKey(name, forward=False)
        self.accept_word("ASC")
        return OrderKey(name, forward=True)

    def _exists(self) -> ExistsNode:
        self.advance()
        self.expect("(")
        if self.word() != "SELECT":
            raise self.unexpected(errors.UNEXPECTED_TERM)
        select = self._select()
        self.expect(")")
        return ExistsNode(select)

    # -- INSERT

    def _insert(self) -> InsertNode:
        self.advance()
        self.expect_word("INTO")
        source = self._source()
        if not self.accept_word("VALUE"):
            raise errors.UNEXPECTED_KEYWORD()
        return InsertNode(source, self.value_template())

    # -- UPDATE and DELETE

    def _update(self) -> UpdateNode:
        self.advance()
        source = self._source()
        actions: list[Action] = []
        while True:
            if self.accept_word("SET"):
                actions += (self._assignment(), *self.more(self._assignment))
            elif self.accept_word("REMOVE"):
                actions += (self._removal(), *self.more(self._removal))
            else:
                break
        if not actions:
            raise errors.EXPECTED_DATA_MANIPULATION()
        where = self._where()
        return UpdateNode(source, tuple(actions), where, self._returning(), tuple(self._sets))

    def _removal(self) -> Action:
        return RemoveAction(self.path())

    def _assignment(self) -> Action:
        path = self.path()
        self.expect("=")
        value = self.sum()
        if isinstance(value, FunctionNode) and value.name in _SET_ACTIONS:
            return self._set_action(path, value)
        self.refuse_set_functions(value)
        return SetAction(path, value)

    def _set_action(self, path: PathNode, function: FunctionNode) -> Action:
        target, operand = function.operands
        if target != path or not isinstance(operand, ValueNode):
            raise errors.SET_OPERAND(function=function.name)
        self._sets.append((operand.placeholder, function.name))
        return _SET_ACTIONS[function.name](path, operand)

    def _delete(self) -> DeleteNode:
        self.advance()
        self.expect_word("FROM")
        source = self._source()
        where = self._where()
        returning = self._returning()
        if returning not in ("", "ALL OLD"):
            raise errors.RETURNING_OF_DELETE(what=returning)
        return DeleteNode(source, where, returning)

    # -- clauses

    def _source(self) -> Source:
        table = self.name(errors.UNEXPECTED_TERM)
        index = None
        if self.accept("."):
            index = self.name(errors.INVALID_PATH_DOT)
        if self.current == ".":
            line, column, length = self.place()
            raise errors.PATH_COMPONENT(line=line, column=column, length=length)
        return Source(table, index)

    def _where(self) -> ConditionNode | None:
        return self.condition() if self.accept_word("WHERE") else None

    def _returning(self) -> str:
        if not self.accept_word("RETURNING"):
            return ""
        returned = f"{self.word()} {self._after_next()}"
        if returned not in _RETURNED:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        self.advance()
        self.advance()
        self.expect("*")
        return returned

    def _after_next(self) -> str:
        return self.tokens[self.index + 1].upper() if self.current != END else END
