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

_PROBE_SECONDS = 4
_SYNC_PAUSE_SECONDS = 0.002
_SLOW_SYNC_SECONDS = 0.01
_SLICE_SECONDS = 0.1


def description() -> dict[str, Any]:
    """The machine, its software, and how steady its disk and processor are before the first measurement."""
    syncs = _sync_seconds()
    slices = _work_in_slices()
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "packages": {name: version(name) for name in ("uvloop", "httptools", "orjson", "rocksdict")},
        "sync_ms": round(median(syncs) * 1e3, 3),
        "longest_sync_ms": round(max(syncs) * 1e3, 1),
        "time_in_syncs_over_10_ms": f"{sum(filter(_SLOW_SYNC_SECONDS.__lt__, syncs)) / _PROBE_SECONDS:.1%}",
        "slowest_to_fastest_slice_of_work": round(min(slices) / max(slices), 2),
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


def _sync_seconds() -> list[float]:
    """Times of appends of 4 kB with their fdatasync, where the data directories are."""
    seconds = []
    with TemporaryFile(dir=BUILD, buffering=0) as file:
        end = time.perf_counter() + _PROBE_SECONDS
        while (begin := time.perf_counter()) < end:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            seconds.append(time.perf_counter() - begin)
            time.sleep(_SYNC_PAUSE_SECONDS)
    return seconds


def _work_in_slices() -> list[int]:
    """How often the same piece of work was done in each of some slices of time."""
    done = []
    end = time.perf_counter() + _PROBE_SECONDS
    while (begin := time.perf_counter()) < end:
        done.append(0)
        while time.perf_counter() - begin < _SLICE_SECONDS:
            sum(range(20_000))
            done[-1] += 1
    return done
