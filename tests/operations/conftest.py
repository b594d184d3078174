"""Connections and standing tables that the tests of operations share."""

import tempfile
from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import Server, client_of, running_server
from tests.operations import standing
from tests.operations.calls import Wire
from tests.operations.stream_reading import streams_client_of


@pytest.fixture(scope="session")
def wire(server: Server) -> Iterator[Wire]:
    """Raw JSON over HTTP."""
    wire = Wire(server.endpoint)
    yield wire
    wire.connection.close()


@pytest.fixture(scope="session")
def streams(server: Server) -> Any:
    """A client of DynamoDB Streams."""
    return streams_client_of(server.endpoint)


@pytest.fixture(scope="session")
def standing_tables(client: Any) -> Iterator[None]:
    """The tables of `tests.operations.standing`, for tests that do not change them."""
    standing.create(client)
    yield
    standing.delete(client)


@pytest.fixture(scope="session")
def client_2025() -> Iterator[Any]:
    """A client of a server that words its errors as AWS did until 2025; it has the standing tables too."""
    with (
        tempfile.TemporaryDirectory(prefix="kilowatt-test-") as directory,
        running_server("--data-dir", directory + "/data", "--error-wording", "2025") as server,
    ):
        client = client_of(server.endpoint)
        standing.create(client)
        yield client
