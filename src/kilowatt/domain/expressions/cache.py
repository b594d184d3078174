"""Compiled expressions kept by their text and names; the least recently used are dropped first.

Values are given when an expression runs, so one entry serves every request of the same shape. Entries live in
two generations: a hit costs one look-up and moves nothing. When the recent generation is full it becomes the
older one, and what the older one still held unused is gone. An expression with very long names is not kept:
the number of entries alone would not bound the memory.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.paths import Names

# Entries of one generation.
ENTRIES = 2048
# Characters of attribute names behind the placeholders of one entry.
NAMES_LENGTH = 4096

Compiled = TypeVar("Compiled")
Key = tuple[Kind, str, tuple[tuple[str, str], ...] | None]


class ExpressionCache(Generic[Compiled]):
    """Remembers what a compiler of expressions made, but no refusals. Not for several threads at once.

    `recent` is open to its users so that a hit costs them no call: `recent.get(key) or compile(key)`.
    """

    __slots__ = ("_build", "_entries", "_older", "recent")

    def __init__(self, build: Callable[[Kind, str, Names], Compiled], entries: int = ENTRIES) -> None:
        self._build = build
        self._entries = entries
        self.recent: dict[Key, Compiled] = {}
        self._older: dict[Key, Compiled] = {}

    def compile(self, key: Key) -> Compiled:
        """The compiled expression of a key that is not among the recent; raises what the compiler raises."""
        kind, text, items = key
        compiled = self._older.pop(key, None)
        if compiled is None:
            names = dict(items or ())
            compiled = self._build(kind, text, names)
            if sum(map(len, names.values())) > NAMES_LENGTH:
                return compiled
        if len(self.recent) >= self._entries:
            self._older, self.recent = self.recent, {}
        self.recent[key] = compiled
        return compiled
