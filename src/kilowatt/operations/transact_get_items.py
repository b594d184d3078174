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
from kilowatt.store.metering import PartRead

Request = dict[str, Any]
Records = Sequence[bytes | None]

# Each item is read twice, to see that nothing changed between.
_PHASES = 2


async def transact_get_items(context: Context, request: Request) -> bytes:
    """Reads up to 100 items of any tables, all as they were at one moment."""
    gets = [entry["Get"] for entry in request["TransactItems"]]
    expressions = [_checked(get) for get in gets]
    tables = [await context.table(get["TableName"]) for get in gets]
    suffixes = _suffixes(tables, gets, expressions)
    if len({(table.number, suffix) for table, suffix in zip(tables, suffixes, strict=True)}) < len(gets):
        raise errors.DUPLICATE_ITEMS()
    records = await read_together(context, tables, suffixes)
    names = [get["TableName"] for get in gets]
    answers = [_answer(part.projection, record) for part, record in zip(expressions, records, strict=True)]
    return members(
        (b"ConsumedCapacity", consumed_by_reads(request, names, records)),
        (b"Responses", array(answers)),
    )


async def read_together(context: Context, tables: list[Table], suffixes: list[bytes]) -> Records:
    """The records of items at one moment, and told to the meter.

    Raises `CANCELED`, also for capacity, and `TRANSACTION_TOO_LARGE`.
    """
    places = [layout.item_prefix(table) + suffix for table, suffix in zip(tables, suffixes, strict=True)]
    records = await context.services.writer.read(places)
    refusals = context.services.meter.take_reads(
        [
            PartRead(table, suffix, _half_units(record))
            for table, suffix, record in zip(tables, suffixes, records, strict=True)
        ]
    )
    if any(refusals):
        raise errors.canceled(refusals)
    return records


def consumed_by_reads(request: Request, names: list[str], records: Records) -> bytes | None:
    """ConsumedCapacity of a transaction that read `records`, of the tables of these names."""
    consumptions: dict[str, Consumption] = {name: Consumption() for name in names}
    for name, record in zip(names, records, strict=True):
        consumptions[name].table += _half_units(record)
    return consumed_of_tables(request, consumptions, TRANSACTIONAL_READS)


def _half_units(record: bytes | None) -> int:
    size = 0 if record is None else layout.record_size(record)
    return _PHASES * read_half_units(size, consistent=True)


def _checked(get: Request) -> Expressions:
    check_mixing(get, TRANSACT_GET)
    accept_item(get["Key"])
    return read_expressions(get, TRANSACT_GET)


def _suffixes(tables: list[Table], gets: list[Request], expressions: list[Expressions]) -> list[bytes]:
    suffixes: list[bytes] = []
    for number, asked in enumerate(zip(tables, gets, expressions, strict=True)):
        try:
            suffixes.append(_suffix(*asked))
        except ServiceError as refusal:
            raise errors.canceled_by(refusal, number, len(gets)) from None
    return suffixes


def _suffix(table: Table, get: Request, expressions: Expressions) -> bytes:
    suffix = suffix_of_key(table.key, get["Key"])
    if expressions.projection is not None:
        expressions.check_key_paths(table, expressions.projection.paths)
    return suffix


def _answer(projection: Projection | None, record: bytes | None) -> bytes:
    if record is None:
        return EMPTY
    body = record[layout.HEADER_BYTES :]
    if projection is not None:
        body = orjson.dumps(projection.apply(orjson.loads(body)))
    return b'{"Item":%b}' % body
