"""Making a recording: a scenario is run against AWS and its answers are kept, masked and dated."""

from datetime import UTC, datetime
from typing import Any

from tools.conformance.recording import Mask, Recording, recorded_form, usual_status
from tools.conformance.run import Endpoint, Run
from tools.conformance.scenario import Scenario, at


class RecordingError(Exception):
    """A scenario could not be run to its end; nothing is recorded."""


def record(scenario: Scenario, endpoint: Endpoint) -> Recording:
    """Runs the scenario; its tables are gone when this returns, or raises RecordingError."""
    run = Run(scenario, endpoint)
    answers: dict[str, Any] = {}
    statuses: dict[str, int] = {}
    steps = run.answers()
    try:
        for step, answer in steps:
            waited = all(at(answer, path) == value for path, value in step.until.items())
            if not waited or (step.answer is None and "Error" in answer):
                raise RecordingError(
                    f"{scenario.name}: {step.operation}: {answer.get('text', 'waited in vain')}"
                )
            if step.answer is not None:
                answers[step.answer] = form = recorded_form(step, answer)
                if (status := http_status(answer)) != usual_status(step, form):
                    statuses[step.answer] = status
    finally:
        steps.close()
    masked = Mask(scenario, run.variables).answers(answers)
    return Recording(datetime.now(UTC), masked, statuses)


def http_status(answer: dict[str, Any]) -> int:
    """The HTTP status that an answer came with; 200 of one that was collected from several."""
    status: int = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 200)
    return status
