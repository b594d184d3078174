"""The operations of Application Auto Scaling: all of them are there, and no request makes one fail."""

import asyncio
import inspect
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.background.site import TABLE, MovedClock, Site
from tests.faults.wire import AUTHORIZATION
from tests.shapes.requests import broken_requests, good_requests

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.engine.memory import MemoryEngine
from kilowatt.server.messages import Request
from kilowatt.server.scaling import ScalingApi, operation
from kilowatt.shapes.scaling_model import OPERATIONS
from kilowatt.shapes.schema import SCALING

(_INPUTS,) = OPERATIONS.values()
NAMES = [name.removeprefix(SCALING) for name in _INPUTS]
# What makes a request reach beyond its checks: names that there are.
_REAL = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": f"table/{TABLE}",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    "PolicyType": "TargetTrackingScaling",
    "Schedule": "cron(0/5 * ? * MON *)",
    "Timezone": "Asia/Tokyo",
    "MinCapacity": 5,
    "MaxCapacity": 10,
}


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_takes_a_context_and_a_request(name: str) -> None:
    found = operation(name)
    assert inspect.iscoroutinefunction(found)
    assert len(inspect.signature(found).parameters) == 2


class Answering:
    """The API over a table."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        site = Site(MemoryEngine(), MovedClock())
        self._api = ScalingApi(site.services, DevAuthenticator("us-east-1"))
        units = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
        self._runner.run(
            site.create(
                BillingMode="PROVISIONED",
                ProvisionedThroughput=units,
                StreamSpecification={"StreamEnabled": False},
            )
        )

    def status(self, name: str, request: Any) -> int:
        headers = {
            b"content-type": b"application/x-amz-json-1.1",
            b"x-amz-target": f"AnyScaleFrontendService.{name}".encode(),
            b"x-amz-date": b"20260101T000000Z",
            b"authorization": AUTHORIZATION.encode(),
        }
        body = orjson.dumps(request)
        return self._runner.run(self._api.answer(Request(b"POST", b"/", headers, body))).status


@pytest.fixture(scope="module")
def answering() -> Iterator[Answering]:
    with asyncio.Runner() as runner:
        yield Answering(runner)


@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_any_request_is_answered_or_refused(answering: Answering, name: str, data: st.DataObject) -> None:
    requests = st.one_of(good_requests(SCALING + name), broken_requests(SCALING + name))
    request = data.draw(requests)
    if isinstance(request, dict):
        real = data.draw(st.sets(st.sampled_from(sorted(_REAL))))
        request |= {member: _REAL[member] for member in real if member in request}
    assert answering.status(name, request) in {200, 400}
