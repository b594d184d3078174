"""The data directory as it lies on disk at any moment is good for another server.

A copy of it stands for what a snapshot of the volume, or a disk after the power failed, would show.
"""

import os
import random
import shutil
import signal
import time
from pathlib import Path

from tests.conftest import Server, needs_directory, running_server, start_server
from tests.faults.at_work import at_work
from tests.faults.audit import SCHEMA, complaints_about, read_stored
from tests.faults.history import CounterHistory, History
from tests.faults.traffic import Writer
from tests.faults.wire import Wire

pytestmark = needs_directory

_COPIES = 4
_WRITERS = 4


def _copied_at_one_moment(server: Server, source: Path, target: Path) -> None:
    """As a volume snapshot does it: nothing changes meanwhile."""
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        shutil.copytree(source, target)
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


def test_a_copy_made_under_load_opens_with_all_that_was_acknowledged(tmp_path: Path) -> None:
    writers = [Writer(number, number) for number in range(1, _WRITERS + 1)]
    histories = [writer.history for writer in writers]
    counter = CounterHistory()
    for writer in writers:
        writer.begin(0, counter)
    copies: list[tuple[Path, list[int], set[str]]] = []
    source = tmp_path / "data"
    server = start_server("--data-dir", str(source))
    with Wire(server.endpoint) as wire:
        wire.ask("CreateTable", SCHEMA)
    with at_work(server.endpoint, writers):
        for number in range(_COPIES):
            time.sleep(random.uniform(0.05, 0.2))
            acknowledged = [history.acknowledged for history in histories]
            copy = tmp_path / f"copy-{number}"
            copies.append((copy, acknowledged, set(counter.acknowledged)))
            _copied_at_one_moment(server, source, copy)
    assert not [surprise for writer in writers for surprise in writer.surprises]
    for copy, acknowledged, tokens in copies:
        _check(copy, histories, acknowledged, CounterHistory(counter.sent, tokens))
    assert server.stop() == 0


def _check(copy: Path, histories: list[History], acknowledged: list[int], counter: CounterHistory) -> None:
    with running_server("--data-dir", str(copy)) as second, Wire(second.endpoint) as wire:
        stored = read_stored(wire.ask)
    assert complaints_about(stored, histories, {0: counter}, acknowledged) == []
