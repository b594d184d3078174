"""Every text of the catalogue is provoked by a request, to the letter; a text without its provocation fails.

The tables that say how stand beside this file, one for each module of `src/kilowatt/errors`.
"""

import ast
import http.client
import importlib
import importlib.util
import json
import pkgutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.conftest import client_of, running_server
from tests.errors.provocation import (
    ARGUMENTS,
    CREDENTIALS_FILE,
    Elsewhere,
    Provocation,
    Server,
    now,
    pattern_of,
)
from tests.operations import standing

import kilowatt.errors
from kilowatt.errors import ErrorSpec

_ROOT = Path(__file__).parents[2]
_LEAD = "1 validation error detected: "

# A text is a whole refusal, or a part that refusals are put together from.
Text = ErrorSpec | str


def _texts(module: str) -> dict[str, Text]:
    """The texts of a module of the catalogue, by name."""
    names = vars(importlib.import_module(f"kilowatt.errors.{module}"))
    return {name: value for name, value in names.items() if name.isupper() and _is_text(name, value)}


def _is_text(name: str, value: object) -> bool:
    return not name.startswith("_") and isinstance(value, Text)


# base.py holds the types of errors and what their names begin with, but no text.
CATALOGUE = {
    module.name: texts
    for module in pkgutil.iter_modules(kilowatt.errors.__path__)
    if module.name != "base" and (texts := _texts(module.name))
}


def _table(module: str, name: str) -> dict[str, Any]:
    """A table of the module of this folder that belongs to one of the catalogue; empty if there is none."""
    if importlib.util.find_spec(f"tests.errors.{module}") is None:
        return {}
    found = importlib.import_module(f"tests.errors.{module}")
    table: dict[str, Any] = vars(found).get(name, {})
    return table


PROVOCATIONS: dict[str, dict[str, Provocation]] = {
    module: _table(module, "PROVOCATIONS") for module in CATALOGUE
}
ELSEWHERE: dict[str, dict[str, Elsewhere]] = {module: _table(module, "ELSEWHERE") for module in CATALOGUE}


CASES = [
    pytest.param(module, name, provocation, id=f"{module}-{name}")
    for module, provocations in PROVOCATIONS.items()
    for name, provocation in provocations.items()
]


Endpoint = Callable[[Server], str]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[Endpoint]:
    """The URL of a server, which is started when it is first asked for."""
    endpoints: dict[Server, str] = {}
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kilowatt-test-")))
        (directory / "credentials").write_text(CREDENTIALS_FILE)

        def started(server: Server) -> str:
            if server not in endpoints:
                secured = ("--credentials", str(directory / "credentials"))
                more = secured if server is Server.SECURED else ARGUMENTS[server]
                endpoints[server] = stack.enter_context(running_server("--in-memory", *more)).endpoint
                if server in {Server.PLAIN, Server.WORDING_2025, Server.KINESIS}:
                    standing.create(client_of(endpoints[server]))
            return endpoints[server]

        yield started


def _send(url: str, provocation: Provocation, time: datetime) -> tuple[int, dict[str, Any]]:
    """Status and document of the answer."""
    host, request = urlsplit(url).netloc, provocation.request
    body = request if isinstance(request, bytes) else json.dumps(request).encode()
    connection = http.client.HTTPConnection(host, timeout=60)
    try:
        headers = provocation.headers_at(time, host, body)
        connection.request("POST", provocation.path_at(time), body, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


@pytest.mark.parametrize(("module", "name", "provocation"), CASES)
def test_the_refusal_is_this_to_the_letter(
    endpoint: Endpoint, module: str, name: str, provocation: Provocation
) -> None:
    url = endpoint(provocation.server)
    for operation, request in provocation.before:
        assert _send(url, Provocation(operation, request, ""), now())[0] == 200
    time = now()
    status, document = _send(url, provocation, time)
    type_, text_key = provocation.expected_type()
    answered = document.pop(text_key, "")
    assert (status, document) == (400, {"__type": type_, **provocation.members})
    assert provocation.is_text(answered, time), answered


@pytest.mark.parametrize(("module", "name", "provocation"), CASES)
def test_a_provocation_belongs_to_its_text(module: str, name: str, provocation: Provocation) -> None:
    """Else a table could name one text and provoke another."""
    text = CATALOGUE[module].get(name)
    if isinstance(text, ErrorSpec):
        assert provocation.expected_type()[0] == text.type.name
        assert pattern_of(text.template).fullmatch(provocation.text.removeprefix(_LEAD)) or pattern_of(
            text.template
        ).fullmatch(provocation.text)
    elif text is not None:
        assert pattern_of(text).search(provocation.text)


@pytest.mark.parametrize("module", CATALOGUE)
def test_every_text_of_the_catalogue_is_provoked(module: str) -> None:
    provoked, elsewhere = PROVOCATIONS[module].keys(), ELSEWHERE[module].keys()
    where = f"tests/errors/{module}.py"
    assert sorted(CATALOGUE[module].keys() - provoked - elsewhere) == [], f"to be provoked in {where}"
    assert sorted((provoked | elsewhere) - CATALOGUE[module].keys()) == [], f"to be removed from {where}"
    assert sorted(provoked & elsewhere) == [], f"provoked, so no longer elsewhere: {where}"


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(elsewhere, id=f"{module}-{name}")
        for module, table in ELSEWHERE.items()
        for name, elsewhere in table.items()
    ],
)
def test_what_is_pinned_elsewhere_has_its_test(elsewhere: Elsewhere) -> None:
    path, _, function = elsewhere.test.partition("::")
    tree = ast.parse((_ROOT / path).read_text(encoding="utf-8"))
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    assert function in {node.name for node in ast.walk(tree) if isinstance(node, functions)}
    assert elsewhere.why
