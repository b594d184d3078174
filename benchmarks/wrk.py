"""Replays a file of prepared requests with wrk, on a core of its own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import pinned

_SCRIPT = Path(__file__).with_name("replay.lua")


class WrkMissing(Exception):
    """wrk is not installed and cannot be."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What wrk saw. Latencies are in milliseconds, `wrk_cpu` is the share of one core that wrk itself used.

    `refused`: answers of status 400 and above; `broken`: connections that failed, broke off or timed out.
    """

    requests: int
    seconds: float
    p50: float
    p99: float
    p999: float
    refused: int
    broken: int
    wrk_cpu: float

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def replay(url: str, requests: Path, connections: int, seconds: int, core: int | None) -> Replay:
    """Replays `requests` for `seconds`."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"]
    command += ["-s", str(_SCRIPT), url, "--", str(requests)]
    before = os.times()
    done = subprocess.run(pinned(command, core), capture_output=True, text=True, check=True)
    after = os.times()
    marked = [line for line in done.stdout.splitlines() if line.startswith("RESULT ")]
    seen = json.loads(marked[0].removeprefix("RESULT "))
    elapsed = seen["duration"] / 1e6
    used = (after.children_user - before.children_user) + (after.children_system - before.children_system)
    return Replay(
        requests=seen["requests"],
        seconds=elapsed,
        p50=seen["p50"] / 1e3,
        p99=seen["p99"] / 1e3,
        p999=seen["p999"] / 1e3,
        refused=seen["refused"],
        broken=seen["broken"],
        wrk_cpu=used / elapsed,
    )


def require_wrk() -> None:
    """Installs wrk where that can be done without asking; raises `WrkMissing`."""
    if shutil.which("wrk"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise WrkMissing("wrk is missing. On Debian, as root: apt-get install wrk")
    print("Installing the Debian package wrk", file=sys.stderr)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "wrk"]
    subprocess.run(install, check=True, env=environment, stdout=subprocess.DEVNULL)
