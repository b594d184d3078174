"""Lambda's API, as far as triggers need it: routes, and how answers and refusals look.

    /2015-03-31/event-source-mappings[/{UUID}]
    /2015-03-31/functions[/{FunctionName}[/configuration|/code|/invocations]]

Source: the service model of Lambda.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import orjson

from kilowatt.auth.caller import Caller
from kilowatt.errors import triggers as errors
from kilowatt.triggers.functions_api import FunctionsApi
from kilowatt.triggers.mappings_api import MappingsApi
from kilowatt.triggers.rest import RestAnswer

Call = Callable[[Caller, str, Mapping[str, str], Any], Awaitable[RestAnswer]]
"""Runs an operation: who calls, the name in the path, the query's parameters, the body's document."""

_PATH = re.compile(
    r"/2015-03-31/(?P<kind>event-source-mappings|functions)(?:/(?P<name>[^/]+)(?:/(?P<part>[a-z]+))?)?/?"
)


@dataclass(frozen=True, slots=True)
class LambdaApi:
    """Answers requests whose signature was looked at."""

    mappings: MappingsApi
    functions: FunctionsApi

    async def answer(
        self,
        caller: Caller,
        method: str,
        path: str,
        query: Mapping[str, str],
        headers: Mapping[bytes, bytes],
        body: bytes,
    ) -> RestAnswer:
        """Raises `ServiceError`."""
        found = _PATH.fullmatch(path)
        if found is None:
            raise errors.NO_SUCH_RESOURCE(method=method, path=path)
        name, part = unquote(found["name"] or ""), found["part"] or ""
        if (method, found["kind"], part) == ("POST", "functions", "invocations"):
            return await self.functions.invoke(caller, name, query, headers, body)
        one = "one" if name else "all"
        call = self._routes().get((method, found["kind"], one, part))
        if call is None:
            raise errors.NO_SUCH_RESOURCE(method=method, path=path)
        return await call(caller, name, query, _document(body))

    def _routes(self) -> dict[tuple[str, str, str, str], Call]:
        mappings, functions = self.mappings, self.functions
        return {
            ("POST", "event-source-mappings", "all", ""): mappings.create,
            ("GET", "event-source-mappings", "all", ""): mappings.list,
            ("GET", "event-source-mappings", "one", ""): mappings.get,
            ("PUT", "event-source-mappings", "one", ""): mappings.update,
            ("DELETE", "event-source-mappings", "one", ""): mappings.delete,
            ("POST", "functions", "all", ""): functions.create,
            ("GET", "functions", "all", ""): functions.list,
            ("GET", "functions", "one", ""): functions.get,
            ("GET", "functions", "one", "configuration"): functions.get_configuration,
            ("PUT", "functions", "one", "configuration"): functions.update_configuration,
            ("PUT", "functions", "one", "code"): functions.update_code,
            ("DELETE", "functions", "one", ""): functions.delete,
        }


def _document(body: bytes) -> dict[str, Any]:
    if not body:
        return {}
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise errors.UNREADABLE(reason=str(error)) from error
    if not isinstance(document, dict):
        raise errors.UNREADABLE(reason="it is no object")
    return document
