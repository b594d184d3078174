"""The Runtime API: what a function's process asks for events and gives its answers to.

    GET  /2018-06-01/runtime/invocation/next
    POST /2018-06-01/runtime/invocation/{request id}/response
    POST /2018-06-01/runtime/invocation/{request id}/error
    POST /2018-06-01/runtime/init/error

Each process has an API of its own, on a port of the loopback interface. Source: AWS Lambda guide, "Using the
Lambda runtime API for custom runtimes".
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from kilowatt.clock import Clock
from kilowatt.domain.triggers.batches import Answer
from kilowatt.domain.triggers.function import PAYLOAD_BYTES, Function
from kilowatt.triggers.invocation import Invocation
from kilowatt.triggers.rest import RestAnswer, document

_BASE = "/2018-06-01/runtime/"
_INVOCATION_ID = b"lambda-runtime-invocation-id"
UNHANDLED = "Unhandled"


@dataclass(slots=True)
class _UnderWay:
    """An invocation between `next` and its answer."""

    invocation: Invocation
    answer: "asyncio.Future[Answer]"
    taken: asyncio.Event = field(default_factory=asyncio.Event)


class RuntimeApi:
    """The API of one process."""

    def __init__(self, function: Function, clock: Clock) -> None:
        self._function = function
        self._clock = clock
        self._waiting: asyncio.Queue[_UnderWay] = asyncio.Queue()
        self._current: _UnderWay | None = None
        self.init_error: bytes | None = None
        """What the process said before it ended, if it could not be made ready."""

    def offer(self, invocation: Invocation) -> _UnderWay:
        """Hands an invocation to the process as soon as that asks."""
        under_way = _UnderWay(invocation, asyncio.get_running_loop().create_future())
        self._waiting.put_nowait(under_way)
        return under_way

    async def answer(self, method: str, path: str, headers: Mapping[bytes, bytes], body: bytes) -> RestAnswer:
        """Answers a request of the process."""
        match method, *path.removeprefix(_BASE).split("/"):
            case "GET", "invocation", "next":
                return await self._next()
            case "POST", "invocation", request_id, ("response" | "error") as kind:
                return self._finish(request_id, kind, headers, body)
            case "POST", "init", "error":
                self.init_error = body
                return _accepted()
        return _refused(404, "InvalidRequest", f"There is no {method} {path}")

    async def _next(self) -> RestAnswer:
        under_way = await self._waiting.get()
        self._current = under_way
        under_way.taken.set()
        invocation = under_way.invocation
        deadline = self._clock.now() + self._function.timeout_seconds
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(int(deadline * 1000)),
            "Lambda-Runtime-Invoked-Function-Arn": self._function.arn,
            "Lambda-Runtime-Invocation-Id": invocation.request_id,
            "Content-Type": "application/json",
        }
        if invocation.client_context:
            headers["Lambda-Runtime-Client-Context"] = invocation.client_context
        return RestAnswer(200, invocation.event, headers)

    def _finish(self, request_id: str, kind: str, headers: Mapping[bytes, bytes], body: bytes) -> RestAnswer:
        current = self._current
        if current is None or current.invocation.request_id != request_id:
            return _refused(400, "InvalidRequestID", "Invalid request ID")
        if headers.get(_INVOCATION_ID, request_id.encode()) != request_id.encode():
            return _refused(400, "InvalidInvocationId", "Invalid invocation ID")
        self._current = None
        if len(body) > PAYLOAD_BYTES:
            error = {
                "errorType": "Function.ResponseSizeTooLarge",
                "errorMessage": f"Response payload size exceeded maximum allowed payload size "
                f"({PAYLOAD_BYTES} bytes).",
            }
            _set(current, Answer(request_id, document(error), UNHANDLED))
            return _refused(413, "RequestEntityTooLarge", "Exceeded maximum allowed payload size")
        _set(current, Answer(request_id, body, UNHANDLED if kind == "error" else None))
        return _accepted()


def _set(under_way: _UnderWay, answer: Answer) -> None:
    if not under_way.answer.done():
        under_way.answer.set_result(answer)


def _accepted() -> RestAnswer:
    return RestAnswer(202, b'{"status":"OK"}', {"Content-Type": "application/json"})


def _refused(status: int, type_: str, text: str) -> RestAnswer:
    body = document({"errorType": type_, "errorMessage": text})
    return RestAnswer(status, body, {"Content-Type": "application/json"})
