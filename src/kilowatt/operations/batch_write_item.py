"""BatchWriteItem. Source: AWS API reference, BatchWriteItem; the order of checks as recorded."""

from typing import Any

from kilowatt.domain.capacity.consumed import Consumption
from kilowatt.domain.tables.keys import check_index_keys, suffix_of_item, suffix_of_key
from kilowatt.domain.tables.table import Table
from kilowatt.domain.values.accept import accept_item
from kilowatt.domain.writes.decision import Decision, Delete, Put, Write
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.errors import ServiceError
from kilowatt.errors import items as errors
from kilowatt.errors import values as value_errors
from kilowatt.limits import BATCH_WRITE_REQUESTS, ITEM_BYTES
from kilowatt.operations.answer import consumed_of_tables, document, members
from kilowatt.operations.context import Context
from kilowatt.operations.write_answer import collection_metrics

Request = dict[str, Any]
# The change asked for, and the item or key that it is about.
_Asked = tuple[Put | Delete, dict[str, Any]]


async def batch_write_item(context: Context, request: Request) -> bytes:
    """Puts and deletes up to 25 items in one or several tables.

    AWS promises atomicity of each item alone; here one commit holds them all.
    """
    asked = _check_request(request["RequestItems"])
    writes: list[Write] = []
    names: list[str] = []
    tables = await context.distinct_tables(asked)
    for table, (name, changes) in zip(tables, asked.items(), strict=True):
        writes += _writes(table, changes)
        names += [name] * len(changes)
    _check_distinct(writes)
    sent = [entry for entries in request["RequestItems"].values() for entry in entries]
    decisions = await context.services.writer.write_batch(writes)
    _check_any_done(decisions)
    consumptions: dict[str, Consumption] = {}
    metrics: dict[str, list[Any]] = {}
    unprocessed: dict[str, list[Request]] = {}
    for name, entry, write, decision in zip(names, sent, writes, decisions, strict=True):
        # None: a transaction under way holds the item.
        if decision is None or isinstance(decision, ServiceError):
            unprocessed.setdefault(name, []).append(entry)
            continue
        consumptions.setdefault(name, Consumption()).add(decision.consumption())
        collection = collection_metrics(request, write, decision)
        if collection is not None:
            metrics.setdefault(name, []).append(collection)
    return members(
        (b"ConsumedCapacity", consumed_of_tables(request, consumptions)),
        (b"ItemCollectionMetrics", document(metrics) if metrics else None),
        (b"UnprocessedItems", document(unprocessed)),
    )


def _check_request(request_items: dict[str, list[Request]]) -> dict[str, list[_Asked]]:
    if sum(len(requests) for requests in request_items.values()) > BATCH_WRITE_REQUESTS:
        raise errors.BATCH_WRITE_TOO_MANY()
    return {name: [_change(request) for request in requests] for name, requests in request_items.items()}


def _change(request: Request) -> _Asked:
    put, delete = request.get("PutRequest"), request.get("DeleteRequest")
    if (put is None) == (delete is None):
        raise value_errors.SEVERAL_DATATYPES()  # AWS says just this of a request without action
    if put is not None:
        size = accept_item(put["Item"])
        if size > ITEM_BYTES:
            raise value_errors.ITEM_TOO_LARGE()
        return Put(StoredItem.of(put["Item"], size)), put["Item"]
    key = request["DeleteRequest"]["Key"]
    accept_item(key)
    return Delete(), key


def _writes(table: Table, asked: list[_Asked]) -> list[Write]:
    writes = []
    for change, item in asked:
        if isinstance(change, Put):
            suffix = suffix_of_item(table.key, item, batch=True)
            check_index_keys(table, item)
        else:
            suffix = suffix_of_key(table.key, item)
        writes.append(Write(table, item, suffix, change))
    return writes


def _check_any_done(decisions: list[Decision | ServiceError | None]) -> None:
    """Refuses the call if nothing was done, and capacity is what some of it lacked."""
    if not any(isinstance(decision, Decision) for decision in decisions):
        for refusal in decisions:
            if isinstance(refusal, ServiceError):
                raise refusal


def _check_distinct(writes: list[Write]) -> None:
    places = {(write.table.number, write.suffix) for write in writes}
    if len(places) < len(writes):
        raise errors.BATCH_WRITE_DUPLICATES()
