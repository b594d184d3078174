"""Where the time of a request goes: microseconds of the event loop's thread for each stage, without sockets.

    python -m benchmarks.micro [--repeats N] [OPERATION ...]

The requests are those of the benchmark (`workload.py`). Times are processor time of the thread that runs
the event loop, the least of several repeats: what others do on the machine hardly counts, nor does the sync
on its own thread. What suspends (writes on disk) runs with 64 in flight, as it does with 64 connections.
"""

import argparse
import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import thread_time
from typing import Any, cast

import orjson
import uvloop
from benchmarks import workload
from benchmarks.report import text
from benchmarks.servers import BUILD
from benchmarks.signing import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY, signed
from benchmarks.workload import CASES, Case

from kilowatt.auth.authenticator import Authenticator, DevAuthenticator
from kilowatt.auth.caller import DEFAULT_ACCOUNT
from kilowatt.auth.credentials import CredentialStore
from kilowatt.auth.sigv4 import SignatureVerifier
from kilowatt.clock import SystemClock
from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.reads.key_range import END
from kilowatt.domain.tables.keys import suffix_of_key
from kilowatt.domain.values.accept import accept_item
from kilowatt.engine.base import Engine, Outcome
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.rocksdb import RocksEngine
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.limits import PAGE_BYTES
from kilowatt.operations.context import Context, Services
from kilowatt.server.connection import Connection
from kilowatt.server.http import HttpLimits
from kilowatt.server.messages import Handler, Request, Response
from kilowatt.server.pipeline import Pipeline
from kilowatt.server.service import Service
from kilowatt.shapes.validate import validate
from kilowatt.store import layout

_IN_FLIGHT = 64
_PREPARED = 128
_WORDING = Wording(2026)
_LOG = logging.getLogger("benchmarks")
_CONSTANT = Response(200, b"Content-Length: 2\r\n", b"{}")
_SCHEMA = KeySchema((KeyAttribute("pk", "S"),), (KeyAttribute("sk", "S"),))
_PATIENCE_SECONDS = 30
_IN_MEMORY, _ON_DISK = "in memory", "on disk"

Document = dict[str, Any]


class FakeTransport:
    """Takes answers, and says so."""

    def __init__(self, taken: Callable[[], None]) -> None:
        self._taken = taken
        self.last = b""

    def write(self, data: bytes) -> None:
        self.last = data
        self._taken()

    def get_write_buffer_size(self) -> int:
        return 0

    def is_closing(self) -> bool:
        return False

    def close(self) -> None:
        raise AssertionError("the connection was closed")


@dataclass(slots=True)
class Prepared:
    """The requests of one case: as bytes, as the HTTP layer gives them, and as JSON."""

    case: Case
    raw: list[bytes] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)

    @classmethod
    async def of(cls, case: Case) -> "Prepared":
        raw = [signed(case.operation, document) for document in case.sample(_PREPARED)]
        return cls(case, raw, await parsed(raw))

    def documents(self) -> list[Document]:
        return [orjson.loads(request.body) for request in self.requests]

    def items(self) -> list[list[Document]]:
        """The items or keys that each request carries."""
        return [_items(document) for document in self.documents()]

    def key_attributes(self) -> list[list[Document]]:
        """Only the key attributes of these."""
        return [[{name: item[name] for name in _SCHEMA.names} for item in items] for items in self.items()]


def _items(document: Document) -> list[Document]:
    match document:
        case {"RequestItems": {workload.TABLE: writes}}:
            return [write["PutRequest"]["Item"] for write in writes]
        case {"Item": item} | {"Key": item}:
            return [item]
        case {"TransactItems": actions}:
            return [action["Put"]["Item"] for action in actions]
    partition = document["ExpressionAttributeValues"][":pk"]
    return [{"pk": partition, "sk": workload.message_key(0)["sk"]}]


