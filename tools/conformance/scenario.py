"""Scenarios: the requests whose answers were recorded, as data.

A file of scenarios is a JSON object: name to scenario. Its namesake in tests/golden holds the answers.

    about   what happens, in a sentence
    tables  variables that become unique table names; the tables are deleted at the end (default: table)
    masks   what stands for a variable in the recorded answers: {"<table-name:1>": "${table}"}
    steps   in order:
        operation   as the API spells it
        parameters  of the request; "${x}" is a variable's value, {"$base64": "..."} is bytes
        answer      name of the recorded answer; without one the step only prepares, and must succeed
        part        path of the part that is recorded: "TableDescription.SSEDescription", "Records.0.dynamodb"
        as_text     true if what is recorded is the text of boto3's exception
        unordered   paths of lists whose order means nothing
        save        variables to set from the answer: {"arn": "TableDescription.TableArn"}
        until       repeat the request until its answer has these values: {"Table.TableStatus": "ACTIVE"}
        collect     repeat the request through its continuation until it gave that many elements:
                    {"list": "Records", "count": 4, "next": "NextShardIterator", "as": "ShardIterator"};
                    the answer is the list of all of them
"""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SCENARIOS = Path(__file__).parents[2] / "tests" / "conformance" / "scenarios"
Variables = dict[str, str]
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@dataclass(frozen=True)
class Collect:
    """How a list is collected from several answers."""

    list: str
    count: int
    next: str
    as_: str


@dataclass(frozen=True)
class Step:
    """A request and what becomes of its answer; the module's docstring tells the fields."""

    operation: str
    parameters: dict[str, Any]
    answer: str | None = None
    part: str | None = None
    as_text: bool = False
    unordered: tuple[str, ...] = ()
    save: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, Any] = field(default_factory=dict)
    collect: Collect | None = None

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Step":
        """Raises TypeError if the document has a field that steps don't have."""
        fields = dict(document)
        if "collect" in fields:
            collect = dict(fields["collect"])
            fields["collect"] = Collect(as_=collect.pop("as"), **collect)
        fields["unordered"] = tuple(fields.get("unordered", ()))
        return cls(**fields)


@dataclass(frozen=True)
class Scenario:
    """Requests in order. `file` is the name that scenario and recording share."""

    name: str
    file: str
    about: str
    steps: tuple[Step, ...]
    tables: tuple[str, ...] = ("table",)
    masks: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, name: str, file: str, document: dict[str, Any]) -> "Scenario":
        fields = dict(document)
        fields["steps"] = tuple(map(Step.of, fields["steps"]))
        fields["tables"] = tuple(fields.get("tables", ("table",)))
        return cls(name, file, **fields)


def load(folder: Path = SCENARIOS) -> dict[str, Scenario]:
    """The scenarios of all files in `folder`, by name; raises ValueError if two share one."""
    found: dict[str, Scenario] = {}
    for path in sorted(folder.glob("*.json")):
        for name, document in json.loads(path.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"{path}: {name} is also in {found[name].file}")
            found[name] = Scenario.of(name, path.name, document)
    return found


def filled(value: Any, variables: Variables) -> Any:
    """`value` with its variables replaced and its bytes decoded; raises KeyError for an unknown variable."""
    if isinstance(value, str):
        return _VARIABLE.sub(lambda match: variables[match[1]], value)
    if isinstance(value, list):
        return [filled(element, variables) for element in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"$base64"}:
        return base64.b64decode(value["$base64"])
    return {filled(name, variables): filled(member, variables) for name, member in value.items()}


def at(document: Any, path: str) -> Any:
    """The part of `document` at a dotted path of names and list indexes; None where it has no such part."""
    for name in path.split("."):
        if isinstance(document, list) and name.isdecimal() and int(name) < len(document):
            document = document[int(name)]
        elif isinstance(document, dict) and name in document:
            document = document[name]
        else:
            return None
    return document
