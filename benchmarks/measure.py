"""The measurements of one server: rounds of each case between rounds of the floor.

The machines that this runs on are shared, and their speed changes from one second to the next. So every
round stands between two rounds of the static-reply server with the same number of connections; what counts
is the ratio to their mean, and the median over several rounds. Where others compete for the same cores, the
ratio of processor times is steadier than that of rates.
"""

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean, median

from benchmarks.exchange import Connection, TooSlow, WrongAnswer, check, fill
from benchmarks.processes import NotStarted, Running, running
from benchmarks.servers import BUILD, Server
from benchmarks.signing import signed, write_replay
from benchmarks.workload import GET_ITEM, Case
from benchmarks.wrk import Replay, replay

_SETTLE_SECONDS = 0.5
_WARM_UP_CONNECTIONS = 16
_FLOOR_TRIES = 5
_SIGNED_AGAIN_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to measure: `rounds` of `seconds`, between rounds of the floor of `floor_seconds`.

    `starts` is how often Kilowatt is started to time it; a `share` of each case's requests is prepared.
    """

    rounds: int = 3
    seconds: int = 5
    floor_seconds: int = 2
    starts: int = 5
    share: float = 1.0


FULL = Plan()
QUICK = Plan(rounds=1, seconds=2, floor_seconds=1, starts=1, share=0.25)


@dataclass(frozen=True, slots=True)
class Load:
    """One replay, and the processor time that the server used in it."""

    replay: Replay
    cpu_seconds: float

    @property
    def cpu_us(self) -> float:
        return self.cpu_seconds / max(self.replay.requests, 1) * 1e6


@dataclass(frozen=True, slots=True)
class Round:
    """One replay of a server, with the rate of the floor around it and its processor time for a request."""

    load: Load
    floor: float
    floor_cpu_us: float


@dataclass(frozen=True, slots=True)
class Result:
    """Medians of the rounds of one case.

    Rates in requests per second, latencies in milliseconds; `cpu` and `wrk_cpu` are shares of one core,
    `cpu_us` is the server's processor time for one request in microseconds, `cpu_ratio` the floor's to it.
    """

    operation: str
    connections: int
    rate: float
    floor: float
    ratio: float
    p50: float
    p99: float
    p999: float
    cpu: float
    cpu_us: float
    cpu_ratio: float
    wrk_cpu: float

    @classmethod
    def of(cls, case: Case, connections: int, rounds: list[Round]) -> "Result":
        loads = [round_.load for round_ in rounds]
        seen = [load.replay for load in loads]
        return cls(
            case.name,
            connections,
            rate=median(replay.rate for replay in seen),
            floor=median(round_.floor for round_ in rounds),
            ratio=median(round_.load.replay.rate / round_.floor for round_ in rounds),
            p50=median(replay.p50 for replay in seen),
            p99=median(replay.p99 for replay in seen),
            p999=median(replay.p999 for replay in seen),
            cpu=median(load.cpu_seconds / load.replay.seconds for load in loads),
            cpu_us=median(load.cpu_us for load in loads),
            cpu_ratio=median(round_.floor_cpu_us / round_.load.cpu_us for round_ in rounds),
            wrk_cpu=median(replay.wrk_cpu for replay in seen),
        )


@dataclass(slots=True)
class Subject:
    """What was found about one server. Sizes in bytes; `problems` are cases that it failed, and why."""

    name: str
    title: str
    start_seconds: float = 0.0
    idle_rss: int = 0
    loaded_rss: int = 0
    results: list[Result] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def result(self, case: Case, connections: int) -> Result | None:
        for result in self.results:
            if (result.operation, result.connections) == (case.name, connections):
                return result
        return None


class Requests:
    """The files to replay, signed anew before their signatures are too old."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._signed_at: dict[str, float] = {}

    def file(self, case: Case) -> Path:
        path = BUILD / f"{case.name.replace(' ', '-')}.requests"
        now = time.monotonic()
        if now - self._signed_at.get(case.name, -_SIGNED_AGAIN_SECONDS) >= _SIGNED_AGAIN_SECONDS:
            bodies = case.sample(round(case.prepared * self._share))
            write_replay(path, [signed(case.operation, body) for body in bodies])
            self._signed_at[case.name] = now
        return path


