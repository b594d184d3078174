"""The cache gives the same compiled expression for the same text and names, and stays small."""

import pytest

from kilowatt.domain.expressions.cache import NAMES_LENGTH, ExpressionCache, Key
from kilowatt.domain.expressions.condition import compile_condition
from kilowatt.domain.expressions.nodes import Kind
from kilowatt.domain.expressions.paths import Names
from kilowatt.domain.expressions.projection import compile_projection
from kilowatt.errors import ServiceError


class Compiled:
    pass


class Compiler:
    """Counts what it is asked to compile."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __call__(self, kind: Kind, text: str, names: Names) -> Compiled:
        self.texts.append(text)
        return Compiled()


def key(text: str, names: Names | None = None) -> Key:
    return (Kind.FILTER, text, tuple(names.items()) if names else None)


def find(cache: ExpressionCache[Compiled], text: str, names: Names | None = None) -> Compiled:
    wanted = key(text, names)
    return cache.recent.get(wanted) or cache.compile(wanted)


def test_same_text_and_names_are_compiled_once() -> None:
    assert compile_condition(Kind.FILTER, "#a = :v", {"#a": "x"}) is compile_condition(
        Kind.FILTER, "#a = :v", {"#a": "x"}
    )
    assert compile_condition(Kind.FILTER, "#a = :v", {"#a": "x"}) is not compile_condition(
        Kind.FILTER, "#a = :v", {"#a": "y"}
    )
    assert compile_condition(Kind.FILTER, "a = :v", None) is not compile_condition(
        Kind.CONDITION, "a = :v", None
    )
    assert compile_projection("a", None) is compile_projection("a", {})


def test_what_is_used_stays_and_what_is_not_goes() -> None:
    compiler = Compiler()
    cache = ExpressionCache(compiler, entries=10)
    kept = find(cache, "kept")
    for number in range(200):
        find(cache, f"other {number}")
        assert find(cache, "kept") is kept
    assert compiler.texts.count("kept") == 1
    find(cache, "other 0")
    assert compiler.texts.count("other 0") == 2
    assert len(cache.recent) <= 10


def test_expression_with_long_names_is_not_kept() -> None:
    compiler = Compiler()
    cache = ExpressionCache(compiler)
    names = {"#a": "x" * NAMES_LENGTH, "#b": "y"}
    find(cache, "#a", names)
    find(cache, "#a", names)
    assert compiler.texts == ["#a", "#a"]


def test_refusals_are_not_kept() -> None:
    for _ in range(2):
        with pytest.raises(ServiceError):
            compile_condition(Kind.CONDITION, "a =", None)
