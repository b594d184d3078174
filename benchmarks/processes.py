"""Runs a server in a process of its own, on one core, and watches its start, processor time and memory."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.exchange import Connection
from benchmarks.servers import BUILD, Server

_START_SECONDS = 60
_STOP_SECONDS = 10
_IDLE_SECONDS = 300
_IDLE_STEP_SECONDS = 0.2
_IDLE_CPU_SECONDS = 0.01
_TICKS = os.sysconf("SC_CLK_TCK")
_PROBE = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


class NotStarted(Exception):
    """A server ended, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. `start_seconds`: from before its process was made to its first HTTP answer."""

    server: Server
    port: int
    pid: int
    start_seconds: float

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def cpu_seconds(self) -> float:
        """Processor time used so far by the server and the processes that it started."""
        return cpu_seconds_of(self.pid)

    def wait_until_idle(self) -> None:
        """Waits for what is left in the server when wrk has gone: it would slow whatever is measured next."""
        give_up = time.monotonic() + _IDLE_SECONDS
        used = self.cpu_seconds()
        while time.monotonic() < give_up:
            time.sleep(_IDLE_STEP_SECONDS)
            before, used = used, self.cpu_seconds()
            if used - before <= _IDLE_CPU_SECONDS:
                return

    def kill(self) -> None:
        """Ends the server the hard way."""
        os.kill(self.pid, signal.SIGKILL)

    def rss_bytes(self) -> int:
        """Resident memory of the server and the processes that it started."""
        return sum(_rss_bytes(pid) for pid in _family(self.pid))


def cpu_seconds_of(pid: int) -> float:
    """Processor time used so far by a process and those that it started."""
    return sum(_cpu_seconds(each) for each in _family(pid))


def cores() -> tuple[int, int] | tuple[None, None]:
    """A core for the server and one for wrk; none where there is only one, or no way to choose."""
    usable = sorted(os.sched_getaffinity(0))
    if len(usable) < 2 or not shutil.which("taskset"):
        return None, None
    return usable[0], usable[1]


def pinned(command: list[str], core: int | None) -> list[str]:
    return command if core is None else ["taskset", "-c", str(core), *command]


@contextmanager
def new_directory(name: str) -> Iterator[Path]:
    """An empty directory for a server's data, until the block ends."""
    BUILD.mkdir(parents=True, exist_ok=True)
    directory = Path(tempfile.mkdtemp(dir=BUILD, prefix=f"{name}-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def running(server: Server, port: int, core: int | None) -> Iterator[Running]:
    """Runs `server` on `core`, with an empty directory, until the block ends. Raises `NotStarted`."""
    with (
        new_directory(server.name) as directory,
        running_in(directory, server, port, core) as started,
    ):
        yield started


@contextmanager
def running_in(directory: Path, server: Server, port: int, core: int | None) -> Iterator[Running]:
    """As `running`, with the data that an earlier run left in `directory`."""
    output = directory / "output"
    with output.open("wb") as file:
        begin = time.perf_counter()
        process = subprocess.Popen(
            pinned(server.command(port, directory), core),
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            env=os.environ | server.environment(port),
            cwd=directory,
        )
    try:
        if not _answers(process, port, begin):
            raise NotStarted(f"{server.name}: {output.read_text(errors='replace').strip()[-500:]}")
        yield Running(server, port, process.pid, time.perf_counter() - begin)
    finally:
        _stop(process)


def _answers(process: subprocess.Popen[bytes], port: int, begin: float) -> bool:
    """Asks until there is an answer; False when there will be none."""
    while process.poll() is None and time.perf_counter() - begin < _START_SECONDS:
        try:
            with Connection(port) as connection:
                connection.send(_PROBE)
        except OSError:
            time.sleep(0.001)
        else:
            return True
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _family(pid: int) -> list[int]:
    """The process and its descendants."""
    parents = {
        int(path.parent.name): int(fields[1])
        for path in Path("/proc").glob("[0-9]*/stat")
        if (fields := _fields(path))
    }
    found = [pid]
    for parent in found:
        found += [child for child, parent_of_child in parents.items() if parent_of_child == parent]
    return found


def _fields(stat: Path) -> list[str]:
    """The fields of /proc/PID/stat after the command's name; none if the process is gone. Source: proc(5)."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _cpu_seconds(pid: int) -> float:
    fields = _fields(Path(f"/proc/{pid}/stat"))
    return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def _rss_bytes(pid: int) -> int:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
