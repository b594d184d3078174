"""Handlers that run without a task until they suspend."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from kilowatt.server.messages import Request, Response
from kilowatt.server.suspension import Answers, answers, continued

REQUEST = Request(b"POST", b"/", {}, b"")
DONE = Response(200, b"", b"done")


def running(
    handler: Callable[[Request], Coroutine[Any, Any, Response]],
) -> tuple[Answers, list[BaseException]]:
    caught: list[BaseException] = []

    def fault(request: Request, error: BaseException) -> Response:
        caught.append(error)
        return Response(500, b"", repr(error).encode())

    started = answers(handler, fault)
    next(started)
    return started, caught


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def runner(request: pytest.FixtureRequest) -> asyncio.Runner:
    return asyncio.Runner(loop_factory=request.param)


def test_a_handler_that_does_not_wait_is_answered_at_once() -> None:
    async def at_once(request: Request) -> Response:
        return DONE

    started, _ = running(at_once)
    assert [started.send(REQUEST) for _ in range(3)] == [DONE] * 3


def test_a_handler_that_waits_goes_on_in_a_task(runner: asyncio.Runner) -> None:
    steps: list[object] = []

    async def waits(request: Request) -> Response:
        steps.append(asyncio.current_task())
        future = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_result, "value")
        steps.append(await future)
        await asyncio.sleep(0)
        async with asyncio.timeout(1):
            await asyncio.sleep(0.001)
        steps.append(asyncio.current_task() is not None)
        return DONE

    async def scenario() -> None:
        started, _ = running(waits)
        for _ in range(2):
            task = asyncio.create_task(continued(started, start(started)))
            assert await task is DONE

    with runner:
        runner.run(scenario())
    assert steps[1:] == ["value", True, *steps[3:]]
    assert steps[4:] == ["value", True]


def start(started: Answers) -> Any:
    """The first step, as the connection takes it: outside any task."""
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()
    assert task is not None
    asyncio.tasks._leave_task(loop, task)
    try:
        return started.send(REQUEST)
    finally:
        asyncio.tasks._enter_task(loop, task)


def test_a_future_that_is_done_before_the_task_begins_is_no_problem(runner: asyncio.Runner) -> None:
    future: asyncio.Future[Response]

    async def waits(request: Request) -> Response:
        return await future

    async def scenario() -> None:
        nonlocal future
        started, _ = running(waits)
        future = asyncio.get_running_loop().create_future()
        waiting_for = started.send(REQUEST)
        future.set_result(DONE)
        assert await asyncio.create_task(continued(started, waiting_for)) is DONE

    with runner:
        runner.run(scenario())


def test_what_a_future_raises_reaches_the_handler(runner: asyncio.Runner) -> None:
    async def waits(request: Request) -> Response:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        asyncio.get_running_loop().call_soon(future.set_exception, KeyError("lost"))
        try:
            await future
        except KeyError:
            await asyncio.sleep(0)  # may wait again after it has caught
            return DONE
        raise AssertionError

    async def scenario() -> None:
        started, _ = running(waits)
        assert await asyncio.create_task(continued(started, started.send(REQUEST))) is DONE

    with runner:
        runner.run(scenario())


def test_what_a_handler_raises_is_answered_and_the_next_request_served(runner: asyncio.Runner) -> None:
    async def fails(request: Request) -> Response:
        if request.body:
            await asyncio.sleep(0)
        raise KeyError("bug")

    async def scenario() -> None:
        started, caught = running(fails)
        assert started.send(REQUEST).status == 500
        waiting_for = started.send(Request(b"POST", b"/", {}, b"wait"))
        assert (await asyncio.create_task(continued(started, waiting_for))).status == 500
        assert started.send(REQUEST).status == 500
        assert [type(error) for error in caught] == [KeyError] * 3

    with runner:
        runner.run(scenario())


def test_a_cancelled_task_cancels_the_handler(runner: asyncio.Runner) -> None:
    seen: list[str] = []

    async def waits(request: Request) -> Response:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            seen.append("cancelled")
            raise
        return DONE

    async def scenario() -> None:
        started, caught = running(waits)
        task = asyncio.create_task(continued(started, started.send(REQUEST)))
        await asyncio.sleep(0)
        task.cancel()
        assert (await task).status == 500
        assert seen == ["cancelled"]
        assert [type(error) for error in caught] == [asyncio.CancelledError]

    with runner:
        runner.run(scenario())
