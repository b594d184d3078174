"""Clients that read and write a few lists in every way that the API has, and record what they are told.

An item holds its list `l` and its length `n`; both change in every write, so that a torn item shows. No item
is written before it was made or after it was deleted (all writes have a condition to that end), and each is
deleted at most once: then another one takes its place.
"""

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.faults.history import Item
from tests.faults.wire import Answer, Wire
from tests.serializability.history import DELETED, Operation, Outcome, Seen

TABLE = "lists"
_ITEMS = 4
# Lists that long are replaced, as each read takes them as a whole.
_LONG = 40
_CONDITIONS_FAILED = {"None", "ConditionalCheckFailed"}
_THERE = "attribute_exists(pk)"
_AS_SEEN = "l = :seen"
_APPEND = "SET l = list_append(l, :new) ADD n :one"


class Lists:
    """The items in use, for all clients."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used = 0
        self._names: list[str] = []
        self._made: list[str] = []

    def fill(self, wire: Wire) -> None:
        """Makes new items where some are missing."""
        while True:
            with self._lock:
                if len(self._names) >= _ITEMS:
                    return
                self._used += 1
                name = f"item-{self._used}"
            wire.ask("PutItem", {"TableName": TABLE, "Item": _item(name, ())})
            with self._lock:
                self._names.append(name)
                self._made.append(name)

    def some(self, chance: random.Random, count: int) -> list[str]:
        with self._lock:
            return chance.sample(self._names, min(count, len(self._names)))

    def give_up(self, name: str) -> bool:
        """Takes an item out of use; False if somebody else did."""
        with self._lock:
            if name not in self._names:
                return False
            self._names.remove(name)
            return True

    def made(self) -> list[str]:
        """The names of all items whose making was acknowledged."""
        with self._lock:
            return list(self._made)


class Client:
    """Sends one operation after the other. `history` holds them all, in the order of their begin."""

    def __init__(self, name: str, seed: int, lists: Lists) -> None:
        self.history: list[Operation] = []
        self.surprises: list[str] = []
        self.conflicts = 0
        self._name = name
        self._random = random.Random(seed)
        self._lists = lists
        self._values = 0
        self._last: dict[str, tuple[str, ...]] = {}

    def work(self, wire: Wire, enough: Callable[[], bool]) -> None:
        """Raises `Unanswered`."""
        kinds = [
            (20, self._get),
            (18, self._update),
            (10, self._put_as_seen),
            (25, self._transact_write),
            (25, self._transact_get),
            (1, self._delete),
            (1, self._transact_delete),
        ]
        weights = [weight for weight, _ in kinds]
        while not enough():
            self._lists.fill(wire)
            ((_, act),) = self._random.choices(kinds, weights)
            act(wire)
            # Otherwise there would hardly be a moment at which no transaction is under way.
            time.sleep(self._random.uniform(0, 0.004))

    # -- single items

    def _get(self, wire: Wire) -> None:
        (name,) = self._lists.some(self._random, 1)
        operation = self._begin("GetItem")
        request = {"TableName": TABLE, "Key": _key(name), "ConsistentRead": self._random.random() < 0.5}
        answer = self._sent(wire, operation, request)
        self._saw(operation, name, answer.document.get("Item"))

    def _update(self, wire: Wire) -> None:
        (name,) = self._lists.some(self._random, 1)
        seen = self._last.get(name) if self._random.random() < 0.4 else None
        operation = self._begin("UpdateItem")
        value = self._write(operation, name, seen)
        returned = self._random.choice(["NONE", "ALL_OLD", "ALL_NEW"])
        request = {**_append(name, value, seen), "ReturnValues": returned}
        answer = self._sent(wire, operation, request)
        if self._failed(operation, answer, {name: seen}):
            return
        if returned == "ALL_OLD":
            self._saw(operation, name, answer.document["Attributes"])
        elif returned == "ALL_NEW":
            new = _list_of(answer.document["Attributes"], self.surprises)
            if new[-1:] != (value,):
                self.surprises.append(f"{operation}: ALL_NEW is {new}")
            self._see(operation, name, new[:-1])

    def _put_as_seen(self, wire: Wire) -> None:
        """Replaces an item if it is as it was seen last."""
        (name,) = self._lists.some(self._random, 1)
        seen = self._last.get(name, ())
        operation = self._begin("PutItem")
        value = self._write(operation, name, seen)
        answer = self._sent(wire, operation, {**_put(name, value, seen), "ReturnValues": "ALL_OLD"})
        if not self._failed(operation, answer, {name: seen}):
            self._saw(operation, name, answer.document["Attributes"])

    def _delete(self, wire: Wire) -> None:
        (name,) = self._lists.some(self._random, 1)
        if len(self._last.get(name, ())) < _LONG / 2 or not self._lists.give_up(name):
            return
        operation = self._begin("DeleteItem")
        operation.writes[name] = DELETED
        request = {"TableName": TABLE, "Key": _key(name), "ConditionExpression": _THERE}
        answer = self._sent(wire, operation, {**request, "ReturnValues": "ALL_OLD"})
        if not self._failed(operation, answer, {name: None}):
            self._saw(operation, name, answer.document["Attributes"])

    # -- transactions

    def _transact_get(self, wire: Wire) -> None:
        names = self._lists.some(self._random, self._random.randint(2, _ITEMS))
        self.look_at(wire, names)

    def look_at(self, wire: Wire, names: list[str]) -> bool:
        """Reads items in one transaction; False if that was refused for a conflict."""
        operation = self._begin("TransactGetItems")
        gets = [{"Get": {"TableName": TABLE, "Key": _key(name)}} for name in names]
        answer = self._sent(wire, operation, {"TransactItems": gets})
        if self._failed(operation, answer, {}):
            return False
        for name, found in zip(names, answer.document["Responses"], strict=True):
            self._saw(operation, name, found.get("Item"))
        return True

    def _transact_write(self, wire: Wire) -> None:
        names = self._lists.some(self._random, self._random.randint(1, 3))
        operation = self._begin("TransactWriteItems")
        actions = []
        conditions: dict[str, tuple[str, ...] | None] = {}
        for name in names:
            seen = self._last.get(name)
            draw = self._random.random()
            if draw < 0.25 and seen is not None:
                action = {"ConditionCheck": _if_as_seen(_key(name), seen)}
                operation.reads[name] = seen
            elif draw < 0.4 and seen is not None:
                action = {"Put": _put(name, self._write(operation, name, seen), seen)}
            else:
                seen = seen if draw < 0.5 else None
                action = {"Update": _append(name, self._write(operation, name, seen), seen)}
            conditions[name] = seen
            actions.append(action)
        self._transact(wire, operation, actions, conditions)

    def _transact_delete(self, wire: Wire) -> None:
        """Deletes one item and writes another."""
        names = self._lists.some(self._random, 2)
        if len(self._last.get(names[0], ())) < _LONG / 2 or not self._lists.give_up(names[0]):
            return
        operation = self._begin("TransactWriteItems")
        operation.writes[names[0]] = DELETED
        delete = {"TableName": TABLE, "Key": _key(names[0]), "ConditionExpression": _THERE}
        append = _append(names[1], self._write(operation, names[1], None), None)
        conditions: dict[str, tuple[str, ...] | None] = dict.fromkeys(names)
        self._transact(wire, operation, [{"Delete": delete}, {"Update": append}], conditions)

    def _transact(
        self,
        wire: Wire,
        operation: Operation,
        actions: list[dict[str, Any]],
        conditions: dict[str, tuple[str, ...] | None],
    ) -> None:
        token = f"{self._name}-{self._values}-{len(self.history)}"
        request = {"TransactItems": actions, "ClientRequestToken": token}
        answer = self._sent(wire, operation, request)
        if not self._failed(operation, answer, conditions) and self._random.random() < 0.1:
            again = wire.call("TransactWriteItems", request)
            if again.status != 200:
                self.surprises.append(f"sent again: {operation}: {again}")

    # -- what they have in common

    def _begin(self, name: str) -> Operation:
        operation = Operation(f"{self._name}: {name}", time.perf_counter(), outcome=Outcome.UNKNOWN)
        self.history.append(operation)
        return operation

    def _write(self, operation: Operation, name: str, seen: tuple[str, ...] | None) -> str:
        """A new value for the list. `seen` is what a condition says was there, and so was read."""
        self._values += 1
        value = operation.writes[name] = f"{self._name}.{self._values}"
        if seen is not None:
            operation.reads[name] = seen
        return value

    def _sent(self, wire: Wire, operation: Operation, request: dict[str, Any]) -> Answer:
        """The answer. Without one, the operation stays unknown, and nothing was read."""
        conditions, operation.reads = operation.reads, {}
        operation.start = time.perf_counter()
        answer = wire.call(operation.name.rpartition(": ")[2], request)
        operation.end = time.perf_counter()
        operation.outcome = Outcome.DONE
        operation.reads = conditions
        return answer

    def _failed(
        self, operation: Operation, answer: Answer, conditions: dict[str, tuple[str, ...] | None]
    ) -> bool:
        """Whether it was refused. A condition that failed shows what was there, and that was a read."""
        if answer.status == 200:
            return False
        operation.outcome = Outcome.FAILED
        document = answer.document
        reasons = document.get("CancellationReasons") or [document | {"Code": _code_of(document)}]
        codes = {reason["Code"] for reason in reasons}
        if "TransactionConflict" in codes:
            self.conflicts += 1
        elif codes <= _CONDITIONS_FAILED:
            read = Operation(operation.name + " in vain", operation.start, operation.end)
            for name, reason in zip(conditions, reasons, strict=True):
                if reason["Code"] != "None":
                    self._saw(read, name, reason.get("Item"))
                    if read.reads[name] == conditions[name]:
                        self.surprises.append(f"{operation}: {conditions[name]} was there, and yet refused")
            self.history.append(read)
        else:
            self.surprises.append(f"{operation}: {answer}")
        return True

    def _saw(self, operation: Operation, name: str, item: Item | None) -> None:
        self._see(operation, name, DELETED if item is None else _list_of(item, self.surprises))

    def _see(self, operation: Operation, name: str, seen: Seen) -> None:
        if operation.reads.setdefault(name, seen) != seen:
            self.surprises.append(f"{operation}: passed its condition, but saw {seen}")
        if not isinstance(seen, str):
            self._last[name] = seen
            if len(seen) > _LONG and self._random.random() < 0.3:
                self._lists.give_up(name)


def _code_of(document: dict[str, Any]) -> str:
    code: str = document["__type"].rpartition("#")[2].removesuffix("Exception")
    return code


def _list_of(item: Item, surprises: list[str]) -> tuple[str, ...]:
    values = tuple(element["S"] for element in item["l"]["L"])
    if int(item["n"]["N"]) != len(values):
        surprises.append(f"torn: {item}")
    return values


def _key(name: str) -> Item:
    return {"pk": {"S": name}}


def _listed(values: tuple[str, ...]) -> dict[str, Any]:
    return {"L": [{"S": value} for value in values]}


def _item(name: str, values: tuple[str, ...]) -> Item:
    return {**_key(name), "l": _listed(values), "n": {"N": str(len(values))}}


def _if_as_seen(item_key: Item, seen: tuple[str, ...]) -> dict[str, Any]:
    return {
        "TableName": TABLE,
        "Key": item_key,
        "ConditionExpression": _AS_SEEN,
        "ExpressionAttributeValues": {":seen": _listed(seen)},
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }


def _put(name: str, value: str, seen: tuple[str, ...]) -> dict[str, Any]:
    """A PutItem, or a Put, that appends `value` if the list is as it was seen."""
    request = _if_as_seen({}, seen) | {"Item": _item(name, (*seen, value))}
    del request["Key"]
    return request


def _append(name: str, value: str, seen: tuple[str, ...] | None) -> dict[str, Any]:
    """An UpdateItem, or an Update, that appends `value`: if the list is as it was seen, or in any case."""
    request = _if_as_seen(_key(name), seen or ())
    values: dict[str, Any] = {":new": _listed((value,)), ":one": {"N": "1"}}
    if seen is None:
        request["ConditionExpression"] = _THERE
    else:
        values |= request["ExpressionAttributeValues"]
    return request | {"UpdateExpression": _APPEND, "ExpressionAttributeValues": values}
