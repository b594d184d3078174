"""Writers that keep a server busy and remember what they were told."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults.audit import COUNTERS, SORT_KEYS_OF_A_WRITER, TABLE
from tests.faults.history import CounterHistory, History, Item, Key, Step
from tests.faults.wire import Answer, Wire

_PARTITIONS = 8
_COLOURS = ["red", "green", "blue", "grün", "黒"]
_TEAMS = ["amber", "birch", "cedar"]


@dataclass
class Call:
    """One request, and what a writer expects of it."""

    operation: str
    request: dict[str, Any]
    status: int = 200
    attributes: Item | None = None
    """What the answer must show as `Attributes`."""
    token: str | None = None
    """What it adds to the counter."""


class Writer:
    """Thinks up requests, one at a time, on items that no other writer touches; and on the common counter."""

    def __init__(self, number: int, seed: int, keys: int = 60) -> None:
        self.history = History()
        self.surprises: list[str] = []
        self._random = random.Random(seed)
        self._first = number * SORT_KEYS_OF_A_WRITER
        self._keys = keys
        self._items: dict[Key, Item] = {}
        self._tokens = 0
        self._counter = CounterHistory()
        self._counter_sort_key = 0

    def begin(self, counter_sort_key: int, counter: CounterHistory) -> None:
        """Goes on from what is known of its items, with a new counter and some new keys."""
        self._items = self.history.after(len(self.history.steps))
        self._counter_sort_key, self._counter = counter_sort_key, counter
        self._keys += 4

    def work(self, wire: Wire, enough: Callable[[], bool]) -> None:
        """Raises `Unanswered`."""
        while not enough():
            call = self.next_call()
            try:
                self.answered(call, wire.call(call.operation, call.request))
            except TimeoutError:
                self.surprises.append(f"no answer to {call.operation}")
                return

    def next_call(self) -> Call:
        """The next request. It is taken as sent: its step is in the history."""
        draw = self._random.random()
        if draw < 0.35:
            return self._put()
        if draw < 0.60:
            return self._update()
        if draw < 0.70:
            return self._count()
        if draw < 0.82:
            return self._delete()
        return self._batch() if draw < 0.95 else self._put_in_vain()

    def answered(self, call: Call, answer: Answer) -> None:
        """Takes note of an answer."""
        if answer.status != call.status:
            self.surprises.append(f"{call.operation} {call.request}: {answer.status} {answer.document}")
            return
        if call.attributes is not None and answer.document.get("Attributes") != call.attributes:
            self.surprises.append(f"{call.operation} {call.request}: returned {answer.document}")
        if call.operation == "BatchWriteItem" and answer.document["UnprocessedItems"]:
            self.surprises.append(f"BatchWriteItem left something: {answer.document['UnprocessedItems']}")
        if call.token is not None:
            self._counter.acknowledged.add(call.token)
        elif call.status == 200:
            self.history.acknowledged += 1

    def _put(self) -> Call:
        key = self._key()
        item = self._item(key)
        self._step({key: item})
        return Call("PutItem", {"TableName": TABLE, "Item": item})

    def _put_in_vain(self) -> Call:
        condition = "attribute_exists(pk) AND attribute_not_exists(pk)"
        request = {"TableName": TABLE, "Item": self._item(self._key()), "ConditionExpression": condition}
        return Call("PutItem", request, status=400)

    def _delete(self) -> Call:
        key = self._key()
        old = self._items.get(key)
        self._step({key: None})
        request = {"TableName": TABLE, "Key": _key_of(key), "ReturnValues": "ALL_OLD"}
        return Call("DeleteItem", request, attributes=old)

    def _update(self) -> Call:
        key = self._key()
        item = dict(self._items.get(key, _key_of(key)))
        by = self._random.randint(1, 9)
        item["hits"] = {"N": str(int(item.get("hits", {"N": "0"})["N"]) + by)}
        item["team"] = {"S": self._random.choice(_TEAMS)}
        item["score"] = {"N": str(self._random.randint(-9, 9))}
        item.pop("rank", None)
        self._step({key: item})
        values = {":by": {"N": str(by)}, ":team": item["team"], ":score": item["score"]}
        request = {
            "TableName": TABLE,
            "Key": _key_of(key),
            "UpdateExpression": "SET team = :team, score = :score ADD hits :by REMOVE #rank",
            "ExpressionAttributeNames": {"#rank": "rank"},
            "ExpressionAttributeValues": values,
            "ReturnValues": "ALL_NEW",
        }
        return Call("UpdateItem", request, attributes=item)

    def _count(self) -> Call:
        self._tokens += 1
        token = f"{self._first}-{self._counter_sort_key}-{self._tokens}"
        self._counter.sent.add(token)
        values = {":one": {"N": "1"}, ":token": {"SS": [token]}, ":team": {"S": "counters"}}
        request = {
            "TableName": TABLE,
            "Key": _key_of((COUNTERS, self._counter_sort_key)),
            "UpdateExpression": "ADD score :one, tokens :token SET team = :team",
            "ExpressionAttributeValues": values,
        }
        return Call("UpdateItem", request, token=token)

    def _batch(self) -> Call:
        step: Step = {}
        for _ in range(self._random.randint(1, 8)):
            key = self._key()
            step[key] = self._item(key) if self._random.random() < 0.7 else None
        changes = [
            {"DeleteRequest": {"Key": _key_of(key)}} if item is None else {"PutRequest": {"Item": item}}
            for key, item in step.items()
        ]
        self._step(step)
        return Call("BatchWriteItem", {"RequestItems": {TABLE: changes}})

    def _step(self, step: Step) -> None:
        self.history.steps.append(step)
        for key, item in step.items():
            if item is None:
                self._items.pop(key, None)
            else:
                self._items[key] = item

    def _key(self) -> Key:
        number = self._random.randrange(self._keys)
        return f"p{number % _PARTITIONS}", self._first + number

    def _item(self, key: Key) -> Item:
        draw = self._random
        item = _key_of(key)
        if draw.random() < 0.8:
            item["rank"] = {"N": str(draw.randint(0, 99))}
        if draw.random() < 0.8:
            item["team"] = {"S": draw.choice(_TEAMS)}
        if draw.random() < 0.8:
            item["score"] = {"N": str(draw.randint(-99, 99))}
        if draw.random() < 0.8:
            item["colour"] = {"S": draw.choice(_COLOURS)}
        length = draw.randint(0, 200) if draw.random() < 0.98 else draw.randint(10_000, 40_000)
        item["text"] = {"S": draw.randbytes(length).hex()}
        return item


def _key_of(key: Key) -> Item:
    return {"pk": {"S": key[0]}, "sk": {"N": str(key[1])}}
