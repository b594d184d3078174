"""Runs coroutine tests, and gives them each engine in turn."""

import asyncio
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kilowatt.engine.base import Engine
from kilowatt.engine.contract import CheckedEngine
from kilowatt.engine.memory import MemoryEngine
from kilowatt.engine.rocksdb import RocksEngine

ENGINES: dict[str, Callable[[Path], Engine]] = {
    "memory": lambda _: MemoryEngine(),
    "rocksdb": RocksEngine.open,
    "rocksdb that keeps all records": lambda path: RocksEngine.open(path, kept_prefixes=(b"",)),
}
DURABLE_ENGINES = ("rocksdb", "rocksdb that keeps all records")


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """A test that is a coroutine function runs in the loop of the fixture `runner`."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    runner = pyfuncitem.funcargs["runner"]
    assert isinstance(runner, asyncio.Runner)
    runner.run(pyfuncitem.obj(**arguments))
    return True


@pytest.fixture(autouse=True)
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


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
