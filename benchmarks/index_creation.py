"""Adds a global index to a full table under constant writes: how long do writes take, and is the index right?

python -m benchmarks.index_creation                        200,000 items, the server is killed once on the way
python -m benchmarks.index_creation --items 50000 --kills 0

Ends with status 1 if the index is not the projection of the table, if DescribeTable miscounts, if a write was
refused, or if the p99 of the writes while the index was filled is 20 ms or more. What was due while the
server was down is left out; a latency counts from the moment at which the write was due.
"""

import argparse
import os
import socket
import sys
import time
from contextlib import AbstractContextManager, ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import players
from benchmarks.exchange import Connection, WrongAnswer
from benchmarks.paced_writers import Latencies, PacedWriters, Write
from benchmarks.processes import NotStarted, Running, cores, new_directory, running_in
from benchmarks.report import text
from benchmarks.servers import SERVERS, Server

LIMIT_MS = 20
KILOWATT = next(server for server in SERVERS if server.name == "kilowatt")
# Writes go on for so long before the index is created, to compare with.
_BEFORE_SECONDS = 3.0
_POLL_SECONDS = 0.02
_GIVE_UP_SECONDS = 1800


@dataclass(frozen=True, slots=True)
class Plan:
    """`rate` writes a second in all; the server is killed `kills` times while it fills the index."""

    items: int = 200_000
    kills: int = 1
    writers: int = 4
    rate: float = 400
    before_seconds: float = _BEFORE_SECONDS
    poll_seconds: float = _POLL_SECONDS


@dataclass(slots=True)
class Findings:
    """What was seen. `before` and `filling` are the writes due before and while the index was filled.

    `killed_at` has the number of the index's entries at each kill, `seconds` is the time from UpdateTable to
    ACTIVE, `down_seconds` the part of it without a server, and `complaints` what is not as it should be,
    latencies apart.
    """

    before: list[Write] = field(default_factory=list)
    filling: list[Write] = field(default_factory=list)
    seconds: float = 0.0
    down_seconds: float = 0.0
    killed_at: list[int] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


