"""Where Patroni and etcd are, which `make test` puts into build/."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from tests.clients.outside import skip_or_fail

_BUILD = Path(__file__).parents[2] / "build"
_PATRONI = _BUILD / "patroni"
_ETCD = _BUILD / "etcd" / "usr" / "bin" / "etcd"
_NOT_NEEDED = shutil.ignore_patterns("__pycache__", "config-*", "idlelib", "pip", "site-packages", "test")


class Patroni(NamedTuple):
    """How to run it: this Python, with this environment."""

    python: Path
    environment: dict[str, str]


def patroni(directory: Path, user: str | None) -> Patroni:
    """Patroni for `user`: what is in root's home others cannot read, so it is copied to `directory`."""
    found = sorted(_PATRONI.glob("lib/python*/site-packages"))
    if not (_PATRONI / ".done").exists() or not found:
        skip_or_fail("Patroni is missing: make test installs it where pip works")
    python, packages = (_PATRONI / "bin" / "python").resolve(), found[-1]
    if user is None:
        return Patroni(python, {"PYTHONPATH": str(packages)})
    copied = directory / "patroni"
    shutil.copytree(packages, copied, ignore=_NOT_NEEDED)
    return Patroni(
        python if _can_run(python, user) else _copied(python, directory / "python"),
        {"PYTHONPATH": str(copied), "LD_LIBRARY_PATH": str(directory / "python" / "lib")},
    )


def etcd() -> Path:
    installed = shutil.which("etcd")
    if installed is not None:
        return Path(installed)
    if not _ETCD.exists():
        skip_or_fail("etcd is missing: apt-get install etcd-server, then make test")
    return _ETCD


def user() -> str | None:
    """Who is to run PostgreSQL, which refuses to run as root; None: whoever runs the tests."""
    return "nobody" if os.geteuid() == 0 else None


def _can_run(program: Path, user: str) -> bool:
    try:
        subprocess.run([program, "-c", ""], user=user, cwd="/", check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copied(python: Path, directory: Path) -> Path:
    """An interpreter with its standard library. They find each other by where they are."""
    installed = python.parents[1] / "lib"
    (directory / "bin").mkdir(parents=True)
    shutil.copytree(installed / python.name, directory / "lib" / python.name, ignore=_NOT_NEEDED)
    for library in installed.glob("libpython*"):
        shutil.copy(library, directory / "lib")
    return Path(shutil.copy(python, directory / "bin"))
