"""AttributeUpdates, on the nodes of update expressions.

    | action                | twin                                                             |
    |-----------------------|------------------------------------------------------------------|
    | PUT, the default      | SET attribute = value                                            |
    | ADD of a number, set  | ADD attribute value                                              |
    | ADD of a list         | SET attribute = list_append(if_not_exists(attribute, []), value) |
    | DELETE without value  | REMOVE attribute                                                 |
    | DELETE of a set       | DELETE attribute value                                           |

An attribute is always a top-level one, whatever its name looks like. Only the text differs where ADD or
DELETE meets an attribute of another type.

Source: service model, AttributeValueUpdate; order and texts of the refusals, and ADD of lists, recorded on
AWS.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from kilowatt.domain.expressions.cache import ExpressionCache
from kilowatt.domain.expressions.nodes import (
    Action,
    AddAction,
    DeleteAction,
    FunctionNode,
    Kind,
    PathNode,
    RemoveAction,
    SetAction,
    UpdateNode,
    ValueNode,
)
from kilowatt.domain.expressions.paths import Names
from kilowatt.domain.expressions.update import ApplyUpdate, Update
from kilowatt.domain.values.accept import accept_value
from kilowatt.domain.values.types import SET_TYPES, AttributeValue, Item, Values, type_of
from kilowatt.errors import ServiceError
from kilowatt.errors import expressions as expression_errors
from kilowatt.errors import legacy as errors

_ADDABLE = SET_TYPES | {"N", "L"}
_EMPTY_LIST = ":update.empty"
# Updates of more attributes than this are compiled for each request: they would fill the memory.
_CACHED_ACTIONS = 100


class LegacyAction(NamedTuple):
    """One action that has been checked. `action` is PUT, ADD, APPEND (ADD of a list), DELETE or REMOVE."""

    attribute: str
    action: str
    value: AttributeValue | None


def check_attribute_updates(updates: dict[str, dict[str, Any]]) -> list[LegacyAction]:
    """The actions of AttributeUpdates.

    Raises: the errors of `errors/values.py`; UPDATE_WITHOUT_VALUE, DELETE_TYPE, ADD_TYPE.
    """
    return [_checked(attribute, update) for attribute, update in updates.items()]


def _checked(attribute: str, update: dict[str, Any]) -> LegacyAction:
    action: str = update.get("Action", "PUT")
    value: AttributeValue | None = update.get("Value")
    if value is None:
        if action != "DELETE":
            raise errors.UPDATE_WITHOUT_VALUE()
        return LegacyAction(attribute, "REMOVE", None)
    accept_value(value)
    tag = type_of(value)
    if action == "DELETE" and tag not in SET_TYPES:
        raise errors.DELETE_TYPE(type=tag)
    if action == "ADD" and tag not in _ADDABLE:
        raise errors.ADD_TYPE(type=tag)
    return LegacyAction(attribute, "APPEND" if action == "ADD" and tag == "L" else action, value)


def compile_actions(actions: Sequence[LegacyAction]) -> tuple[Update | None, Values]:
    """The update that makes all of them, with the values it is for; None if there are none.

    The update needs no `check`. Clients can't spell the placeholders of its values.
    """
    if not actions:
        return None, {}
    values: Values = {
        _placeholder(number): action.value
        for number, action in enumerate(actions)
        if action.value is not None
    }
    values[_EMPTY_LIST] = {"L": []}
    text = " ".join([action.action for action in actions])
    names = tuple([(f"#{number}", action.attribute) for number, action in enumerate(actions)])
    if len(actions) > _CACHED_ACTIONS:
        return _compile(Kind.UPDATE, text, dict(names)), values
    key = (Kind.UPDATE, text, names)
    return _cache.recent.get(key) or _cache.compile(key), values


def _placeholder(number: int) -> str:
    return f":update.{number}"


def _compile(_kind: Kind, text: str, names: Names) -> Update:
    """The update of a text such as `PUT REMOVE`; the names are those of the actions in order."""
    actions = [
        _action(PathNode((name,)), word, ValueNode(_placeholder(number)))
        for number, (name, word) in enumerate(zip(names, text.split(), strict=True))
    ]
    update = Update(UpdateNode(tuple(actions)), names)
    update.apply = _with_legacy_text(update.apply)
    return update


_cache = ExpressionCache(_compile)


def _action(path: PathNode, action: str, value: ValueNode) -> Action:
    if action == "PUT":
        return SetAction(path, value)
    if action == "ADD":
        return AddAction(path, value)
    if action == "DELETE":
        return DeleteAction(path, value)
    if action == "REMOVE":
        return RemoveAction(path)
    present = FunctionNode("if_not_exists", (path, ValueNode(_EMPTY_LIST)))
    return SetAction(path, FunctionNode("list_append", (present, value)))


def _with_legacy_text(apply: ApplyUpdate) -> ApplyUpdate:
    def apply_legacy(item: Item, values: Values) -> Item:
        try:
            return apply(item, values)
        except ServiceError as error:
            if error.spec is expression_errors.ATTRIBUTE_TYPE:
                raise errors.ATTRIBUTE_TYPE_MISMATCH() from error
            raise

    return apply_legacy
