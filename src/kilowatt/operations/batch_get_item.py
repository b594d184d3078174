"""BatchGetItem. Source: AWS API reference, BatchGetItem; the order of checks as recorded."""

from dataclasses import dataclass
from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.capacity.units import read_half_units
from kilowatt.domain.expressions.projection import Projection
from kilowatt.domain.tables.keys import suffix_of_key
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.values.types import Item
from kilowatt.errors import ServiceError
from kilowatt.errors import items as errors
from kilowatt.limits import BATCH_GET_BYTES, BATCH_GET_KEYS
from kilowatt.operations.answer import array, consumed_of_tables, document, members
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import GET, Expressions, check_mixing, read_expressions
from kilowatt.operations.legacy_parameters import read_legacy
from kilowatt.store import layout

Request = dict[str, Any]


@dataclass(slots=True)
class _TableRequest:
    """What is asked of one table, under the name that the request used."""

    name: str
    request: Request
    expressions: Expressions
    suffixes: list[bytes]

    @property
    def projection(self) -> Projection | None:
        return self.expressions.projection


async def batch_get_item(context: Context, request: Request) -> bytes:
    """Reads up to 100 items by their primary keys, from one or several tables."""
    asked = _check_request(request["RequestItems"])
    tables = await context.distinct_tables(table_request.name for table_request in asked)
    for table, table_request in zip(tables, asked, strict=True):
        _place(table, table_request)
    places = [
        layout.item_prefix(table) + suffix
        for table, table_request in zip(tables, asked, strict=True)
        for suffix in table_request.suffixes
    ]
    records = await context.services.engine.get(places)
    return _answer(context, request, tables, asked, records)


def _check_request(request_items: dict[str, Request]) -> list[_TableRequest]:
    asked: list[_TableRequest] = []
    total = 0
    for name, table_request in request_items.items():
        legacy = check_mixing(table_request, GET)
        expressions = read_legacy(table_request, GET) if legacy else read_expressions(table_request, GET)
        seen: set[bytes] = set()
        for key in table_request["Keys"]:
            accept_item(key)
            identity = orjson.dumps(key, option=orjson.OPT_SORT_KEYS)
            if identity in seen:
                raise errors.BATCH_GET_DUPLICATES()
            seen.add(identity)
        total += len(seen)
        asked.append(_TableRequest(name, table_request, expressions, []))
    if total > BATCH_GET_KEYS:
        raise errors.BATCH_GET_TOO_MANY()
    return asked


def _place(table: Table, asked: _TableRequest) -> None:
    """Finds the record keys of a table's part; refuses keys that do not fit."""
    asked.suffixes = [suffix_of_key(table.key, key) for key in asked.request["Keys"]]
    if asked.projection is not None:
        asked.expressions.check_key_paths(table, asked.projection.paths)


def _answer(
    context: Context,
    request: Request,
    tables: list[Table],
    asked: list[_TableRequest],
    records: list[bytes | None],
) -> bytes:
    """The answer; what is over its table's capacity is left unprocessed, unless that is everything."""
    take_read = context.services.meter.take_read
    refusal: ServiceError | None = None
    read = 0
    responses: list[tuple[bytes, bytes]] = []
    unprocessed: dict[str, Request] = {}
    consumptions: dict[str, Consumption] = {}
    remaining = iter(records)
    left = BATCH_GET_BYTES
    for table, part in zip(tables, asked, strict=True):
        bodies: list[bytes] = []
        skipped: list[Item] = []
        consumption = consumptions[part.name] = Consumption()
        for key, suffix in zip(part.request["Keys"], part.suffixes, strict=True):
            record = next(remaining)
            size = 0 if record is None else layout.record_size(record)
            if size > left:
                skipped.append(key)
                continue
            half_units = read_half_units(size, part.request.get("ConsistentRead", False))
            refused = take_read(table, suffix, half_units)
            if refused is not None:
                refusal = refusal or refused
                skipped.append(key)
                continue
            read += 1
            left -= size
            consumption.table += half_units
            if record is not None:
                bodies.append(_projected(part.projection, record[layout.HEADER_BYTES :]))
        if skipped:
            unprocessed[part.name] = {**part.request, "Keys": skipped}
        responses.append((part.name.encode(), array(bodies)))
    if refusal is not None and not read:
        raise refusal
    return members(
        (b"ConsumedCapacity", consumed_of_tables(request, consumptions)),
        (b"Responses", members(*responses)),
        (b"UnprocessedKeys", document(unprocessed)),
    )


def _projected(projection: Projection | None, body: bytes) -> bytes:
    return body if projection is None else orjson.dumps(projection.apply(orjson.loads(body)))
