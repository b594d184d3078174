"""GetItem. Source: AWS API reference, GetItem."""

from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.capacity.units import read_half_units
from kilowatt.domain.tables.keys import suffix_of_key
from kilowatt.domain.values.accept import accept_item
from kilowatt.operations.answer import EMPTY, consumed, members
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import GET, check_mixing, read_expressions
from kilowatt.operations.legacy_parameters import read_legacy
from kilowatt.store import layout


async def get_item(context: Context, request: dict[str, Any]) -> bytes:
    """Reads one item by its primary key."""
    legacy = check_mixing(request, GET)
    key = request["Key"]
    accept_item(key)
    expressions = read_legacy(request, GET) if legacy else read_expressions(request, GET)
    table = await context.table(request["TableName"])
    suffix = suffix_of_key(table.key, key)
    projection = expressions.projection
    if projection is not None:
        expressions.check_key_paths(table, projection.paths)
    record = (await context.services.engine.get([layout.item_prefix(table) + suffix]))[0]
    size = 0 if record is None else layout.record_size(record)
    half_units = read_half_units(size, request.get("ConsistentRead", False))
    refusal = context.services.meter.take_read(table, suffix, half_units)
    if refusal is not None:
        raise refusal
    capacity = None
    if "ReturnConsumedCapacity" in request:
        capacity = consumed(request, Consumption(half_units))
    if record is None:
        return EMPTY if capacity is None else members((b"ConsumedCapacity", capacity))
    body = record[layout.HEADER_BYTES :]
    if projection is not None:
        body = orjson.dumps(projection.apply(orjson.loads(body)))
    if capacity is None:
        return b'{"Item":%b}' % body
    return members((b"ConsumedCapacity", capacity), (b"Item", body))
