"""A real server in its own process, on the durable engine, and real clients of it.

KILOWATT_TEST_ENGINE=postgres runs it over PostgreSQL instead: what was in a data directory is in a database.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import hypothesis
import pytest
from botocore.config import Config
from tests.postgres_server import database_for

# Time is no measure of correctness on a busy machine.
hypothesis.settings.register_profile("ci", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=5000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

ON_POSTGRES = os.environ.get("KILOWATT_TEST_ENGINE") == "postgres"
# For tests that damage, copy or fill a data directory.
needs_directory = pytest.mark.skipif(ON_POSTGRES, reason="PostgreSQL keeps its files itself")
_READY = re.compile(r"ready: (http://\S+),")


@dataclass
class Server:
    """A running server. `endpoint` is its URL."""

    process: "subprocess.Popen[str]"
    endpoint: str

    def stop(self) -> int:
        """Ends it the orderly way; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self._ended()

    def kill(self) -> None:
        """Ends it the hard way."""
        self.process.kill()
        self._ended()

    def _ended(self) -> int:
        code = self.process.wait(timeout=20)
        if self.process.stderr is not None:
            self.process.stderr.close()
        return code


def start_server(*arguments: str, environment: dict[str, str] | None = None) -> Server:
    """Starts `kilowatt serve` on a free port with further `arguments`; returns when it is ready."""
    process = subprocess.Popen(
        [sys.executable, "-m", "kilowatt", "serve", "--port", "0", *_with_engine(arguments)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **(environment or {})},
    )
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        ready = _READY.search(line)
        if ready:
            return Server(process, ready[1])
    raise RuntimeError(f"the server ended with {process.wait()}: {''.join(seen)}")


def _with_engine(arguments: Sequence[str]) -> list[str]:
    """The arguments, with a database in the place of a data directory if that is the engine to test."""
    if not ON_POSTGRES or "--data-dir" not in arguments:
        return list(arguments)
    place = arguments.index("--data-dir")
    dsn = database_for(arguments[place + 1])
    return [*arguments[:place], "--engine", "postgres", "--dsn", dsn, *arguments[place + 2 :]]


@contextmanager
def running_server(*arguments: str, environment: dict[str, str] | None = None) -> Iterator[Server]:
    server = start_server(*arguments, environment=environment)
    try:
        yield server
    finally:
        if server.process.poll() is None:
            server.stop()


def client_of(endpoint: str, **options: Any) -> Any:
    """A boto3 client that fails at once instead of trying again."""
    config = Config(retries={"total_max_attempts": 1}, parameter_validation=False, connect_timeout=5)
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name=options.pop("region_name", "us-east-1"),
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        config=config.merge(options.pop("config", Config())),
        **options,
    )


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with (
        tempfile.TemporaryDirectory(prefix="kilowatt-test-") as directory,
        running_server("--data-dir", str(Path(directory) / "data")) as started,
    ):
        yield started


@pytest.fixture(scope="session")
def client(server: Server) -> Any:
    return client_of(server.endpoint)


@pytest.fixture(scope="session")
def resource(server: Server) -> Any:
    return boto3.resource(
        "dynamodb",
        endpoint_url=server.endpoint,
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )


MakeTable = Callable[..., str]


@pytest.fixture
def make_table(client: Any) -> Iterator[MakeTable]:
    """Creates tables that are deleted after the test.

    `make_table("pk", "sk:N", GlobalSecondaryIndexes=[...])`: key attributes as `name` or `name:type`, further
    attribute definitions as `attributes=["a:S"]`, further parameters as CreateTable has them.
    """
    made: list[str] = []

    def make(hash_key: str = "pk", range_key: str | None = None, **parameters: Any) -> str:
        name = f"test-{uuid.uuid4().hex[:12]}"
        keys = [hash_key] if range_key is None else [hash_key, range_key]
        definitions = keys + parameters.pop("attributes", [])
        request: dict[str, Any] = {
            "TableName": name,
            "KeySchema": [
                {"AttributeName": key.partition(":")[0], "KeyType": kind}
                for key, kind in zip(keys, ("HASH", "RANGE"), strict=False)
            ],
            "AttributeDefinitions": [
                {"AttributeName": key.partition(":")[0], "AttributeType": key.partition(":")[2] or "S"}
                for key in definitions
            ],
            "BillingMode": "PAY_PER_REQUEST",
        }
        client.create_table(**{**request, **parameters})
        made.append(name)
        return name

    yield make
    for name in made:
        client.delete_table(TableName=name)
