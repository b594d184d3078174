"""From an HTTP request to its answer, in the order in which AWS checks things: clients can see it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import orjson

from kilowatt.auth.authenticator import Authenticator
from kilowatt.auth.caller import Caller
from kilowatt.engine import errors as engine_errors
from kilowatt.errors import ServiceError, Stage, partiql, reads, service
from kilowatt.errors import wire as errors
from kilowatt.errors.wording import Wording, worded
from kilowatt.operations.context import Context, Services
from kilowatt.server import wire
from kilowatt.server.encoding import PLAIN_BYTES, decoded, gzipped, takes_gzip
from kilowatt.server.messages import Request, Response
from kilowatt.server.rest import PREFIX as REST_PREFIX
from kilowatt.server.rest import Rest
from kilowatt.server.routing import Operation, route
from kilowatt.server.storage_log import StorageLog
from kilowatt.shapes.validate import is_plainly_good, validate_exactly
from kilowatt.store import layout
from kilowatt.store.catalog import StaleTable

_LOG = logging.getLogger("kilowatt")
# What the targets of Application Auto Scaling begin with.
_SCALING_TARGET = b"AnyScaleFrontendService."
# Refusals to read an index that is not there, or not yet.
_OF_INDEXES = {reads.INDEX_NOT_FOUND, reads.INDEX_BACKFILLING, partiql.INDEX_NOT_FOUND}
# A table that changes under an operation more often than this is not being changed by people.
_MOST_PLANS = 100
# The exact check takes about a second a megabyte at worst, compression some milliseconds.
_LARGE_BODY_BYTES = 64 * 1024


class Pipeline:
    """Answers requests; `Pipeline.answer` is the HTTP server's handler."""

    def __init__(
        self,
        services: Services,
        authenticator: Authenticator,
        wording: Wording,
        region: str,
        rest: Rest | None = None,
        scaling: Callable[[Request], Awaitable[Response]] | None = None,
    ) -> None:
        self._services = services
        self._authenticator = authenticator
        self._wording = wording
        self._region = region
        self._rest = rest
        self._scaling = scaling
        self._storage_log = StorageLog(_LOG, services.clock)
        nobody = Caller("", "", region)
        self._last = (nobody, b"", Context(services, nobody.account, nobody.region))

    def answer(self, request: Request) -> Coroutine[Any, Any, Response]:
        if request.url != b"/" and self._rest is not None and request.url.startswith(REST_PREFIX):
            return self._rest.answer(request)
        return self._answer(request)

    async def _answer(self, request: Request) -> Response:
        request_id = self._services.ids.request_id()
        headers = request.headers
        cross_origin = b"origin" in headers
        if request.method != b"POST":
            return await self._answer_without_operation(request, request_id, cross_origin)
        content_type = wire.content_type(headers)
        if content_type is not wire.JSON_1_0 and request.body and wire.media_type(headers) != wire.JSON:
            return await self._answer_in_other_media(request, request_id, cross_origin)
        name = ""
        try:
            document = _parse(request)
            routed = route(headers.get(b"x-amz-target"))
            if routed is None:
                raise errors.UNKNOWN_OPERATION_TARGET()
            name, operation = routed
            caller = self._authenticator.authenticate(request)
            if not request.body:
                raise errors.UNREADABLE_BODY()
            if operation is None:
                raise service.NOT_BUILT(operation=name)
            checked = document
            if not is_plainly_good(name, document):
                checked = await self._checked_exactly(name, document, len(request.body))
            context = self._context(caller, headers.get(b"host", b""))
            try:
                body = await operation(context, checked)
            except ServiceError as refusal:
                checked = await self._looked_again(refusal, name, document, checked, len(request.body))
                body = await operation(context, checked)
            except (StaleTable, engine_errors.EngineError) as problem:
                body = await self._run_again(operation, context, checked, problem)
        except ServiceError as error:
            text = worded(error, name, self._wording)
            return wire.refusal(error, text, content_type, request_id, cross_origin)
        if len(body) > PLAIN_BYTES and takes_gzip(headers.get(b"accept-encoding", b"")):
            compressed = await _compressed(body)
            return wire.compressed_success(compressed, content_type, request_id, cross_origin)
        return wire.success(body, content_type, request_id, cross_origin)

    def fault(self, request: Request) -> Response:
        """The answer to a request that met a bug."""
        error = service.INTERNAL_ERROR()
        return wire.refusal(
            error, error.text, wire.content_type(request.headers), self._services.ids.request_id()
        )

    async def _healthz(self) -> Response:
        """`ok`, unless the engine can't be read, as after a failed sync: a probe has to see that."""
        try:
            await self._services.engine.get([layout.NEXT_TABLE_NUMBER])
        except engine_errors.EngineError:
            return wire.plain(503, b"storage failed", b"text/plain")
        return wire.healthz()

    async def _answer_without_operation(
        self, request: Request, request_id: str, cross_origin: bool
    ) -> Response:
        if request.method == b"OPTIONS" and cross_origin:
            return wire.preflight(request, request_id)
        if request.method != b"GET":
            return wire.unknown_operation_page(request_id, cross_origin)
        if request.url.partition(b"?")[0] == b"/healthz":
            return await self._healthz()
        return wire.health(self._region, request_id)

    async def _answer_in_other_media(self, request: Request, request_id: str, cross_origin: bool) -> Response:
        """The answer to a request in another media type than DynamoDB's: auto scaling has one of its own."""
        target = request.headers.get(b"x-amz-target", b"")
        if self._scaling is not None and target.startswith(_SCALING_TARGET):
            return await self._scaling(request)
        return wire.unknown_operation_page(request_id, cross_origin)

    def _context(self, caller: Caller, host: bytes) -> Context:
        """The caller's context; the last one is kept, since one client's requests come in a row."""
        last_caller, last_host, context = self._last
        if caller is not last_caller or host != last_host:
            context = Context(self._services, caller.account, caller.region, host.decode("latin-1"))
            self._last = (caller, host, context)
        return context

    async def _checked_exactly(self, name: str, document: Any, body_bytes: int) -> dict[str, Any]:
        """The request as the exact check returns it; large ones take long, and leave the loop free."""
        if body_bytes < _LARGE_BODY_BYTES:
            return validate_exactly(name, document, self._wording)
        return await asyncio.to_thread(validate_exactly, name, document, self._wording)

    async def _looked_again(
        self, refusal: ServiceError, name: str, document: Any, checked: Any, body_bytes: int
    ) -> Any:
        """The request to run again, if that may come to something else; raises the refusal if not."""
        stale = refusal.spec in _OF_INDEXES and self._services.engine.shared
        if stale:  # another server may have made the index since its table was read
            self._services.catalog.forget_all()
        if checked is document and refusal.spec.stage is Stage.REQUEST:
            # A fault in the types of an item to put comes first, and only the exact check knows it.
            return await self._checked_exactly(name, document, body_bytes)
        if stale:
            return checked
        raise refusal

    async def _run_again(
        self, operation: Operation, context: Context, request: dict[str, Any], problem: Exception
    ) -> bytes:
        """Runs the operation again if the table changed between its plan and its commit.

        Raises the refusal that stands for `problem` if that is another one.
        """
        for _ in range(_MOST_PLANS):
            if not isinstance(problem, StaleTable):
                self._storage_log.tell(problem)
                raise _translated(problem) from problem
            self._services.catalog.forget(problem.table)
            try:
                return await operation(context, request)
            except (StaleTable, engine_errors.EngineError) as another:
                problem = another
        raise service.CONTENTION()


def _parse(request: Request) -> Any:
    body = request.body
    if not body:
        return None
    if b"content-encoding" in request.headers:
        body = decoded(body, request.headers[b"content-encoding"])
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise errors.UNREADABLE_BODY() from error


async def _compressed(body: bytes) -> bytes:
    """The body, gzipped; large ones leave the loop free."""
    if len(body) < _LARGE_BODY_BYTES:
        return gzipped(body)
    return await asyncio.to_thread(gzipped, body)


def _translated(error: Exception) -> ServiceError:
    """The one place where an engine's error becomes the wire's."""
    if isinstance(error, engine_errors.Full):
        return service.STORAGE_FULL()
    if isinstance(error, engine_errors.Conflict | engine_errors.Busy):
        return service.CONTENTION()
    return service.INTERNAL_ERROR()
