"""AttributeUpdates: that each action does what its twin among the update expressions does."""

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.expressions.strategies import ATTRIBUTES, attribute_values, items

from kilowatt.domain.expressions.legacy_update import check_attribute_updates, compile_actions
from kilowatt.domain.expressions.update import Update, compile_update
from kilowatt.domain.values.types import SET_TYPES, AttributeValue, Item, Values, type_of
from kilowatt.errors import ServiceError
from kilowatt.errors import expressions as expression_errors
from kilowatt.errors import legacy as errors

MISMATCH = "Type mismatch for attribute to update"


def _updated(item: Item, updates: dict[str, dict[str, Any]]) -> Item:
    update, values = compile_actions(check_attribute_updates(updates))
    assert update is not None
    return update.apply(item, values)


def _put(value: AttributeValue) -> dict[str, Any]:
    return {"Action": "PUT", "Value": value}


def _add(value: AttributeValue) -> dict[str, Any]:
    return {"Action": "ADD", "Value": value}


def _delete(value: AttributeValue) -> dict[str, Any]:
    return {"Action": "DELETE", "Value": value}


_sets = attribute_values.filter(lambda value: type_of(value) in SET_TYPES)
_addable = attribute_values.filter(lambda value: type_of(value) in SET_TYPES | {"N", "L"})
_updates = st.one_of(
    attribute_values.map(_put),
    attribute_values.map(lambda value: {"Value": value}),
    _addable.map(_add),
    _sets.map(_delete),
    st.just({"Action": "DELETE"}),
)
_maps = st.dictionaries(st.sampled_from([*ATTRIBUTES, "a.b", "#a"]), _updates, min_size=1, max_size=4)


def _twin(updates: dict[str, dict[str, Any]]) -> tuple[Update, Values]:
    """The update expression that does the same."""
    sections: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    values: Values = {":empty": {"L": []}}
    for number, (attribute, update) in enumerate(updates.items()):
        name, placeholder = f"#n{number}", f":v{number}"
        names[name] = attribute
        if "Value" in update:
            values[placeholder] = update["Value"]
        section, text = _twin_action(update, name, placeholder)
        sections.setdefault(section, []).append(text)
    texts = [f"{section} {', '.join(actions)}" for section, actions in sections.items()]
    return compile_update(" ".join(texts), names), values


def _twin_action(update: dict[str, Any], name: str, placeholder: str) -> tuple[str, str]:
    action = update.get("Action", "PUT")
    if action == "PUT":
        return "SET", f"{name} = {placeholder}"
    if "Value" not in update:
        return "REMOVE", name
    if "L" in update["Value"]:
        return "SET", f"{name} = list_append(if_not_exists({name}, :empty), {placeholder})"
    return action, f"{name} {placeholder}"


@settings(max_examples=600, deadline=None)
@given(_maps, items, attribute_values)
def test_attribute_updates_do_what_their_twin_does(
    updates: dict[str, dict[str, Any]], item: Item, dotted: AttributeValue
) -> None:
    item = {**item, "a.b": dotted}
    before = copy.deepcopy(item)
    twin, twin_values = _twin(updates)
    try:
        expected: Any = twin.apply(item, twin_values)
    except ServiceError as error:
        expected = errors.ATTRIBUTE_TYPE_MISMATCH if error.spec is expression_errors.ATTRIBUTE_TYPE else error
    try:
        made: Any = _updated(item, updates)
    except ServiceError as error:
        made = error.spec
    assert made == expected
    assert item == before


@pytest.mark.parametrize(
    ("old", "update", "new"),
    [
        pytest.param(None, _put({"M": {}}), {"M": {}}, id="put_creates"),
        pytest.param({"S": "x"}, {"Value": {"N": "1"}}, {"N": "1"}, id="put_is_the_default"),
        pytest.param(None, _add({"N": "-2"}), {"N": "-2"}, id="add_number_to_nothing"),
        pytest.param({"N": "5"}, _add({"N": "-2"}), {"N": "3"}, id="add_number"),
        pytest.param(None, _add({"SS": ["a"]}), {"SS": ["a"]}, id="add_set_to_nothing"),
        pytest.param({"NS": ["1", "2"]}, _add({"NS": ["2", "3"]}), {"NS": ["1", "2", "3"]}, id="add_set"),
        pytest.param({"L": [{"N": "1"}]}, _add({"L": [{"N": "1"}]}), {"L": [{"N": "1"}] * 2}, id="add_list"),
        pytest.param(None, _add({"L": [{"N": "1"}]}), {"L": [{"N": "1"}]}, id="add_list_to_nothing"),
        pytest.param(
            {"BS": ["YQ==", "Yg=="]}, _delete({"BS": ["YQ=="]}), {"BS": ["Yg=="]}, id="delete_elements"
        ),
        pytest.param({"SS": ["a"]}, _delete({"SS": ["a", "b"]}), None, id="delete_all_elements"),
        pytest.param(None, _delete({"SS": ["a"]}), None, id="delete_elements_of_nothing"),
        pytest.param({"S": "x"}, {"Action": "DELETE"}, None, id="delete"),
        pytest.param(None, {"Action": "DELETE"}, None, id="delete_nothing"),
    ],
)
def test_attribute_update_changes_one_attribute(
    old: AttributeValue | None, update: dict[str, Any], new: AttributeValue | None
) -> None:
    item = {"pk": {"S": "k"}} if old is None else {"pk": {"S": "k"}, "a": old}
    assert _updated(item, {"a": update}).get("a") == new


@pytest.mark.parametrize("old", [{"S": "x"}, {"NULL": True}, {"BS": ["YQ=="]}, {"M": {}}])
@pytest.mark.parametrize(
    "update",
    [_add({"N": "1"}), _add({"SS": ["a"]}), _add({"L": []}), _delete({"SS": ["a"]}), _delete({"NS": ["1"]})],
)
def test_add_and_delete_refuse_attributes_of_other_types(old: AttributeValue, update: dict[str, Any]) -> None:
    with pytest.raises(ServiceError, match=MISMATCH):
        _updated({"a": old}, {"a": update})


@pytest.mark.parametrize(
    ("updates", "only_removes"),
    [
        ({"a": {"Action": "DELETE"}, "b": _delete({"SS": ["a"]})}, True),
        ({"a": {"Action": "DELETE"}, "b": _add({"N": "1"})}, False),
        ({"a": {"Action": "DELETE"}, "b": _put({"N": "1"})}, False),
        ({"a": _add({"L": []})}, False),
    ],
)
def test_only_deletes_make_no_item(updates: dict[str, dict[str, Any]], only_removes: bool) -> None:
    update, _ = compile_actions(check_attribute_updates(updates))
    assert update is not None
    assert update.only_removes is only_removes


def test_types_that_are_certain_are_known() -> None:
    updates = {
        "a": _put({"S": "x"}),
        "b": _add({"L": []}),
        "c": _add({"NS": ["1"]}),
        "d": {"Action": "DELETE"},
    }
    update, values = compile_actions(check_attribute_updates(updates))
    assert update is not None
    assert update.static_types(values) == [("a", "S"), ("b", "L"), ("c", "NS")]


def test_no_actions_are_no_update() -> None:
    assert compile_actions(check_attribute_updates({})) == (None, {})


def test_many_actions_are_made_too() -> None:
    updates = {f"a{number}": _put({"N": str(number)}) for number in range(150)}
    assert _updated({}, updates) == {name: update["Value"] for name, update in updates.items()}
