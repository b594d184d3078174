"""The grammar of WHERE and of what SET assigns, by the precedence of their operators.

    condition   = condition OR condition | condition AND condition | NOT condition | ( condition ) | test
    test        = operand (= | <> | != | < | <= | > | >=) operand | operand [NOT] BETWEEN operand AND operand
                | operand [NOT] IN ( operand, ... ) | operand [NOT] IN [ operand, ... ]
                | operand IS [NOT] (NULL | MISSING | type) | path (= | <>) MISSING
                | begins_with(path, operand) | contains(path, operand) | attribute_type(path, value)
    operand     = path | value | size(path) | ( operand )
    sum         = operand of SET { (+ | -) operand of SET }, where one may be list_append(operand, operand),
                  set_add(path, value), set_delete(path, value)

Names of functions have any case.

Source: AWS guide, "PartiQL operators" and "PartiQL functions".
"""

from collections.abc import Callable
from typing import TypeVar

from kilowatt.domain.expressions.nodes import (
    AndNode,
    ArithmeticNode,
    BetweenNode,
    ComparisonNode,
    ConditionNode,
    FunctionNode,
    InNode,
    NotNode,
    Operand,
    OrNode,
    PathNode,
    ValueNode,
)
from kilowatt.domain.partiql.lexer import END
from kilowatt.domain.partiql.values import ValueParser
from kilowatt.errors import partiql as errors
from kilowatt.limits import IN_OPERANDS

