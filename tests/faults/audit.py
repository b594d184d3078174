"""Does what a server holds agree with itself, and with what its writers were told?"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.faults.history import CounterHistory, History, Item, Key
from tests.faults.wire import Ask

from kilowatt.domain.values.sizes import item_size

TABLE = "crash"
COUNTERS = "counters"
SORT_KEYS_OF_A_WRITER = 1_000_000

SCHEMA: dict[str, Any] = {
    "TableName": TABLE,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
        {"AttributeName": "rank", "AttributeType": "N"},
        {"AttributeName": "team", "AttributeType": "S"},
        {"AttributeName": "score", "AttributeType": "N"},
        {"AttributeName": "colour", "AttributeType": "S"},
    ],
    "LocalSecondaryIndexes": [
        {
            "IndexName": "by-rank",
            "KeySchema": [
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "rank", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["colour"]},
        }
    ],
    "GlobalSecondaryIndexes": [
        {
            "IndexName": "by-team",
            "KeySchema": [
                {"AttributeName": "team", "KeyType": "HASH"},
                {"AttributeName": "score", "KeyType": "RANGE"},
            ],
            "Projection": {"ProjectionType": "ALL"},
        },
        {
            "IndexName": "by-colour",
            "KeySchema": [{"AttributeName": "colour", "KeyType": "HASH"}],
            "Projection": {"ProjectionType": "KEYS_ONLY"},
        },
    ],
    "BillingMode": "PAY_PER_REQUEST",
}
# Keys that an item needs to be in the index, and what the index keeps of it (None: everything).
INDEXES: dict[str, tuple[set[str], set[str] | None]] = {
    "by-rank": ({"rank"}, {"pk", "sk", "rank", "colour"}),
    "by-team": ({"team", "score"}, None),
    "by-colour": ({"colour"}, {"pk", "sk", "colour"}),
}


@dataclass
class Stored:
    """What a server holds: the table's items, each index's entries, and its DescribeTable."""

    items: list[Item]
    entries: dict[str, list[Item]]
    description: dict[str, Any]


def read_stored(ask: Ask) -> Stored:
    """Reads it all."""
    entries = {name: scan(ask, IndexName=name) for name in INDEXES}
    description: dict[str, Any] = ask("DescribeTable", {"TableName": TABLE})["Table"]
    return Stored(scan(ask, ConsistentRead=True), entries, description)


def scan(ask: Ask, table: str = TABLE, **parameters: Any) -> list[Item]:
    """All items of a Scan, page after page."""
    request: dict[str, Any] = {"TableName": table, **parameters}
    items: list[Item] = []
    while True:
        answer = ask("Scan", request)
        items += answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return items
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def complaints_about(
    stored: Stored,
    histories: list[History],
    counters: dict[int, CounterHistory],
    at_least: list[int] | None = None,
) -> list[str]:
    """What is wrong with `stored`; nothing if all is well.

    `histories` are those of the writers 1, 2, ...; `counters` are by sort key. `at_least` says how many steps
    of each writer must be there; by default those that were acknowledged.
    """
    least = [history.acknowledged for history in histories] if at_least is None else at_least
    found = items_by_writer(stored.items)
    writers = range(1, len(histories) + 1)
    complaints = [f"items of nobody: {found[number]}" for number in found if number not in {0, *writers}]
    for number, history, steps in zip(writers, histories, least, strict=True):
        complaints += _about_history(number, history, found.get(number, {}), steps)
    complaints += _about_counters(found.get(0, {}), counters)
    complaints += _about_indexes(stored)
    complaints += _about_sizes(stored)
    return complaints


def settle(stored: Stored, histories: list[History], counters: dict[int, CounterHistory]) -> None:
    """Takes what was found, and found good, as what is known."""
    found = items_by_writer(stored.items)
    for number, history in enumerate(histories, 1):
        steps = history.matching(found.get(number, {}), history.acknowledged)
        assert steps is not None
        history.settle(steps)
    for (_, sort_key), item in found.get(0, {}).items():
        counter = counters[sort_key]
        counter.sent = set(item["tokens"]["SS"])
        counter.acknowledged = set(counter.sent)


def items_by_writer(items: Iterable[Item]) -> dict[int, dict[Key, Item]]:
    """Items by the number of the writer whose they are, 0 for counters, and by key."""
    by_writer: dict[int, dict[Key, Item]] = {}
    for item in items:
        key = (item["pk"]["S"], int(item["sk"]["N"]))
        by_writer.setdefault(key[1] // SORT_KEYS_OF_A_WRITER, {})[key] = item
    return by_writer


def _about_history(number: int, history: History, found: dict[Key, Item], at_least: int) -> list[str]:
    if history.matching(found, at_least) is not None:
        return []
    expected = history.after(at_least)
    wrong = [key for key in {**expected, **found} if expected.get(key) != found.get(key)]
    lines = [
        f"  {key}: expected {_short(expected.get(key))}, found {_short(found.get(key))}" for key in wrong
    ]
    title = (
        f"writer {number}: not what is left after {at_least} to {len(history.steps)} steps; after {at_least}:"
    )
    return ["\n".join([title, *lines[:10]])]


def _about_counters(found: dict[Key, Item], counters: dict[int, CounterHistory]) -> list[str]:
    complaints = []
    for sort_key, counter in counters.items():
        item = found.pop((COUNTERS, sort_key), None)
        tokens = set(item["tokens"]["SS"]) if item else set()
        total = int(item["score"]["N"]) if item else 0
        if lost := counter.acknowledged - tokens:
            complaints.append(f"counter {sort_key}: lost {sorted(lost)}")
        if made_up := tokens - counter.sent:
            complaints.append(f"counter {sort_key}: nobody added {sorted(made_up)}")
        if total != len(tokens):
            complaints.append(f"counter {sort_key}: counted {total}, but has {len(tokens)} tokens")
    return complaints + [f"no such counter: {key}" for key in found]


def _about_indexes(stored: Stored) -> list[str]:
    complaints = []
    for name, (needed, kept) in INDEXES.items():
        expected = Counter(
            _text({attribute: item[attribute] for attribute in item if kept is None or attribute in kept})
            for item in stored.items
            if needed <= item.keys()
        )
        found = Counter(map(_text, stored.entries[name]))
        complaints += [f"index {name}: misses {text[:300]}" for text in list(expected - found)[:5]]
        complaints += [f"index {name}: should not have {text[:300]}" for text in list(found - expected)[:5]]
    return complaints


def _about_sizes(stored: Stored) -> list[str]:
    description = stored.description
    described = {"table": (description["ItemCount"], description["TableSizeBytes"])}
    for index in description["LocalSecondaryIndexes"] + description["GlobalSecondaryIndexes"]:
        described[index["IndexName"]] = (index["ItemCount"], index["IndexSizeBytes"])
    complaints = []
    for name, items in {"table": stored.items, **stored.entries}.items():
        counted = (len(items), sum(map(item_size, items)))
        if described[name] != counted:
            complaints.append(f"{name}: described as {described[name]} (items, bytes), but holds {counted}")
    return complaints


def _text(item: Item) -> str:
    """One text for equal items; the order in a set is not part of it."""
    plain = {
        name: {tag: sorted(content) if tag == "SS" else content for tag, content in value.items()}
        for name, value in item.items()
    }
    return json.dumps(plain, sort_keys=True)


def _short(item: Item | None) -> str:
    return "nothing" if item is None else _text(item)[:300]
