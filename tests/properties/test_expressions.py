"""Conditions and updates against plain functions that say what they mean."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.bounds import bounded
from tests.properties.conditions import (
    Condition,
    comparison,
    conditions,
    containment,
    existence,
    size,
    types_compared,
)
from tests.properties.model import plain, texts
from tests.properties.pool import POOL, SET_TAGS, Path, contents, of_types, parameters
from tests.properties.service import Document, InProcess, Refused, ask
from tests.properties.shapes import TABLE, Item, TableShape
from tests.properties.updates import (
    Change,
    Invalid,
    add,
    applied,
    delete,
    set_to_difference,
    set_to_longer_list,
    set_to_sum,
    set_to_value,
    update_expression,
    updates,
)

_KEY: Item = {"pk": {"S": "p"}}
_SHAPE = TableShape({"pk": "S"}, (), ())


@pytest.fixture(scope="module")
def service() -> InProcess:
    service = InProcess()
    ask(service, "CreateTable", **_SHAPE.request())
    return service


@pytest.fixture(scope="module")
def pool(service: InProcess) -> list[Item]:
    """A table's items: one for each value, as its attribute `d`, and one without."""
    shape = {**_SHAPE.request(), "TableName": "pool"}
    ask(service, "CreateTable", **shape)
    found = [{"pk": {"S": str(number)}, "d": value} for number, value in enumerate(POOL)]
    found.append({"pk": {"S": "none"}})
    for item in found:
        ask(service, "PutItem", TableName="pool", Item=item)
    return found


def _of_d() -> Iterator[Condition]:
    """Every comparator and function on `d`, with every value that it takes."""
    path: Path = ("d",)
    for comparator in ("=", "<>", "<", "<=", ">", ">="):
        for value in of_types(*types_compared(comparator)):
            yield comparison(path, comparator, value)
    for comparator in ("<", "<=", ">", ">="):
        for value in of_types("N"):
            yield size(path, comparator, value)
    for function in ("contains", "begins_with"):
        for value in of_types("S", "B") + (of_types("N") if function == "contains" else []):
            yield containment(path, function, value)
    for function in ("attribute_exists", "attribute_not_exists"):
        yield existence(path, function)


def test_every_test_of_every_value(service: InProcess, pool: list[Item]) -> None:
    for condition in _of_d():
        request: Document = {"FilterExpression": condition.text, **parameters(condition)}
        kept = ask(service, "Scan", TableName="pool", **request)["Items"]
        expected = [item for item in pool if condition.holds(item)]
        assert texts(kept) == texts(expected), (condition.text, condition.values)


def _on_d() -> Iterator[Change]:
    """Every action on `d`, with every value that it takes."""
    for value in POOL:
        yield set_to_value("d", value)
    for value in of_types("N"):
        yield from (set_to_sum("d", value), set_to_difference("d", value))
    for value in of_types("L"):
        yield from (set_to_longer_list("d", value, before) for before in (False, True))
    for value in of_types("N", *SET_TAGS):
        yield add("d", value)
    for value in of_types(*SET_TAGS):
        yield delete("d", value)


def test_every_change_of_every_value(service: InProcess) -> None:
    olds: list[Item | None] = [None, _KEY, *[{**_KEY, "d": value} for value in POOL]]
    for change in _on_d():
        for old in olds:
            _put(service, old)
            _updated(service, old, [change])


@given(item=contents(), tested=st.lists(conditions(), min_size=1, max_size=4))
@bounded(200)
def test_a_filter_keeps_what_its_condition_holds_for(
    service: InProcess, item: Item, tested: list[Condition]
) -> None:
    ask(service, "PutItem", TableName=TABLE, Item=_KEY | item)
    for condition in tested:
        request: Document = {"FilterExpression": condition.text, **parameters(condition)}
        answer = ask(service, "Scan", TableName=TABLE, **request)
        assert answer["Count"] == condition.holds(_KEY | item)
        assert answer["ScannedCount"] == 1


@given(item=st.none() | contents(), history=st.lists(updates(), min_size=1, max_size=4))
@bounded(200)
def test_an_update_makes_of_an_item_what_its_actions_say(
    service: InProcess, item: Item | None, history: list[list[Change]]
) -> None:
    old = None if item is None else _KEY | item
    _put(service, old)
    for changes in history:
        old = _updated(service, old, changes)
        answer = ask(service, "GetItem", TableName=TABLE, Key=_KEY)
        assert plain(answer.get("Item")) == plain(old)


def _put(service: InProcess, item: Item | None) -> None:
    if item is None:
        ask(service, "DeleteItem", TableName=TABLE, Key=_KEY)
    else:
        ask(service, "PutItem", TableName=TABLE, Item=item)


def _updated(service: InProcess, old: Item | None, changes: list[Change]) -> Item | None:
    """What is to be there after an update, which is refused if it must be."""
    request = {"UpdateExpression": update_expression(changes), **parameters(*changes)}
    try:
        new = applied(changes, old, _KEY)
    except Invalid:
        with pytest.raises(Refused, match="ValidationException"):
            ask(service, "UpdateItem", TableName=TABLE, Key=_KEY, **request)
        return old
    answer = ask(service, "UpdateItem", TableName=TABLE, Key=_KEY, ReturnValues="ALL_NEW", **request)
    assert plain(answer.get("Attributes")) == plain(new)
    return new