class IndexCreation:
    """One table on one directory, and one server after the other on it."""

    def __init__(self, plan: Plan, directory: Path, server: Server, core: int | None) -> None:
        self._plan = plan
        self._directory = directory
        self._server = server
        self._core = core
        self._port = _free_port()
        self._writers = PacedWriters(
            self._port, plan.rate, [players.writes(plan.items, number) for number in range(plan.writers)]
        )
        self._findings = Findings()

    def run(self) -> Findings:
        """Raises `NotStarted`, `WrongAnswer` or OSError."""
        with ExitStack() as stack:
            started = stack.enter_context(self._start())
            with Connection(self._port) as connection:
                _tell(f"Loading {self._plan.items:,} items")
                players.load(connection, self._plan.items)
            with self._writers.writing():
                self._fill(stack, started)
            self._check_answers()
            _tell("Comparing the index with the table")
            with Connection(self._port) as connection:
                self._findings.complaints += players.complaints(connection)
        return self._findings

    def _start(self) -> AbstractContextManager[Running]:
        return running_in(self._directory, self._server, self._port, self._core)

    def _fill(self, stack: ExitStack, started: Running) -> None:
        """Creates the index and waits until it is there; kills the server when it is so many parts filled."""
        findings, plan = self._findings, self._plan
        time.sleep(plan.before_seconds)
        _tell("Creating the index")
        begin = time.perf_counter()
        with Connection(self._port) as connection:
            players.ask(connection, "UpdateTable", players.CREATE_INDEX)
        likely = players.likely_entries(plan.items)
        for kill in range(1, plan.kills + 1):
            findings.killed_at.append(self._wait(likely * kill // (plan.kills + 1)))
            started = self._restart(stack, started)
        self._wait(None)
        end = time.perf_counter()
        findings.seconds = end - begin
        answered = self._writers.answered
        findings.before = [write for write in answered if begin - plan.before_seconds <= write.due < begin]
        findings.filling = [write for write in answered if begin <= write.due < end]

    def _restart(self, stack: ExitStack, started: Running) -> Running:
        _tell(f"Killing the server; the index has {self._findings.killed_at[-1]:,} entries")
        begin = time.perf_counter()
        with self._writers.interrupted():
            started.kill()
            stack.close()
            started = stack.enter_context(self._start())
        self._findings.down_seconds += time.perf_counter() - begin
        return started

    def _wait(self, entries: int | None) -> int:
        """Until the index has so many entries, or until it is complete (None); how many it has then."""
        give_up = time.monotonic() + _GIVE_UP_SECONDS
        with Connection(self._port) as connection:
            while time.monotonic() < give_up:
                index = players.described(connection)["GlobalSecondaryIndexes"][0]
                found: int = index["ItemCount"]
                if index["IndexStatus"] == "ACTIVE":
                    if entries is not None:
                        raise WrongAnswer("the index was complete before the server could be killed")
                    return found
                if entries is not None and found >= entries:
                    return found
                time.sleep(self._plan.poll_seconds)
        raise WrongAnswer("the index does not become ACTIVE")

    def _check_answers(self) -> None:
        writers, findings = self._writers, self._findings
        refused = sum(write.status != 200 for write in writers.answered)
        if refused:
            findings.complaints.append(f"{refused} writes were refused")
        if writers.unanswered > self._plan.kills * self._plan.writers:
            findings.complaints.append(f"{writers.unanswered} writes were not answered")


def measure(plan: Plan, core: int | None = None) -> Findings:
    """Runs it all on a new server. Raises `NotStarted`, `WrongAnswer` or OSError."""
    with new_directory(KILOWATT.name) as directory:
        return IndexCreation(plan, directory, KILOWATT, core).run()


def main() -> int:
    plan = _options()
    server_core, own_core = cores()
    if own_core is not None:
        os.sched_setaffinity(0, {own_core})
    try:
        findings = measure(plan, server_core)
    except (NotStarted, WrongAnswer, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return _judge(findings)


def _options() -> Plan:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.index_creation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plan = Plan()
    parser.add_argument("--items", type=int, default=plan.items)
    parser.add_argument("--kills", type=int, default=plan.kills)
    parser.add_argument("--writers", type=int, default=plan.writers, help="connections")
    parser.add_argument("--rate", type=float, default=plan.rate, help="writes a second in all")
    options = parser.parse_args()
    return Plan(options.items, options.kills, options.writers, options.rate)


def _judge(findings: Findings) -> int:
    """Prints the findings; the exit status."""
    filling = Latencies.of(findings.filling)
    rows = [["writes", "number", "p50 ms", "p99 ms", "p99.9 ms", "longest ms", "p99 ms of the worst 5 s"]]
    rows += [
        [title, f"{seen.writes:,}", *(f"{ms:.1f}" for ms in _milliseconds(seen))]
        for title, seen in (("before", Latencies.of(findings.before)), ("while filling", filling))
    ]
    print(text(rows))
    print(
        f"\nThe index was filled in {findings.seconds:.1f} s, {findings.down_seconds:.1f} s of it without a",
        end="",
    )
    print(
        f" server; killed at {', '.join(f'{entries:,}' for entries in findings.killed_at) or 'no'} entries."
    )
    for complaint in findings.complaints:
        print(complaint)
    if not findings.complaints:
        print("The index is the projection of the table; the counts of DescribeTable are right.")
    print(f"p99 under {LIMIT_MS} ms: {'pass' if filling.p99 < LIMIT_MS else 'FAIL'}")
    return 1 if findings.complaints or filling.p99 >= LIMIT_MS else 0


def _milliseconds(seen: Latencies) -> list[float]:
    return [seen.p50, seen.p99, seen.p999, seen.highest, seen.worst_p99]


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
