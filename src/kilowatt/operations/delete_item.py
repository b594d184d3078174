"""DeleteItem. Source: AWS API reference, DeleteItem."""

from typing import Any

from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.writes.decision import Delete
from kilowatt.operations.context import Context
from kilowatt.operations.expression_parameters import WRITE, check_mixing, read_expressions
from kilowatt.operations.legacy_parameters import read_legacy
from kilowatt.operations.write_answer import (
    check_returns_old_only,
    returned_old,
    write_answer,
    write_by_key,
)


async def delete_item(context: Context, request: dict[str, Any]) -> bytes:
    """Deletes one item by its primary key; deleting nothing is a success."""
    legacy = check_mixing(request, WRITE)
    key = request["Key"]
    accept_item(key)
    check_returns_old_only(request)
    expressions = read_legacy(request, WRITE) if legacy else read_expressions(request, WRITE)
    table = await context.table(request["TableName"])
    write = write_by_key(table, request, Delete(), expressions)
    decision = await context.services.writer.write_one(write)
    return write_answer(request, write, decision, returned_old(request, decision))
