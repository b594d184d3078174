"""What is stored and asked: one table of orders, and the five operations that are measured on it.

The table has 100 customers (partition key) with 100 orders each (sort key). An order has eleven attributes
and 360 to 450 bytes of JSON. Writes replace or update orders that are there, so the data keep their size.
Everything follows from a fixed seed: each run sends the same requests.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

TABLE = "orders"
CUSTOMERS = 100
ORDERS_EACH = 100
_SEED = 20_120_810
_CITIES = ["Amsterdam", "Cape Town", "Lisbon", "Montevideo", "Nairobi", "Osaka", "Tallinn", "Wellington"]
_STATES = ["OPEN", "PAID", "SHIPPED", "RETURNED"]

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


def order_key(number: int) -> Document:
    """The key of order `number`, 0 to 9,999."""
    customer, order = divmod(number, ORDERS_EACH)
    return {"pk": {"S": f"customer#{customer:04}"}, "sk": {"S": f"order#2026-{order:04}"}}


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
        "note": {"S": "x" * chance.randint(0, 80)},
        "lines": {"L": lines},
    }


def loading() -> Iterator[Document]:
    """BatchWriteItem requests that fill the table."""
    chance = random.Random(_SEED)
    numbers = list(range(CUSTOMERS * ORDERS_EACH))
    for start in range(0, len(numbers), 25):
        yield _batch(numbers[start : start + 25], chance)


def _batch(numbers: list[int], chance: random.Random) -> Document:
    puts = [{"PutRequest": {"Item": order(number, chance)}} for number in numbers]
    return {"RequestItems": {TABLE: puts}}


def _some_order(chance: random.Random) -> int:
    return chance.randrange(CUSTOMERS * ORDERS_EACH)


def _get_item(chance: random.Random) -> Document:
    return {"TableName": TABLE, "Key": order_key(_some_order(chance))}


def _put_item(chance: random.Random) -> Document:
    return {"TableName": TABLE, "Item": order(_some_order(chance), chance)}


def _update_item(chance: random.Random) -> Document:
    return {
        "TableName": TABLE,
        "Key": order_key(_some_order(chance)),
        "UpdateExpression": "SET #state = :state, visits = visits + :one",
        "ConditionExpression": "attribute_exists(pk) AND visits < :most",
        "ExpressionAttributeNames": {"#state": "state"},
        "ExpressionAttributeValues": {
            ":state": {"S": chance.choice(_STATES)},
            ":one": {"N": "1"},
            ":most": {"N": "1000000000"},
        },
    }


def _query(chance: random.Random) -> Document:
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :customer",
        "ExpressionAttributeValues": {":customer": order_key(_some_order(chance))["pk"]},
    }


def _batch_write_item(chance: random.Random) -> Document:
    return _batch(chance.sample(range(CUSTOMERS * ORDERS_EACH), 25), chance)


def _is_order(request: Document, answer: Document) -> bool:
    item = answer["Item"]
    return len(item) == 11 and all(item[name] == value for name, value in request["Key"].items())


def _is_empty(request: Document, answer: Document) -> bool:
    return answer.keys() <= {"ConsumedCapacity"}  # which some servers tell unasked


def _is_one_customer(request: Document, answer: Document) -> bool:
    orders: list[str] = [item["sk"]["S"] for item in answer["Items"]]
    counts = {len(orders), answer["Count"]}
    return counts == {ORDERS_EACH} and orders == sorted(orders)


def _is_processed(request: Document, answer: Document) -> bool:
    return not answer["UnprocessedItems"]


@dataclass(frozen=True, slots=True)
class Case:
    """One operation to measure.

    `prepared` requests are replayed round and round. `made` makes the body of one; `holds(request, answer)`
    tells whether an answer is right.
    """

    name: str
    operation: str
    prepared: int
    made: Callable[[random.Random], Document]
    holds: Callable[[Document, Document], bool]

    def sample(self, count: int) -> list[Document]:
        """The first `count` bodies, the same in every run."""
        chance = random.Random(f"{_SEED} {self.name}")
        return [self.made(chance) for _ in range(count)]


GET_ITEM = Case("GetItem", "GetItem", 10_000, _get_item, _is_order)
PUT_ITEM = Case("PutItem", "PutItem", 10_000, _put_item, _is_empty)
UPDATE_ITEM = Case("UpdateItem with a condition", "UpdateItem", 5_000, _update_item, _is_empty)
QUERY = Case("Query of 100 items", "Query", 1_000, _query, _is_one_customer)
BATCH_WRITE_ITEM = Case("BatchWriteItem of 25", "BatchWriteItem", 500, _batch_write_item, _is_processed)

CASES = [GET_ITEM, PUT_ITEM, UPDATE_ITEM, QUERY, BATCH_WRITE_ITEM]
