"""What the measurements were made on. No names of hosts, no paths."""

import os
import platform
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from typing import Any

from benchmarks.servers import BUILD

_SYNCS = 100


def description() -> dict[str, Any]:
    """The machine, its software, and how long its disk takes to make 4 kB durable."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("uvloop", "httptools", "orjson", "rocksdict")},
        "sync_ms": round(_sync_seconds() * 1e3, 3),
        "load_average_before": round(os.getloadavg()[0], 2),
    }


def stolen_share(before: tuple[int, int], after: tuple[int, int]) -> float:
    """The part of processor time that the hypervisor gave to others between two `ticks()`."""
    total = after[0] - before[0]
    return (after[1] - before[1]) / total if total else 0.0


def ticks() -> tuple[int, int]:
    """All processor time since boot, and that of it which was stolen. Source: proc(5)."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()[1:9]
    return sum(map(int, fields)), int(fields[7])


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def _sync_seconds() -> float:
    """Median time of an append of 4 kB and its fdatasync, where the data directories are."""
    seconds = []
    with TemporaryFile(dir=BUILD, buffering=0) as file:
        for _ in range(_SYNCS):
            begin = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - begin)
    return median(seconds)
