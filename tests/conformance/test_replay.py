"""Every answer recorded on AWS is asked of Kilowatt: agreement, or a difference that is listed."""

import re
from collections.abc import Iterator
from dataclasses import replace as changed
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tools.conformance import recording, replay, scenario
from tools.conformance.replay import Outcome, Verdict
from tools.conformance.run import local
from tools.conformance.servers import Servers, servers

SCENARIOS = scenario.load()
KNOWN = replay.known_differences()
EXPECTED = replay.expected()
NUMBERED = Path(__file__).parents[2] / "docs" / "known-differences.md"


@pytest.fixture(scope="module")
def started() -> Iterator[Servers]:
    with servers() as started:
        yield started


def _replayed(name: str, started: Servers) -> list[Outcome]:
    recorded = recording.load(SCENARIOS[name])
    return replay.replay(SCENARIOS[name], recorded, local(started.url(recorded.wording)), KNOWN)


@pytest.mark.parametrize("name", SCENARIOS)
def test_what_was_recorded_is_answered_again(name: str, started: Servers) -> None:
    outcomes = _replayed(name, started)
    assert replay.shortfalls(outcomes, EXPECTED) == []
    assert replay.stale(outcomes, KNOWN) == [], "agrees by now: remove it from exceptions.json"


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_recorded_answer_has_its_step(name: str) -> None:
    asked = [step.answer for step in SCENARIOS[name].steps if step.answer]
    assert sorted(asked) == sorted(recording.load(SCENARIOS[name]).answers)


def test_every_recording_has_its_scenario() -> None:
    recorded = {file.name for file in recording.RECORDINGS.glob("*.json")}
    assert recorded == {one.file for one in SCENARIOS.values()}


def test_the_expectation_and_the_exceptions_name_recorded_answers() -> None:
    recorded = {(name, answer) for name, one in SCENARIOS.items() for answer in recording.load(one).answers}
    assert {(name, answer) for name, answers in EXPECTED.items() for answer in answers} <= recorded
    assert {(row.scenario, row.answer) for row in KNOWN} <= recorded


def test_every_exception_is_a_numbered_known_difference() -> None:
    numbers = re.findall(r"^\| (\d+) \|", NUMBERED.read_text(encoding="utf-8"), re.MULTILINE)
    assert {str(row.number) for row in KNOWN} <= set(numbers)
    assert len(numbers) == len(set(numbers))


def test_an_answer_that_is_not_as_recorded_differs(started: Servers) -> None:
    """Of any recorded answer one member is changed."""
    table_crud = SCENARIOS["table_crud"]
    recorded = recording.load(table_crud)
    description = recorded.answers["describe-table"]["Table"] | {"ItemCount": 1}
    wrong = changed(recorded, answers={**recorded.answers, "describe-table": {"Table": description}})
    outcomes = replay.replay(table_crud, wrong, local(started.url(recorded.wording)))
    assert [one.verdict for one in outcomes] == [Verdict.AGREES, Verdict.DIFFERS, *[Verdict.AGREES] * 2]
    assert outcomes[1].differences == ("Table.ItemCount: recorded 1, answered 0",)
    assert replay.shortfalls(outcomes, {})
    known = replay.KnownDifference(
        "table_crud", "describe-table", "Table.ItemCount", 2, "counted later on AWS"
    )
    outcomes = replay.replay(table_crud, wrong, local(started.url(recorded.wording)), [known])
    assert (outcomes[1].verdict, outcomes[1].known) == (Verdict.KNOWN, (known,))
    assert replay.shortfalls(outcomes, {}) == []


def test_another_http_status_differs(started: Servers) -> None:
    table_crud = SCENARIOS["table_crud"]
    wrong = changed(recording.load(table_crud), statuses={"delete-non-existent-table": 404})
    outcomes = replay.replay(table_crud, wrong, local(started.url(2025)))
    assert outcomes[3].differences == ("HTTP status: recorded 404, answered 400",)


def test_an_exception_that_no_longer_shows_is_stale(started: Servers) -> None:
    row = replay.KnownDifference("table_crud", "create-table", "TableDescription.ItemCount", 2, "")
    table_crud = SCENARIOS["table_crud"]
    outcomes = replay.replay(table_crud, recording.load(table_crud), local(started.url(2025)), [row])
    assert replay.stale(outcomes, [row]) == [row]
    assert replay.stale(outcomes, [changed(row, scenario="another")]) == []


class _HasNothing(BaseHTTPRequestHandler):
    """A server that refuses every operation as Kilowatt refuses those that it does not have."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        body = b'{"__type":"com.amazon.coral.service#UnknownOperationException"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def has_nothing() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _HasNothing) as serving:
        thread = Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


def test_what_is_not_built_is_no_agreement(has_nothing: str) -> None:
    table_crud = SCENARIOS["table_crud"]
    outcomes = replay.replay(table_crud, recording.load(table_crud), local(has_nothing))
    assert [one.verdict for one in outcomes] == [Verdict.NOT_BUILT] * 4
    assert replay.shortfalls(outcomes, {}) == []
    missed = replay.shortfalls(outcomes, {"table_crud": ["create-table"]})
    assert missed == ["table_crud, create-table (CreateTable): agreed before, now not built"]


def test_a_step_that_prepares_must_succeed(started: Servers) -> None:
    steps = [
        {"operation": "DescribeTable", "parameters": {"TableName": "${table}"}},
        {"operation": "ListTables", "parameters": {}, "answer": "after"},
    ]
    broken = scenario.Scenario.of("broken", "broken.json", {"about": "", "steps": steps})
    recorded = changed(recording.load(SCENARIOS["table_crud"]), answers={"after": {"TableNames": []}})
    (outcome,) = replay.replay(broken, recorded, local(started.url(2026)))
    assert outcome.verdict is Verdict.DIFFERS
    assert "ResourceNotFoundException" in outcome.differences[0]
