"""Kilowatt over PostgreSQL: through one server, and through two over the same database.

    python -m benchmarks.cluster [--rounds N] [--seconds N] [--connections N] [--dsn DSN]

Without --dsn a PostgreSQL is started for it, that syncs as one in production does; KILOWATT_POSTGRES_BIN says
where its programs are. Servers, database and wrk share this machine's cores, so two servers can only do more
than one where there are more cores than both use: what counts beside the rates is the processor time of a
request, by server and by database.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.exchange import Connection, check, fill
from benchmarks.measure import Requests
from benchmarks.processes import Running, cpu_seconds_of, running
from benchmarks.report import text
from benchmarks.servers import Server
from benchmarks.workload import GET_ITEM, PUT_ITEM, Case
from benchmarks.wrk import Replay, WrkMissing, replay, require_wrk
from tests.postgres_server import running_postgres

_PORTS = (8371, 8372)
# What one server has to do on the reference machine.
_LEAST_RATE = {GET_ITEM.name: 4_000, PUT_ITEM.name: 2_000}
_MOST_P50, _MOST_P99 = 5.0, 10.0


@dataclass(frozen=True, slots=True)
class Round:
    """One replay through each of some servers at the same time; processor times are those of a request."""

    replays: list[Replay]
    server_cpu_us: float
    database_cpu_us: float

    @property
    def rate(self) -> float:
        return sum(replay.rate for replay in self.replays)


def main() -> int:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.cluster",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=32, help="of each server")
    parser.add_argument("--dsn", help="of a database of its own, which is written to")
    options = parser.parse_args()
    try:
        require_wrk()
    except WrkMissing as error:
        print(error, file=sys.stderr)
        return 2
    with _database(options.dsn) as (dsn, pid):
        found = _measured(dsn, pid, options)
    rows = [["", "servers", "requests/s", "p50 ms", "p99 ms", "server us", "database us"]]
    for (case, count), rounds in found.items():
        figures = [
            f"{median(round_.rate for round_ in rounds):,.0f}",
            *(f"{median(max(_of(name, round_)) for round_ in rounds):.1f}" for name in ("p50", "p99")),
            f"{median(round_.server_cpu_us for round_ in rounds):.0f}",
            f"{median(round_.database_cpu_us for round_ in rounds):.0f}" if pid else "",
        ]
        rows.append([case, str(count), *figures])
    print(text(rows))
    return 0 if _fast_enough(found) else 1


@contextmanager
def _database(dsn: str | None) -> Iterator[tuple[str, int | None]]:
    """The DSN of a database and, if it is one of this machine, the process of its server."""
    if dsn is not None:
        yield dsn, None
        return
    with running_postgres(durable=True) as server:
        yield server.new_database(), server.pid


def _measured(dsn: str, pid: int | None, options: argparse.Namespace) -> dict[tuple[str, int], list[Round]]:
    requests = Requests(1.0)
    found: dict[tuple[str, int], list[Round]] = {}
    with ExitStack() as stack:
        servers = [stack.enter_context(running(_server(dsn), port, None)) for port in _PORTS]
        with Connection(servers[0].port) as connection:
            fill(connection)
            for case in (GET_ITEM, PUT_ITEM):
                check(connection, case)
        subprocess.run(["sync"], check=True)
        for case in (GET_ITEM, PUT_ITEM):
            for number in range(options.rounds + 1):
                for count in (1, 2):
                    seen = _round(case, servers[:count], pid, requests.file(case), options)
                    if number:  # the first is to warm up
                        found.setdefault((case.name, count), []).append(seen)
                        print(f"{case.name}, {count} servers: {seen.rate:,.0f}/s", file=sys.stderr)
    return found


def _round(
    case: Case, servers: list[Running], pid: int | None, file: Path, options: argparse.Namespace
) -> Round:
    def used() -> tuple[float, float]:
        return sum(it.cpu_seconds() for it in servers), cpu_seconds_of(pid) if pid is not None else 0.0

    before = used()
    with ThreadPoolExecutor(len(servers)) as threads:
        replays = list(
            threads.map(lambda it: replay(it.url, file, options.connections, options.seconds, None), servers)
        )
    after = used()
    for seen in replays:
        if seen.refused or seen.broken:
            raise SystemExit(
                f"{case.name}: {seen.refused} requests refused, {seen.broken} connections broken"
            )
    requests = sum(seen.requests for seen in replays)
    server, database = ((end - begin) / requests * 1e6 for begin, end in zip(before, after, strict=True))
    return Round(replays, server, database)


def _server(dsn: str) -> Server:
    def command(port: int, _: Path) -> list[str]:
        options = ["--engine", "postgres", "--dsn", dsn, "--port", str(port)]
        return [sys.executable, "-m", "kilowatt", "serve", *options]

    return Server("kilowatt-postgres", "Kilowatt, over PostgreSQL", command, is_kilowatt=True)


def _of(name: str, round_: Round) -> list[float]:
    return [getattr(replay, name) for replay in round_.replays]


def _fast_enough(found: dict[tuple[str, int], list[Round]]) -> bool:
    rates = {name: median(it.rate for it in found[name, 1]) for name in _LEAST_RATE}
    p50, p99 = (median(max(_of(name, it)) for it in found[PUT_ITEM.name, 1]) for name in ("p50", "p99"))
    enough = all(rates[name] >= least for name, least in _LEAST_RATE.items())
    return enough and p50 < _MOST_P50 and p99 < _MOST_P99


if __name__ == "__main__":
    sys.exit(main())
