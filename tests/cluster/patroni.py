"""Three PostgreSQL nodes under Patroni, which replaces a primary that dies, and the etcd that it needs.

A commit is acknowledged once a second node has it (`synchronous_mode_strict`: without one, never), and only
such a node may become primary. So a primary may die at any moment.
"""

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from itertools import count
from pathlib import Path
from typing import Any

from tests.cluster import programs
from tests.postgres_server import postgres_programs

_NODES = ("one", "two", "three")
_SUPERUSER = "kilowatt"
_PATIENCE_SECONDS = 120
# The shortest that Patroni takes. A primary that vanishes is replaced after `ttl`.
_TIMES_SECONDS = {"ttl": 20, "loop_wait": 1, "retry_timeout": 3}
_POSTGRES_PARAMETERS = {
    "max_connections": 200,
    "synchronous_commit": "on",
    "unix_socket_directories": "",
    # A killed node loses nothing by that, only a machine without power would.
    "fsync": "off",
    "wal_keep_size": "256MB",
    "wal_log_hints": "on",
    "shared_buffers": "32MB",
}
# Below those that the system gives to connections: nobody takes the port of a node while that is down.
_PORTS = range(10_000, 30_000)

Member = dict[str, Any]


class _Node:
    """One PostgreSQL and its Patroni."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.port = _free_port()
        self.api_port = _free_port()
        self.directory = directory
        self.data = directory / "data"
        self.log = directory / "log"
        self.patroni: subprocess.Popen[bytes] | None = None

    @property
    def configuration(self) -> Path:
        return self.directory / "patroni.json"

    def processes(self) -> list[int]:
        """The postmaster and its children; nothing if there is none."""
        try:
            postmaster = int((self.data / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0])
            if (self.data / "postmaster.pid").stat().st_size and _works_in(postmaster, self.data):
                return [postmaster, *_children(postmaster)]
        except (OSError, ValueError, IndexError):
            pass
        return []

    def receivers(self) -> list[int]:
        """The process that gets what the primary writes, if this is a standby."""
        return [process for process in self.processes() if b"walreceiver" in _command(process)]

    def signal(self, kind: int) -> None:
        """Sends a signal to all processes. PostgreSQL's go first: Patroni would see them go."""
        for process in [*self.processes(), *([self.patroni.pid] if self.patroni is not None else [])]:
            with suppress(ProcessLookupError):
                os.kill(process, kind)

    def end(self) -> None:
        """Ends everything of it, as the end of its machine would: nobody does anything after the first."""
        self.signal(signal.SIGSTOP)
        self.signal(signal.SIGKILL)
        if self.patroni is not None:
            self.patroni.wait()
            self.patroni = None


