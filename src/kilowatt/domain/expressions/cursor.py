"""A place among the tokens of a text: what the parsers of expressions and of PartiQL walk with."""

from collections.abc import Sequence


class TokenCursor:
    """`current` is the token at `index`; the last of `tokens` marks the end, and nobody advances past it."""

    __slots__ = ("current", "index", "tokens")

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tokens
        self.index = 0
        self.current = tokens[0]

    def advance(self) -> str:
        """Goes to the next token; returns the one before it."""
        token = self.current
        self.index += 1
        self.current = self.tokens[self.index]
        return token

    def accept(self, token: str) -> bool:
        """Advances over this token; False if another one is current."""
        if self.current != token:
            return False
        self.advance()
        return True
