"""PutItem. Source: AWS API reference, PutItem."""

from typing import Any

from kilowatt.domain.tables.keys import check_index_keys, suffix_of_item
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.writes.decision import Put, Write
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.errors import values as value_errors
from kilowatt.limits import ITEM_BYTES
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import WRITE, Expressions, check_mixing, read_expressions
from kilowatt.operations.legacy_parameters import read_legacy
from kilowatt.operations.write_answer import (
    check_returns_old_only,
    returned_old,
    returns_old_on_failure,
    write_answer,
)


async def put_item(context: Context, request: dict[str, Any]) -> bytes:
    """Creates an item or replaces the one with its key."""
    legacy = check_mixing(request, WRITE)
    item = request["Item"]
    size = accept_item(item)
    check_returns_old_only(request)
    if size > ITEM_BYTES:
        raise value_errors.ITEM_TOO_LARGE()
    expressions = read_legacy(request, WRITE) if legacy else read_expressions(request, WRITE)
    table = await context.table(request["TableName"])
    write = put_of(table, request, StoredItem.of(item, size), expressions)
    decision = await context.services.writer.write_one(write)
    return write_answer(request, write, decision, returned_old(request, decision))


def put_of(table: Table, request: dict[str, Any], stored: StoredItem, expressions: Expressions) -> Write:
    """The write of a PutItem, or of a Put in a transaction; refuses what does not fit the table."""
    item = request["Item"]
    suffix = suffix_of_item(table.key, item)
    if table.indexes:
        check_index_keys(table, item)
    if expressions.condition is not None:
        expressions.check_key_paths(table, expressions.condition.paths)
    return Write(
        table,
        item,
        suffix,
        Put(stored),
        expressions.condition,
        expressions.values,
        returns_old_on_failure(request),
    )