class Cluster:
    """What runs. `dsn` finds the primary, whichever node that is."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._user = programs.user()
        self._numbers = count()
        self._etcd: subprocess.Popen[bytes] | None = None
        self._etcd_port = _free_port()
        self._etcd_program = programs.etcd()
        self._patroni = programs.patroni(directory, self._user)
        self._postgres = postgres_programs(directory, self._user)
        self._nodes = {name: _Node(name, directory / name) for name in _NODES}

    @property
    def dsn(self) -> str:
        return self.dsn_of("postgres")

    def dsn_of(self, database: str) -> str:
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in self._nodes.values())
        return f"postgresql://{_SUPERUSER}@{hosts}/{database}?target_session_attrs=read-write"

    def new_database(self) -> str:
        """The DSN of a database that nobody else has."""
        name = f"test_{next(self._numbers)}"
        port = str(self._nodes[self.primary()].port)
        subprocess.run(
            [self._postgres / "createdb", "-h", "127.0.0.1", "-p", port, "-U", _SUPERUSER, name],
            check=True,
            capture_output=True,
            timeout=_PATIENCE_SECONDS,
        )
        return self.dsn_of(name)

    # -- nodes

    def primary(self) -> str:
        """The name of the node that is the primary now."""
        leaders = [member["name"] for member in self._members() if member["role"] == "leader"]
        assert leaders, f"no primary: {self._members()}"
        name: str = leaders[0]
        return name

    def kill_standby(self) -> str:
        """Ends the standby that commits wait for, as if its machine were gone; returns its name."""
        name: str = next(member["name"] for member in self._members() if member["role"] == "sync_standby")
        self._nodes[name].end()
        return name

    def lose_standbys(self, seconds: float = 20.0) -> str:
        """Ends all standbys, and starts them again after a while; returns the primary's name."""
        primary = self.primary()
        standbys = [name for name in self._nodes if name != primary]
        for name in standbys:
            self._nodes[name].end()
        time.sleep(seconds)
        for name in standbys:
            self.start(name)
        return primary

    def kill_primary(self) -> str:
        """Ends the primary with its Patroni, as if its machine were gone; returns its name."""
        name = self.primary()
        self._nodes[name].end()
        return name

    def kill_primary_that_is_ahead(self, seconds: float = 0.5) -> str:
        """Ends the primary as `kill_primary`, after some time in which its standbys got nothing from it."""
        receivers = [process for node in self._nodes.values() for process in node.receivers()]
        for process in receivers:
            os.kill(process, signal.SIGSTOP)
        time.sleep(seconds)
        name = self.kill_primary()
        for process in receivers:  # which end before they read what has arrived meanwhile
            os.kill(process, signal.SIGTERM)
            os.kill(process, signal.SIGCONT)
        return name

    def kill_postgres(self) -> str:
        """Ends the primary's postmaster only: its Patroni is there to notice; returns its name."""
        name = self.primary()
        postmaster, *_ = self._nodes[name].processes()
        os.kill(postmaster, signal.SIGKILL)
        return name

    def freeze_primary(self) -> str:
        """Stops the primary's processes: its connections stay, and nothing answers; returns its name."""
        name = self.primary()
        self._nodes[name].signal(signal.SIGSTOP)
        return name

    def thaw(self, name: str) -> None:
        """Lets a frozen node go on: for a moment it takes itself for the primary that it was."""
        self._nodes[name].signal(signal.SIGCONT)

    def start(self, name: str) -> None:
        """Starts a node; one that is running, or frozen, is ended before."""
        node = self._nodes[name]
        node.end()
        with node.log.open("ab") as log:
            node.patroni = subprocess.Popen(
                [self._patroni.python, "-m", "patroni", node.configuration],
                user=self._user,
                cwd=node.directory,
                stdout=log,
                stderr=log,
                env={
                    "PATH": os.environ["PATH"],
                    "HOME": str(node.directory),
                    "LC_ALL": "C.UTF-8",
                    **self._patroni.environment,
                },
            )

    def wait_until_whole(self) -> None:
        """Waits until there are a primary, a synchronous standby, and another standby."""

        def whole() -> bool:
            members = self._members()
            roles = sorted(member["role"] for member in members)
            return (
                roles == ["leader", "replica", "sync_standby"]
                and {member["state"] for member in members} <= {"running", "streaming"}
                and len({member.get("timeline") for member in members}) == 1
            )

        self._wait(whole, "the cluster to be whole")

    # -- all of it

    def start_all(self) -> None:
        self._start_etcd()
        for node in self._nodes.values():
            node.directory.mkdir()
            node.configuration.write_text(json.dumps(self._configuration(node)), encoding="utf-8")
            if self._user is not None:
                shutil.chown(node.directory, self._user)
        first, *others = self._nodes
        self.start(first)
        self._wait(lambda: any(member["role"] == "leader" for member in self._members()), "a primary")
        for name in others:
            self.start(name)
        self.wait_until_whole()

    def stop(self) -> None:
        for node in self._nodes.values():
            node.end()
        if self._etcd is not None:
            self._etcd.kill()
            self._etcd.wait()
            self._etcd = None

    def _start_etcd(self) -> None:
        url = f"http://127.0.0.1:{self._etcd_port}"
        with (self._directory / "etcd.log").open("ab") as log:
            self._etcd = subprocess.Popen(
                [
                    self._etcd_program,
                    f"--data-dir={self._directory / 'etcd'}",
                    f"--listen-client-urls={url}",
                    f"--advertise-client-urls={url}",
                    f"--listen-peer-urls=http://127.0.0.1:{_free_port()}",
                ],
                stdout=log,
                stderr=log,
            )
        self._wait(lambda: _answer(f"{url}/health") is not None, "etcd")

    def _configuration(self, node: _Node) -> dict[str, Any]:
        address = f"127.0.0.1:{node.port}"
        api = f"127.0.0.1:{node.api_port}"
        return {
            "scope": "kilowatt",
            "name": node.name,
            "restapi": {"listen": api, "connect_address": api},
            "etcd3": {"host": f"127.0.0.1:{self._etcd_port}"},
            "bootstrap": {
                "dcs": {
                    **_TIMES_SECONDS,
                    "synchronous_mode": True,
                    "synchronous_mode_strict": True,
                    "failsafe_mode": False,
                    # Not started again in place: after that it would show commits that no standby has.
                    "primary_start_timeout": 0,
                    "postgresql": {"use_pg_rewind": True, "parameters": _POSTGRES_PARAMETERS},
                },
                "initdb": [{"encoding": "UTF8"}, "data-checksums", "no-sync"],
            },
            "postgresql": {
                "listen": address,
                "connect_address": address,
                "data_dir": str(node.data),
                "bin_dir": str(self._postgres),
                "pgpass": str(node.directory / "pgpass"),
                "authentication": {
                    "superuser": {"username": _SUPERUSER, "password": "unused"},
                    "replication": {"username": "replication", "password": "unused"},
                },
                "pg_hba": ["host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"],
                "basebackup": [{"checkpoint": "fast"}, "no-sync"],
            },
        }

    def _members(self) -> list[Member]:
        """What the first Patroni that answers knows of all nodes."""
        for node in self._nodes.values():
            if node.patroni is not None:
                found = _answer(f"http://127.0.0.1:{node.api_port}/cluster")
                if found is not None:
                    members: list[Member] = found["members"]
                    return members
        return []

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not condition():
            if time.monotonic() > deadline:
                raise AssertionError(f"waited in vain for {what}: {self._members()}\n{self._last_lines()}")
            time.sleep(0.1)

    def _last_lines(self) -> str:
        logs = [node.log for node in self._nodes.values() if node.log.exists()]
        return "\n".join(
            "\n".join([f"-- {log.parent.name}", *log.read_text(encoding="utf-8").splitlines()[-15:]])
            for log in logs
        )


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """A cluster, until the block ends. As root its nodes run as another user: they refuse to be root."""
    with tempfile.TemporaryDirectory(prefix="kilowatt-cluster-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        cluster = Cluster(Path(name))
        try:
            cluster.start_all()
            yield cluster
        finally:
            cluster.stop()


def _answer(url: str) -> Any:
    """The document at a URL; None if nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return json.load(answer)
    except (OSError, ValueError, HTTPException):
        return None


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _works_in(process: int, directory: Path) -> bool:
    return Path(f"/proc/{process}/cwd").resolve() == directory.resolve()


def _children(process: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(path.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[1])
            if parent == process:
                found.append(int(path.parent.name))
    return found


def _free_port() -> int:
    while True:
        port = random.choice(_PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
