"""What an update counts against the item limit besides the item that it leaves.

Source: measured on AWS, 2026: an update is refused when the new item without its key, plus 3 bytes, plus
these for each action, is larger than an item may be.

    | action         | bytes                                                                          |
    |----------------|--------------------------------------------------------------------------------|
    | SET, ADD       | 19; 1 more for a path through a list element, 50 more for a sum or difference |
    | REMOVE, DELETE | 2                                                                              |
"""

from collections.abc import Sequence

from kilowatt.domain.expressions.nodes import Action, AddAction, ArithmeticNode, SetAction

_UPDATE_BYTES = 3
_ASSIGNMENT_BYTES = 19
_ARITHMETIC_BYTES = 50
_LIST_ELEMENT_BYTES = 1
_REMOVAL_BYTES = 2


def overhead_bytes(actions: Sequence[Action]) -> int:
    """The bytes of all actions of an update."""
    return _UPDATE_BYTES + sum(map(_action_bytes, actions))


def _action_bytes(action: Action) -> int:
    if not isinstance(action, SetAction | AddAction):
        return _REMOVAL_BYTES
    through_list = any(isinstance(element, int) for element in action.path.elements)
    arithmetic = isinstance(action, SetAction) and isinstance(action.value, ArithmeticNode)
    return _ASSIGNMENT_BYTES + _LIST_ELEMENT_BYTES * through_list + _ARITHMETIC_BYTES * arithmetic