# Functions and the number of their operands.
_CONDITION_FUNCTIONS = {"begins_with": 2, "contains": 2, "attribute_type": 2, "size": 1}
_SUM_FUNCTIONS = {"list_append": 2, "set_add": 2, "set_delete": 2}
_SET_FUNCTIONS = frozenset({"set_add", "set_delete"})
_COMPARATORS = {"=": "=", "<>": "<>", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
# PartiQL's names of types, and the tags that they stand for.
_TYPES = {
    "NULL": ("NULL",),
    "BOOL": ("BOOL",),
    "BOOLEAN": ("BOOL",),
    "STRING": ("S",),
    "VARCHAR": ("S",),
    "INT": ("N",),
    "INTEGER": ("N",),
    "DECIMAL": ("N",),
    "NUMERIC": ("N",),
    "FLOAT": ("N",),
    "BLOB": ("B",),
    "LIST": ("L",),
    "STRUCT": ("M",),
    "TUPLE": ("M",),
    "BAG": ("SS", "NS", "BS"),
}
_CLOSING = {"(": ")", "[": "]"}

_Part = ConditionNode | Operand
_P = TypeVar("_P")


class ConditionParser(ValueParser):
    """Parses conditions, and the sums of SET."""

    __slots__ = ("_functions",)

    def __init__(self, shape: str) -> None:
        super().__init__(shape)
        self._functions = _CONDITION_FUNCTIONS

    def condition(self) -> ConditionNode:
        return self._as_condition(self._alternatives())

    def sum(self) -> Operand:
        """What SET assigns."""
        self._functions = _SUM_FUNCTIONS
        node = self._sum()
        self._functions = _CONDITION_FUNCTIONS
        return node

    def refuse_set_functions(self, node: Operand) -> None:
        """Refuses set_add and set_delete inside another operand; they stand for actions."""
        if isinstance(node, FunctionNode) and node.name in _SET_FUNCTIONS:
            raise errors.SET_OPERAND(function=node.name)
        if isinstance(node, FunctionNode):
            for operand in node.operands:
                self.refuse_set_functions(operand)
        while isinstance(node, ArithmeticNode):
            self.refuse_set_functions(node.right)
            node = node.left
            if not isinstance(node, ArithmeticNode):
                self.refuse_set_functions(node)

    # -- logic

    def _alternatives(self) -> _Part:
        node = self._conjunction()
        if self.word() != "OR":
            return node
        conditions = [self._as_condition(node)]
        while self.accept_word("OR"):
            conditions.append(self._as_condition(self._conjunction()))
        return OrNode(tuple(conditions))

    def _conjunction(self) -> _Part:
        node = self._negation()
        if self.word() != "AND":
            return node
        conditions = [self._as_condition(node)]
        while self.accept_word("AND"):
            conditions.append(self._as_condition(self._negation()))
        return AndNode(tuple(conditions))

    def _negation(self) -> _Part:
        negations = 0
        while self.accept_word("NOT"):
            negations += 1
        node = self._test()
        if not negations:
            return node
        condition = self._as_condition(node)
        return NotNode(condition) if negations % 2 else condition

    def _as_condition(self, node: _Part) -> ConditionNode:
        if isinstance(node, PathNode | ValueNode | ArithmeticNode):
            raise self.unexpected(errors.UNEXPECTED_TERM)
        if isinstance(node, FunctionNode) and node.name == "size":
            raise self.unexpected(errors.UNEXPECTED_TERM)
        return node

    def _as_operand(self, node: _Part) -> Operand:
        if isinstance(node, PathNode | ValueNode):
            return node
        if isinstance(node, FunctionNode) and node.name == "size":
            return node
        raise self.unexpected(errors.UNEXPECTED_TERM)

    # -- tests

    def _test(self) -> _Part:
        """An operand and what tests it, or whatever stands in parentheses."""
        node = self._part()
        word = self.word()
        comparator = _COMPARATORS.get(word)
        if comparator is not None:
            self.advance()
            return self._comparison(self._as_operand(node), comparator)
        if word == "IS":
            self.advance()
            return self._is(self._as_operand(node))
        negated = word == "NOT"
        if negated:
            self.advance()
            word = self.word()
        if word in ("BETWEEN", "IN"):
            self.advance()
            left = self._as_operand(node)
            test: ConditionNode = self._between(left) if word == "BETWEEN" else self._in(left)
            return NotNode(test) if negated else test
        if negated:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        return node

    def _comparison(self, left: Operand, comparator: str) -> ConditionNode:
        if self.word() == "MISSING" and comparator in ("=", "<>"):
            return self._missing(left, comparator == "<>")
        return ComparisonNode(comparator, left, self._as_operand(self._part()))

    def _is(self, left: Operand) -> ConditionNode:
        negated = self.accept_word("NOT")
        if self.word() == "MISSING":
            return self._missing(left, negated)
        tags = _TYPES.get(self.word())
        if tags is None:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        self.advance()
        tests: list[ConditionNode] = [FunctionNode("attribute_type", (left, self._text(tag))) for tag in tags]
        test = tests[0] if len(tests) == 1 else OrNode(tuple(tests))
        return NotNode(test) if negated else test

    def _missing(self, left: Operand, negated: bool) -> ConditionNode:
        self.advance()
        if not isinstance(left, PathNode):
            raise self.unexpected(errors.UNEXPECTED_TERM)
        return FunctionNode("attribute_exists" if negated else "attribute_not_exists", (left,))

    def _text(self, text: str) -> ValueNode:
        return ValueNode(self.add_built(lambda _values: {"S": text}))

    def _between(self, left: Operand) -> ConditionNode:
        lower = self._as_operand(self._part())
        self.expect_word("AND")
        return BetweenNode(left, lower, self._as_operand(self._part()))

    def _in(self, left: Operand) -> ConditionNode:
        closing = _CLOSING.get(self.current)
        if closing is None:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        self.advance()
        choices = [self._choice(), *self.more(self._choice)]
        self.expect(closing)
        if len(choices) > IN_OPERANDS:
            raise errors.TOO_MANY_IN_OPERANDS(count=len(choices), maximum=IN_OPERANDS)
        return InNode(left, tuple(choices))

    def _choice(self) -> Operand:
        return self._as_operand(self._part())

    # -- operands

    def _part(self) -> _Part:
        """An operand, a function, or anything in parentheses."""
        return self._operand(self._alternatives)

    def _operand(self, inside: Callable[[], _P]) -> "_P | Operand":
        """A value, a function, a path, or what `inside` finds in parentheses."""
        if self.current == "(":
            self.enter()
            self.advance()
            node = inside()
            self.expect(")")
            self.leave()
            return node
        if self.is_value():
            return self.value()
        if self.is_name() and self.tokens[self.index + 1] == "(":
            return self._function()
        return self.path()

    def _function(self) -> FunctionNode:
        name = self.current.lower()
        count = self._functions.get(name)
        if count is None:
            raise errors.UNSUPPORTED_FUNCTION(function=self.current)
        self.enter()
        self.advance()
        self.advance()
        operand = self._choice if self._functions is _CONDITION_FUNCTIONS else self._sum
        operands = [operand(), *self.more(operand)] if self.current not in (")", END) else []
        self.expect(")")
        self.leave()
        if len(operands) != count:
            raise errors.FUNCTION_OPERANDS(function=name, count=len(operands))
        return FunctionNode(name, tuple(operands))

    # -- sums

    def _sum(self) -> Operand:
        node = self._term()
        terms = 0
        while self.current in ("+", "-"):
            self.enter()  # each further term nests the node once more
            terms += 1
            operator = self.advance()
            node = ArithmeticNode(operator, node, self._term())
        for _ in range(terms):
            self.leave()
        return node

    def _term(self) -> Operand:
        return self._operand(self._sum)
