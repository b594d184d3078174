"""The tokens of a shape as a parser walks them: what all parts of the grammar use."""

from collections.abc import Callable
from typing import TypeVar

from kilowatt.domain.expressions.cursor import TokenCursor
from kilowatt.domain.expressions.nodes import PathNode
from kilowatt.domain.expressions.paths import Names
from kilowatt.domain.partiql.keywords import KEYWORDS
from kilowatt.domain.partiql.lexer import place_of, quoted_name, tokenize
from kilowatt.errors import ErrorSpec, ServiceError
from kilowatt.errors import partiql as errors

# Parentheses, functions and values inside each other.
NESTING = 64
# Digits of a list index; no list that fits into an item is so long.
_INDEX_DIGITS = 9
_NAME_START = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_$")
_DIGITS = frozenset("0123456789")

Part = TypeVar("Part")


class TokenParser(TokenCursor):
    """Where a parse stands, and the names that it met."""

    __slots__ = ("_depth", "_shape", "names")

    def __init__(self, shape: str) -> None:
        super().__init__(tokenize(shape))
        self._shape = shape
        self._depth = 0
        self.names: Names = {}

    def expect(self, token: str) -> None:
        if self.current != token:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        self.advance()

    def word(self) -> str:
        """The current token as a keyword is compared."""
        return self.current.upper()

    def accept_word(self, word: str) -> bool:
        if self.current.upper() != word:
            return False
        self.advance()
        return True

    def expect_word(self, word: str) -> None:
        if not self.accept_word(word):
            raise self.unexpected(errors.UNEXPECTED_TERM)

    def unexpected(self, spec: ErrorSpec) -> ServiceError:
        """The refusal of the current token: by `spec`, unless it is a keyword."""
        return errors.UNEXPECTED_KEYWORD() if self.current.upper() in KEYWORDS else spec()

    def place(self) -> tuple[int, int, int]:
        return place_of(self._shape, self.index)

    def enter(self) -> None:
        """Counts one level of nesting; `leave` ends it."""
        self._depth += 1
        if self._depth > NESTING:
            raise errors.NESTED_TOO_DEEPLY(maximum=NESTING)

    def leave(self) -> None:
        self._depth -= 1

    def more(self, parse: Callable[[], Part]) -> list[Part]:
        """What follows the first of a list, as long as there are commas."""
        parts = []
        while self.accept(","):
            parts.append(parse())
        return parts

    # -- names and paths

    def is_name(self) -> bool:
        return self.current[:1] in _NAME_START or self.current[:1] == '"'

    def name(self, refusal: ErrorSpec) -> str:
        """A name, bare or in double quotes; `refusal` is for anything else."""
        token = self.current
        if token[:1] == '"' and len(token) > 1:
            self.advance()
            return quoted_name(token)
        if token[:1] not in _NAME_START:
            raise refusal()
        if token.upper() in KEYWORDS:
            raise refusal() if refusal is errors.INVALID_PATH_DOT else errors.UNEXPECTED_KEYWORD()
        return self.advance()

    def path(self) -> PathNode:
        elements: list[str | int] = [self._element(self.name(errors.UNEXPECTED_TERM))]
        while True:
            if self.accept("."):
                elements.append(self._element(self.name(errors.INVALID_PATH_DOT)))
            elif self.accept("["):
                elements.append(self._list_index())
            else:
                return PathNode(tuple(elements))

    def _element(self, name: str) -> str:
        """The name as a node spells it."""
        if name and name[0] != "#":
            return name
        placeholder = f"#{len(self.names)}"
        self.names[placeholder] = name
        return placeholder

    def _list_index(self) -> int:
        digits = self.current
        if digits[:1] not in _DIGITS:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        if len(digits) > _INDEX_DIGITS:
            raise errors.INDEX_TOO_LARGE(index=digits)
        self.advance()
        self.expect("]")
        return int(digits)
