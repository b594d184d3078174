"""All operations on items are strictly serializable, whatever clients do at the same time.

KILOWATT_SERIALIZABILITY_SECONDS: for how long clients work in each test (4). KILOWATT_SERIALIZABILITY_KILLS:
how often the server is killed meanwhile (3).
"""

import os
import random
import time
from collections import Counter
from pathlib import Path

from tests.conftest import Server, start_server
from tests.faults.at_work import at_work
from tests.faults.wire import Wire
from tests.serializability.check import complaints_about
from tests.serializability.clients import TABLE, Client, Lists
from tests.serializability.history import Operation, Outcome

_SECONDS = float(os.environ.get("KILOWATT_SERIALIZABILITY_SECONDS", "4"))
_KILLS = int(os.environ.get("KILOWATT_SERIALIZABILITY_KILLS", "3"))
_CLIENTS = 6
_MOST_TRIES = 100


class Run:
    """One data directory, one server after the other, and their clients."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._random = random.Random()
        self.lists = Lists()
        self.clients: list[Client] = []

    def start(self) -> Server:
        return start_server("--data-dir", str(self._directory))

    def work(self, server: Server, seconds: float, kill: bool) -> None:
        """Lets new clients work; those of a server that is killed are never heard of again."""
        first = len(self.clients)
        new = [
            Client(f"c{number}", self._random.getrandbits(32), self.lists)
            for number in range(first, first + _CLIENTS)
        ]
        self.clients += new
        with at_work(server.endpoint, new):
            time.sleep(seconds)
            if kill:
                server.kill()

    def check(self, server: Server) -> list[Operation]:
        """Looks at everything once more, and checks the whole history."""
        last = Client("last", 0, self.lists)
        self.clients.append(last)
        names = self.lists.made()
        with Wire(server.endpoint) as wire:
            for start in range(0, len(names), 100):
                tries = 0
                while not last.look_at(wire, names[start : start + 100]):
                    tries += 1
                    assert tries < _MOST_TRIES
        surprises = [surprise for client in self.clients for surprise in client.surprises]
        assert not surprises, "\n".join(surprises[:10])
        history = [operation for client in self.clients for operation in client.history]
        complaints = complaints_about(history)
        assert not complaints, "\n".join(complaints[:10])
        return history


def create_table(server: Server) -> None:
    with Wire(server.endpoint) as wire:
        wire.ask(
            "CreateTable",
            {
                "TableName": TABLE,
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
            },
        )


def told(run: Run, history: list[Operation]) -> Counter[str]:
    """How many operations of each kind took place; printed, too."""
    kinds = Counter(
        operation.name.partition(": ")[2] for operation in history if operation.outcome is Outcome.DONE
    )
    conflicts = sum(client.conflicts for client in run.clients)
    unknown = sum(operation.outcome is Outcome.UNKNOWN for operation in history)
    print(f"{dict(kinds)}, {conflicts} conflicts, {unknown} unanswered")  # noqa: T201  for long runs
    return kinds


def test_operations_at_the_same_time_are_serializable(tmp_path: Path) -> None:
    run = Run(tmp_path / "data")
    server = run.start()
    create_table(server)
    run.work(server, _SECONDS, kill=False)
    history = run.check(server)
    assert server.stop() == 0
    kinds = told(run, history)
    for operation in ("GetItem", "PutItem", "UpdateItem", "TransactWriteItems", "TransactGetItems"):
        assert kinds[operation] > 10, kinds
    assert kinds["DeleteItem"] + kinds["DeleteItem in vain"] > 0
    assert kinds["TransactWriteItems in vain"] > 0
    assert sum(client.conflicts for client in run.clients) > 0


def test_they_are_over_crashes_too(tmp_path: Path) -> None:
    run = Run(tmp_path / "data")
    server = run.start()
    create_table(server)
    for _ in range(_KILLS):
        run.work(server, _SECONDS / _KILLS, kill=True)
        server = run.start()
    run.work(server, _SECONDS / _KILLS, kill=False)
    history = run.check(server)
    assert server.stop() == 0
    told(run, history)
    assert any(operation.outcome is Outcome.UNKNOWN for operation in history)
