"""The Runtime API, as its clients see it."""

import asyncio

import orjson
import pytest

from kilowatt.clock import SystemClock
from kilowatt.domain.triggers.batches import Answer
from kilowatt.domain.triggers.function import PAYLOAD_BYTES, Function
from kilowatt.triggers.invocation import Invocation
from kilowatt.triggers.rest import RestAnswer
from kilowatt.triggers.runtime_api import RuntimeApi

_BASE = "/2018-06-01/runtime"
FUNCTION = Function("f", "000000000000", "us-east-1", "r", 0.0, timeout_seconds=5)


async def _get(api: RuntimeApi) -> RestAnswer:
    return await asyncio.wait_for(api.answer("GET", f"{_BASE}/invocation/next", {}, b""), 5)


async def _post(
    api: RuntimeApi, path: str, body: bytes = b"{}", invocation: bytes | None = None
) -> RestAnswer:
    headers = {} if invocation is None else {b"lambda-runtime-invocation-id": invocation}
    return await api.answer("POST", f"{_BASE}/{path}", headers, body)


def test_an_event_is_taken_and_answered() -> None:
    async def check() -> None:
        api = RuntimeApi(FUNCTION, SystemClock())
        under_way = api.offer(Invocation("one", b'{"a": 1}'))
        taken = await _get(api)
        assert (taken.status, taken.body) == (200, b'{"a": 1}')
        assert taken.headers["Lambda-Runtime-Aws-Request-Id"] == "one"
        assert taken.headers["Lambda-Runtime-Invoked-Function-Arn"] == FUNCTION.arn
        left = int(taken.headers["Lambda-Runtime-Deadline-Ms"]) / 1000 - SystemClock().now()
        assert 4 < left <= 5
        answered = await _post(api, "invocation/one/response", b'"yes"', b"one")
        assert (answered.status, orjson.loads(answered.body)) == (202, {"status": "OK"})
        assert await under_way.answer == Answer("one", b'"yes"')

    asyncio.run(check())


def test_an_error_is_an_answer() -> None:
    async def check() -> None:
        api = RuntimeApi(FUNCTION, SystemClock())
        under_way = api.offer(Invocation("one", b"{}"))
        await _get(api)
        assert (await _post(api, "invocation/one/error", b'{"errorType": "E"}')).status == 202
        assert await under_way.answer == Answer("one", b'{"errorType": "E"}', "Unhandled")

    asyncio.run(check())


@pytest.mark.parametrize(
    ("path", "invocation", "status", "type_"),
    [
        ("invocation/two/response", None, 400, "InvalidRequestID"),
        ("invocation/one/response", b"other", 400, "InvalidInvocationId"),
        ("invocation/one/other", None, 404, "InvalidRequest"),
        ("nothing", None, 404, "InvalidRequest"),
    ],
)
def test_what_is_wrong_is_refused(path: str, invocation: bytes | None, status: int, type_: str) -> None:
    async def check() -> None:
        api = RuntimeApi(FUNCTION, SystemClock())
        under_way = api.offer(Invocation("one", b"{}"))
        await _get(api)
        refused = await _post(api, path, b"{}", invocation)
        assert (refused.status, orjson.loads(refused.body)["errorType"]) == (status, type_)
        assert not under_way.answer.done()

    asyncio.run(check())


def test_an_answer_is_taken_once() -> None:
    async def check() -> None:
        api = RuntimeApi(FUNCTION, SystemClock())
        api.offer(Invocation("one", b"{}"))
        await _get(api)
        assert (await _post(api, "invocation/one/response")).status == 202
        assert (await _post(api, "invocation/one/response")).status == 400

    asyncio.run(check())


def test_an_answer_over_six_megabytes_is_an_error_of_the_function() -> None:
    async def check() -> None:
        api = RuntimeApi(FUNCTION, SystemClock())
        under_way = api.offer(Invocation("one", b"{}"))
        await _get(api)
        refused = await _post(api, "invocation/one/response", b"x" * (PAYLOAD_BYTES + 1))
        assert refused.status == 413
        answer = await under_way.answer
        assert answer.error == "Unhandled"
        assert orjson.loads(answer.payload)["errorType"] == "Function.ResponseSizeTooLarge"

    asyncio.run(check())
