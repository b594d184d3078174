"""Which process this is, so that others on the same machine can tell when it is gone."""

import os
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")
# In /proc/PID/stat, counted after the name of the program, which may hold anything but ends with ")".
_STATE, _STARTED = 0, 19


def identity() -> str | None:
    """What tells this process from all others, ever; None on systems other than Linux."""
    machine, started = _machine(), _started(os.getpid())
    return None if machine is None or started is None else f"{machine} {os.getpid()} {started}"


def is_gone(identity: str) -> bool:
    """Whether the process with this identity was certainly one of this machine, and is no more."""
    machine, _, process = identity.rpartition(" ")[0].rpartition(" ")
    if machine != _machine() or not process.isdecimal():
        return False
    return _started(int(process)) != identity.rpartition(" ")[2]


def _machine() -> str | None:
    """Since it booted; and of the machine the part whose process ids mean the same."""
    try:
        return f"{_BOOT.read_text().strip()} {_NAMESPACE.readlink()}"
    except OSError:
        return None


def _started(pid: int) -> str | None:
    """When the process started, in ticks since the machine booted; None if it is not there, or is dead."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE] in {"Z", "X"} else fields[_STARTED]
