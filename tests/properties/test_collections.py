"""After any history of writes, the sizes of item collections are what their items and entries add up to."""

import asyncio
from collections import Counter
from typing import Any

import orjson
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.clock import SystemClock
from kilowatt.domain.tables.keys import partition_part, suffix_of_key
from kilowatt.domain.values.sizes import item_size
from kilowatt.engine.memory import MemoryEngine
from kilowatt.ids import Ids
from kilowatt.operations.batch_write_item import batch_write_item
from kilowatt.operations.context import Context, Services
from kilowatt.operations.create_table import create_table
from kilowatt.operations.delete_item import delete_item
from kilowatt.operations.put_item import put_item
from kilowatt.operations.scan import scan
from kilowatt.operations.update_item import update_item

Item = dict[str, Any]
_ATTRIBUTES = ("pk", "sk", "a", "b", "g")


def _index(name: str, hash_key: str, range_key: str, projection: str) -> Item:
    keys = [(hash_key, "HASH"), (range_key, "RANGE")]
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        "Projection": {"ProjectionType": projection},
    }


TABLE = {
    "TableName": "table",
    "KeySchema": _index("", "pk", "sk", "ALL")["KeySchema"],
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in _ATTRIBUTES],
    "BillingMode": "PAY_PER_REQUEST",
    "LocalSecondaryIndexes": [_index("all", "pk", "a", "ALL"), _index("keys", "pk", "b", "KEYS_ONLY")],
    "GlobalSecondaryIndexes": [_index("global", "g", "sk", "ALL")],
}

# A zero byte in a key is what its stored form has to escape.
partition_keys = st.sampled_from(["p", "q\0", "q\0\1"])
sort_keys = st.sampled_from(["1", "2", "\0"])
texts = st.text("xy", min_size=1, max_size=9)
attributes = st.dictionaries(st.sampled_from(["a", "b", "g", "other"]), texts)
writes = st.tuples(
    st.sampled_from(["put", "delete", "update", "batch"]), partition_keys, sort_keys, attributes
)


def _values(attributes: dict[str, str]) -> Item:
    return {name: {"S": text} for name, text in attributes.items()}


async def _write(context: Context, kind: str, key: Item, attributes: dict[str, str]) -> None:
    match kind:
        case "put":
            await put_item(context, {"TableName": "table", "Item": {**key, **_values(attributes)}})
        case "delete":
            await delete_item(context, {"TableName": "table", "Key": key})
        case "update":
            request: Item = {"TableName": "table", "Key": key, "UpdateExpression": "REMOVE a"}
            if attributes:
                pairs = [(f"#{name}", f":{name}", name) for name in attributes]
                request |= {
                    "UpdateExpression": "SET " + ", ".join(f"{name} = {value}" for name, value, _ in pairs),
                    "ExpressionAttributeNames": {name: attribute for name, _, attribute in pairs},
                    "ExpressionAttributeValues": {value: {"S": attributes[name]} for _, value, name in pairs},
                }
            await update_item(context, request)
        case _:
            others = [{**key, "sk": {"S": sort_key}, **_values(attributes)} for sort_key in ("1", "2")]
            requests = [{"PutRequest": {"Item": item}} for item in others]
            await batch_write_item(context, {"RequestItems": {"table": requests}})


def _sizes(items: list[Item]) -> Counter[str]:
    """Bytes by partition key: the items, and what the two local indexes hold of them."""
    sizes: Counter[str] = Counter()
    for item in items:
        size = item_size(item)
        size += item_size(item) if "a" in item else 0
        size += item_size({name: item[name] for name in ("pk", "sk", "b")}) if "b" in item else 0
        sizes[item["pk"]["S"]] += size
    return sizes


@given(st.lists(writes, max_size=30))
def test_sizes_add_up(history: list[tuple[str, str, str, dict[str, str]]]) -> None:
    asyncio.run(_run(history))


async def _run(history: list[tuple[str, str, str, dict[str, str]]]) -> None:
    engine = MemoryEngine()
    context = Context(Services.over(engine, SystemClock(), Ids(0)), "000000000000", "us-east-1")
    await create_table(context, TABLE)
    for kind, partition_key, sort_key, attributes in history:
        await _write(context, kind, _values({"pk": partition_key, "sk": sort_key}), attributes)
    table = await context.table("table")
    expected = {}
    for partition_key, size in _sizes(await _items(context)).items():
        suffix = suffix_of_key(table.key, _values({"pk": partition_key, "sk": "-"}))
        expected[partition_part(suffix)] = size
    records = await engine.scan(b"K", b"L", 1000, 1 << 30)
    assert {key[5:]: int.from_bytes(record, "big") for key, record in records} == expected


async def _items(context: Context) -> list[Item]:
    items: list[Item] = orjson.loads(await scan(context, {"TableName": "table"}))["Items"]
    return items
