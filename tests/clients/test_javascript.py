"""The AWS SDK for JavaScript v3: each file under javascript/ is a suite of Node's test runner."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.clients.outside import client_environment, skip_or_fail

FOLDER = Path(__file__).parent / "javascript"


@pytest.mark.parametrize("suite", sorted(path.name for path in FOLDER.glob("*.test.mjs")))
def test_the_sdk_for_javascript_works(server: Any, suite: str) -> None:
    node = shutil.which("node")
    if node is None:
        skip_or_fail("Node.js is missing: apt-get install nodejs npm, then make test")
    if not (FOLDER / "node_modules" / "@aws-sdk").is_dir():
        skip_or_fail("the npm packages are missing: make test installs them where npm works")
    done = subprocess.run(
        [node, "--test", suite],
        cwd=FOLDER,
        env={**client_environment(), "ENDPOINT": server.endpoint},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
