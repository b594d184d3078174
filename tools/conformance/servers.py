"""Kilowatt servers for a replay, in memory, one for each wording of errors that the recordings have."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tools.kinesis_stand_in import running_stand_in

_READY = re.compile(r"ready: (http://\S+),")


class Servers:
    """Servers that are started when they are first asked for."""

    def __init__(self) -> None:
        self._started: dict[int, tuple[subprocess.Popen[str], str]] = {}
        self._stack = ExitStack()
        self._kinesis = self._stack.enter_context(running_stand_in())

    def url(self, wording: int) -> str:
        """The URL of the server with the error texts of a year."""
        if wording not in self._started:
            self._started[wording] = _start(wording, self._kinesis.endpoint)
        return self._started[wording][1]

    def stop(self) -> None:
        """Ends them all."""
        for process, _ in self._started.values():
            process.terminate()
            process.wait(timeout=20)
            if process.stderr:
                process.stderr.close()
        self._stack.close()


@contextmanager
def servers() -> Iterator[Servers]:
    """Servers that end with the block."""
    started = Servers()
    try:
        yield started
    finally:
        started.stop()


def _start(wording: int, kinesis: str) -> tuple["subprocess.Popen[str]", str]:
    command = [sys.executable, "-m", "kilowatt", "serve", "--in-memory", "--port", "0"]
    command += ["--kinesis-endpoint", kinesis]
    process = subprocess.Popen([*command, "--error-wording", str(wording)], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if ready := _READY.search(line):
            return process, ready[1]
    raise RuntimeError(f"the server ended with {process.wait()}: {''.join(seen)}")
