"""A server that is killed again and again under load loses nothing acknowledged and does nothing by halves.

KILOWATT_CRASH_KILLS: how often (50). KILOWATT_CRASH_SEED: repeats the requests and moments of a run, though
not how the writers interleave.
"""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import Server, start_server
from tests.faults.at_work import at_work
from tests.faults.audit import SCHEMA, complaints_about, read_stored, settle
from tests.faults.history import CounterHistory
from tests.faults.traffic import Writer
from tests.faults.wire import Wire

_KILLS = int(os.environ.get("KILOWATT_CRASH_KILLS", "50"))
_WRITERS = 6
_LOAD_SECONDS = (0.05, 0.5)
# One start in so many is itself cut short, after up to so many seconds.
_CUT_STARTS = 8
_CUT_SECONDS = 0.5


class Crashes:
    """One data directory, the writers on it, and one server after the other."""

    def __init__(self, directory: Path, seed: int) -> None:
        self._directory = directory
        self._random = random.Random(seed)
        self._writers = [Writer(number, self._random.getrandbits(32)) for number in range(1, _WRITERS + 1)]
        self._counters: dict[int, CounterHistory] = {}
        self.kills = 0

    @property
    def steps(self) -> int:
        """Steps since the last check."""
        return sum(len(writer.history.steps) for writer in self._writers)

    def start(self) -> Server:
        """A server on the directory; now and then the first attempt is killed on the way."""
        if self._random.randrange(_CUT_STARTS) == 0:
            self._kill_a_start()
        return start_server("--data-dir", str(self._directory))

    def load_and_kill(self, server: Server) -> None:
        """Lets the writers write for a random time, then kills the server."""
        counter = self._counters[self.kills] = CounterHistory()
        for writer in self._writers:
            writer.begin(self.kills, counter)
        with at_work(server.endpoint, self._writers):
            time.sleep(self._random.uniform(*_LOAD_SECONDS))
            server.kill()
        self.kills += 1

    def check(self, server: Server) -> None:
        """Looks at all that is stored."""
        surprises = [surprise for writer in self._writers for surprise in writer.surprises]
        assert not surprises, "\n".join(surprises)
        histories = [writer.history for writer in self._writers]
        with Wire(server.endpoint) as wire:
            stored = read_stored(wire.ask)
        complaints = complaints_about(stored, histories, self._counters)
        assert not complaints, "\n".join([f"after kill {self.kills}:", *complaints])
        settle(stored, histories, self._counters)

    def _kill_a_start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "kilowatt",
            "serve",
            "--port",
            "0",
            "--data-dir",
            str(self._directory),
        ]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        time.sleep(self._random.uniform(0, _CUT_SECONDS))
        process.kill()
        process.wait()


def test_killed_under_load_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILOWATT_CRASH_SEED", str(random.getrandbits(32))))
    print(f"KILOWATT_CRASH_SEED={seed}")  # noqa: T201  pytest shows it with a failure
    crashes = Crashes(tmp_path / "data", seed)
    steps = 0
    server = crashes.start()
    with Wire(server.endpoint) as wire:
        wire.ask("CreateTable", SCHEMA)
    while crashes.kills < _KILLS:
        crashes.load_and_kill(server)
        steps += crashes.steps
        server = crashes.start()
        crashes.check(server)
    assert server.stop() == 0
    assert steps > 50 * crashes.kills, "hardly any load"
