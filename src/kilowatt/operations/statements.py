"""What ExecuteStatement and BatchExecuteStatement have in common: running the plan of one statement."""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.capacity.units import read_half_units
from kilowatt.domain.partiql.next_token import read_token, write_token
from kilowatt.domain.partiql.nodes import ExistsNode
from kilowatt.domain.partiql.select import SelectPlan
from kilowatt.domain.partiql.statement import Statement
from kilowatt.domain.partiql.write import WritePlan
from kilowatt.domain.reads.key_range import KeyRange
from kilowatt.domain.values.types import AttributeValue, Item, Values
from kilowatt.domain.writes.decision import Decision
from kilowatt.errors import partiql as errors
from kilowatt.limits import PAGE_BYTES
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import Expressions
from kilowatt.operations.page_of_items import ItemPage
from kilowatt.operations.write_answer import returns_old_on_failure
from kilowatt.store import layout

Request = dict[str, Any]

# After so many ranges the other connections have their turn.
_RANGES_AT_ONCE = 16

NO_PARAMETERS: list[AttributeValue] = []


@dataclass(slots=True)
class ReadItem:
    """The item that a statement names, as it selects it, if there is one and it satisfies the statement."""

    item: bytes | None
    consumption: Consumption


@dataclass(slots=True)
class ReadPage:
    """A page of a SELECT; `last` and `token` tell where the next one begins, None if there is none."""

    items: list[bytes]
    last: Item | None
    token: str | None
    consumption: Consumption


def refuse_exists(statement: Statement) -> None:
    """Refuses EXISTS, which only a transaction can have. Raises: EXISTS_OUTSIDE_TRANSACTION."""
    if isinstance(statement.template.node, ExistsNode):
        raise errors.EXISTS_OUTSIDE_TRANSACTION()


async def read_item(context: Context, request: Request, plan: SelectPlan, values: Values) -> ReadItem:
    """Reads the one item whose key the statement gives."""
    condition = plan.filter
    if condition is not None:
        condition.check(values)
    suffix = plan.suffix(values)
    record = (await context.services.engine.get([layout.item_prefix(plan.table) + suffix]))[0]
    size = 0 if record is None else layout.record_size(record)
    half_units = read_half_units(size, request.get("ConsistentRead", False))
    refusal = context.services.meter.take_read(plan.table, suffix, half_units)
    if refusal is not None:
        raise refusal
    if record is None:
        return ReadItem(None, Consumption(half_units))
    body = record[layout.HEADER_BYTES :]
    projection = plan.projection
    if condition is not None or projection is not None:
        item = orjson.loads(body)
        if condition is not None and not condition.holds(item, values):
            return ReadItem(None, Consumption(half_units))
        if projection is not None:
            body = orjson.dumps(projection.apply(item))
    return ReadItem(body, Consumption(half_units))


async def read_ranges(context: Context, request: Request, plan: SelectPlan, values: Values) -> ReadPage:
    """Reads a page: the ranges of the plan in order, up to the limits of a page."""
    consistent = request.get("ConsistentRead", False)
    if consistent and plan.index is not None and not plan.index.local:
        raise errors.CONSISTENT_READ_ON_GLOBAL_INDEX()
    if plan.filter is not None:
        plan.filter.check(values)
    ranges = plan.ranges(values, _start_key(request))
    read = await _read_page(context, request, plan, values, ranges)
    if read.last is not None:
        parameters = request.get("Parameters", NO_PARAMETERS)
        read.token = write_token(request["Statement"], parameters, read.last)
    return read


async def _read_page(
    context: Context, request: Request, plan: SelectPlan, values: Values, ranges: list[KeyRange]
) -> ReadPage:
    part: Request = {"ConsistentRead": request.get("ConsistentRead", False)}
    limits = [limit for limit in (request.get("Limit"), plan.page_limit) if limit is not None]
    if limits:
        part["Limit"] = min(limits)
    expressions = Expressions(values, filter=plan.filter, projection=plan.projection)
    read = ReadPage([], None, None, Consumption())
    read_bytes = 0
    for number, range_ in enumerate(ranges, 1):
        page = ItemPage(plan.table, plan.index, range_, plan.forward, expressions, PAGE_BYTES - read_bytes)
        if number == 1:
            page.admit(context)
        selected = await page.read(context, part)
        read.items += selected.items
        read.consumption.add(page.consumption(part, selected))
        read.last = selected.last
        read_bytes += selected.page.size
        if limits:
            part["Limit"] -= len(selected.page.records)
        if read.last is None and number < len(ranges) and read_bytes >= PAGE_BYTES:
            read.last = page.key_of(selected.page.records[-1])
        if read.last is not None:
            break
        if number % _RANGES_AT_ONCE == 0:
            await asyncio.sleep(0)
    return read


def _start_key(request: Request) -> Item | None:
    token = request.get("NextToken")
    if token is None:
        return None
    return read_token(token, request["Statement"], request.get("Parameters", NO_PARAMETERS))


async def run_write(context: Context, request: Request, plan: WritePlan, values: Values) -> Decision:
    """Commits the write of a statement."""
    return await context.services.writer.write_one(plan.write(values, returns_old_on_failure(request)))
