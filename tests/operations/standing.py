"""Tables that stand for a whole test run, for tests that are refused or only read.

| table   | key    | indexes                                                              |
|---------|--------|----------------------------------------------------------------------|
| HASH    | pk     |                                                                      |
| RANGE   | pk, sk |                                                                      |
| INDEXED | pk, sk | local-a (pk, a) KEYS_ONLY, global-b (b, c) KEYS_ONLY, global-c (c) ALL |

Key attributes are strings, but for b, which is a number. HASH and INDEXED hold ITEM (INDEXED with ENTRY's
index keys), RANGE holds nothing; MISSING does not exist.
"""

from typing import Any

HASH, RANGE, INDEXED, MISSING = "operations-hash", "operations-range", "operations-indexed", "operations-none"

ITEM = {"pk": {"S": "there"}, "word": {"S": "one"}, "amount": {"N": "1"}, "elements": {"L": [{"S": "x"}]}}
# An item of INDEXED, in all of its indexes.
ENTRY = {
    **ITEM,
    "sk": {"S": "there"},
    "a": {"S": "a"},
    "b": {"N": "1"},
    "c": {"S": "c"},
}


def create(client: Any) -> None:
    client.create_table(TableName=HASH, **_keys("pk"))
    client.create_table(TableName=RANGE, **_keys("pk", "sk"))
    client.create_table(
        TableName=INDEXED,
        **_keys("pk", "sk", further=("a", "b", "c")),
        LocalSecondaryIndexes=[index("local-a", "pk", "a", projection="KEYS_ONLY")],
        GlobalSecondaryIndexes=[
            index("global-b", "b", "c", projection="KEYS_ONLY"),
            index("global-c", "c", projection="ALL"),
        ],
    )
    client.put_item(TableName=HASH, Item=ITEM)
    client.put_item(TableName=INDEXED, Item=ENTRY)


def delete(client: Any) -> None:
    for name in (HASH, RANGE, INDEXED):
        client.delete_table(TableName=name)


def index(name: str, hash_key: str, *range_keys: str, projection: str = "ALL") -> dict[str, Any]:
    """An index as CreateTable takes it."""
    return {
        "IndexName": name,
        "KeySchema": key_schema(hash_key, *range_keys),
        "Projection": {"ProjectionType": projection},
    }


def key_schema(hash_key: str, *range_keys: str) -> list[dict[str, str]]:
    ranges = [{"AttributeName": name, "KeyType": "RANGE"} for name in range_keys]
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, *ranges]


def _keys(*names: str, further: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "KeySchema": key_schema(*names),
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "N" if name == "b" else "S"}
            for name in (*names, *further)
        ],
        "BillingMode": "PAY_PER_REQUEST",
    }
