"""What is stored and asked: a table of chat messages and orders, and the operations that are measured on it.

The table is that of `examples/educonnect.py`: 100 chats (partition key) with 100 messages each (sort key). A
message has seven attributes and about 310 bytes of JSON. Beside them are as many orders, 100 each of 100
customers, of about 450 bytes: eleven attributes of six types, nested. Writes replace or update what is there,
so the data keep their size; one more case puts items of 1 KB in transactions. Everything follows from a fixed
seed: each run sends the same requests.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TABLE = "messages"
CHATS = 100
MESSAGES_EACH = 100
_SEED = 20_120_810
_CITIES = ["Amsterdam", "Cape Town", "Lisbon", "Montevideo", "Nairobi", "Osaka", "Tallinn", "Wellington"]
_STATES = ["OPEN", "PAID", "SHIPPED", "RETURNED"]
_SUBJECTS = ["fractions", "photosynthesis", "irregular verbs", "the water cycle", "Ohm's law", "sonnets"]

Document = dict[str, Any]

CREATE_TABLE: Document = {
    "TableName": TABLE,
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [
        {"AttributeName": "pk", "AttributeType": "S"},
        {"AttributeName": "sk", "AttributeType": "S"},
    ],
    "KeySchema": [
        {"AttributeName": "pk", "KeyType": "HASH"},
        {"AttributeName": "sk", "KeyType": "RANGE"},
    ],
}


def message_key(number: int) -> Document:
    """The key of message `number`, 0 to 9,999."""
    chat, message = divmod(number, MESSAGES_EACH)
    sent_at = f"2026-03-{1 + message // 24:02}T{message % 24:02}:00:00.000Z"
    return {"pk": {"S": f"chat#{chat:04}"}, "sk": {"S": f"timestamp#{sent_at}#{number:06}"}}


def message(number: int, chance: random.Random) -> Document:
    """A message, as the example stores it, with two more attributes."""
    words = " ".join(chance.choices(_SUBJECTS, k=chance.randint(3, 12)))
    return message_key(number) | {
        "author": {"S": f"user#{chance.randrange(500):04}"},
        "text": {"S": f"What did you write about {words}?"},
        "edited": {"BOOL": chance.random() < 0.1},
        "sent": {"N": str(1_767_225_600_000 + chance.randrange(31_536_000_000))},
        "likes": {"N": str(chance.randrange(100))},
    }


def order_key(number: int) -> Document:
    return {"pk": {"S": f"customer#{number // 100:04}"}, "sk": {"S": f"order#2026-{number % 100:04}"}}


def order(number: int, chance: random.Random) -> Document:
    """An item, as an application would store it."""
    lines = [
        {"M": {"sku": {"S": f"sku-{chance.randrange(10**6):06}"}, "count": {"N": str(chance.randint(1, 9))}}}
        for _ in range(2)
    ]
    return order_key(number) | {
        "state": {"S": chance.choice(_STATES)},
        "city": {"S": chance.choice(_CITIES)},
        "total": {"N": f"{chance.randrange(100, 99_999) / 100:.2f}"},
        "placed": {"N": str(1_767_225_600 + chance.randrange(31_536_000))},
        "visits": {"N": str(chance.randrange(100))},
        "gift": {"BOOL": chance.random() < 0.1},
        "tags": {"SS": ["first", f"batch-{number % 10}"]},
        "note": {"S": "x" * chance.randint(50, 120)},
        "lines": {"L": lines},
    }


def document(number: int, chance: random.Random) -> Document:
    """An item of 1,024 bytes."""
    key = {"pk": {"S": f"document#{number // 100:04}"}, "sk": {"S": f"part#{number % 100:04}"}}
    left = 1024 - len("pkskdata") - sum(len(value["S"]) for value in key.values())
    return key | {"data": {"S": chance.randbytes(left // 2).hex().ljust(left, "0")}}


def loading() -> Iterator[Document]:
    """BatchWriteItem requests that fill the table."""
    chance = random.Random(_SEED)
    numbers = list(range(CHATS * MESSAGES_EACH))
    for made in (message, order):
        for start in range(0, len(numbers), 25):
            yield _batch(made, numbers[start : start + 25], chance)


def _batch(
    made: Callable[[int, random.Random], Document], numbers: list[int], chance: random.Random
) -> Document:
    puts = [{"PutRequest": {"Item": made(number, chance)}} for number in numbers]
    return {"RequestItems": {TABLE: puts}}


def _some_message(chance: random.Random) -> int:
    return chance.randrange(CHATS * MESSAGES_EACH)


def _get_item(chance: random.Random, number: int) -> Document:
    return {"TableName": TABLE, "Key": message_key(_some_message(chance))}


def _statement_by_parameters(chance: random.Random, number: int) -> Document:
    key = message_key(_some_message(chance))
    statement = f'SELECT * FROM "{TABLE}" WHERE pk = ? AND sk = ?'
    return {"Statement": statement, "Parameters": [key["pk"], key["sk"]]}


def _statement_with_literals(chance: random.Random, number: int) -> Document:
    key = message_key(_some_message(chance))
    pk, sk = key["pk"]["S"], key["sk"]["S"]
    return {"Statement": f"SELECT * FROM \"{TABLE}\" WHERE pk = '{pk}' AND sk = '{sk}'"}


def _put_item(chance: random.Random, number: int) -> Document:
    return {"TableName": TABLE, "Item": message(_some_message(chance), chance)}


def _put_order(chance: random.Random, number: int) -> Document:
    return {"TableName": TABLE, "Item": order(_some_message(chance), chance)}


def _update_item(chance: random.Random, number: int) -> Document:
    return {
        "TableName": TABLE,
        "Key": message_key(_some_message(chance)),
        "UpdateExpression": "SET #text = :text, likes = likes + :one",
        "ConditionExpression": "attribute_exists(pk) AND likes < :most",
        "ExpressionAttributeNames": {"#text": "text"},
        "ExpressionAttributeValues": {
            ":text": {"S": f"Let us talk about {chance.choice(_SUBJECTS)}."},
            ":one": {"N": "1"},
            ":most": {"N": "1000000000"},
        },
    }


def _query(chance: random.Random, number: int) -> Document:
    return _query_of(message_key(_some_message(chance)))


def _query_orders(chance: random.Random, number: int) -> Document:
    return _query_of(order_key(_some_message(chance)))


def _query_with_filter(chance: random.Random, number: int) -> Document:
    request = _query_orders(chance, number)
    request["ExpressionAttributeValues"][":state"] = {"S": chance.choice(_STATES)}
    return request | {
        "FilterExpression": "#state = :state",
        "ExpressionAttributeNames": {"#state": "state"},
    }


def _query_of(key: Document) -> Document:
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": key["pk"]},
    }


def _batch_write_item(chance: random.Random, number: int) -> Document:
    return _batch(message, chance.sample(range(CHATS * MESSAGES_EACH), 25), chance)


def _transact_ten(chance: random.Random, number: int) -> Document:
    """Ten messages of ten chats. Those of two requests in a row are never the same: they would conflict."""
    count = CHATS * MESSAGES_EACH
    numbers = range(number % (count // 10), count, count // 10)
    return _transaction([message(number, chance) for number in numbers])


def _transact_hundred(chance: random.Random, number: int) -> Document:
    """A hundred items of 1 KB, which are those of no other request."""
    return _transaction([document(100 * number + place, chance) for place in range(100)])


def _transaction(items: list[Document]) -> Document:
    # Without ClientRequestToken, or else a request that is replayed would do nothing.
    return {"TransactItems": [{"Put": {"TableName": TABLE, "Item": item}} for item in items]}


def _is_message(request: Document, answer: Document) -> bool:
    item = answer["Item"]
    return len(item) == 7 and all(item[name] == value for name, value in request["Key"].items())


def _is_one_message(request: Document, answer: Document) -> bool:
    return [len(item) for item in answer["Items"]] == [7]


def _is_empty(request: Document, answer: Document) -> bool:
    return answer.keys() <= {"ConsumedCapacity"}  # which some servers tell unasked


def _is_whole(request: Document, answer: Document) -> bool:
    return answer["Count"] == MESSAGES_EACH and _is_in_order(answer)


def _is_filtered(request: Document, answer: Document) -> bool:
    state = request["ExpressionAttributeValues"][":state"]
    some = 0 < answer["Count"] < answer["ScannedCount"] == MESSAGES_EACH
    return some and _is_in_order(answer) and all(item["state"] == state for item in answer["Items"])


def _is_in_order(answer: Document) -> bool:
    keys: list[str] = [item["sk"]["S"] for item in answer["Items"]]
    return len(keys) == answer["Count"] and keys == sorted(keys)


def _is_processed(request: Document, answer: Document) -> bool:
    return not answer["UnprocessedItems"]


@dataclass(frozen=True, slots=True)
class Case:
    """One operation to measure.

    `prepared` requests are replayed round and round. `made` makes the body of one, given its number;
    `holds(request, answer)` tells whether an answer is right.
    """

    name: str
    operation: str
    prepared: int
    made: Callable[[random.Random, int], Document]
    holds: Callable[[Document, Document], bool]

    def sample(self, count: int) -> list[Document]:
        """The first `count` bodies, the same in every run."""
        chance = random.Random(f"{_SEED} {self.name}")
        return [self.made(chance, number) for number in range(count)]


GET_ITEM = Case("GetItem", "GetItem", 10_000, _get_item, _is_message)
PUT_ITEM = Case("PutItem", "PutItem", 10_000, _put_item, _is_empty)
PUT_ORDER = Case("PutItem of a nested item", "PutItem", 5_000, _put_order, _is_empty)
UPDATE_ITEM = Case("UpdateItem with a condition", "UpdateItem", 5_000, _update_item, _is_empty)
QUERY = Case("Query of 100 items", "Query", 1_000, _query, _is_whole)
QUERY_ORDERS = Case("Query of 100 nested items", "Query", 1_000, _query_orders, _is_whole)
QUERY_FILTER = Case("Query of 100 items with a filter", "Query", 1_000, _query_with_filter, _is_filtered)
BATCH_WRITE_ITEM = Case("BatchWriteItem of 25", "BatchWriteItem", 500, _batch_write_item, _is_processed)
STATEMENT_BY_PARAMETERS = Case(
    "ExecuteStatement by parameters", "ExecuteStatement", 10_000, _statement_by_parameters, _is_one_message
)
STATEMENT_WITH_LITERALS = Case(
    "ExecuteStatement with literals", "ExecuteStatement", 10_000, _statement_with_literals, _is_one_message
)
TRANSACT_TEN = Case("TransactWriteItems of 10", "TransactWriteItems", 1_000, _transact_ten, _is_empty)
TRANSACT_HUNDRED = Case(
    "TransactWriteItems of 100 x 1 KB", "TransactWriteItems", 600, _transact_hundred, _is_empty
)

CASES = [
    GET_ITEM,
    PUT_ITEM,
    PUT_ORDER,
    UPDATE_ITEM,
    QUERY,
    QUERY_ORDERS,
    QUERY_FILTER,
    BATCH_WRITE_ITEM,
    STATEMENT_BY_PARAMETERS,
    STATEMENT_WITH_LITERALS,
    TRANSACT_TEN,
    TRANSACT_HUNDRED,
]
