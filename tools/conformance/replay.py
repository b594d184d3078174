"""Replaying: each recorded answer is asked for again, and what comes is compared with it."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tools.conformance.compare import Comparison, Difference
from tools.conformance.record import http_status
from tools.conformance.recording import Recording, recorded_form
from tools.conformance.run import Answer, Endpoint, Run
from tools.conformance.scenario import Scenario, Step, at, filled

_FOLDER = Path(__file__).parents[2] / "tests" / "conformance"
EXCEPTIONS = _FOLDER / "exceptions.json"
EXPECTED = _FOLDER / "expected.json"
# How Kilowatt refuses parameters of capabilities that it does not have yet.
_NOT_YET = "Kilowatt does not support "


class Verdict(StrEnum):
    """What became of a recorded answer, worst last."""

    AGREES = "agrees"
    KNOWN = "known difference"
    NOT_BUILT = "not built"
    DIFFERS = "differs"


@dataclass(frozen=True)
class KnownDifference:
    """A disagreement that is listed: at a path of an answer, with its number in docs/known-differences.md."""

    scenario: str
    answer: str
    path: str
    number: int
    reason: str

    def covers(self, difference: Difference) -> bool:
        return difference.path == self.path or difference.path.startswith(self.path + ".")


@dataclass(frozen=True)
class Outcome:
    """The verdict on one recorded answer. `differences` are those that no known difference covers."""

    scenario: str
    answer: str
    operation: str
    verdict: Verdict
    differences: tuple[str, ...] = ()
    known: tuple[KnownDifference, ...] = ()


def known_differences(path: Path = EXCEPTIONS) -> list[KnownDifference]:
    """The exceptions table."""
    return [KnownDifference(**row) for row in json.loads(path.read_text(encoding="utf-8"))]


def replay(
    scenario: Scenario, recording: Recording, endpoint: Endpoint, known: Iterable[KnownDifference] = ()
) -> list[Outcome]:
    """The outcomes of a scenario's recorded answers, in order."""
    judge = _Judge(scenario, recording, Run(scenario, endpoint), list(known))
    return list(judge.outcomes())


class _Judge:
    def __init__(
        self, scenario: Scenario, recording: Recording, run: Run, known: list[KnownDifference]
    ) -> None:
        self._scenario = scenario
        self._recording = recording
        self._known = [row for row in known if row.scenario == scenario.name]
        self._comparison = Comparison(
            {mask: filled(variable, run.variables) for mask, variable in scenario.masks.items()}
        )
        self._run = run

    def outcomes(self) -> Iterator[Outcome]:
        steps = self._run.answers()
        for step, answer in steps:
            if _is_unbuilt(answer):
                steps.close()
                yield from self._rest(step, Verdict.NOT_BUILT)
            elif step.answer is None and "Error" in answer:
                steps.close()
                yield from self._rest(step, Verdict.DIFFERS, f"preparing for it failed: {answer['text']}")
            elif step.answer is not None:
                yield self._outcome(step, answer)

    def _rest(self, first: Step, verdict: Verdict, *reasons: str) -> Iterator[Outcome]:
        """The same verdict on all answers from a step on, because they rest upon it."""
        steps = self._scenario.steps
        for step in steps[steps.index(first) :]:
            if step.answer is not None:
                yield Outcome(self._scenario.name, step.answer, step.operation, verdict, reasons)

    def _outcome(self, step: Step, answer: Answer) -> Outcome:
        assert step.answer is not None
        found = list(self._differences(step, answer))
        known = [row for row in self._known if row.answer == step.answer]
        used = tuple(row for row in known if any(map(row.covers, found)))
        unlisted = tuple(str(one) for one in found if not any(row.covers(one) for row in used))
        verdict = Verdict.DIFFERS if unlisted else Verdict.KNOWN if found else Verdict.AGREES
        return Outcome(self._scenario.name, step.answer, step.operation, verdict, unlisted, used)

    def _differences(self, step: Step, answer: Answer) -> Iterator[Difference]:
        assert step.answer is not None
        status = http_status(answer)
        if status != self._recording.status(step):
            yield Difference("HTTP status", self._recording.status(step), status)
        recorded = self._recording.answers[step.answer]
        yield from self._comparison.differences(recorded, recorded_form(step, answer), step.unordered)


def _is_unbuilt(answer: Answer) -> bool:
    """Whether Kilowatt says that it has no such operation or parameter."""
    code, message = str(at(answer, "Error.Code")), str(at(answer, "Error.Message"))
    return code == "UnknownOperationException" or message.startswith(_NOT_YET)


def expected(path: Path = EXPECTED) -> dict[str, list[str]]:
    """By scenario the answers that must agree, or differ in known ways only."""
    answers: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return answers


def agreement(outcomes: Iterable[Outcome]) -> dict[str, list[str]]:
    """What `expected` would have to be for these outcomes."""
    agreed: dict[str, list[str]] = {}
    for outcome in outcomes:
        if outcome.verdict in {Verdict.AGREES, Verdict.KNOWN}:
            agreed.setdefault(outcome.scenario, []).append(outcome.answer)
    return agreed


def shortfalls(outcomes: Iterable[Outcome], wanted: dict[str, list[str]]) -> list[str]:
    """What keeps the outcomes from the expectation, a line each; none if they meet it."""
    lines = []
    for outcome in outcomes:
        place = f"{outcome.scenario}, {outcome.answer} ({outcome.operation})"
        if outcome.verdict is Verdict.DIFFERS:
            lines += [f"{place}: {difference}" for difference in outcome.differences]
        elif outcome.verdict is Verdict.NOT_BUILT and outcome.answer in wanted.get(outcome.scenario, ()):
            lines.append(f"{place}: agreed before, now not built")
    return lines


def stale(outcomes: Iterable[Outcome], known: Iterable[KnownDifference]) -> list[KnownDifference]:
    """Known differences that no longer show, of answers that were compared."""
    outcomes = [one for one in outcomes if one.verdict is not Verdict.NOT_BUILT]
    compared = {(one.scenario, one.answer) for one in outcomes}
    shown = {row for one in outcomes for row in one.known}
    return [row for row in known if (row.scenario, row.answer) in compared and row not in shown]
