"""Run by a child process before the function: sets its limits, then becomes it.

    python launcher.py MEMORY_BYTES PROGRAM ARGUMENT...

Setting limits here rather than between fork and exec keeps Python code out of a forked copy of the server,
whose threads hold locks. Not imported by the server.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main(memory: str, *command: str) -> None:
    # A server that is killed takes its functions with it.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # Data, not address space: mapped libraries and the reserves of allocators are no memory in use.
    resource.setrlimit(resource.RLIMIT_DATA, (int(memory), int(memory)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        os.execvp(command[0], command)  # noqa: S606  a program, no shell
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(*sys.argv[1:])
