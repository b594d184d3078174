"""The command line of the conformance tool."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import boto3
from tools.conformance import recording, replay, report, scenario
from tools.conformance.record import RecordingError, record
from tools.conformance.run import Endpoint, local
from tools.conformance.servers import servers

# Tables on AWS take seconds to minutes.
_AWS_PATIENCE_SECONDS = 300.0


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m tools.conformance", description="See docs/conformance.md."
    )
    commands = parser.add_subparsers(required=True)
    _add_replay(commands.add_parser("replay", help="compare a server's answers with the recorded ones"))
    _add_record(commands.add_parser("record", help="record a scenario's answers on AWS"))
    options = parser.parse_args(arguments)
    status: int = options.run(options)
    return status


def _add_replay(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scenarios", nargs="*", help="names of scenarios; all that were recorded if none is given"
    )
    parser.add_argument("--endpoint", metavar="URL", help="a running server; else Kilowatt is started")
    parser.add_argument("--recordings", type=Path, default=recording.RECORDINGS, metavar="FOLDER")
    parser.add_argument(
        "--update", action="store_true", help="make what agrees now the expectation of the tests"
    )
    parser.set_defaults(run=_replay)


def _replay(options: argparse.Namespace) -> int:
    outcomes = []
    known = replay.known_differences()
    with servers() as started:
        for one in _named(options.scenarios):
            try:
                recorded = recording.load(one, options.recordings)
            except (KeyError, FileNotFoundError):
                print(f"{one.name}: never recorded", file=sys.stderr)
                continue
            url = options.endpoint or started.url(recorded.wording)
            outcomes += replay.replay(one, recorded, local(url), known)
    print("\n".join(report.lines(outcomes)))
    if options.update:
        text = json.dumps(replay.expected() | replay.agreement(outcomes), indent=2)
        replay.EXPECTED.write_text(text + "\n", encoding="utf-8")
    missed = replay.shortfalls(outcomes, replay.expected())
    return 1 if missed else 0


def _add_record(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenarios", nargs="+", help="names of scenarios")
    parser.add_argument("--region", required=True)
    parser.add_argument(
        "--profile", help="of your AWS configuration; else the environment's credentials are used"
    )
    parser.add_argument("--endpoint", metavar="URL", help="another server than AWS, to try a scenario")
    parser.add_argument("--recordings", type=Path, default=recording.RECORDINGS, metavar="FOLDER")
    parser.set_defaults(run=_record)


def _record(options: argparse.Namespace) -> int:
    session = boto3.Session(profile_name=options.profile, region_name=options.region)
    endpoint = Endpoint(session, options.endpoint, _AWS_PATIENCE_SECONDS)
    for one in _named(options.scenarios):
        try:
            made = record(one, endpoint)
        except RecordingError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{one.name}: {recording.save(one, made, options.region, options.recordings)}")
    return 0


def _named(names: Sequence[str]) -> list[scenario.Scenario]:
    scenarios = scenario.load()
    unknown = [name for name in names if name not in scenarios]
    if unknown:
        raise SystemExit(f"no such scenario: {', '.join(unknown)}; there are: {', '.join(scenarios)}")
    return [scenarios[name] for name in names] if names else list(scenarios.values())


if __name__ == "__main__":
    sys.exit(main())
