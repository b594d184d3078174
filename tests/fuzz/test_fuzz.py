"""Whatever is sent, the server answers with 200 or 4xx as AWS words it, soon, logs no bug, and stays well.

KILOWATT_FUZZ_SECONDS: how long in all (20). KILOWATT_FUZZ_SEED: the seed of a run that is to be repeated. A
failure names the request's number; with the seed it is drawn again, and its bytes are in a file.
"""

import itertools
import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import start_server
from tests.fuzz import mutations
from tests.fuzz.requests import REQUESTS, Request
from tests.fuzz.target import Target, complaint_about, request_of

_SECONDS = float(os.environ.get("KILOWATT_FUZZ_SECONDS", "20"))
_SEED = os.environ.get("KILOWATT_FUZZ_SEED") or str(random.getrandbits(32))
_LEVELS: dict[str, mutations.Mutation] = {
    "http": mutations.http_bytes,
    "text": mutations.json_text,
    "values": mutations.json_values,
    "expressions": mutations.expressions,
    "sizes": mutations.sizes,
}
_CHECK_EVERY = 40


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    server = start_server("--data-dir", str(tmp_path_factory.mktemp("fuzz") / "data"))
    with Target(server) as target:
        yield target


@pytest.mark.parametrize(("operation", "request_"), REQUESTS)
def test_the_requests_to_spoil_are_good(target: Target, operation: str, request_: Request) -> None:
    target.prepare()
    reply = target.send(request_of(operation, request_))
    assert complaint_about(reply, whole_request=True) is None
    assert b"SerializationException" not in reply.data


@pytest.mark.parametrize("level", _LEVELS)
def test_spoiled_requests(target: Target, level: str, tmp_path: Path) -> None:
    target.complaints()  # what another test left in the log is not this one's
    end = time.monotonic() + _SECONDS / len(_LEVELS)
    for number in itertools.count():
        data = _LEVELS[level](random.Random(f"{_SEED} {level} {number}"))
        reply = target.send_patiently(data)
        complaint = complaint_about(reply, whole_request=level != "http")
        if complaint is not None:
            _fail(target, level, number, data, [complaint], tmp_path)
        if number % _CHECK_EVERY == 0:
            target.prepare()
            if complaints := target.complaints():
                _fail(target, level, number, data, complaints, tmp_path)
        if time.monotonic() > end:
            break
    complaints = target.complaints()
    assert not complaints, target.log()


def _fail(
    target: Target, level: str, number: int, data: bytes, complaints: list[str], directory: Path
) -> None:
    file = directory / "request.bin"
    file.write_bytes(data)
    shown = repr(data) if len(data) < 3_000 else f"{data[:1_500]!r} ... {data[-500:]!r}"
    about = f"KILOWATT_FUZZ_SEED={_SEED}, level {level}, request {number} (in {file})"
    pytest.fail("\n".join([about, *complaints, shown, "log:", target.log()]), pytrace=False)
