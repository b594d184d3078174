"""Running a scenario against an endpoint, Kilowatt or AWS, through boto3."""

import secrets
import time
from collections.abc import Callable, Generator
from functools import cache
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from tools.conformance.scenario import Collect, Scenario, Step, Variables, at, filled

Answer = dict[str, Any]
_STREAMS = {"DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"}
_POLL_SECONDS = 1.0


class Endpoint:
    """A server to ask. `patience_seconds` is how long to wait for what a scenario waits for."""

    def __init__(self, session: boto3.Session, url: str | None, patience_seconds: float) -> None:
        # What is to be refused must reach the server.
        config = Config(parameter_validation=False, retries={"mode": "standard", "total_max_attempts": 3})
        self._items = session.client("dynamodb", endpoint_url=url, config=config)
        self._streams = session.client("dynamodbstreams", endpoint_url=url, config=config)
        self.patience_seconds = patience_seconds

    def call(self, operation: str, parameters: dict[str, Any]) -> Answer:
        """The answer as boto3 has it, or the document of the error; `text` is what its exception says."""
        client = self._streams if operation in _STREAMS else self._items
        try:
            answer: Answer = getattr(client, xform_name(operation))(**parameters)
        except ClientError as error:
            return {**error.response, "text": str(error)}
        return answer

    def first_that(
        self, operation: str, parameters: dict[str, Any], holds: Callable[[Answer], bool]
    ) -> Answer:
        """The first answer for which `holds(answer)`, or the last one before patience ended."""
        deadline = time.monotonic() + self.patience_seconds
        while True:
            answer = self.call(operation, parameters)
            if holds(answer) or time.monotonic() > deadline:
                return answer
            time.sleep(min(_POLL_SECONDS, self.patience_seconds / 10))


@cache
def local(url: str, region: str = "us-east-1") -> Endpoint:
    """A server on this machine that takes any credentials."""
    session = boto3.Session("conformance", "conformance", region_name=region)
    return Endpoint(session, url, patience_seconds=3)


class Run:
    """One pass through a scenario, with tables of its own. `variables` are those set so far."""

    def __init__(self, scenario: Scenario, endpoint: Endpoint) -> None:
        self._scenario = scenario
        self._endpoint = endpoint
        self.variables: Variables = {name: _table_name(scenario.name) for name in scenario.tables}

    def answers(self) -> Generator[tuple[Step, Answer], None, None]:
        """Every step with its answer, in order; when it ends or is closed, the tables are deleted."""
        try:
            for step in self._scenario.steps:
                yield step, self._perform(step)
        finally:
            for table in self._scenario.tables:
                self._delete(self.variables[table])

    def _perform(self, step: Step) -> Answer:
        parameters = filled(step.parameters, self.variables)
        if step.collect:
            answer = self._collect(step.operation, parameters, step.collect)
        else:
            answer = self._endpoint.first_that(
                step.operation,
                parameters,
                lambda answer: "Error" in answer or _holds(step, answer),
            )
        for variable, path in step.save.items():
            self.variables[variable] = str(at(answer, path))
        return answer

    def _collect(self, operation: str, parameters: dict[str, Any], collect: Collect) -> Answer:
        found: list[Any] = []

        def enough(answer: Answer) -> bool:
            found.extend(answer.get(collect.list, ()))
            if collect.next in answer:
                parameters[collect.as_] = answer[collect.next]
            return len(found) >= collect.count or collect.next not in answer  # an error has no next

        answer = self._endpoint.first_that(operation, parameters, enough)
        return answer if "Error" in answer else {collect.list: found}

    def _delete(self, table: str) -> None:
        """Deletes a table if it is there, as soon as its state allows."""
        self._endpoint.first_that(
            "DeleteTable",
            {"TableName": table},
            lambda answer: (
                at(answer, "Error.Code") not in {"ResourceInUseException", "LimitExceededException"}
            ),
        )


def _holds(step: Step, answer: Answer) -> bool:
    return all(at(answer, path) == value for path, value in step.until.items())


def _table_name(scenario: str) -> str:
    """A name of its own for every run, so that runs don't meet."""
    readable = "".join(letter if letter.isalnum() else "-" for letter in scenario)
    return f"conformance-{readable[:60]}-{secrets.token_hex(5)}"
