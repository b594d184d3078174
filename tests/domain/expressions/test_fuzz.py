"""Whatever the text, an expression is compiled and run, or refused with an error of the wire."""

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.expressions.strategies import NAMES, conditions, items, nearly, paths, updates, values

from kilowatt.domain.expressions.condition import compile_condition
from kilowatt.domain.expressions.key_condition import compile_key_condition
from kilowatt.domain.expressions.nodes import Kind, ProjectionNode
from kilowatt.domain.expressions.projection import compile_projection
from kilowatt.domain.expressions.update import compile_update
from kilowatt.domain.values.types import Item, Values
from kilowatt.errors import ServiceError

fuzz = settings(max_examples=200, deadline=None)


@fuzz
@given(nearly(conditions), items, values)
def test_no_condition_fails_otherwise(text: str, item: Item, given_values: Values) -> None:
    with contextlib.suppress(ServiceError):
        condition = compile_condition(Kind.CONDITION, text, NAMES)
        condition.check(given_values)
        assert condition.holds(item, given_values) in (True, False)


@fuzz
@given(nearly(conditions), values)
def test_no_key_condition_fails_otherwise(text: str, given_values: Values) -> None:
    with contextlib.suppress(ServiceError):
        condition = compile_key_condition(text, NAMES)
        condition.check(given_values)
        condition.check_structure()
        assert condition.conditions


@fuzz
@given(nearly(updates), items, values)
def test_no_update_fails_otherwise(text: str, item: Item, given_values: Values) -> None:
    with contextlib.suppress(ServiceError):
        update = compile_update(text, NAMES)
        update.check(given_values)
        update.static_types(given_values)
        new = update.apply(item, given_values)
        assert update.updated(new).keys() <= new.keys()


@fuzz
@given(nearly(st.lists(paths, min_size=1).map(lambda nodes: ProjectionNode(tuple(nodes)))), items)
def test_no_projection_fails_otherwise(text: str, item: Item) -> None:
    with contextlib.suppress(ServiceError):
        kept = compile_projection(text, NAMES).apply(item)
        assert kept.keys() <= item.keys()
