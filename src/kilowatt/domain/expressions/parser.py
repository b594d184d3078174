"""One operator-precedence parser for the five expression parameters.

    condition   = condition OR condition | condition AND condition | NOT condition | ( condition ) | test
    test        = operand comparator operand | operand BETWEEN operand AND operand
                | operand IN ( operand, ... ) | function
    operand     = path | value | function | ( operand )
    function    = identifier ( operand, ... )
    path        = name { . name | [ index ] }
    update      = one or more of: SET path = sum, ... | REMOVE path, ... | ADD path value, ...
                | DELETE path value, ...
    sum         = operand | operand + operand | operand - operand, where an operand may be ( sum )
    projection  = path, ...

AND binds tighter than OR, NOT tighter than AND, a test tightest. Keywords have any case; an expression's own
keywords cannot be names in it. The text must parse as a whole before its meaning matters. Then the first of
these classes that has an error is reported, with its first occurrence: limits, redundant parentheses
(conditions only), unknown functions, functions in a wrong place, reserved words. For an update the order is:
limits, reserved words, unknown functions, sections used twice.

No text can exhaust the interpreter's stack. Conditions are parsed with a stack of their own, and the limit on
operators bounds the depth of their nodes; operands are parsed by recursion, and their nesting is bounded.

Source: AWS guide, "Condition and filter expressions, operators, and functions", "Update expressions"; order
of errors recorded on AWS.
"""

from dataclasses import dataclass, field

from kilowatt.domain.expressions.cursor import TokenCursor
from kilowatt.domain.expressions.lexer import END, syntax_error, tokenize
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
    Kind,
    NotNode,
    Operand,
    OrNode,
    PathNode,
    ProjectionNode,
    RemoveAction,
    SetAction,
    UpdateNode,
    ValueNode,
)
from kilowatt.domain.expressions.reserved_words import RESERVED_WORDS
from kilowatt.errors import ServiceError
from kilowatt.errors import expressions as errors
from kilowatt.limits import EXPRESSION_BYTES, EXPRESSION_OPERATORS, IN_OPERANDS, PATH_DEPTH

# Parentheses and function calls inside each other, in one operand.
OPERAND_NESTING = 100

# Functions and the number of their operands.
CONDITION_FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
    "size": 1,
}
UPDATE_FUNCTIONS = {"if_not_exists": 2, "list_append": 2}

_CONDITION_KEYWORDS = frozenset({"AND", "OR", "NOT", "BETWEEN", "IN"})
_UPDATE_KEYWORDS = frozenset({"SET", "REMOVE", "ADD", "DELETE"})
_NO_KEYWORDS: frozenset[str] = frozenset()

_TESTS = frozenset({"=", "<>", "<", "<=", ">", ">=", "BETWEEN", "IN"})
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS = frozenset("0123456789")


def parse_condition(kind: Kind, text: str) -> ConditionNode:
    """The condition that `text` spells, for ConditionExpression, FilterExpression and KeyConditionExpression.

    Raises: EMPTY, TOO_LONG, SYNTAX and the errors of the classes above.
    """
    parser = _Parser(kind, text, _CONDITION_KEYWORDS, CONDITION_FUNCTIONS)
    node = parser.condition()
    parser.expect_end()
    parser.check_limits()
    if parser.redundant:
        raise errors.REDUNDANT_PARENTHESES(kind=kind)
    parser.check_functions()
    parser.check_reserved()
    return node


def parse_update(text: str) -> UpdateNode:
    """The actions that an UpdateExpression spells.

    Raises: EMPTY, TOO_LONG, SYNTAX and the errors of the classes above.
    """
    parser = _Parser(Kind.UPDATE, text, _UPDATE_KEYWORDS, UPDATE_FUNCTIONS)
    node = parser.update()
    parser.check_limits()
    parser.check_reserved()
    parser.check_functions()
    if parser.repeated_section:
        raise errors.SECTION_REPEATED(kind=Kind.UPDATE, section=parser.repeated_section)
    return node


def parse_projection(text: str) -> ProjectionNode:
    """The paths that a ProjectionExpression lists.

    Raises: EMPTY, TOO_LONG, SYNTAX, PATH_TOO_DEEP, RESERVED_WORD.
    """
    parser = _Parser(Kind.PROJECTION, text, _NO_KEYWORDS, {})
    paths = [parser.path()]
    while parser.accept(","):
        paths.append(parser.path())
    parser.expect_end()
    parser.check_limits()
    parser.check_reserved()
    return ProjectionNode(tuple(paths))


