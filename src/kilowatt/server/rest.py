"""Requests with a path: Lambda's API, whose operations are told by method and path instead of a target.

What a server does for them is given to it; it is loaded when the first request comes. Errors look as
Lambda's: their code in the header `x-amzn-ErrorType`, `Type` and text in the body.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol
from urllib.parse import unquote, unquote_plus

import orjson

from kilowatt.auth.authenticator import Authenticator
from kilowatt.auth.caller import Caller
from kilowatt.clock import Clock
from kilowatt.engine import errors as engine_errors
from kilowatt.errors import ServiceError
from kilowatt.errors import triggers as errors
from kilowatt.ids import Ids
from kilowatt.server.http import HttpServer
from kilowatt.server.messages import Request, Response

_LOG = logging.getLogger("kilowatt")
PREFIX = b"/2015-03-31/"
# What DynamoDB answers with 400, Lambda answers with 403.
_UNAUTHENTICATED_STATUS = 403


class RestAnswer(Protocol):
    @property
    def status(self) -> int: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> Mapping[str, str]: ...


class RestApi(Protocol):
    async def answer(
        self,
        caller: Caller,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[bytes, bytes],
        body: bytes,
    ) -> RestAnswer: ...


class Rest:
    """Answers requests whose path begins with `PREFIX`."""

    def __init__(
        self, authenticator: Authenticator, load: Callable[[], Awaitable[RestApi]], ids: Ids
    ) -> None:
        self._authenticator = authenticator
        self._load = load
        self._ids = ids

    async def answer(self, request: Request) -> Response:
        # In a task: its handlers use time-outs, which need one.
        return await asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: Request) -> Response:
        request_id = self._ids.uuid()
        try:
            # A page that somebody visits could otherwise have this machine run code: browsers send it.
            if b"origin" in request.headers:
                raise errors.CROSS_ORIGIN()
            caller = self._caller(request)
            api = await self._load()
            path, _, query = request.url.decode("latin-1").partition("?")
            answer = await api.answer(
                caller,
                request.method.decode("latin-1"),
                path,
                _parameters(query),
                request.headers,
                request.body,
            )
        except ServiceError as refusal:
            return _refusal(refusal, refusal.type.status, request_id)
        except _Unauthenticated as error:
            return _refusal(error.refusal, _UNAUTHENTICATED_STATUS, request_id)
        except engine_errors.EngineError:
            _LOG.exception("The storage failed.")
            return _refusal(errors.FAILED(), 500, request_id)
        except Exception:
            _LOG.exception("A request failed in a way it should not.")
            return _refusal(errors.FAILED(), 500, request_id)
        return _response(answer, {"x-amzn-RequestId": request_id})

    def _caller(self, request: Request) -> Caller:
        try:
            return self._authenticator.authenticate(request)
        except ServiceError as error:
            raise _Unauthenticated(error) from error


class _Unauthenticated(Exception):
    def __init__(self, refusal: ServiceError) -> None:
        super().__init__(refusal.text)
        self.refusal = refusal


def _parameters(query: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    return {unquote(name): unquote_plus(value) for name, _, value in pairs}


def _refusal(refusal: ServiceError, status: int, request_id: str) -> Response:
    kind = "Service" if status >= 500 else "User"
    body = orjson.dumps({"Type": kind, refusal.type.text_key: refusal.text})
    lines = {"x-amzn-RequestId": request_id, "x-amzn-ErrorType": refusal.type.code}
    return _raw(status, lines, body)


def _response(answer: RestAnswer, lines: Mapping[str, str]) -> Response:
    return _raw(answer.status, {**lines, **answer.headers}, answer.body)


def _raw(status: int, lines: Mapping[str, str], body: bytes) -> Response:
    all_lines = {"Content-Type": "application/json", **lines, "Content-Length": str(len(body))}
    if status == 204:
        del all_lines["Content-Length"], all_lines["Content-Type"]
    head = "".join(f"{name}: {value}\r\n" for name, value in all_lines.items())
    return Response(status, head.encode("latin-1"), body)


Answering = Callable[[str, str, Mapping[bytes, bytes], bytes], Awaitable[RestAnswer]]
"""Answers a request: method, path, headers, body."""


class Loopback:
    """A further server on a free port of the loopback interface, for this machine's own processes."""

    def __init__(self, server: HttpServer, port: int) -> None:
        self._server = server
        self.port = port

    @classmethod
    async def listening(cls, answering: Answering, clock: Clock) -> "Loopback":
        async def handler(request: Request) -> Response:
            method, path = request.method.decode("latin-1"), request.url.decode("latin-1")
            return _response(await answering(method, path, request.headers, request.body), {})

        def fault(_: Request) -> Response:
            return _raw(500, {}, b"{}")

        server = HttpServer(handler, fault, clock, _LOG)
        return cls(server, await server.start("127.0.0.1", 0))

    async def close(self) -> None:
        await self._server.drain(0)
