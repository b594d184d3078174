"""Properties of all expressions: they print and parse, and do what a naive evaluator does."""

import copy
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.domain.expressions.naive import naive_condition, naive_update
from tests.domain.expressions.strategies import (
    FITTING_ITEM,
    FITTING_VALUES,
    NAMES,
    conditions,
    fitting_updates,
    items,
    paths,
    updates,
    values,
)

from kilowatt.domain.expressions.condition import Condition
from kilowatt.domain.expressions.nodes import (
    ConditionNode,
    Kind,
    PathNode,
    ProjectionNode,
    SetAction,
    UpdateNode,
    ValueNode,
)
from kilowatt.domain.expressions.parser import parse_condition, parse_projection, parse_update
from kilowatt.domain.expressions.paths import Path, check_disjoint, reader, resolve
from kilowatt.domain.expressions.projection import restriction
from kilowatt.domain.expressions.update import Update
from kilowatt.domain.values.types import AttributeValue, Item, Values
from kilowatt.errors import ServiceError

quick = settings(max_examples=150, deadline=None)


@quick
@given(conditions)
def test_printed_condition_parses_to_itself(node: ConditionNode) -> None:
    assert parse_condition(Kind.FILTER, str(node)) == node


@quick
@given(updates)
def test_printed_update_parses_to_itself(node: UpdateNode) -> None:
    sections = [action.section for action in node.actions]
    joined = [
        section for index, section in enumerate(sections) if index == 0 or sections[index - 1] != section
    ]
    assume(len(joined) == len(set(joined)))
    assert parse_update(str(node)) == node


@quick
@given(st.lists(paths, min_size=1, max_size=4))
def test_printed_projection_parses_to_itself(nodes: list[PathNode]) -> None:
    node = ProjectionNode(tuple(nodes))
    assert parse_projection(str(node)) == node


@settings(max_examples=400, deadline=None)
@given(conditions, items, values)
def test_condition_holds_as_the_naive_evaluator_says(
    node: ConditionNode, item: Item, given_values: Values
) -> None:
    condition = Condition(Kind.FILTER, node, NAMES)
    try:
        condition.check(given_values)
    except ServiceError:
        return
    before = copy.deepcopy(item)
    assert condition.holds(item, given_values) is naive_condition(node, item, given_values)
    assert item == before


@quick
@given(updates, items, values)
def test_update_leaves_the_old_item_alone(node: UpdateNode, item: Item, given_values: Values) -> None:
    before, values_before = copy.deepcopy(item), copy.deepcopy(given_values)
    update = Update(node, NAMES)
    try:
        update.check(given_values)
        new = update.apply(item, given_values)
    except ServiceError:
        return
    finally:
        assert item == before
        assert given_values == values_before
    targets = {path[0] for path in update.target_paths}
    assert {k: v for k, v in new.items() if k not in targets} == {
        k: v for k, v in item.items() if k not in targets
    }


@settings(max_examples=400, deadline=None)
@given(fitting_updates)
def test_update_makes_what_the_naive_evaluator_makes(node: UpdateNode) -> None:
    update = Update(node, {})
    update.check(FITTING_VALUES)
    before = copy.deepcopy(FITTING_ITEM)
    assert update.apply(FITTING_ITEM, FITTING_VALUES) == naive_update(node, FITTING_ITEM, FITTING_VALUES)
    assert before == FITTING_ITEM


@quick
@given(paths, items, values)
def test_what_is_set_is_what_the_projection_returns(node: PathNode, item: Item, given_values: Values) -> None:
    path = resolve(node, NAMES)
    update = Update(UpdateNode((SetAction(node, ValueNode(":v")),)), NAMES)
    try:
        new = update.apply(item, given_values)
    except ServiceError:
        return
    read = reader(path)
    place = (
        path
        if isinstance(path[-1], str) or read(item, {}) is not None
        else (*path[:-1], last_index(new, path))
    )
    assert reader(place)(new, {}) == given_values[":v"]
    alone = tuple([0 if isinstance(element, int) else element for element in place])
    assert reader(alone)(restriction([place])(new), {}) == given_values[":v"]


def last_index(item: Item, path: Path) -> int:
    container = reader(path[:-1])(item, {})
    assert container is not None
    return len(container["L"]) - 1


@quick
@given(st.lists(paths, min_size=1, max_size=4))
def test_paths_are_disjoint_if_no_pair_meets(nodes: list[PathNode]) -> None:
    resolved = [resolve(node, NAMES) for node in nodes]
    meetings = [meeting(a, b) for index, b in enumerate(resolved) for a in resolved[:index]]
    expected = "overlap" if "overlap" in meetings else "conflict" if "conflict" in meetings else ""
    try:
        check_disjoint("", resolved)
        found = ""
    except ServiceError as error:
        found = "overlap" if "overlap" in error.text else "conflict"
    assert found == expected


def meeting(a: Path, b: Path) -> str:
    for left, right in zip(a, b, strict=False):
        if type(left) is not type(right):
            return "conflict"
        if left != right:
            return ""
    return "overlap"


@quick
@given(st.lists(paths, min_size=1, max_size=4), items)
def test_projection_keeps_exactly_the_leaves_below_its_paths(nodes: list[PathNode], item: Item) -> None:
    resolved = [resolve(node, NAMES) for node in nodes]
    try:
        check_disjoint("", resolved)
    except ServiceError:
        return
    kept = restriction(resolved)(item)
    found = [value for path in sorted(resolved, key=str) if (value := reader(path)(item, {})) is not None]
    assert sorted(map(str, leaves({"M": kept}))) == sorted(
        str(leaf) for value in found for leaf in leaves(value)
    )


def leaves(value: AttributeValue) -> list[Any]:
    ((tag, content),) = value.items()
    if tag == "M" and content:
        return [leaf for child in content.values() for leaf in leaves(child)]
    if tag == "L" and content:
        return [leaf for child in content for leaf in leaves(child)]
    return [] if value == {"M": {}} else [value]