@dataclass(slots=True)
class _Level:
    """What stands in one pair of parentheses, or in the whole text, so far.

    `alternatives` are joined by OR; `conjuncts`, joined by AND, are the one still open; `negations` counts
    the NOTs before the next condition; `opened` is the index of the parenthesis.
    """

    opened: int
    negations: int = 0
    alternatives: list[ConditionNode] = field(default_factory=list)
    conjuncts: list[ConditionNode] = field(default_factory=list)

    def has_operators(self) -> bool:
        return bool(self.negations or self.conjuncts or self.alternatives)

    def join(self, node: ConditionNode, keyword: str) -> None:
        """Add a condition that `keyword` follows."""
        for _ in range(self.negations):
            node = NotNode(node)
        self.negations = 0
        self.conjuncts.append(node)
        if keyword == "OR":
            conjuncts = tuple(self.conjuncts)
            self.alternatives.append(AndNode(conjuncts) if len(conjuncts) > 1 else conjuncts[0])
            self.conjuncts.clear()

    def complete(self, node: ConditionNode) -> ConditionNode:
        """Add the last condition; returns all of them as one."""
        self.join(node, "OR")
        alternatives = tuple(self.alternatives)
        return OrNode(alternatives) if len(alternatives) > 1 else alternatives[0]


