"""The servers that are measured: how each is installed and started.

Kilowatt runs from this tree. The others are installed as released, at the versions that `compared/` locks,
each into an environment of its own under `build/bench`, and only ever run.
"""

import compileall
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.signing import ACCESS_KEY_ID, SECRET_ACCESS_KEY

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build" / "bench"
_COMPARED = Path(__file__).with_name("compared")


class NotInstallable(Exception):
    """A server that is compared with cannot be installed here."""


_CREDENTIALS = f"""[default]
aws_access_key_id = {ACCESS_KEY_ID}
aws_secret_access_key = {SECRET_ACCESS_KEY}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """How to run one server. `command(port, directory)`: a directory of its own, empty at first."""

    name: str
    title: str
    command: Callable[[int, Path], list[str]]
    install: Callable[[], None] = lambda: None
    environment: Callable[[int], dict[str, str]] = lambda port: {}
    is_kilowatt: bool = False
    verifies: bool = False


def _kilowatt(*options: str) -> Callable[[int, Path], list[str]]:
    def command(port: int, directory: Path) -> list[str]:
        data = ["--in-memory"] if "memory" in options else ["--data-dir", str(directory / "data")]
        if "verified" in options:
            keys = directory / "credentials"
            keys.write_text(_CREDENTIALS)
            data += ["--credentials", str(keys)]
        return [sys.executable, "-m", "kilowatt", "serve", "--port", str(port), *data]

    return command


def _floor(port: int, directory: Path) -> list[str]:
    return [sys.executable, str(Path(__file__).with_name("floor.py")), "--port", str(port)]


def _compile() -> None:
    """Compiles Kilowatt's modules, as an installation does: no start is to pay for that."""
    compileall.compile_dir(ROOT / "src", quiet=1)


def _install_from_pypi(name: str) -> Callable[[], None]:
    def install() -> None:
        requirements = _COMPARED / f"{name}.txt"
        directory = BUILD / name
        pip = [str(directory / "bin/python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        _install(
            requirements,
            directory,
            [sys.executable, "-m", "venv", "--clear", str(directory)],
            [*pip, "install", "--require-hashes", "-r", str(requirements)],
        )

    return install


def _install_dynalite() -> None:
    if not shutil.which("npm"):
        raise NotInstallable("npm is missing. On Debian, as root: apt-get install nodejs npm")
    directory = BUILD / "dynalite"
    directory.mkdir(parents=True, exist_ok=True)
    for part in ("package.json", "package-lock.json"):
        shutil.copy(_COMPARED / part, directory / part)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _install(_COMPARED / "package-lock.json", directory, [*command, "--prefix", str(directory)])


def _install(lock: Path, directory: Path, *commands: list[str]) -> None:
    """Runs `commands` unless they did for the same lock before."""
    mark = directory / ".installed"
    if mark.exists() and mark.read_bytes() == lock.read_bytes():
        return
    print(f"Installing {directory.name}", file=sys.stderr)
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NotInstallable(f"{directory.name}: {done.stderr.strip()[-500:]}")
    mark.write_bytes(lock.read_bytes())


FLOOR = Server("floor", "static reply", _floor)
SERVERS = [
    Server("kilowatt", "Kilowatt, on disk", _kilowatt(), _compile, is_kilowatt=True),
    Server(
        "kilowatt-verified",
        "Kilowatt, on disk, signatures verified",
        _kilowatt("verified"),
        _compile,
        is_kilowatt=True,
        verifies=True,
    ),
    Server("kilowatt-memory", "Kilowatt, in memory", _kilowatt("memory"), _compile, is_kilowatt=True),
    Server(
        "kilowatt-memory-verified",
        "Kilowatt, in memory, signatures verified",
        _kilowatt("memory", "verified"),
        _compile,
        is_kilowatt=True,
        verifies=True,
    ),
    Server(
        "dynalite",
        "dynalite 4.0.0, in memory",
        lambda port, _: [
            str(BUILD / "dynalite/node_modules/.bin/dynalite"),
            *("--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"),
        ],
        _install_dynalite,
    ),
    Server(
        "moto",
        "moto server 5.2.5",
        lambda port, _: [str(BUILD / "moto/bin/moto_server"), "-H", "127.0.0.1", "-p", str(port)],
        _install_from_pypi("moto"),
    ),
    Server(
        "ministack",
        "ministack 1.5.33",
        lambda port, _: [str(BUILD / "ministack/bin/ministack")],
        _install_from_pypi("ministack"),
        lambda port: {"GATEWAY_PORT": str(port)},
    ),
]
