"""What single-item writes have in common in their parameters and answers."""

from typing import Any

from kilowatt.domain.tables.keys import suffix_of_key
from kilowatt.domain.tables.table import Table
from kilowatt.domain.writes.decision import Change, Decision, Write
from kilowatt.errors import items as errors
from kilowatt.operations.answer import EMPTY, consumed, document, members
from kilowatt.operations.expression_parameters import Expressions

Request = dict[str, Any]

_GIGABYTE = 1024**3


def check_returns_old_only(request: Request) -> None:
    """PutItem and DeleteItem can return the old item or nothing."""
    if request.get("ReturnValues", "NONE") not in {"NONE", "ALL_OLD"}:
        raise errors.RETURN_VALUES_OLD_ONLY()


def returns_old_on_failure(request: Request) -> bool:
    """Whether a failed condition shall show the item that failed it."""
    return bool(request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD")


def write_by_key(table: Table, request: Request, change: Change, expressions: Expressions) -> Write:
    """The write of an item that the request names by its Key; refuses what does not fit the table."""
    suffix = suffix_of_key(table.key, request["Key"])
    if expressions.condition is not None:
        expressions.check_key_paths(table, expressions.condition.paths)
    return Write(
        table,
        request["Key"],
        suffix,
        change,
        expressions.condition,
        expressions.values,
        returns_old_on_failure(request),
    )


def returned_old(request: Request, decision: Decision) -> bytes | None:
    """`Attributes` for ReturnValues ALL_OLD; None if there is nothing to return."""
    if decision.old is None or request.get("ReturnValues") != "ALL_OLD":
        return None
    return decision.old.body


def write_answer(request: Request, write: Write, decision: Decision, attributes: bytes | None) -> bytes:
    """The answer of PutItem, UpdateItem and DeleteItem."""
    capacity = None
    if "ReturnConsumedCapacity" in request:
        capacity = consumed(request, decision.consumption())
    metrics = None
    if "ReturnItemCollectionMetrics" in request:
        metrics = collection_metrics(request, write, decision)
    if attributes is None and capacity is None and metrics is None:
        return EMPTY
    return members(
        (b"Attributes", attributes),
        (b"ConsumedCapacity", capacity),
        (b"ItemCollectionMetrics", None if metrics is None else document(metrics)),
    )


def collection_metrics(request: Request, write: Write, decision: Decision) -> dict[str, Any] | None:
    """ItemCollectionMetrics of one write: only when asked for, and for a table with local indexes."""
    if request.get("ReturnItemCollectionMetrics") != "SIZE" or not write.table.has_local_indexes:
        return None
    name = write.table.key.hash[0].name
    lower = decision.collection_bytes // _GIGABYTE
    return {
        "ItemCollectionKey": {name: write.key[name]},
        "SizeEstimateRangeGB": [float(lower), float(lower + 1)],
    }
