"""Create-, Get-, List-, Update- and DeleteFunction, and Invoke.

Source: AWS Lambda API reference.
"""

import asyncio
from base64 import b64decode, b64encode
from binascii import Error as BadBase64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson

from kilowatt.auth.caller import Caller
from kilowatt.clock import Clock
from kilowatt.domain.triggers import function as functions
from kilowatt.domain.triggers import parameters
from kilowatt.domain.triggers.function import LATEST, PAYLOAD_BYTES, Function, name_of
from kilowatt.errors import triggers as errors
from kilowatt.ids import Ids
from kilowatt.store.triggers import TriggerStore
from kilowatt.triggers.code import digest, zip_of
from kilowatt.triggers.functions import Functions, has_python_client
from kilowatt.triggers.invocation import CannotInvoke, Invocation
from kilowatt.triggers.mappings_api import page
from kilowatt.triggers.rest import RestAnswer, document

Request = dict[str, Any]
Query = Mapping[str, str]


class FunctionsApi:
    """The operations of functions. `takes_code`: whether functions may be created and changed."""

    def __init__(
        self, store: TriggerStore, running: Functions, clock: Clock, ids: Ids, takes_code: bool
    ) -> None:
        self._store = store
        self._functions = running
        self._clock = clock
        self._ids = ids
        self._takes_code = takes_code

    async def create(self, caller: Caller, _: str, query: Query, request: Request) -> RestAnswer:
        self._refuse_if_off()
        functions.checked_creation(request)
        name = self._name(caller, parameters.required(request, "FunctionName"))
        if self._functions.configured.get(caller.account, caller.region, name) is not None:
            raise errors.FUNCTION_EXISTS(name=name)
        code = await asyncio.to_thread(zip_of, parameters.structure(request, "Code").get("ZipFile"))
        new = Function(
            name,
            caller.account,
            caller.region,
            self._ids.uuid(),
            self._clock.now(),
            code=digest(code),
            code_bytes=len(code),
        )
        function = functions.changed(new, request)
        _refuse_without_client(function)
        await self._store.create_function(function, code)
        return RestAnswer(201, document(functions.description(function)))

    async def get(self, caller: Caller, name: str, query: Query, request: Request) -> RestAnswer:
        function = await self._found(caller, name, query)
        return RestAnswer(200, document({"Configuration": functions.description(function), "Code": {}}))

    async def get_configuration(
        self, caller: Caller, name: str, query: Query, request: Request
    ) -> RestAnswer:
        function = await self._found(caller, name, query)
        return RestAnswer(200, document(functions.description(function)))

    async def list(self, caller: Caller, _: str, query: Query, request: Request) -> RestAnswer:
        found = await self._functions.all(caller.account, caller.region)
        shown, marker = page(found, query, lambda function: function.name)
        answer: dict[str, Any] = {"Functions": [functions.description(it) for it in shown]}
        if marker is not None:
            answer["NextMarker"] = marker
        return RestAnswer(200, document(answer))

    async def update_configuration(
        self, caller: Caller, name: str, query: Query, request: Request
    ) -> RestAnswer:
        functions.checked_update(request)
        return await self._changed(caller, name, request, None)

    async def update_code(self, caller: Caller, name: str, query: Query, request: Request) -> RestAnswer:
        self._refuse_if_off()
        parameters.only(request, frozenset({"ZipFile", "Architectures", "RevisionId"}), "functions")
        code = await asyncio.to_thread(zip_of, request.get("ZipFile"))
        return await self._changed(caller, name, {}, code)

    async def delete(self, caller: Caller, name: str, query: Query, request: Request) -> RestAnswer:
        self._refuse_if_off()
        function = await self._changeable(caller, name, query)
        await self._store.delete_function(caller.account, caller.region, function.name)
        self._functions.forget(function)
        return RestAnswer(204, b"")

    async def invoke(
        self, caller: Caller, name: str, query: Query, headers: Mapping[bytes, bytes], body: bytes
    ) -> RestAnswer:
        kind = headers.get(b"x-amz-invocation-type", b"RequestResponse").decode("latin-1")
        parameters.one_of(kind, ("Event", "RequestResponse", "DryRun"), "InvocationType")
        if kind == "Event":
            raise errors.UNSUPPORTED_VALUE(
                name="InvocationType", value=kind, reason="there is no queue for what runs later"
            )
        function = await self._found(caller, name, query)
        if len(body) > PAYLOAD_BYTES:
            raise errors.REQUEST_TOO_LARGE(limit=PAYLOAD_BYTES)
        if kind == "DryRun":
            return RestAnswer(204, b"")
        invocation = Invocation(self._ids.uuid(), _event(body), _client_context(headers))
        try:
            invoked = await self._functions.invoke(caller.account, caller.region, function.name, invocation)
        except CannotInvoke as error:
            raise errors.FAILED() from error
        told = {"X-Amz-Executed-Version": LATEST}
        if invoked.answer.error is not None:
            told["X-Amz-Function-Error"] = invoked.answer.error
        if headers.get(b"x-amz-log-type") == b"Tail":
            told["X-Amz-Log-Result"] = b64encode(invoked.log).decode()
        return RestAnswer(200, invoked.answer.payload, told)

    def _name(self, caller: Caller, given: str) -> str:
        name = name_of(given, caller.account, caller.region)
        if name is None:
            raise errors.CONSTRAINT(
                value=f"'{given}'",
                name="functionName",
                constraint="Member must be the name of a function of the caller's account and region",
            )
        return name

    async def _found(self, caller: Caller, given: str, query: Query) -> Function:
        """The function that a request names. Raises `FUNCTION_NOT_FOUND`."""
        qualified = f"{given}:{query['Qualifier']}" if query.get("Qualifier") else given
        name = name_of(qualified, caller.account, caller.region)
        function = None
        if name is not None:
            function = await self._functions.find(caller.account, caller.region, name)
        if function is None:
            missing = given
            if not given.startswith("arn:"):
                missing = f"arn:aws:lambda:{caller.region}:{caller.account}:function:{given}"
            raise errors.FUNCTION_NOT_FOUND(arn=missing)
        return function

    async def _changeable(self, caller: Caller, given: str, query: Query) -> Function:
        function = await self._found(caller, given, query)
        if function.configured:
            raise errors.FUNCTION_IS_CONFIGURED(name=function.name)
        return function

    async def _changed(self, caller: Caller, given: str, request: Request, code: bytes | None) -> RestAnswer:
        self._refuse_if_off()
        before = await self._changeable(caller, given, {})
        revision, now = self._ids.uuid(), self._clock.now()

        def change(current: Function) -> Function:
            new = replace(functions.changed(current, request), revision=revision, modified=now)
            return new if code is None else replace(new, code=digest(code), code_bytes=len(code))

        _refuse_without_client(functions.changed(before, request))
        function = await self._store.change_function(caller.account, caller.region, before.name, change, code)
        if function is None:
            raise errors.FUNCTION_NOT_FOUND(arn=before.arn)
        self._functions.forget(before)
        return RestAnswer(200, document(functions.description(function)))

    def _refuse_if_off(self) -> None:
        if not self._takes_code:
            raise errors.FUNCTIONS_OFF()


def _refuse_without_client(function: Function) -> None:
    if function.is_python and not has_python_client():
        raise errors.UNSUPPORTED_VALUE(
            name="Runtime", value=function.runtime, reason="the package awslambdaric is not installed"
        )


def _event(body: bytes) -> bytes:
    if not body:
        return b"{}"
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise errors.UNREADABLE(reason=str(error)) from error
    return body


def _client_context(headers: Mapping[bytes, bytes]) -> str:
    try:
        return b64decode(headers.get(b"x-amz-client-context", b"")).decode()
    except (BadBase64, UnicodeDecodeError):
        return ""
