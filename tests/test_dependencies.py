"""What the project depends on is locked and documented, and no lock says where it comes from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    "runtime.txt": [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["build"]],
    "dev.txt": PROJECT["dependency-groups"]["dev"],
    "async-clients.txt": PROJECT["dependency-groups"]["async-clients"],
    "kinesis-server.txt": PROJECT["dependency-groups"]["kinesis-server"],
    "patroni.txt": PROJECT["dependency-groups"]["patroni"],
}
PINNED = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def _name(requirement: str) -> str:
    return re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0].lower()


def _pins(lock: str) -> dict[str, str]:
    return dict(PINNED.findall((ROOT / "requirements" / lock).read_text(encoding="utf-8")))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_pins_what_the_project_names(lock: str) -> None:
    assert {_name(requirement) for requirement in LOCKS[lock]} <= _pins(lock).keys(), "run `make lock`"


def test_the_locks_agree() -> None:
    """The development lock is installed over the runtime lock."""
    assert _pins("runtime.txt").items() <= _pins("dev.txt").items()


@pytest.mark.parametrize(
    "path",
    [*(f"requirements/{lock}" for lock in LOCKS), "tests/clients/javascript/package-lock.json"],
)
def test_a_lock_names_no_registry_and_no_path(path: str) -> None:
    text = (ROOT / path).read_text(encoding="utf-8")
    assert re.findall(r"--(?:extra-)?index-url|--find-links|file:|\"resolved\"", text) == []


def test_every_dependency_has_a_line_in_the_documentation() -> None:
    documented = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    names = {_name(requirement) for requirements in LOCKS.values() for requirement in requirements}
    assert {name for name in names if f"`{name}`" not in documented} == set()
