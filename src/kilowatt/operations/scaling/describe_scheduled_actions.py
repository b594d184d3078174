"""DescribeScheduledActions. Source: API reference, DescribeScheduledActions."""

from typing import Any

from kilowatt.domain.scaling.target import ScheduledAction, Target, action_description
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.scaling.named_target import Request, described, page, place_mark

_Action = tuple[Target, ScheduledAction]


async def describe_scheduled_actions(context: Context, request: Request) -> bytes:
    """The scheduled actions, page by page, in the order of their targets and names."""
    names = request.get("ScheduledActionNames")
    actions = [
        (target, action)
        for target in await described(context, request)
        for action in target.actions
        if not names or action.name in names
    ]
    return document(page(request, "ScheduledActions", actions, _mark, _shown))


def _mark(action: _Action) -> str:
    return f"{place_mark(action[0])}\0{action[1].name}"


def _shown(action: _Action) -> Any:
    return action_description(*action)
