"""Runs coroutine tests, and gives them a site over each engine in turn."""

import asyncio
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.background.site import ENGINES, Site


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
def site(request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path: Path) -> Iterator[Site]:
    site = Site.over(request.param, tmp_path)
    yield site
    runner.run(site.engine.close())
