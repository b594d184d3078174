"""Whatever a statement says, it is answered or refused, never with an internal error.

KILOWATT_FUZZ_SECONDS (of which this takes a quarter) and KILOWATT_FUZZ_SEED as for the other fuzz tests. The
statements go to a pipeline in this process, where a bug is an exception and fails the test with its place.
"""

import asyncio
import itertools
import os
import random
import time
from collections import Counter

import orjson
from tests.fuzz.requests import CREATE, ITEM, TABLE
from tests.fuzz.statements import Statement
from tests.properties.service import Document, pipeline_over, post

from kilowatt.engine.memory import MemoryEngine

_SECONDS = float(os.environ.get("KILOWATT_FUZZ_SECONDS", "20")) / 4
_SEED = os.environ.get("KILOWATT_FUZZ_SEED") or str(random.getrandbits(32))


class _Service:
    """A pipeline over memory, with an event loop of its own."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._pipeline = pipeline_over(MemoryEngine())

    def send(self, operation: str, request: Document) -> tuple[int, Document]:
        response = self._runner.run(self._pipeline.answer(post(operation, request)))
        return response.status, orjson.loads(response.body)


def test_random_statements_are_answered_or_refused() -> None:
    with asyncio.Runner() as runner:
        _fuzz(_Service(runner))


def _fuzz(service: _Service) -> None:
    assert service.send("CreateTable", CREATE)[0] == 200
    assert service.send("PutItem", {"TableName": TABLE, "Item": ITEM})[0] == 200
    seen: Counter[int] = Counter()
    end = time.monotonic() + _SECONDS
    for number in itertools.count():
        chance = random.Random(f"{_SEED} statements {number}")
        status, request = _sent(service, chance)
        assert status in (200, 400), (f"KILOWATT_FUZZ_SEED={_SEED}, statement {number}", request)
        seen[status] += 1
        if time.monotonic() > end:
            break
    assert min(seen[200], seen[400]) * 20 > seen.total(), seen  # the generator says something


def _sent(service: _Service, chance: random.Random) -> tuple[int, Document]:
    count = chance.choice([1, 1, 1, 3])
    parts = [_part(chance) for _ in range(count)]
    if count == 1:
        request = parts[0] | chance.choice([{}, {"Limit": 1}, {"ReturnConsumedCapacity": "INDEXES"}])
        status, document = service.send("ExecuteStatement", request)
        if status == 200 and "NextToken" in document:
            more = request | {"NextToken": document["NextToken"]}
            status, document = service.send("ExecuteStatement", more)
        return status, request
    if chance.random() < 0.5:
        request = {"TransactStatements": parts, "ReturnConsumedCapacity": "INDEXES"}
        status, document = service.send("ExecuteTransaction", request)
        codes = [reason["Code"] for reason in document.get("CancellationReasons", [])]
    else:
        request = {"Statements": parts, "ReturnConsumedCapacity": "TOTAL"}
        status, document = service.send("BatchExecuteStatement", request)
        codes = [response.get("Error", {}).get("Code") for response in document.get("Responses", [])]
    assert "InternalServerError" not in codes, request
    return status, request


def _part(chance: random.Random) -> Document:
    statement = Statement(chance, TABLE)
    if chance.random() < 0.5:
        statement.spoil()
    part: Document = {"Statement": statement.text[:8192]}
    if statement.parameters:
        part["Parameters"] = statement.parameters
    return part
