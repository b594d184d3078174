"""Runs coroutine tests."""

from tests.background.conftest import pytest_pyfunc_call, runner

__all__ = ["pytest_pyfunc_call", "runner"]
