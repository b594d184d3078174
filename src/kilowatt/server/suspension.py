"""Running handlers without a task, until one suspends.

Most requests are answered without waiting for anything, and a task costs ten times as much as the call. So a
connection runs its handlers itself, in a generator, `answers`: it is sent a request and gives the response at
once. Only when a handler suspends does the generator give a future instead. The connection waits for that
future and goes on; if the handler suspends again, `continued`, run as a task, takes over in the middle and
goes on until the response comes.

Two consequences for whoever writes a handler. Before its second suspension there is no current task, so
`asyncio.timeout` and its kind cannot be entered yet. And a context variable set there stays set.
"""

import asyncio
import types
from collections.abc import Callable, Generator
from typing import Any

from kilowatt.server.messages import Handler, Request, Response

Answers = Generator[Any, Any, None]
"""Started with `next`. `send(request)` gives a `Response`, or else what the handler waits for."""


@types.coroutine
def answers(handler: Handler, fault: Callable[[Request, BaseException], Response]) -> Answers:
    """Answers one request after the other with `handler`; `fault` answers where it raises."""
    begin: Callable[[Request], Any] = handler  # a coroutine, which only such a generator may delegate to
    response: Response | None = None
    while True:
        request = yield response
        try:
            # Delegating gives the result without raising StopIteration, which costs more than all the rest.
            response = yield from begin(request)
            if type(response) is not Response:
                raise TypeError(f"A handler returned {response!r}.")
        except (Exception, asyncio.CancelledError) as error:
            response = fault(request, error)


async def continued(running: Answers, waiting_for: Any) -> Response:
    """The response that `running` comes to, where `waiting_for` is what it gave. To be run as a task."""
    return await _delegate(running, waiting_for)


@types.coroutine
def _delegate(running: Answers, waiting_for: Any) -> Generator[Any, Any, Response]:
    # A future goes on untouched: its mark `_asyncio_future_blocking` is still set, so the task takes it.
    while type(waiting_for) is not Response:
        try:
            result = yield waiting_for
        except BaseException as error:  # a cancellation too belongs to the handler
            waiting_for = running.throw(error)
        else:
            waiting_for = running.send(result)
    return waiting_for
