"""Runs coroutine tests, and gives them each engine in turn."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.coroutines import pytest_pyfunc_call, runner
from tests.postgres_server import Databases, postgres_of_the_tests

from kilowatt.engine.base import Engine
from kilowatt.engine.contract import CheckedEngine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.postgres import PostgresEngine
from kilowatt.engine.rocksdb import RocksEngine

# What pytest is to find here.
__all__ = ["pytest_pyfunc_call", "runner"]

Open = Callable[[], Awaitable[Engine]]


async def _memory() -> Engine:
    return MemoryEngine()


def _rocksdb(path: Path, kept_prefixes: tuple[bytes, ...] = ()) -> Open:
    async def open_engine() -> Engine:
        return RocksEngine.open(path, kept_prefixes=kept_prefixes)

    return open_engine


def _postgres(dsn: str, kept_prefixes: tuple[bytes, ...] = ()) -> Open:
    async def open_engine() -> Engine:
        return await PostgresEngine.open(dsn, kept_prefixes)

    return open_engine


DURABLE_ENGINES = (
    "rocksdb",
    "rocksdb that keeps all records",
    "postgres",
    "postgres that keeps all records",
)
ENGINES = ("memory", *DURABLE_ENGINES)


@pytest.fixture(scope="session")
def postgres_server() -> Databases:
    return postgres_of_the_tests()


def _opening(request: pytest.FixtureRequest, directory: Path) -> Open:
    """Opens the engine of a parameter, always on the same place."""
    kind, _, keeps = request.param.partition(" ")
    kept: dict[str, Any] = {"kept_prefixes": (b"",)} if keeps else {}
    if kind == "memory":
        return _memory
    if kind == "rocksdb":
        return _rocksdb(directory / "data", **kept)
    server: Databases = request.getfixturevalue("postgres_server")
    return _postgres(server.new_database(), **kept)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path: Path) -> Iterator[Engine]:
    engine = CheckedEngine(runner.run(_awaited(_opening(request, tmp_path))))
    yield engine
    runner.run(engine.close())


@pytest.fixture(params=DURABLE_ENGINES)
def open_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Open:
    """Opens, or opens again, a durable engine on the same place. The test closes what it opens."""
    opening = _opening(request, tmp_path)

    async def open_engine() -> Engine:
        return CheckedEngine(await opening())

    return open_engine


async def _awaited(opening: Open) -> Engine:
    return await opening()