class Wire:
    """Connections without sockets over one handler."""

    def __init__(self, handler: Handler) -> None:
        loop = asyncio.get_running_loop()
        service = Service(handler, lambda request: _CONSTANT, HttpLimits(), _LOG, loop)
        self._due = 0
        self._answered = asyncio.Event()
        self._transports = [FakeTransport(self._taken) for _ in range(_IN_FLIGHT)]
        self._connections = [Connection(service) for _ in range(_IN_FLIGHT)]
        for connection, transport in zip(self._connections, self._transports, strict=True):
            connection.connection_made(cast(asyncio.Transport, transport))
        self.receive = self._connections[0].data_received

    def _taken(self) -> None:
        self._due -= 1
        if not self._due:
            self._answered.set()

    async def exchange(self, raw: list[bytes]) -> None:
        """One request on each connection, until all are answered."""
        self._due = _IN_FLIGHT
        self._answered.clear()
        for connection, data in zip(self._connections, raw, strict=True):
            connection.data_received(data)
        await asyncio.wait_for(self._answered.wait(), _PATIENCE_SECONDS)
        if not self._transports[0].last.startswith(b"HTTP/1.1 200"):
            raise AssertionError(self._transports[0].last)


async def parsed(raw: list[bytes]) -> list[Request]:
    """Requests as the HTTP layer hands them on."""
    requests: list[Request] = []

    async def keep(request: Request) -> Response:
        requests.append(request)
        return _CONSTANT

    receive = Wire(keep).receive
    for one in raw:
        receive(one)
    return requests


class Stopwatch:
    """Microseconds a call, the least of `repeats`."""

    def __init__(self, repeats: int) -> None:
        self._repeats = repeats

    def calls(self, function: Callable[..., object], *arguments: Sequence[Any]) -> float:
        """`function` called with one element of each of `arguments`."""
        given = list(zip(*arguments, strict=True))
        least = float("inf")
        for _ in range(self._repeats):
            begin = thread_time()
            for each in given:
                function(*each)
            least = min(least, thread_time() - begin)
        return least / len(given) * 1e6

    async def awaits(
        self, function: Callable[[Any], Awaitable[object]], arguments: Sequence[Any], together: bool = False
    ) -> float:
        """`function` awaited with each of `arguments`: one after the other, or 64 in flight."""
        least = float("inf")
        for _ in range(self._repeats):
            for start in range(0, len(arguments), _IN_FLIGHT):
                chunk = arguments[start : start + _IN_FLIGHT]
                begin = thread_time()
                if together:
                    await asyncio.gather(*[function(each) for each in chunk])
                else:
                    for each in chunk:
                        await function(each)
                least = min(least, (thread_time() - begin) / len(chunk))
        return least * 1e6