class _Parser(TokenCursor):
    """The state of one parse: where it stands, and the first error of each class found so far."""

    __slots__ = (
        "_choices",
        "_depth",
        "_functions",
        "_group",
        "_keywords",
        "_kind",
        "_levels",
        "_operators",
        "_text",
        "invalid_function",
        "misused_function",
        "redundant",
        "repeated_section",
        "reserved_word",
    )

    def __init__(self, kind: Kind, text: str, keywords: frozenset[str], functions: dict[str, int]) -> None:
        if not text:
            raise errors.EMPTY(kind=kind)
        if len(text) > EXPRESSION_BYTES or (not text.isascii() and len(text.encode()) > EXPRESSION_BYTES):
            raise errors.TOO_LONG(kind=kind)
        super().__init__(tokenize(text))
        self._kind = kind
        self._text = text
        self._keywords = keywords
        self._functions = functions
        self._depth = 0
        self._operators = 0
        self._choices = 0
        self._levels = 0
        self._group = (-1, -1)
        self.redundant = False
        self.invalid_function = ""
        self.misused_function = ""
        self.reserved_word = ""
        self.repeated_section = ""

    # -- tokens

    def expect(self, token: str) -> None:
        if self.current.upper() != token:
            raise self.syntax_error()
        self.advance()

    def expect_end(self) -> None:
        if self.current != END:
            raise self.syntax_error()

    def syntax_error(self) -> ServiceError:
        return syntax_error(self._kind, self._text, self.index)

    def _is_keyword(self, token: str) -> bool:
        return token.upper() in self._keywords

    def _enter(self) -> None:
        self._depth += 1
        if self._depth > OPERAND_NESTING:
            raise errors.NESTED_TOO_DEEPLY(kind=self._kind, maximum=OPERAND_NESTING)

    # -- what is checked once the text has parsed

    def check_limits(self) -> None:
        if self._operators > EXPRESSION_OPERATORS:
            raise errors.TOO_MANY_OPERATORS(kind=self._kind, count=EXPRESSION_OPERATORS + 1)
        if self._choices > IN_OPERANDS:
            raise errors.TOO_MANY_IN_OPERANDS(kind=self._kind, count=self._choices)
        if self._levels > PATH_DEPTH:
            raise errors.PATH_TOO_DEEP(kind=self._kind, levels=self._levels)

    def check_functions(self) -> None:
        if self.invalid_function:
            raise errors.INVALID_FUNCTION(kind=self._kind, function=self.invalid_function)
        if self.misused_function:
            raise errors.MISUSED_FUNCTION(kind=self._kind, function=self.misused_function)

    def check_reserved(self) -> None:
        if self.reserved_word:
            raise errors.RESERVED_WORD(kind=self._kind, word=self.reserved_word)

    # -- operands

    def path(self) -> PathNode:
        elements: list[str | int] = [self._name()]
        while True:
            if self.current == ".":
                self.advance()
                elements.append(self._name())
            elif self.current == "[":
                self.advance()
                elements.append(self._list_index())
            else:
                break
        self._levels = max(self._levels, len(elements) - 1)
        return PathNode(tuple(elements))

    def _name(self) -> str:
        token = self.current
        if token[:1] in _LETTERS:
            word = token.upper()
            if word in self._keywords:
                raise self.syntax_error()
            if word in RESERVED_WORDS and not self.reserved_word:
                self.reserved_word = token
        elif token[:1] != "#" or len(token) == 1:
            raise self.syntax_error()
        return self.advance()

    def _list_index(self) -> int:
        if self.current[:1] not in _DIGITS:
            raise self.syntax_error()
        index = int(self.advance())
        self.expect("]")
        return index

    def value(self) -> ValueNode:
        if self.current[:1] != ":" or len(self.current) == 1:
            raise self.syntax_error()
        return ValueNode(self.advance())

    def operand(self) -> Operand:
        first = self.current[:1]
        if first == ":":
            return self.value()
        if first == "(":
            return self._operand_group()
        if first in _LETTERS and self.tokens[self.index + 1] == "(" and not self._is_keyword(self.current):
            return self._function()
        return self.path()

    def _operand_group(self) -> Operand:
        self._enter()
        opened = self.index
        self.advance()
        node = self._sum() if self._kind is Kind.UPDATE else self.operand()
        self._close_group(opened)
        self._depth -= 1
        return node

    def _close_group(self, opened: int) -> None:
        closed = self.index
        self.expect(")")
        if self._group == (opened + 1, closed - 1):
            self.redundant = True
        self._group = (opened, closed)

    def _function(self) -> FunctionNode:
        self._enter()
        self._operators += 1
        name = self.advance()
        self.advance()
        operands = [self.operand()]
        while self.accept(","):
            operands.append(self.operand())
        self.expect(")")
        self._depth -= 1
        if name not in self._functions and not self.invalid_function:
            self.invalid_function = name
        self._check_placed(operands)
        return FunctionNode(name, tuple(operands))

    def _check_placed(self, operands: list[Operand]) -> None:
        """Of the functions of conditions, only `size` can be an operand."""
        if self._kind is Kind.UPDATE or self.misused_function:
            return
        for operand in operands:
            if isinstance(operand, FunctionNode) and operand.name != "size":
                self.misused_function = operand.name
                return

    # -- conditions

    def condition(self) -> ConditionNode:
        """The longest condition from here; what follows it is not looked at."""
        levels = [_Level(-1)]
        while True:
            if self.current == "(":
                levels.append(_Level(self.index))
                self.advance()
            elif self.current.upper() == "NOT":
                self._operators += 1
                levels[-1].negations += 1
                self.advance()
            else:
                node = self._after_operand(levels, self.operand())
                if node is not None:
                    return node

    def _after_operand(self, levels: "list[_Level]", node: ConditionNode | Operand) -> ConditionNode | None:
        """Take tests and closing parentheses, then AND or OR; without these the condition is complete."""
        while True:
            operator = self.current.upper()
            if operator in _TESTS:
                node = self._test(node, operator)
            elif operator in ("AND", "OR"):
                levels[-1].join(self._as_condition(node), operator)
                self._operators += 1
                self.advance()
                return None
            elif len(levels) > 1:
                node = self._close_level(levels.pop(), node)
            else:
                return levels[0].complete(self._as_condition(node))

    def _close_level(self, level: "_Level", node: ConditionNode | Operand) -> ConditionNode | Operand:
        if level.has_operators():
            node = level.complete(self._as_condition(node))
        self._close_group(level.opened)
        return node

    def _as_condition(self, node: ConditionNode | Operand) -> ConditionNode:
        """The node where only a condition may stand; the parser is just past it."""
        if isinstance(node, PathNode | ValueNode | ArithmeticNode):
            raise self.syntax_error()
        if isinstance(node, FunctionNode) and node.name == "size" and not self.misused_function:
            self.misused_function = "size"
        return node

    def _test(self, left: ConditionNode | Operand, operator: str) -> ConditionNode:
        if not isinstance(left, PathNode | ValueNode | FunctionNode):
            raise self.syntax_error()
        self._operators += 1
        self.advance()
        if operator == "BETWEEN":
            lower = self.operand()
            self.expect("AND")
            upper = self.operand()
            self._check_placed([left, lower, upper])
            return BetweenNode(left, lower, upper)
        if operator == "IN":
            return InNode(left, self._in_choices(left))
        right = self.operand()
        self._check_placed([left, right])
        return ComparisonNode(operator, left, right)

    def _in_choices(self, left: Operand) -> tuple[Operand, ...]:
        self.expect("(")
        choices = [self.operand()]
        while self.accept(","):
            choices.append(self.operand())
        self.expect(")")
        self._check_placed([left, *choices])
        self._choices = max(self._choices, len(choices))
        return tuple(choices)

    # -- updates

    def update(self) -> UpdateNode:
        seen: set[str] = set()
        actions: list[Action] = []
        while True:
            section = self.current.upper()
            if section not in _UPDATE_KEYWORDS:
                raise self.syntax_error()
            if section in seen and not self.repeated_section:
                self.repeated_section = section
            seen.add(section)
            self.advance()
            actions.append(self._action(section))
            while self.accept(","):
                actions.append(self._action(section))
            if self.current == END:
                return UpdateNode(tuple(actions))

    def _action(self, section: str) -> Action:
        path = self.path()
        if section == "SET":
            self.expect("=")
            return SetAction(path, self._sum())
        if section == "REMOVE":
            return RemoveAction(path)
        return AddAction(path, self.value()) if section == "ADD" else DeleteAction(path, self.value())

    def _sum(self) -> Operand:
        left = self.operand()
        if self.current not in ("+", "-"):
            return left
        self._operators += 1
        operator = self.advance()
        return ArithmeticNode(operator, left, self.operand())
