"""Application Auto Scaling's API, on the endpoint of DynamoDB: from a request to its answer.

Its protocol is DynamoDB's in another version, JSON 1.1, with targets of its own. Loaded when its first
request comes. The service's errors are named without a namespace, their text is `Message`.
"""

import asyncio
import logging
import re
from importlib import import_module

import orjson

from kilowatt.auth.authenticator import Authenticator
from kilowatt.engine import errors as engine_errors
from kilowatt.errors import ServiceError
from kilowatt.errors import scaling as errors
from kilowatt.errors.wire import UNREADABLE_BODY
from kilowatt.errors.wording import Wording
from kilowatt.operations.context import Context, Services
from kilowatt.server.messages import Request, Response
from kilowatt.server.routing import Operation
from kilowatt.shapes.scaling_model import OPERATIONS
from kilowatt.shapes.schema import SCALING
from kilowatt.shapes.validate import validate

_LOG = logging.getLogger("kilowatt")
_BEFORE_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LARGE_BODY_BYTES = 64 * 1024
# Whether this service words its errors anew, as DynamoDB does since 2026, is not known.
_WORDING = Wording.W2025
_TARGETS = {
    f"{prefix}.{name.removeprefix(SCALING)}".encode(): name.removeprefix(SCALING)
    for prefix, inputs in OPERATIONS.items()
    for name in inputs
}


class ScalingApi:
    """Answers the requests of the service."""

    def __init__(self, services: Services, authenticator: Authenticator) -> None:
        self._services = services
        self._authenticator = authenticator

    async def answer(self, request: Request) -> Response:
        request_id = self._services.ids.uuid()
        try:
            return _response(200, await self._run(request), request_id)
        except ServiceError as error:
            return _refusal(error, request_id)
        except (engine_errors.Conflict, engine_errors.Busy):
            return _refusal(errors.CONTENTION(), request_id)
        except Exception:
            _LOG.exception("A request failed in a way it should not.")
            return _refusal(errors.FAILED(), request_id)

    async def _run(self, request: Request) -> bytes:
        name = _TARGETS.get(request.headers.get(b"x-amz-target", b""))
        if name is None:
            raise errors.UNKNOWN_OPERATION()
        document = _parsed(request.body)
        caller = self._authenticator.authenticate(request)
        if len(request.body) < _LARGE_BODY_BYTES:
            checked = validate(SCALING + name, document, _WORDING)
        else:
            checked = await asyncio.to_thread(validate, SCALING + name, document, _WORDING)
        return await operation(name)(Context(self._services, caller.account, caller.region), checked)


def operation(name: str) -> Operation:
    """The function of an operation; it and its module have the operation's name in snake case."""
    own = _BEFORE_CAPITAL.sub("_", name).lower()
    found: Operation = getattr(import_module(f"kilowatt.operations.scaling.{own}"), own)
    return found


def _parsed(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise UNREADABLE_BODY() from error


def _refusal(error: ServiceError, request_id: str) -> Response:
    document = {"__type": error.type.code, **(error.members or {})}
    if error.text:
        document["Message"] = error.text
    return _response(error.type.status, orjson.dumps(document), request_id)


def _response(status: int, body: bytes, request_id: str) -> Response:
    head = (
        f"Content-Type: application/x-amz-json-1.1\r\nContent-Length: {len(body)}\r\n"
        f"x-amzn-RequestId: {request_id}\r\n"
    )
    return Response(status, head.encode(), body)