class Micro:
    """Measures one case after the other, over an engine of each kind."""

    def __init__(self, stopwatch: Stopwatch, memory: Engine, disk: Engine) -> None:
        self._time = stopwatch
        self._engines = {_IN_MEMORY: memory, _ON_DISK: disk}
        self._clock = SystemClock()
        self._dev = DevAuthenticator(REGION)
        pair = CredentialStore.of_pair(ACCESS_KEY_ID, SECRET_ACCESS_KEY)
        self._verifying = SignatureVerifier(pair, self._clock)
        self._services = {
            name: Services.over(engine, self._clock, Ids(1)) for name, engine in self._engines.items()
        }

    async def load(self) -> None:
        """Fills both engines with the benchmark's table."""
        for name in self._engines:
            handler = self._pipeline(name, self._dev).answer
            requests = [signed("CreateTable", workload.CREATE_TABLE)]
            requests += [signed("BatchWriteItem", document) for document in workload.loading()]
            for request in await parsed(requests):
                response = await handler(request)
                if response.status != 200:
                    raise AssertionError(response.body)

    def _pipeline(self, engine: str, authenticator: Authenticator) -> Pipeline:
        return Pipeline(self._services[engine], authenticator, _WORDING, REGION)

    async def stages(self, case: Case) -> dict[str, float]:
        """Microseconds of each stage of one case."""
        prepared = await Prepared.of(case)
        found = self._pure(prepared)
        for engine in self._engines:
            found[f"engine {engine}"] = await self._engine(prepared, engine)
        for engine in self._engines:
            suspends = engine == _ON_DISK and case.operation not in {"GetItem", "Query"}
            handler = self._pipeline(engine, self._dev).answer
            found[f"pipeline {engine}"] = await self._time.awaits(handler, prepared.requests, suspends)
        for name, authenticator in (("", self._dev), (", verified", self._verifying)):
            wire = Wire(self._pipeline(_ON_DISK, authenticator).answer)
            chunks = [prepared.raw[:_IN_FLIGHT]] * 4
            found[f"all on disk{name}"] = await self._time.awaits(wire.exchange, chunks) / _IN_FLIGHT
        return found

    def _pure(self, prepared: Prepared) -> dict[str, float]:
        async def constant(request: Request) -> Response:
            return _CONSTANT

        calls, requests = self._time.calls, prepared.requests
        names = [prepared.case.operation] * len(requests)
        found = {
            "HTTP parse and answer": calls(Wire(constant).receive, prepared.raw),
            "authorization, any": calls(self._dev.authenticate, requests),
            "authorization, verified": calls(self._verifying.authenticate, requests),
            "orjson.loads": calls(orjson.loads, [request.body for request in requests]),
            "shapes.validate": calls(validate, names, prepared.documents(), [_WORDING] * len(requests)),
        }
        if prepared.case.operation != "Query":
            found["accept_item"] = calls(_accept_all, prepared.items())
        return found | {"key suffix": calls(_suffixes, prepared.key_attributes())}

    async def _engine(self, prepared: Prepared, name: str) -> float:
        """The bare engine, with the keys and values that the store gives it."""
        engine = self._engines[name]
        table = await Context(self._services[name], DEFAULT_ACCOUNT, REGION).table(workload.TABLE)
        prefix = layout.item_prefix(table)
        places = [[prefix + suffix for suffix in _suffixes(keys)] for keys in prepared.key_attributes()]

        async def scan(keys: list[bytes]) -> object:
            return await engine.scan(keys[0], prefix + END, workload.MESSAGES_EACH, PAGE_BYTES)

        async def write(keys: list[bytes]) -> object:
            return await engine.transact(keys, lambda values: Outcome(None, _pairs(keys, values)))

        match prepared.case.operation:
            case "GetItem":
                return await self._time.awaits(engine.get, places)
            case "Query":
                return await self._time.awaits(scan, places)
        return await self._time.awaits(write, places, together=name == _ON_DISK)


def _pairs(keys: list[bytes], values: list[bytes | None]) -> list[tuple[bytes, bytes]]:
    return [(key, value) for key, value in zip(keys, values, strict=True) if value is not None]


def _accept_all(items: list[Document]) -> None:
    for item in items:
        accept_item(item)


def _suffixes(keys: list[Document]) -> list[bytes]:
    return [suffix_of_key(_SCHEMA, key) for key in keys]


async def measured(cases: list[Case], repeats: int) -> dict[str, dict[str, float]]:
    """By operation and stage: microseconds."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=BUILD) as directory:
        disk = RocksEngine.open(Path(directory) / "data")
        try:
            micro = Micro(Stopwatch(repeats), MemoryEngine(), disk)
            await micro.load()
            return {case.name: await micro.stages(case) for case in cases}
        finally:
            await disk.close()


def table(found: dict[str, dict[str, float]]) -> list[list[str]]:
    """One row for each stage, one column for each case."""
    stages = dict.fromkeys(stage for times in found.values() for stage in times)
    rows = [["microseconds", *found]]
    for stage in stages:
        times = (times.get(stage) for times in found.values())
        rows.append([stage, *("-" if time is None else f"{time:.1f}" for time in times)])
    return rows


def main() -> None:
    parser = argparse.ArgumentParser("python -m benchmarks.micro", description=__doc__)
    measurable = [case for case in CASES if case.operation != "ExecuteStatement"]  # no Key, no Item
    names = list(dict.fromkeys(case.operation for case in measurable))
    parser.add_argument("operations", nargs="*", metavar="OPERATION", help=f"of {', '.join(names)}")
    parser.add_argument("--repeats", type=int, default=10)
    options = parser.parse_args()
    cases = [case for case in measurable if not options.operations or case.operation in options.operations]
    found = uvloop.run(measured(cases, options.repeats))
    print(text(table(found)))


if __name__ == "__main__":
    main()
