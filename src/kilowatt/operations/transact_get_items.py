"""TransactGetItems. Source: AWS API reference, TransactGetItems; the order of checks as recorded."""

from collections.abc import Sequence
from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import TRANSACTIONAL_READS, Consumption
from kilowatt.domain.capacity.units import read_half_units
from kilowatt.domain.expressions.projection import Projection
from kilowatt.domain.tables.keys import suffix_of_key
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_item
from kilowatt.errors import ServiceError
from kilowatt.errors import transactions as errors
from kilowatt.operations.answer import EMPTY, array, consumed_of_tables, members
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import (
    TRANSACT_GET,
    Expressions,
    check_mixing,
    read_expressions,
)
from kilowatt.store import layout

Request = dict[str, Any]
Records = Sequence[bytes | None]

# Each item is read twice, to see that nothing changed between.
_PHASES = 2


async def transact_get_items(context: Context, request: Request) -> bytes:
    """Reads up to 100 items of any tables, all as they were at one moment."""
    gets = [entry["Get"] for entry in request["TransactItems"]]
    expressions = [_checked(get) for get in gets]
    tables = [await context.table(get["TableName"]) for get in gets]
    places = _places(tables, gets, expressions)
    if len(set(places)) < len(places):
        raise errors.DUPLICATE_ITEMS()
    records = await context.services.writer.read(places)
    names = [get["TableName"] for get in gets]
    answers = [_answer(part.projection, record) for part, record in zip(expressions, records, strict=True)]
    return members(
        (b"ConsumedCapacity", consumed_by_reads(request, names, records)),
        (b"Responses", array(answers)),
    )


def consumed_by_reads(request: Request, names: list[str], records: Records) -> bytes | None:
    """ConsumedCapacity of a transaction that read `records`, of the tables of these names."""
    consumptions: dict[str, Consumption] = {name: Consumption() for name in names}
    for name, record in zip(names, records, strict=True):
        size = 0 if record is None else layout.record_size(record)
        consumptions[name].table += _PHASES * read_half_units(size, consistent=True)
    return consumed_of_tables(request, consumptions, TRANSACTIONAL_READS)


def _checked(get: Request) -> Expressions:
    check_mixing(get, TRANSACT_GET)
    accept_item(get["Key"])
    return read_expressions(get, TRANSACT_GET)


def _places(tables: list[Table], gets: list[Request], expressions: list[Expressions]) -> list[bytes]:
    places: list[bytes] = []
    for number, asked in enumerate(zip(tables, gets, expressions, strict=True)):
        try:
            places.append(_place(*asked))
        except ServiceError as refusal:
            raise errors.canceled_by(refusal, number, len(gets)) from None
    return places


def _place(table: Table, get: Request, expressions: Expressions) -> bytes:
    place = layout.item_prefix(table) + suffix_of_key(table.key, get["Key"])
    if expressions.projection is not None:
        expressions.check_key_paths(table, expressions.projection.paths)
    return place


def _answer(projection: Projection | None, record: bytes | None) -> bytes:
    if record is None:
        return EMPTY
    body = record[layout.HEADER_BYTES :]
    if projection is not None:
        body = orjson.dumps(projection.apply(orjson.loads(body)))
    return b'{"Item":%b}' % body
