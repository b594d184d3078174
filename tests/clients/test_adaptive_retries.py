"""boto3's adaptive retry mode slows down while a table is throttled, and recovers: as against AWS."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.config import Config
from tests.conftest import client_of, running_server

TABLE = "throttled"
_ADAPTIVE = Config(retries={"mode": "adaptive", "max_attempts": 10})
_UNITS = 10
_SECONDS = 6
_PATIENCE_SECONDS = 30


class Puts:
    """A client in adaptive mode; when requests were sent, and when puts were done."""

    def __init__(self, endpoint: str) -> None:
        self.client = client_of(endpoint, config=_ADAPTIVE)
        self.client.meta.events.register("before-send.dynamodb.PutItem", self._note)
        self.sent: list[float] = []
        self.done: list[float] = []

    def _note(self, **_: Any) -> None:
        self.sent.append(time.monotonic())

    def put(self) -> None:
        self.client.put_item(TableName=TABLE, Item={"pk": {"S": str(len(self.done))}})
        self.done.append(time.monotonic())


@pytest.fixture
def puts() -> Iterator[Puts]:
    with running_server("--in-memory", "--capacity-mode", "enforce") as server:
        puts = Puts(server.endpoint)
        puts.client.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            ProvisionedThroughput=_units(_UNITS),
        )
        yield puts


def test_a_throttled_client_slows_down_and_recovers(puts: Puts) -> None:
    begin = time.monotonic()
    while time.monotonic() < begin + _SECONDS:
        puts.put()
    assert len(puts.done) < len(puts.sent), "nothing was throttled"
    # A second's capacity, and then what flows in; a client that did not slow down would send hundreds.
    assert len(puts.done) <= _UNITS * (_SECONDS + 2)
    assert len(puts.sent) <= 2 * _UNITS * (_SECONDS + 2)

    puts.client.update_table(TableName=TABLE, ProvisionedThroughput=_units(50 * _UNITS))
    raised = len(puts.done)
    end = time.monotonic() + _PATIENCE_SECONDS
    while _last_second(puts.done[raised:]) < 4 * _UNITS:
        assert time.monotonic() < end, "it does not recover"
        puts.put()


def _last_second(times: list[float]) -> int:
    now = time.monotonic()
    return sum(now - 1 < done for done in times)


def _units(units: int) -> dict[str, int]:
    return {"ReadCapacityUnits": _UNITS, "WriteCapacityUnits": units}
