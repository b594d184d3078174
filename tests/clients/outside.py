"""Clients that run outside the test's process: their environment, and what to do where one is missing."""

import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

import pytest

# `aws("scan", "--table-name=Music")` is the JSON that the command prints.
AwsCli = Callable[..., dict[str, Any]]

# The first of the messages that the fixture `maths` stores, and how many it stores.
NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
MESSAGES = 60


def client_environment() -> dict[str, str]:
    """Credentials of the test, and none of the machine's configuration."""
    return {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
    }


def skip_or_fail(reason: str) -> NoReturn:
    """Skip on a developer's machine; in CI, where all can be installed, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def eventually(read: Callable[[], object], expected: object, seconds: float = 5) -> None:
    """Wait until `read` gives what is expected: a global index may lag behind its table."""
    deadline = time.monotonic() + seconds
    while (found := read()) != expected:
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s, expected {expected!r}"
        time.sleep(0.05)
