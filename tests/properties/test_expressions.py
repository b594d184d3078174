"""Conditions and updates against plain functions that say what they mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.properties.bounds import bounded
from tests.properties.expressions import (
    Change,
    Condition,
    Invalid,
    applied,
    conditions,
    contents,
    parameters,
    update_expression,
    updates,
)
from tests.properties.model import plain
from tests.properties.service import Document, InProcess, Refused, ask
from tests.properties.shapes import TABLE, Item, TableShape

_KEY: Item = {"pk": {"S": "p"}}
_SHAPE = TableShape({"pk": "S"}, (), ())


@pytest.fixture(scope="module")
def service() -> InProcess:
    service = InProcess()
    ask(service, "CreateTable", **_SHAPE.request())
    return service


@given(item=contents(), tested=st.lists(conditions(), min_size=1, max_size=4))
@bounded(400)
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
@bounded(350)
def test_an_update_makes_of_an_item_what_its_actions_say(
    service: InProcess, item: Item | None, history: list[list[Change]]
) -> None:
    old = None if item is None else _KEY | item
    ask(service, "DeleteItem", TableName=TABLE, Key=_KEY)
    if old is not None:
        ask(service, "PutItem", TableName=TABLE, Item=old)
    for changes in history:
        old = _updated(service, old, changes)
        answer = ask(service, "GetItem", TableName=TABLE, Key=_KEY)
        assert plain(answer.get("Item")) == plain(old)


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
