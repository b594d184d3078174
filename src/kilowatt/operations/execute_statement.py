"""ExecuteStatement. Source: AWS API reference, ExecuteStatement; the guide's chapter on PartiQL."""

from typing import Any

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.partiql.select import SelectPlan
from kilowatt.domain.partiql.statement import Statement, prepare
from kilowatt.domain.partiql.write import WritePlan
from kilowatt.errors import partiql as errors
from kilowatt.operations.answer import array, document, members
from kilowatt.operations.context import Context
from kilowatt.operations.statements import (
    NO_PARAMETERS,
    read_item,
    read_ranges,
    refuse_exists,
    run_write,
)

Request = dict[str, Any]


async def execute_statement(context: Context, request: Request) -> bytes:
    """Runs one PartiQL statement: reads a page of items, or writes one item."""
    statement = prepare(request["Statement"], request.get("Parameters", NO_PARAMETERS))
    refuse_exists(statement)
    table = await context.table(statement.template.table)
    plan = statement.template.plan(table)
    if not isinstance(plan, SelectPlan):
        return await _write(context, request, statement, plan)
    if plan.key is None or "NextToken" in request:
        return await _select(context, request, statement, plan)
    read = await read_item(context, request, plan, statement.values)
    items = b"[]" if read.item is None else b"[%b]" % read.item
    if "ReturnConsumedCapacity" not in request:
        return b'{"Items":%b}' % items
    return members((b"ConsumedCapacity", _capacity(request, statement, read.consumption)), (b"Items", items))


async def _select(context: Context, request: Request, statement: Statement, plan: SelectPlan) -> bytes:
    selected = await read_ranges(context, request, plan, statement.values)
    return members(
        (b"ConsumedCapacity", _capacity(request, statement, selected.consumption)),
        (b"Items", array(selected.items)),
        (b"LastEvaluatedKey", None if selected.last is None else document(selected.last)),
        (b"NextToken", None if selected.token is None else document(selected.token)),
    )


async def _write(context: Context, request: Request, statement: Statement, plan: WritePlan) -> bytes:
    if "NextToken" in request:
        raise errors.NEXT_TOKEN_ON_WRITE()
    decision = await run_write(context, request, plan, statement.values)
    returned = plan.returned(decision)
    body = returned if isinstance(returned, bytes) else returned and document(returned)
    return members(
        (b"ConsumedCapacity", _capacity(request, statement, decision.consumption())),
        (b"Items", b"[%b]" % body if body else b"[]"),
    )


def _capacity(request: Request, statement: Statement, consumption: Consumption) -> bytes | None:
    mode = request.get("ReturnConsumedCapacity", "NONE")
    return None if mode == "NONE" else document(consumption.document(statement.template.table, mode))
