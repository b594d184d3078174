"""A function behind an endpoint that speaks Lambda's Invoke, such as the runtime interface emulator."""

import asyncio
import logging
from base64 import b64decode, b64encode
from binascii import Error as BadBase64

from kilowatt.domain.triggers.batches import Answer
from kilowatt.domain.triggers.function import Function
from kilowatt.triggers.http_client import HttpAnswer, post
from kilowatt.triggers.invocation import CannotInvoke, Invocation, Invoked
from kilowatt.triggers.rest import document
from kilowatt.triggers.runtime_api import UNHANDLED

_LOG = logging.getLogger("kilowatt.functions")
# Where the emulator listens; an endpoint with a path of its own is used as it is.
_PATH = "/2015-03-31/functions/function/invocations"


class EndpointRunner:
    """Invokes over HTTP."""

    def __init__(self, function: Function, url: str) -> None:
        self._function = function
        self._url = url if url.count("/") > 2 and not url.endswith("/") else url.rstrip("/") + _PATH

    async def invoke(self, invocation: Invocation) -> Invoked:
        """Raises `CannotInvoke` if the endpoint does not answer or refuses: nothing says that it ran."""
        headers = {"Content-Type": "application/json", "X-Amz-Log-Type": "Tail"}
        if invocation.client_context:
            headers["X-Amz-Client-Context"] = b64encode(invocation.client_context.encode()).decode()
        timeout = self._function.timeout_seconds
        try:
            answer = await asyncio.wait_for(post(self._url, invocation.event, headers), timeout)
        except TimeoutError:
            text = f"RequestId: {invocation.request_id} Error: Task timed out after {timeout:.2f} seconds"
            error = document({"errorType": "Sandbox.Timedout", "errorMessage": text})
            return Invoked(Answer(invocation.request_id, error, UNHANDLED))
        except OSError as error:
            raise CannotInvoke(f"{self._function.name}: {self._url}: {error}") from error
        if answer.status != 200:
            raise CannotInvoke(f"{self._function.name}: {self._url} answered {answer.status}")
        return Invoked(
            Answer(
                answer.headers.get("x-amzn-requestid", invocation.request_id),
                answer.body,
                answer.headers.get("x-amz-function-error") or _error_in(answer.body),
            ),
            _log_in(answer),
        )

    def retire(self) -> None:
        """Nothing runs here."""

    async def close(self) -> None:
        """Nothing runs here."""


def _error_in(body: bytes) -> str | None:
    """The emulator has no header for errors: one is told by the document's two members."""
    if not body.startswith(b"{") or len(body) > 256 * 1024:
        return None
    return UNHANDLED if b'"errorMessage"' in body and b'"errorType"' in body else None


def _log_in(answer: HttpAnswer) -> bytes:
    try:
        return b64decode(answer.headers.get("x-amz-log-result", ""))
    except BadBase64:
        return b""
