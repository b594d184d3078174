"""BatchExecuteStatement. Source: AWS API reference, BatchExecuteStatement; the guide's chapter on PartiQL."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.partiql.select import SelectPlan
from kilowatt.domain.partiql.statement import Statement, prepare
from kilowatt.domain.tables.table import Table
from kilowatt.errors import ServiceError
from kilowatt.errors import items as item_errors
from kilowatt.errors import partiql as errors
from kilowatt.errors import service as service_errors
from kilowatt.errors.reasons import reason
from kilowatt.operations.answer import array, document, members
from kilowatt.operations.context import Context
from kilowatt.operations.statements import NO_PARAMETERS, read_item, refuse_exists, run_write
from kilowatt.store.catalog import StaleTable

Request = dict[str, Any]

# A table that changes under a statement more often than this is not being changed by people.
_MOST_PLANS = 100


@dataclass(slots=True)
class _Part:
    """One statement of a batch, and what became of it."""

    request: Request
    statement: Statement | None = None
    table: Table | None = None
    error: ServiceError | None = None
    item: bytes | None = None
    consumption: Consumption | None = None
    # The item that it names: number of the table, and place in it.
    place: tuple[int, bytes] | None = field(default=None)


async def batch_execute_statement(context: Context, request: Request) -> bytes:
    """Runs up to 25 statements, each on its own: one that fails does not keep the others from running."""
    parts = [_Part(part) for part in request["Statements"]]
    for part in parts:
        await _prepare(context, part)
    _check_together(parts)
    await _run_all(context, parts)
    return members(
        (b"ConsumedCapacity", _capacity(request, parts)),
        (b"Responses", array([_response(part) for part in parts])),
    )


async def _prepare(context: Context, part: _Part) -> None:
    """Parses and plans a statement as far as it goes without running it."""
    request = part.request
    try:
        part.statement = prepare(request["Statement"], request.get("Parameters", NO_PARAMETERS))
        refuse_exists(part.statement)
        await _plan(context, part, part.statement)
    except ServiceError as error:
        part.error = error


async def _plan(context: Context, part: _Part, statement: Statement) -> None:
    part.table = table = await context.table(statement.template.table)
    plan = statement.template.plan(table)
    if not isinstance(plan, SelectPlan):
        part.place = (table.number, plan.write(statement.values, False).suffix)
    elif plan.key is None:
        raise errors.BATCH_SELECT_KEY()
    else:
        part.place = (table.number, plan.suffix(statement.values))


def _check_together(parts: list[_Part]) -> None:
    """Refuses reads beside writes, and two statements on one item."""
    if len({part.statement.template.reads for part in parts if part.statement is not None}) > 1:
        raise errors.BATCH_MIXED()
    places = [part.place for part in parts if part.place is not None]
    if len(set(places)) < len(places):
        raise item_errors.BATCH_WRITE_DUPLICATES()


async def _run_all(context: Context, parts: list[_Part]) -> None:
    """Runs the statements; writes at the same time, so that they share the wait for the disk."""
    faults = await asyncio.gather(*[_run(context, part) for part in parts], return_exceptions=True)
    for fault in faults:
        if fault is not None:
            raise fault


async def _run(context: Context, part: _Part) -> None:
    """Runs a statement that is not refused yet; again if its table changed meanwhile."""
    statement = part.statement
    if part.error is not None or statement is None:
        return
    try:
        for _ in range(_MOST_PLANS):
            try:
                await _run_once(context, part, statement)
                return
            except StaleTable as stale:
                context.services.catalog.forget(stale.table)
                await _plan(context, part, statement)
        raise service_errors.CONTENTION()
    except ServiceError as error:
        part.error = error


async def _run_once(context: Context, part: _Part, statement: Statement) -> None:
    assert part.table is not None
    plan = statement.template.plan(part.table)
    if isinstance(plan, SelectPlan):
        read = await read_item(context, part.request, plan, statement.values)
        part.item, part.consumption = read.item, read.consumption
        return
    decision = await run_write(context, part.request, plan, statement.values)
    part.consumption = decision.consumption()
    returned = plan.returned(decision)
    part.item = returned if isinstance(returned, bytes) or returned is None else document(returned)


def _response(part: _Part) -> bytes:
    """A statement's entry in Responses."""
    table = None if part.table is None else document(part.table.name)
    if part.error is None:
        return members((b"Item", part.item), (b"TableName", table))
    return members((b"Error", document(reason(part.error))), (b"TableName", table))


def _capacity(request: Request, parts: list[_Part]) -> bytes | None:
    """ConsumedCapacity: one entry for each statement that ran, in their order."""
    mode = request.get("ReturnConsumedCapacity", "NONE")
    if mode == "NONE":
        return None
    return document(
        [
            part.consumption.document(part.statement.template.table, mode)
            for part in parts
            if part.consumption is not None and part.statement is not None
        ]
    )
