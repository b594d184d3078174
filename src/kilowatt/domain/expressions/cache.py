"""Expressions kept by their text and names; the least recently used are dropped first.

Values are given when an expression runs, so one entry serves every request of the same shape. Entries live in
two generations: a hit costs one look-up and moves nothing. When the recent generation is full it becomes the
older one, and what the older one still held unused is gone. What has very long names is not kept: the number
of entries alone would not bound the memory.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.paths import Names

# Entries of one generation.
ENTRIES = 2048
# Characters of attribute names behind the placeholders of one entry.
NAMES_LENGTH = 4096

Compiled = TypeVar("Compiled")
Kept = TypeVar("Kept")
Form = TypeVar("Form", bound=Hashable)
Key = tuple[Kind, str, tuple[tuple[str, str], ...] | None]


class Generations(Generic[Form, Kept]):
    """What was last used. Not for several threads at once.

    `recent` is open to its users so that a hit costs them no call: `recent.get(key) or older(key)`.
    """

    __slots__ = ("_entries", "_older", "recent")

    def __init__(self, entries: int = ENTRIES) -> None:
        self._entries = entries
        self.recent: dict[Form, Kept] = {}
        self._older: dict[Form, Kept] = {}

    def older(self, key: Form) -> Kept | None:
        """What is kept for a key that is not among the recent; it is among them from now on."""
        kept = self._older.pop(key, None)
        if kept is not None:
            self.keep(key, kept)
        return kept

    def keep(self, key: Form, kept: Kept) -> None:
        if len(self.recent) >= self._entries:
            self._older, self.recent = self.recent, {}
        self.recent[key] = kept


class ExpressionCache(Generations[Key, Compiled]):
    """Remembers what a compiler of expressions made, but no refusals.

    To be used as `recent.get(key) or compile(key)`.
    """

    __slots__ = ("_build",)

    def __init__(self, build: Callable[[Kind, str, Names], Compiled], entries: int = ENTRIES) -> None:
        super().__init__(entries)
        self._build = build

    def compile(self, key: Key) -> Compiled:
        """The compiled expression of a key that is not among the recent; raises what the compiler raises."""
        compiled = self.older(key)
        if compiled is None:
            kind, text, items = key
            names = dict(items or ())
            compiled = self._build(kind, text, names)
            if sum(map(len, names.values())) <= NAMES_LENGTH:
                self.keep(key, compiled)
        return compiled