class Bench:
    """Measures servers beside one floor server."""

    def __init__(self, floor: Running, plan: Plan, server_core: int | None, wrk_core: int | None) -> None:
        self._floor = floor
        self._plan = plan
        self._server_core = server_core
        self._wrk_core = wrk_core
        self._requests = Requests(plan.share)

    def measure(self, server: Server, port: int, cases: dict[int, list[Case]]) -> Subject:
        """Measures `cases`, by number of connections, on a new server of this kind."""
        subject = Subject(server.name, server.title)
        starts = []
        for _ in range(self._plan.starts - 1 if server.is_kilowatt else 0):
            with running(server, port, self._server_core) as started:
                starts.append(started.start_seconds)
        with running(server, port, self._server_core) as started:
            subject.start_seconds = median([*starts, started.start_seconds])
            time.sleep(_SETTLE_SECONDS)
            subject.idle_rss = started.rss_bytes()
            right = self._prepare(started, cases, subject)
            for connections, listed in cases.items():
                self._rounds(started, [case for case in listed if case in right], connections, subject)
            subject.loaded_rss = started.rss_bytes()
        return subject

    def _prepare(self, server: Running, cases: dict[int, list[Case]], subject: Subject) -> list[Case]:
        """Loads and warms up; the cases that are answered rightly."""
        right = []
        with Connection(server.port) as connection:
            fill(connection)
            for case in dict.fromkeys(case for listed in cases.values() for case in listed):
                try:
                    check(connection, case)
                except (WrongAnswer, KeyError) as error:
                    subject.problems.append(f"{case.name}: {error}")
                except TooSlow as error:
                    subject.problems.append(f"{case.name}: not measured: {error}")
                    server.wait_until_idle()
                else:
                    right.append(case)
        for case in right:
            self._load(server, case, _WARM_UP_CONNECTIONS, 1)
        return right

    def _rounds(self, server: Running, cases: list[Case], connections: int, subject: Subject) -> None:
        seen: dict[str, list[Round]] = {case.name: [] for case in cases}
        for _ in range(self._plan.rounds):
            before = self._floor_load(connections)
            for case in cases:
                load = self._load(server, case, connections, self._plan.seconds)
                after = self._floor_load(connections)
                seen[case.name].append(_between(before, load, after))
                before = after
                _tell(server, case, connections, seen[case.name][-1])
        for case in cases:
            subject.results.append(Result.of(case, connections, seen[case.name]))
            wrong = sum(round_.load.replay.refused + round_.load.replay.broken for round_ in seen[case.name])
            if wrong:
                subject.problems.append(f"{case.name}, {connections} connections: {wrong} requests failed")
            if not all(round_.load.replay.requests for round_ in seen[case.name]):
                subject.problems.append(f"{case.name}, {connections} connections: a round without any answer")

    def _floor_load(self, connections: int) -> Load:
        for _ in range(_FLOOR_TRIES):
            load = self._load(self._floor, GET_ITEM, connections, self._plan.floor_seconds)
            if load.replay.requests:
                return load
        raise NotStarted("the floor answers nothing: this machine is too busy to measure on")

    def _load(self, server: Running, case: Case, connections: int, seconds: int) -> Load:
        requests = self._requests.file(case)
        before = server.cpu_seconds()
        seen = replay(server.url, requests, connections, seconds, self._wrk_core)
        used = server.cpu_seconds() - before
        server.wait_until_idle()
        return Load(seen, used)


def _between(before: Load, load: Load, after: Load) -> Round:
    return Round(load, mean((before.replay.rate, after.replay.rate)), mean((before.cpu_us, after.cpu_us)))


def _tell(server: Running, case: Case, connections: int, seen: Round) -> None:
    replayed = seen.load.replay
    print(
        f"  {server.server.name}: {case.name}, {connections} connections: {replayed.rate:,.0f}/s, "
        f"{replayed.rate / seen.floor:.3f} of the floor, p99 {replayed.p99:.1f} ms",
        file=sys.stderr,
    )
