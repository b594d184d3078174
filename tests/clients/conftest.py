"""What the client tests share: the example's table with known messages, and the AWS CLI."""

import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from datetime import timedelta
from io import StringIO
from itertools import cycle
from subprocess import CalledProcessError
from typing import Any

import pytest
from awscli.clidriver import create_clidriver
from examples import educonnect
from examples.educonnect import Message
from tests.clients.outside import MESSAGES, NINE, AwsCli, client_environment


@pytest.fixture
def aws(server: Any, monkeypatch: pytest.MonkeyPatch) -> AwsCli:
    """Run `aws dynamodb ...` and return the JSON it prints; raises CalledProcessError.

    The CLI runs in this process, because starting it takes longer than all else it does; `load.sh` starts it.
    """
    for name, value in client_environment().items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> dict[str, Any]:
        command = ["dynamodb", *arguments, "--endpoint-url", server.endpoint, "--output", "json"]
        with redirect_stdout(StringIO()) as printed, redirect_stderr(StringIO()) as complained:
            status = create_clidriver().main(command)
        if status:
            raise CalledProcessError(status, command, printed.getvalue(), complained.getvalue())
        answer: dict[str, Any] = json.loads(printed.getvalue() or "{}")
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
