"""What the client tests share: the example's table with known messages, and the AWS CLI."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import cycle
from typing import Any

import pytest
from examples import educonnect
from examples.educonnect import Message
from tests.clients.outside import MESSAGES, NINE, AwsCli, client_environment


@pytest.fixture
def aws(server: Any) -> AwsCli:
    """Run `aws dynamodb ...` and return the JSON it prints; raises CalledProcessError."""

    def run(*arguments: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "awscli", "dynamodb", *arguments]
        options = ["--endpoint-url", server.endpoint, "--output", "json"]
        done = subprocess.run(
            command + options,
            env=client_environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        answer: dict[str, Any] = json.loads(done.stdout or "{}")
        return answer

    return run


@pytest.fixture
def chats(resource: Any) -> Iterator[Any]:
    """The example's empty table, as a boto3 resource; gone after the test."""
    table = educonnect.create_table(resource)
    yield table
    table.delete()
    table.wait_until_not_exists()


@pytest.fixture
def maths(chats: Any) -> list[Message]:
    """MESSAGES messages of the chat `maths`, a minute apart, by two authors in turn; one elsewhere."""
    messages = [
        Message("maths", author, f"Message {number}", NINE + timedelta(minutes=number), f"{number:03}")
        for number, author in zip(range(MESSAGES), cycle(["amara", "ben"]), strict=False)
    ]
    elsewhere = Message("physics", "amara", "Why is the sky blue?", NINE + timedelta(minutes=1), "physics")
    educonnect.import_messages(chats, [*messages, elsewhere])
    return messages
