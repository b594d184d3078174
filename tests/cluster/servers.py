"""Kilowatt servers over one database."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.conftest import Server, start_server


def start_over(dsn: str) -> Server:
    return start_server("--engine", "postgres", "--dsn", dsn)


@contextmanager
def servers_over(*dsns: str) -> Iterator[list[Server]]:
    """A server for each; the list may be changed. What is left of it is ended with the block."""
    servers: list[Server] = []
    try:
        servers.extend(start_over(dsn) for dsn in dsns)
        yield servers
        assert [server.stop() for server in servers] == [0] * len(servers)
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.kill()
