"""Query. Source: AWS API reference, Query; the order of checks as recorded."""

from typing import Any

from kilowatt.domain.expressions.key_condition import KeyTest
from kilowatt.domain.reads.key_range import query_range
from kilowatt.domain.tables.table import Index, Table
from kilowatt.errors import reads as errors
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import QUERY, Expressions, check_mixing, read_expressions
from kilowatt.operations.legacy_parameters import read_key_conditions, read_legacy
from kilowatt.operations.page_of_items import (
    ItemPage,
    accept_start_key,
    check_projected,
    check_select,
    find_index,
)


async def query(context: Context, request: dict[str, Any]) -> bytes:
    """Reads a page of one item collection of a table or index, in sort key order."""
    legacy = check_mixing(request, QUERY)
    check_select(request)
    expressions = read_legacy(request, QUERY) if legacy else None
    start_key = accept_start_key(request)
    if "KeyConditionExpression" not in request and "KeyConditions" not in request:
        raise errors.KEY_CONDITION_REQUIRED()
    if expressions is None:
        expressions = read_expressions(request, QUERY)
    tests = _key_tests(request, expressions)
    table = await context.table(request["TableName"])
    index = find_index(table, request)
    forward = request.get("ScanIndexForward", True)
    range_ = query_range(table, index, tests, expressions.values, start_key, forward)
    if expressions.projection is not None:
        expressions.check_key_paths(table, expressions.projection.paths)
    _check_filter(table, index, request, expressions)
    check_projected(index, table, request, expressions)
    if expressions.filter is not None:
        expressions.check_key_paths(table, expressions.filter.paths)
    return await ItemPage(table, index, range_, forward, expressions).answer(context, request)


def _key_tests(request: dict[str, Any], expressions: Expressions) -> tuple[KeyTest, ...]:
    key_condition = expressions.key_condition
    if key_condition is None:
        return read_key_conditions(request["KeyConditions"], expressions)
    key_condition.check_structure()
    return key_condition.conditions


def _check_filter(
    table: Table, index: Index | None, request: dict[str, Any], expressions: Expressions
) -> None:
    """A Query's filter may not name the keys that its key condition is for."""
    if expressions.filter is None:
        return
    keys = index.key.names if index else table.key.names
    for path in expressions.filter.paths:
        if path[0] in keys:
            spec = errors.QUERY_FILTER_ON_KEY if "QueryFilter" in request else errors.FILTER_ON_KEY
            raise spec(key=path[0])
