"""UpdateItem. Source: AWS API reference, UpdateItem."""

from typing import Any

from kilowatt.domain.tables.keys import suffix_of_key
from kilowatt.domain.tables.paths import check_update
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.writes.decision import Decision, UpdateInPlace, Write
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import UPDATE, Expressions, check_mixing, read_expressions
from kilowatt.operations.legacy_parameters import read_legacy
from kilowatt.operations.write_answer import returns_old_on_failure, write_answer

Request = dict[str, Any]


async def update_item(context: Context, request: Request) -> bytes:
    """Changes attributes of one item, or creates it."""
    legacy = check_mixing(request, UPDATE)
    key = request["Key"]
    accept_item(key)
    expressions = read_legacy(request, UPDATE) if legacy else read_expressions(request, UPDATE)
    table = await context.table(request["TableName"])
    write = update_of(table, request, expressions)
    decision = await context.services.writer.write_one(write)
    return write_answer(request, write, decision, _attributes(request, expressions, decision))


def update_of(table: Table, request: Request, expressions: Expressions) -> Write:
    """The write of an UpdateItem, or of an Update in a transaction; refuses what does not fit the table."""
    key = request["Key"]
    suffix = suffix_of_key(table.key, key)
    _check_targets(table, expressions)
    return Write(
        table,
        key,
        suffix,
        UpdateInPlace(key, expressions.update, expressions.values),
        expressions.condition,
        expressions.values,
        returns_old_on_failure(request),
    )


def _check_targets(table: Table, expressions: Expressions) -> None:
    """Refuses updates of key attributes, index keys of a wrong type, and paths into keys."""
    if expressions.update is not None:
        check_update(table, expressions.update, expressions.values)
    if expressions.condition is not None:
        expressions.check_key_paths(table, expressions.condition.paths)


def _attributes(request: Request, expressions: Expressions, decision: Decision) -> bytes | None:
    mode = request.get("ReturnValues", "NONE")
    if mode == "NONE":
        return None
    stored: StoredItem | None = decision.old if mode.endswith("_OLD") else decision.new
    if stored is None:
        return None
    if mode.startswith("ALL_"):
        return stored.body
    touched = expressions.update.updated(stored.item) if expressions.update else {}
    return document(touched) if touched else None
