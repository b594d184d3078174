"""Measures Kilowatt and others beside a static-reply server.

python -m benchmarks                         all servers, about 30 minutes; writes benchmarks/results/DATE.*
python -m benchmarks --quick kilowatt        half a minute; writes nothing
python -m benchmarks --operations GetItem --connections 1 64 -- kilowatt dynalite
"""

import argparse
import json
import socket
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import machine, report
from benchmarks.exchange import TooSlow, WrongAnswer
from benchmarks.measure import FULL, QUICK, Bench, Plan, Subject
from benchmarks.processes import NotStarted, cores, running
from benchmarks.servers import BUILD, FLOOR, SERVERS, NotInstallable, Server
from benchmarks.workload import CASES, GET_ITEM, PUT_ITEM, TRANSACT_HUNDRED, Case
from benchmarks.wrk import WrkMissing, require_wrk

_RESULTS = Path(__file__).with_name("results")
_FEWER_CONNECTIONS = [1, 16]


def main() -> int:
    options = _options()
    try:
        require_wrk()
    except WrkMissing as error:
        print(error, file=sys.stderr)
        return 2
    BUILD.mkdir(parents=True, exist_ok=True)
    described = machine.description() if options.output else {}  # it takes some seconds
    before = machine.ticks()
    subjects = _measure_all(options)
    described["stolen_by_the_hypervisor"] = f"{machine.stolen_share(before, machine.ticks()):.1%}"
    _show(subjects)
    if options.output:
        _write(options.output, described, subjects)
    wrong = [
        subject.title for subject in subjects if subject.name.startswith("kilowatt") and subject.problems
    ]
    return 1 if wrong else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = [server.name for server in SERVERS]
    parser.add_argument("servers", nargs="*", metavar="SERVER", help=f"of {', '.join(names)}; default: all")
    parser.add_argument("--quick", action="store_true", help="one short round of each; writes nothing")
    parser.add_argument("--operations", nargs="+", choices=sorted({case.operation for case in CASES}))
    parser.add_argument("--connections", nargs="+", type=int, help="instead of the plan's")
    parser.add_argument("--rounds", type=int, default=FULL.rounds)
    parser.add_argument("--seconds", type=int, default=FULL.seconds, help="length of a round")
    parser.add_argument(
        "--output", type=Path, help="directory for the results; of a whole run: benchmarks/results"
    )
    options = parser.parse_args()
    if not (options.servers or options.quick or options.operations or options.connections or options.output):
        options.output = _RESULTS
    unknown = set(options.servers) - set(names)
    if unknown:
        parser.error(f"unknown server: {', '.join(sorted(unknown))}")
    return options


def _measure_all(options: argparse.Namespace) -> list[Subject]:
    plan = QUICK if options.quick else Plan(rounds=options.rounds, seconds=options.seconds)
    server_core, wrk_core = cores()
    if server_core is None:
        print("One core only: server and wrk share it, ratios are lower bounds.", file=sys.stderr)
    subjects = []
    with running(FLOOR, _free_port(), server_core) as floor:
        bench = Bench(floor, plan, server_core, wrk_core)
        for server in SERVERS:
            if options.servers and server.name not in options.servers:
                continue
            print(server.title, file=sys.stderr)
            subjects.append(_measure(bench, server, _plan_of_cases(options, server)))
    return subjects


def _measure(bench: Bench, server: Server, cases: dict[int, list[Case]]) -> Subject:
    try:
        server.install()
        return bench.measure(server, _free_port(), cases)
    except (NotInstallable, NotStarted, WrongAnswer, TooSlow, OSError) as error:
        print(f"  not measured: {error}", file=sys.stderr)
        return Subject(server.name, server.title, problems=[f"not measured: {error}"])


def _plan_of_cases(options: argparse.Namespace, server: Server) -> dict[int, list[Case]]:
    """What to measure on `server`, by number of connections."""
    main_cases = [GET_ITEM, PUT_ITEM]
    cases = main_cases if server.verifies else CASES
    if options.operations:
        cases = [case for case in CASES if case.operation in options.operations]
    if options.connections:
        return dict.fromkeys(options.connections, cases)
    planned = {report.HEADLINE_CONNECTIONS: cases}
    if server.name in {"kilowatt", "dynalite"} and not options.quick:
        main_cases = [case for case in main_cases if case in cases]
        planned |= dict.fromkeys(_FEWER_CONNECTIONS, main_cases)
        if server.name == "kilowatt":
            planned[1] = [*main_cases, TRANSACT_HUNDRED]
    return planned


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _show(subjects: list[Subject]) -> None:
    measured = [subject for subject in subjects if subject.results]
    for rows in (
        report.rates(measured),
        report.footprints(measured),
        report.judged(report.targets(measured)),
    ):
        if len(rows) > 1:
            print(f"\n{report.text(rows)}")
    for subject in subjects:
        for problem in subject.problems:
            print(f"\n{subject.title}: {problem}")


def _write(directory: Path, described: dict[str, Any], subjects: list[Subject]) -> None:
    date = f"{datetime.now(UTC):%Y-%m-%d}"
    directory.mkdir(parents=True, exist_ok=True)
    content = {
        "date": date,
        "machine": described,
        "targets": [asdict(target) for target in report.targets(subjects)],
        "servers": [_rounded(asdict(subject)) for subject in subjects],
    }
    (directory / f"{date}.json").write_text(json.dumps(content, indent=2) + "\n")
    (directory / f"{date}.md").write_text(report.page(described, date, subjects))


def _rounded(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _rounded(part) for name, part in content.items()}
    if isinstance(content, list):
        return [_rounded(part) for part in content]
    return round(content, 4) if isinstance(content, float) else content


if __name__ == "__main__":
    sys.exit(main())
