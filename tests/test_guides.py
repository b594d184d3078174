"""The guides' Python does what they say, from top to bottom."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import running_server
from tools.kinesis_stand_in import running_stand_in

GUIDES = Path(__file__).parents[1] / "docs" / "guides"
TESTING = "testing-with-kilowatt.md"
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# (\w+\.py)\n")


def blocks(guide: str) -> list[str]:
    return _BLOCK.findall((GUIDES / guide).read_text())


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, str]]:
    """Where the servers are that the guides have at these addresses."""
    with (
        running_server("--in-memory") as plain,
        running_server("--in-memory", "--index-lag-seconds", "1") as lagging,
        running_stand_in() as kinesis,
        running_server("--in-memory", "--kinesis-endpoint", kinesis.endpoint) as sending,
    ):
        yield {
            "http://127.0.0.1:8000": plain.endpoint,
            "http://127.0.0.1:8001": lagging.endpoint,
            "http://127.0.0.1:8002": sending.endpoint,
        }


@pytest.mark.parametrize("guide", sorted({path.name for path in GUIDES.glob("*.md")} - {TESTING}))
def test_a_guide_can_be_followed(guide: str, ports: dict[str, str], tmp_path: Path) -> None:
    text = "\n".join(blocks(guide))
    assert text
    for written, endpoint in ports.items():
        text = text.replace(written, endpoint)
    _run(tmp_path, "-c", text)


def test_the_fixtures_of_the_guide_on_testing_work(tmp_path: Path) -> None:
    for block in blocks(TESTING):
        name = _FILE.match(block)
        assert name is not None
        (tmp_path / name[1]).write_text(block)
    assert "1 passed" in _run(tmp_path, "-m", "pytest", "-p", "no:cacheprovider")


def _run(directory: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=directory,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
