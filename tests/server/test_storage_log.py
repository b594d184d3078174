"""Refusals of the storage in the log."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

import pytest
from tests.properties.service import pipeline_over, post

from kilowatt.engine.base import Decide
from kilowatt.engine.errors import Corrupt, Full
from kilowatt.engine.memory import MemoryEngine
from kilowatt.server.storage_log import StorageLog

KEYS = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class HandClock:
    """Stands still until it is moved."""

    seconds = 0.0

    def now(self) -> float:
        return self.seconds

    def monotonic(self) -> float:
        return self.seconds


class FullEngine(MemoryEngine):
    async def transact(self, keys: Sequence[bytes], decide: Decide[Any]) -> Any:
        raise Full("no space left on device")


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def log(clock: HandClock) -> StorageLog:
    return StorageLog(logging.getLogger("kilowatt"), clock)


def test_the_same_problem_is_told_once_in_a_while(
    log: StorageLog, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(1000):
        log.tell(Full("no space left on device"))
    assert caplog.messages == ["storage: Full: no space left on device"]
    clock.seconds = 5.0
    log.tell(Full("no space left on device"))
    assert caplog.messages[1:] == [
        "storage: Full: no space left on device (999 more since the last line of this kind)"
    ]


def test_another_problem_is_told_at_once(log: StorageLog, caplog: pytest.LogCaptureFixture) -> None:
    log.tell(Full("no space left on device"))
    log.tell(Corrupt("a block has another checksum"))
    assert caplog.messages == [
        "storage: Full: no space left on device",
        "storage: Corrupt: a block has another checksum",
    ]


def test_writes_that_a_full_disk_refuses_are_told_once(
    clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    pipeline = pipeline_over(FullEngine(), clock)
    for number in range(10):
        request = post("CreateTable", {"TableName": f"table-{number}", **KEYS})
        assert asyncio.run(pipeline.answer(request)).status == 500
    assert caplog.messages == ["storage: Full: no space left on device"]
