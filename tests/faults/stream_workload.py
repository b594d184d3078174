"""Writers that know which changes of which items happened, over kills of the server too.

Every item belongs to one writer. What it writes has a version of its own, so after a kill the writer can look
whether the request that was not answered took place.
"""

import random
from dataclasses import dataclass, field
from typing import Any

from tests.faults.wire import Unanswered, Wire

Item = dict[str, dict[str, Any]]
# What a request makes of items: by sort key, the version or None for a deletion.
Step = dict[int, int | None]

TABLE = "streamed"
SCHEMA: dict[str, Any] = {
    "TableName": TABLE,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "team", "AttributeType": "S"},
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-team",
            "KeySchema": [{"AttributeName": "team", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        }
    ],
    "BillingMode": "PAY_PER_REQUEST",
    "StreamSpecification": {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
}
_ITEMS = 200
_TEAMS = ["amber", "birch", "cedar"]


@dataclass
class StreamWriter:
    """`changes` has for each of its items the versions that it went through, None where it was deleted."""

    number: int
    seed: int
    changes: dict[int, list[int | None]] = field(default_factory=dict)
    written: int = 0
    surprises: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._versions = 0
        self._pending: Step = {}

    def write_until(self, wire: Wire, enough: Any) -> None:
        """Writes until `enough` is set or the server is gone."""
        try:
            self._settle(wire)
            while not enough.is_set():
                operation, request, self._pending = self._request()
                answer = wire.call(operation, request)
                if answer.status != 200:
                    self.surprises.append(f"{operation}: {answer}")
                    return
                self._happened(self._pending)
                self._pending = {}
        except Unanswered:
            return

    def settle(self, wire: Wire) -> None:
        """Finds out about the last request that was not answered."""
        self._settle(wire)

    def key(self, sort_key: int) -> Item:
        # Few of the writer's items share a partition key with those of others.
        return {"pk": {"S": f"p{sort_key % 40}"}, "sk": {"N": str(self.number * 1_000_000 + sort_key)}}

    def current(self, sort_key: int) -> int | None:
        versions = self.changes.get(sort_key)
        return versions[-1] if versions else None

    def _settle(self, wire: Wire) -> None:
        for sort_key, version in self._pending.items():
            request = {"TableName": TABLE, "Key": self.key(sort_key), "ConsistentRead": True}
            item = wire.ask("GetItem", request).get("Item")
            found = int(item["version"]["N"]) if item is not None else None
            if found == version:
                self._happened({sort_key: version})
            elif found != self.current(sort_key):
                self.surprises.append(f"{self.key(sort_key)} has version {found}, expected {version}")
        self._pending = {}

    def _happened(self, step: Step) -> None:
        for sort_key, version in step.items():
            self.changes.setdefault(sort_key, []).append(version)
        self.written += len(step)

    def _request(self) -> tuple[str, dict[str, Any], Step]:
        sort_key = self._random.randrange(_ITEMS)
        draw = self._random.random()
        if draw < 0.35:
            version = self._next_version()
            item = self._item(sort_key, version)
            return "PutItem", {"TableName": TABLE, "Item": item}, {sort_key: version}
        if draw < 0.7:
            version = self._next_version()
            update = self._update(sort_key, version)
            return "UpdateItem", {"TableName": TABLE, **update}, {sort_key: version}
        if draw < 0.8 and self.current(sort_key) is not None:
            return "DeleteItem", {"TableName": TABLE, "Key": self.key(sort_key)}, {sort_key: None}
        return self._several("BatchWriteItem" if draw < 0.9 else "TransactWriteItems")

    def _several(self, operation: str) -> tuple[str, dict[str, Any], Step]:
        step: Step = {}
        requests: list[dict[str, Any]] = []
        for sort_key in self._random.sample(range(_ITEMS), self._random.randint(2, 8)):
            deletes = self.current(sort_key) is not None and self._random.random() < 0.3
            step[sort_key] = version = None if deletes else self._next_version()
            requests.append(self._part(operation, sort_key, version))
        if operation == "BatchWriteItem":
            return operation, {"RequestItems": {TABLE: requests}}, step
        return operation, {"TransactItems": requests}, step

    def _part(self, operation: str, sort_key: int, version: int | None) -> dict[str, Any]:
        if operation == "BatchWriteItem":
            if version is None:
                return {"DeleteRequest": {"Key": self.key(sort_key)}}
            return {"PutRequest": {"Item": self._item(sort_key, version)}}
        if version is None:
            return {"Delete": {"TableName": TABLE, "Key": self.key(sort_key)}}
        return {"Update": {"TableName": TABLE, **self._update(sort_key, version)}}

    def _next_version(self) -> int:
        self._versions += 1
        return self._versions

    def _item(self, sort_key: int, version: int) -> Item:
        item = self.key(sort_key) | {"version": {"N": str(version)}, "tags": {"SS": ["a", f"v{version}"]}}
        if self._random.random() < 0.7:
            item["team"] = {"S": self._random.choice(_TEAMS)}
        return item | {"text": {"S": "x" * self._random.randrange(200)}}

    def _update(self, sort_key: int, version: int) -> dict[str, Any]:
        return {
            "Key": self.key(sort_key),
            "UpdateExpression": "SET version = :v, team = :t ADD hits :one",
            "ExpressionAttributeValues": {
                ":v": {"N": str(version)},
                ":t": {"S": self._random.choice(_TEAMS)},
                ":one": {"N": "1"},
            },
        }
