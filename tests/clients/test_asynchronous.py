"""The clients of asyncio: each file under asynchronous/ is a suite of tests.

They pin a botocore of their own, so the suites run in a virtual environment of their own.
"""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.clients.outside import client_environment, skip_or_fail

FOLDER = Path(__file__).parent / "asynchronous"
PYTHON = Path(__file__).parents[2] / "build" / "async-clients" / "bin" / "python"


@pytest.mark.parametrize("suite", sorted(path.name for path in FOLDER.glob("suite_*.py")))
def test_the_client_works(server: Any, suite: str) -> None:
    if not PYTHON.is_file():
        skip_or_fail(f"{PYTHON} is missing: make test prepares it")
    done = subprocess.run(
        [PYTHON, "-m", "pytest", "--noconftest", suite],
        cwd=FOLDER,
        env={**client_environment(), "ENDPOINT": server.endpoint},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
