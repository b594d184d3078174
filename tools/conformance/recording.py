"""Recordings: dated answers of AWS, with what differs from run to run masked.

A file is a JSON object: situation to `recorded` (UTC, day-month-year), `answers` (by name) and, of those that
this tool made, `region`. HTTP metadata is left out: the HTTP status is 200, that of an error 400, unless
`statuses` gives another for an answer.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tools.conformance.scenario import Scenario, Step, Variables, at

RECORDINGS = Path(__file__).parents[2] / "tests" / "golden"
ACCOUNT = "111111111111"
_DATE = "%d-%m-%Y, %H:%M:%S"
# From here on recordings have the wording of 2026 (README.md in tests/golden).
_NEW_WORDING = date(2026, 6, 1)
_ARN = re.compile(r"arn:(aws[a-z-]*):(\w+):([a-z0-9-]+):(\d{12}):")
# Members whose value is another in every run, and the names of their masks.
_VOLATILE = {
    "TableId": "uuid",
    "LatestStreamLabel": "stream-label",
    "StreamLabel": "stream-label",
    "ShardId": "shard-id",
    "ParentShardId": "shard-id",
    "SequenceNumber": "sequence-number",
    "StartingSequenceNumber": "sequence-number",
    "EndingSequenceNumber": "sequence-number",
    "ShardIterator": "shard-iterator",
    "NextShardIterator": "shard-iterator",
    "eventID": "event-id",
}


@dataclass(frozen=True)
class Recording:
    """The answers of one situation, by name, as they were on `recorded`."""

    recorded: datetime
    answers: Mapping[str, Any]
    statuses: Mapping[str, int] = field(default_factory=dict)

    @property
    def wording(self) -> int:
        """The year whose error texts AWS had when this was recorded: 2025 or 2026."""
        return 2026 if self.recorded.date() >= _NEW_WORDING else 2025

    def status(self, step: Step) -> int:
        """The HTTP status of the answer to a step."""
        assert step.answer is not None
        return self.statuses.get(step.answer, usual_status(step, self.answers[step.answer]))


def usual_status(step: Step, recorded: Any) -> int:
    """The HTTP status that an answer has unless something else is said."""
    return 400 if step.as_text or (isinstance(recorded, dict) and "Error" in recorded) else 200


def load(scenario: Scenario, folder: Path = RECORDINGS) -> Recording:
    """Raises KeyError or FileNotFoundError if the scenario was never recorded."""
    document = json.loads((folder / scenario.file).read_text(encoding="utf-8"))[scenario.name]
    recorded = datetime.strptime(document["recorded"], _DATE).replace(tzinfo=UTC)
    return Recording(recorded, document["answers"], document.get("statuses", {}))


def save(scenario: Scenario, recording: Recording, region: str, folder: Path) -> Path:
    """Puts the recording of a scenario into its file, in place of an older one; returns the file."""
    document: dict[str, Any] = {"recorded": recording.recorded.strftime(_DATE), "region": region}
    document["answers"] = recording.answers
    if recording.statuses:
        document["statuses"] = recording.statuses
    path = folder / scenario.file
    documents = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    documents[scenario.name] = document
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(documents, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def recorded_form(step: Step, answer: dict[str, Any]) -> Any:
    """What of an answer is recorded: without metadata, the part or the text that the step names."""
    if step.as_text:
        return answer.get("text", "no error")
    document = {name: value for name, value in answer.items() if name not in {"ResponseMetadata", "text"}}
    return document if step.part is None or "Error" in answer else at(document, step.part)


class Mask:
    """Masks the answers of one run: the same value gives the same mask in all of them."""

    def __init__(self, scenario: Scenario, variables: Variables) -> None:
        self._texts: dict[str, str] = {}
        for number, table in enumerate(scenario.tables, 1):
            self._texts[variables[table]] = f"<table-name:{number}>"
        for mask, variable in scenario.masks.items():
            value = variables.get(variable.strip("${}"))
            if value is not None:
                self._texts[value] = mask

    def answers(self, answers: dict[str, Any]) -> dict[str, Any]:
        """The answers as they are recorded."""
        for answer in answers.values():
            self._learn(answer)
        return {name: self._masked(answer) for name, answer in answers.items()}

    def _learn(self, value: Any) -> None:
        """Gives every volatile member's value its mask."""
        if isinstance(value, list):
            for element in value:
                self._learn(element)
        elif isinstance(value, dict):
            for name, member in value.items():
                if name in _VOLATILE and isinstance(member, str):
                    self._name(member, _VOLATILE[name])
                self._learn(member)

    def _name(self, value: str, kind: str) -> None:
        if value not in self._texts:
            number = sum(mask.startswith(f"<{kind}:") for mask in self._texts.values()) + 1
            self._texts[value] = f"<{kind}:{number}>"

    def _masked(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self._text(name): self._masked(member) for name, member in value.items()}
        if isinstance(value, list | set):
            return [self._masked(element) for element in value]
        if isinstance(value, datetime):
            return "datetime"
        if isinstance(value, bytes):
            return repr(value)
        return self._text(value) if isinstance(value, str) else value

    def _text(self, text: str) -> str:
        text = _ARN.sub(rf"arn:<partition>:\2:<region>:{ACCOUNT}:", text)
        # Long ones first: a name may be part of another.
        for value in sorted(self._texts, key=len, reverse=True):
            text = text.replace(value, self._texts[value])
        return text
