"""Runs coroutine tests, and gives them a site over each engine in turn."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.background.site import ENGINES, Site
from tests.coroutines import pytest_pyfunc_call, runner

# What pytest is to find here.
__all__ = ["pytest_pyfunc_call", "runner"]


@pytest.fixture(params=ENGINES)
def site(request: pytest.FixtureRequest, runner: asyncio.Runner, tmp_path: Path) -> Iterator[Site]:
    site = runner.run(Site.over(request.param, tmp_path))
    yield site
    runner.run(site.engine.close())
