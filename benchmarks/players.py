"""A table that gets a global index, its items, the writes that go on meanwhile, and what the index has to be.

The items are the players of a game, about 300 bytes of JSON each. Some have no team, and some no score: the
index has no entry for these. The writes put whole items, change or remove index keys, and delete; some
make items that were not there.
"""

import random
from collections.abc import Iterator
from typing import Any

import orjson
from benchmarks.exchange import Connection, WrongAnswer
from benchmarks.signing import unsigned

from kilowatt.domain.values.sizes import item_size

TABLE = "players"
INDEX = "by-team"
_SEED = 20_120_810
_TEAMS = 500
_BATCH_ITEMS = 25
# The keys written go so far beyond those loaded.
_NEW_KEYS = 1.1
# The share of items that have a team, and as large a one that have a score.
_HAVE = 0.9
_INDEXED = ("team", "score")
_PROJECTED = {"pk", "sk", "team", "score", "name"}

Document = dict[str, Any]

CREATE_TABLE: Document = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "N"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
}
CREATE_INDEX: Document = {
    "TableName": TABLE,
    "AttributeDefinitions": [
        {"AttributeName": "team", "AttributeType": "S"},
        {"AttributeName": "score", "AttributeType": "N"},
    ],
    "GlobalSecondaryIndexUpdates": [
        {
            "Create": {
                "IndexName": INDEX,
                "KeySchema": [
                    {"AttributeName": "team", "KeyType": "HASH"},
                    {"AttributeName": "score", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["name"]},
            }
        }
    ],
}


def player_key(number: int) -> Document:
    return {"pk": {"S": f"league#{number // 10:06}"}, "sk": {"N": str(number % 10)}}


def player(number: int, chance: random.Random) -> Document:
    item = player_key(number) | {
        "name": {"S": f"player-{chance.getrandbits(64):016x}"},
        "games": {"N": str(chance.randrange(1000))},
        "active": {"BOOL": chance.random() < 0.5},
        "badges": {"SS": ["first", f"season-{number % 7}"]},
        "note": {"S": "x" * chance.randint(60, 120)},
    }
    if chance.random() < _HAVE:
        item["team"] = _team(chance)
    if chance.random() < _HAVE:
        item["score"] = _score(chance)
    return item


def _team(chance: random.Random) -> Document:
    return {"S": f"team-{chance.randrange(_TEAMS):03}"}


def _score(chance: random.Random) -> Document:
    return {"N": str(chance.randrange(-1000, 100_000))}


def likely_entries(items: int) -> int:
    """How many entries the index of so many items will have, about."""
    return round(items * _HAVE * _HAVE)


def load(connection: Connection, items: int) -> None:
    """Creates the table and fills it."""
    ask(connection, "CreateTable", CREATE_TABLE)
    chance = random.Random(_SEED)
    for start in range(0, items, _BATCH_ITEMS):
        numbers = range(start, min(start + _BATCH_ITEMS, items))
        puts = [{"PutRequest": {"Item": player(number, chance)}} for number in numbers]
        ask(connection, "BatchWriteItem", {"RequestItems": {TABLE: puts}})


def writes(items: int, seed: int) -> Iterator[bytes]:
    """Requests without end."""
    chance = random.Random(f"{_SEED} {seed}")
    while True:
        number = chance.randrange(round(items * _NEW_KEYS))
        draw = chance.random()
        if draw < 0.4:
            yield unsigned("PutItem", {"TableName": TABLE, "Item": player(number, chance)})
        elif draw < 0.85:
            yield unsigned("UpdateItem", _update(number, chance))
        else:
            yield unsigned("DeleteItem", {"TableName": TABLE, "Key": player_key(number)})


def _update(number: int, chance: random.Random) -> Document:
    request: Document = {"TableName": TABLE, "Key": player_key(number)}
    if chance.random() < 0.2:
        return request | {"UpdateExpression": "REMOVE score"}
    values = {":team": _team(chance), ":score": _score(chance), ":one": {"N": "1"}}
    return request | {
        "UpdateExpression": "SET team = :team, score = :score ADD games :one",
        "ExpressionAttributeValues": values,
    }


def described(connection: Connection) -> Document:
    """The table as DescribeTable has it."""
    description: Document = ask(connection, "DescribeTable", {"TableName": TABLE})["Table"]
    return description


def complaints(connection: Connection) -> list[str]:
    """How the index differs from the table's projection, and DescribeTable from what is there."""
    expected: set[bytes] = set()
    table = [0, 0]
    for item in _scan(connection):
        table = [table[0] + 1, table[1] + item_size(item)]
        if all(name in item for name in _INDEXED):
            expected.add(_text({name: value for name, value in item.items() if name in _PROJECTED}))
    index = [0, 0]
    found: set[bytes] = set()
    for entry in _scan(connection, IndexName=INDEX):
        index = [index[0] + 1, index[1] + item_size(entry)]
        found.add(_text(entry))
    wrong = [f"the index misses {text.decode()}" for text in sorted(expected - found)[:5]]
    wrong += [f"the index should not have {text.decode()}" for text in sorted(found - expected)[:5]]
    if len(found) != index[0]:
        wrong.append(f"the index has {index[0] - len(found)} entries twice")
    description = described(connection)
    of_index = description["GlobalSecondaryIndexes"][0]
    told = [description["ItemCount"], description["TableSizeBytes"]]
    if told != table:
        wrong.append(f"the table is described as {told} (items, bytes) and holds {table}")
    told = [of_index["ItemCount"], of_index["IndexSizeBytes"]]
    if told != index:
        wrong.append(f"the index is described as {told} (items, bytes) and holds {index}")
    return wrong


def _text(item: Document) -> bytes:
    """One text for equal items. No set is projected, whose order would not matter."""
    return orjson.dumps(item, option=orjson.OPT_SORT_KEYS)


def _scan(connection: Connection, **parameters: Any) -> Iterator[Document]:
    request: Document = {"TableName": TABLE, **parameters}
    while True:
        answer = ask(connection, "Scan", request)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def ask(connection: Connection, operation: str, document: Document) -> Document:
    """The answer to a call without a real signature; raises `WrongAnswer` if it is a refusal."""
    status, body = connection.send(unsigned(operation, document))
    answer: Document = orjson.loads(body)
    if status != 200 or answer.get("UnprocessedItems"):
        raise WrongAnswer(f"{operation}: {status} {body[:300]!r}")
    return answer
