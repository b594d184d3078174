"""ExecuteTransaction. Source: AWS API reference, ExecuteTransaction; the guide's chapter on PartiQL."""

from typing import Any

import orjson

from kilowatt.domain.partiql.statement import prepare
from kilowatt.domain.partiql.transaction import ReadStep, compile_transaction
from kilowatt.domain.writes.decision import Write
from kilowatt.operations.answer import EMPTY, array, members
from kilowatt.operations.context import Context
from kilowatt.operations.statements import NO_PARAMETERS
from kilowatt.operations.transact_get_items import consumed_by_reads, read_together
from kilowatt.operations.transact_write_items import consumed_by_writes, token_of
from kilowatt.operations.write_answer import returns_old_on_failure
from kilowatt.store import layout

Request = dict[str, Any]


async def execute_transaction(context: Context, request: Request) -> bytes:
    """Runs up to 100 statements, all reads or all writes and checks: all or nothing."""
    parts = request["TransactStatements"]
    statements = [prepare(part["Statement"], part.get("Parameters", NO_PARAMETERS)) for part in parts]
    token = token_of(context, request, parts)
    names = [statement.template.table for statement in statements]
    tables = [await context.table(name) for name in names]
    steps = compile_transaction(statements, tables, [returns_old_on_failure(part) for part in parts])
    writes = [step for step in steps if isinstance(step, Write)]
    if writes:
        done = await context.services.writer.transact(writes, token)
        return members((b"ConsumedCapacity", consumed_by_writes(request, names, done)), (b"Responses", b"[]"))
    reads = [step for step in steps if isinstance(step, ReadStep)]
    records = await read_together(context, [read.table for read in reads], [read.suffix for read in reads])
    answers = [_answer(read, record) for read, record in zip(reads, records, strict=True)]
    return members(
        (b"ConsumedCapacity", consumed_by_reads(request, names, records)), (b"Responses", array(answers))
    )


def _answer(read: ReadStep, record: bytes | None) -> bytes:
    """The entry of Responses of one read; empty for an item that is not there or not as asked."""
    if record is None:
        return EMPTY
    body = record[layout.HEADER_BYTES :]
    if read.condition is not None or read.projection is not None:
        item = orjson.loads(body)
        if read.condition is not None and not read.condition.holds(item, read.values):
            return EMPTY
        if read.projection is not None:
            body = orjson.dumps(read.projection.apply(item))
    return b'{"Item":%b}' % body
