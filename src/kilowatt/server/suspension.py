"""Continuing a coroutine that was started by hand.

Most requests are answered without waiting for anything. So the connection runs the first step of a handler
itself, with `coroutine.send(None)`, which costs a tenth of a task. Only a handler that suspends gets a task,
and that task has to take over in the middle: first it waits for what the coroutine already waits for, then
it delegates.

Two consequences for whoever writes a handler. Before its first suspension there is no current task, so
`asyncio.timeout` and its kind cannot be entered yet. And a context variable set there stays set.
"""

import types
from collections.abc import Coroutine, Generator
from typing import Any, TypeVar, cast

Answer = TypeVar("Answer")


async def continued(coroutine: Coroutine[Any, Any, Answer], waiting_for: Any) -> Answer:
    """What `coroutine` returns, where `waiting_for` is what its first `send(None)` gave.

    To be run as a task. Raises whatever the coroutine raises; a cancellation is thrown into it.
    """
    return await _delegate(coroutine, waiting_for)


@types.coroutine
def _delegate(coroutine: Coroutine[Any, Any, Answer], waiting_for: Any) -> Generator[Any, Any, Answer]:
    # The future goes on untouched: its mark `_asyncio_future_blocking` is still set, so the task takes it.
    while True:
        try:
            yield waiting_for
        except BaseException as error:  # a cancellation too belongs to the coroutine
            try:
                waiting_for = coroutine.throw(error)
            except StopIteration as finished:
                answer: Answer = finished.value
                return answer
        else:
            result: Answer = yield from cast(Generator[Any, Any, Answer], coroutine)
            return result
