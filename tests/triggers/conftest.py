"""A server with triggers, Lambda clients, and functions that write down what they get."""

import io
import json
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from tests.conftest import client_of, running_server

CODE = Path(__file__).with_name("function_code.py").read_text(encoding="utf-8")
ROLE = "arn:aws:iam::000000000000:role/any"
PATIENCE_SECONDS = 30.0


def lambda_client(endpoint: str, key: str = "key", secret: str = "secret") -> Any:
    return boto3.client(
        "lambda",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        config=Config(retries={"total_max_attempts": 1}, parameter_validation=False, read_timeout=60),
    )


def zipped(code: str = CODE, name: str = "app.py", mode: int = 0o644) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        member = zipfile.ZipInfo(name)
        member.external_attr = mode << 16
        archive.writestr(member, code)
    return content.getvalue()


def eventually(check: Callable[[], Any], what: str = "") -> Any:
    """The first true value of `check`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        value = check()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"not within {PATIENCE_SECONDS} s: {what or check}")


@dataclass
class Trigger:
    """A table with a stream, a function and their mapping."""

    dynamodb: Any
    lambda_: Any
    table: str
    stream: str
    function: str
    out: Path
    created: dict[str, Any] = field(default_factory=dict)

    @property
    def uuid(self) -> str:
        return str(self.created["UUID"])

    def put(self, key: str, **attributes: Any) -> None:
        item = {"my_partition_key": {"S": key}, **attributes}
        self.dynamodb.put_item(TableName=self.table, Item=item)

    def events(self, least: int = 0) -> list[dict[str, Any]]:
        """What the function got so far, once that is as many."""

        def enough() -> list[dict[str, Any]] | None:
            lines = self.out.read_text().splitlines() if self.out.exists() else []
            return [json.loads(line) for line in lines] if len(lines) >= least else None

        found: list[dict[str, Any]] = enough() or [] if not least else eventually(enough, f"{least} events")
        return found

    def keys(self, records: int) -> list[list[str]]:
        """The keys of the records in each event, once there are as many records in all."""

        def enough() -> list[list[str]] | None:
            keys = [keys_of(event) for event in self.events()]
            return keys if sum(map(len, keys)) >= records else None

        found: list[list[str]] = eventually(enough, f"{records} records")
        return found

    def mapping(self) -> dict[str, Any]:
        found: dict[str, Any] = self.lambda_.get_event_source_mapping(UUID=self.uuid)
        return found

    def until_state(self, state: str) -> None:
        eventually(lambda: self.mapping()["State"] == state, state)

    def until_result(self, beginning: str) -> None:
        eventually(lambda: self.mapping()["LastProcessingResult"].startswith(beginning), beginning)


def keys_of(event: dict[str, Any]) -> list[str]:
    return [record["dynamodb"]["Keys"]["my_partition_key"]["S"] for record in event["Records"]]


@dataclass
class Place:
    """A server, clients of it, and a directory for what its functions write."""

    endpoint: str
    dynamodb: Any
    lambda_: Any
    directory: Path
    failures: Path

    def stream(self, view_type: str = "NEW_IMAGE") -> tuple[str, str]:
        """A new table and its stream."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        table = self.dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "my_partition_key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "my_partition_key", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": view_type},
        )
        return name, table["TableDescription"]["LatestStreamArn"]

    def function(self, behaviour: str = "", **settings: Any) -> tuple[str, Path]:
        """A new function, and the file that it writes its events to."""
        name = f"function-{uuid.uuid4().hex[:12]}"
        out = self.directory / name
        variables = {"OUT": str(out), "BEHAVIOUR": behaviour, **settings.pop("variables", {})}
        request: dict[str, Any] = {
            "FunctionName": name,
            "Runtime": "python3.11",
            "Role": ROLE,
            "Handler": "app.handler",
            "Code": {"ZipFile": zipped()},
            "Timeout": 30,
            "Environment": {"Variables": variables},
        }
        self.lambda_.create_function(**{**request, **settings})
        return name, out

    def trigger(
        self,
        behaviour: str = "",
        view_type: str = "NEW_IMAGE",
        items: tuple[str, ...] = (),
        function: dict[str, Any] | None = None,
        **mapping: Any,
    ) -> Trigger:
        """A trigger; `items` are put before it is made."""
        table, stream = self.stream(view_type)
        name, out = self.function(behaviour, **(function or {}))
        trigger = Trigger(self.dynamodb, self.lambda_, table, stream, name, out)
        for item in items:
            trigger.put(item)
        trigger.created = self.lambda_.create_event_source_mapping(
            EventSourceArn=stream, FunctionName=name, **{"StartingPosition": "TRIM_HORIZON", **mapping}
        )
        return trigger


def place_of(endpoint: str, directory: Path) -> Place:
    return Place(endpoint, client_of(endpoint), lambda_client(endpoint), directory, directory / "failures")


@pytest.fixture(scope="package")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    directory = tmp_path_factory.mktemp("triggers")
    arguments = ["--data-dir", str(directory / "data"), "--failure-dir", str(directory / "failures")]
    arguments += ["--drain-seconds", "0.5"]  # for functions that sleep
    with running_server(*arguments) as server:
        yield place_of(server.endpoint, directory)
