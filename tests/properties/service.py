"""One interface to two servers: the pipeline in this process, over memory, and a real one over HTTP."""

from typing import Any, Protocol

import orjson
from tests.faults.wire import AUTHORIZATION, Answer, Wire

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.clock import Clock, SystemClock
from kilowatt.engine.base import Engine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.operations.context import Services
from kilowatt.server.messages import Request
from kilowatt.server.pipeline import Pipeline
from kilowatt.settings import Settings

Document = dict[str, Any]
_REGION = "us-east-1"


class Refused(Exception):
    """A request was refused with `kind`, an error's name without its namespace."""

    def __init__(self, operation: str, request: Document, answer: Answer) -> None:
        super().__init__(f"{operation} {request}: {answer.document}")
        self.kind: str = answer.document["__type"].rpartition("#")[2]
        self.document: Document = answer.document


class Service(Protocol):
    def send(self, operation: str, request: Document) -> Answer: ...


def pipeline_over(engine: Engine, clock: Clock | None = None, index_lag_seconds: float = 0.0) -> Pipeline:
    """A server's pipeline without its HTTP."""
    services = Services.over(
        engine, clock or SystemClock(), Ids(0), Settings(index_lag_seconds=index_lag_seconds)
    )
    return Pipeline(services, DevAuthenticator(_REGION), Wording(2026), _REGION)


def post(operation: str, request: Document) -> Request:
    """What the HTTP layer makes of a client's request."""
    headers = {
        b"host": b"localhost",
        b"content-type": b"application/x-amz-json-1.0",
        b"x-amz-target": f"DynamoDB_20120810.{operation}".encode(),
        b"x-amz-date": b"20260101T000000Z",
        b"authorization": AUTHORIZATION.encode(),
    }
    return Request(b"POST", b"/", headers, orjson.dumps(request))


class InProcess:
    """A pipeline over memory, or the one given, whose engine must never wait either."""

    def __init__(self, pipeline: Pipeline | None = None) -> None:
        self._pipeline = pipeline or pipeline_over(MemoryEngine())

    def send(self, operation: str, request: Document) -> Answer:
        coroutine = self._pipeline.answer(post(operation, request))
        # The memory engine waits for nobody: all that ever suspends are turns given to other connections.
        while True:
            try:
                coroutine.send(None)
            except StopIteration as finished:
                return Answer(finished.value.status, orjson.loads(finished.value.body))


class OverHttp:
    """A server in its own process."""

    def __init__(self, endpoint: str) -> None:
        self._wire = Wire(endpoint)

    def send(self, operation: str, request: Document) -> Answer:
        return self._wire.call(operation, request)

    def close(self) -> None:
        self._wire.close()


def ask(service: Service, operation: str, **request: Any) -> Document:
    """The answer to a request; raises `Refused`, and AssertionError if the server failed."""
    answer = service.send(operation, request)
    assert answer.status < 500, f"{operation} {request}: {answer}"
    if answer.status != 200:
        raise Refused(operation, request, answer)
    document: Document = answer.document
    return document


def pages(service: Service, operation: str, **request: Any) -> list[Document]:
    """The answers of a Query or Scan and of all its next pages."""
    answers = [ask(service, operation, **request)]
    while (key := answers[-1].get("LastEvaluatedKey")) is not None:
        answers.append(ask(service, operation, **{**request, "ExclusiveStartKey": key}))
    return answers


def items_of(answers: list[Document]) -> list[Document]:
    return [item for answer in answers for item in answer["Items"]]
