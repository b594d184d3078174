"""Runs coroutine tests, and gives them each engine in turn."""

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.coroutines import pytest_pyfunc_call, runner

from kilowatt.engine.base import Engine
from kilowatt.engine.contract import CheckedEngine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.rocksdb import RocksEngine

# What pytest is to find here.
__all__ = ["pytest_pyfunc_call", "runner"]

ENGINES: dict[str, Callable[[Path], Engine]] = {
    "memory": lambda _: MemoryEngine(),
    "rocksdb": RocksEngine.open,
    "rocksdb that keeps all records": lambda path: RocksEngine.open(path, kept_prefixes=(b"",)),
}
DURABLE_ENGINES = ("rocksdb", "rocksdb that keeps all records")


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path: Path) -> Iterator[Engine]:
    engine = CheckedEngine(ENGINES[request.param](tmp_path / "data"))
    yield engine
    runner.run(engine.close())


@pytest.fixture(params=DURABLE_ENGINES)
def open_engine(
    request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path: Path
) -> Callable[[], Engine]:
    """Opens, or opens again, a durable engine on the same place. The test closes what it opens."""
    return lambda: CheckedEngine(ENGINES[request.param](tmp_path / "data"))
