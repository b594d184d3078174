"""The grammar of values: literals, parameters, and what is built of them.

    value       = 'text' | number | - number | TRUE | FALSE | NULL | ?
                | [ value, ... ] | << value, ... >> | { 'name' : value, ... }

A literal or a parameter is there when a statement runs, under its placeholder; a list, a set, a map or a
constant is built then.

Source: AWS guide, "PartiQL data types for DynamoDB".
"""

from collections.abc import Sequence

from kilowatt.domain.expressions.nodes import ValueNode
from kilowatt.domain.partiql.lexer import NUMBER, STRING
from kilowatt.domain.partiql.nodes import Build
from kilowatt.domain.partiql.tokens import TokenParser
from kilowatt.domain.values.types import AttributeValue, Item, Values, type_of
from kilowatt.errors import partiql as errors

_CONSTANTS: dict[str, tuple[str, bool]] = {
    "TRUE": ("BOOL", True),
    "FALSE": ("BOOL", False),
    "NULL": ("NULL", True),
}
_SIGNS = frozenset({"+", "-"})
_OPENINGS = frozenset({"[", "<<", "{"})
_SET_OF = {"S": "SS", "N": "NS", "B": "BS"}


class ValueParser(TokenParser):
    """Parses values; `parameters` counts the `?` so far, `built` are the values to build, by placeholder."""

    __slots__ = ("_literals", "built", "parameters")

    def __init__(self, shape: str) -> None:
        super().__init__(shape)
        self._literals = 0
        self.parameters = 0
        self.built: list[tuple[str, Build]] = []

    def is_value(self) -> bool:
        """Whether a value begins here. (A sign before anything but a number is none.)"""
        token = self.current
        return (
            token in (STRING, NUMBER, "?")
            or token in _OPENINGS
            or token[:1].isdigit()
            or token.upper() in _CONSTANTS
            or (token in _SIGNS and (self.tokens[self.index + 1] == NUMBER))
        )

    def value(self) -> ValueNode:
        """A value as an operand."""
        return ValueNode(self._leaf() or self.add_built(self.value_template()))

    def add_built(self, build: Build) -> str:
        """The placeholder of a value that is to be built."""
        placeholder = f":b{len(self.built)}"
        self.built.append((placeholder, build))
        return placeholder

    def value_template(self) -> Build:
        """What makes the value that stands here."""
        leaf = self._leaf()
        if leaf:
            return _given(leaf)
        token = self.current
        if token in _OPENINGS:
            self.enter()
            self.advance()
            build = self._container(token)
            self.leave()
            return build
        if token in _SIGNS:
            return self._signed()
        return self._constant()

    def _leaf(self) -> str:
        """The placeholder of a string, a number or a parameter; empty if none stands here."""
        if self.current in (STRING, NUMBER):
            self.advance()
            self._literals += 1
            return f":l{self._literals - 1}"
        if self.current == "?":
            self.advance()
            self.parameters += 1
            return f":p{self.parameters - 1}"
        return ""

    def _constant(self) -> Build:
        token = self.current
        if token[:1].isdigit():
            self.advance()
            digits = token.lstrip("0") or "0"
            return lambda _values: {"N": digits}
        constant = _CONSTANTS.get(token.upper())
        if constant is None:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        self.advance()
        tag, content = constant
        return lambda _values: {tag: content}

    def _signed(self) -> Build:
        negative = self.advance() == "-"
        if self.current != NUMBER:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        placeholder = self._leaf()
        if not negative:
            return _given(placeholder)
        return lambda values: _negative(values[placeholder])

    def _container(self, opening: str) -> Build:
        if opening == "{":
            return self._map()
        elements = self._elements("]" if opening == "[" else ">>")
        if opening == "[":
            return lambda values: {"L": [build(values) for build in elements]}
        return lambda values: _set_of([build(values) for build in elements])

    def _elements(self, closing: str) -> list[Build]:
        if self.accept(closing):
            return []
        elements = [self.value_template(), *self.more(self.value_template)]
        self.expect(closing)
        return elements

    def _map(self) -> Build:
        entries: list[tuple[str, Build]] = []
        if not self.accept("}"):
            entries = [self._entry(), *self.more(self._entry)]
            self.expect("}")
        return lambda values: {"M": _entries(entries, values)}

    def _entry(self) -> tuple[str, Build]:
        """The placeholder of the name, and what makes the value."""
        if self.current != STRING:
            raise self.unexpected(errors.UNEXPECTED_TERM)
        name = self._leaf()
        self.expect(":")
        return name, self.value_template()


def _given(placeholder: str) -> Build:
    return lambda values: values[placeholder]


def _negative(number: AttributeValue) -> AttributeValue:
    text = number["N"]
    return {"N": text if text == "0" else f"-{text}"}


def _entries(entries: Sequence[tuple[str, Build]], values: Values) -> Item:
    item: Item = {}
    for placeholder, build in entries:
        name = values[placeholder]["S"]
        if name in item:
            raise errors.DUPLICATE_NAME(name=name)
        item[name] = build(values)
    return item


def _set_of(elements: list[AttributeValue]) -> AttributeValue:
    tags = {type_of(element) for element in elements}
    if not tags:
        raise errors.EMPTY_SET()
    tag = _SET_OF.get(tags.pop())
    if tag is None or tags:
        raise errors.SET_ELEMENTS()
    return {tag: [next(iter(element.values())) for element in elements]}
