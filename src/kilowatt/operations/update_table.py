"""UpdateTable: billing mode, throughput, settings, and global indexes that come and go.

Source: AWS API reference, UpdateTable; the order of checks as recorded.
"""

import math
from dataclasses import replace
from typing import Any

from kilowatt.domain.tables import warm_throughput as warm
from kilowatt.domain.tables.definition import units, warm_throughput
from kilowatt.domain.tables.description import describe
from kilowatt.domain.tables.index_updates import change_indexes, named_global_index
from kilowatt.domain.tables.lifecycle import (
    ACTIVE,
    UPDATING,
    as_shown,
    both_ways,
    status,
    update_under_way,
    updating,
)
from kilowatt.domain.tables.on_demand_limits import MEMBERS, NO_LIMIT, PARAMETER, changed_limits
from kilowatt.domain.tables.table import PAY_PER_REQUEST, Index, Table
from kilowatt.domain.tables.throughput import Throughput
from kilowatt.domain.tables.update_limits import changed_class, class_changes, switched_to_on_demand
from kilowatt.domain.tables.update_request import asked_of, asks_units, check_request, touched_indexes
from kilowatt.errors import ServiceError
from kilowatt.errors import table_updates as errors
from kilowatt.errors import tables as table_errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.not_yet import refuse_unsupported
from kilowatt.operations.stream_specification import check_stream_change, with_stream_as_asked
from kilowatt.operations.table_change import TableChange, change_table

Request = dict[str, Any]


async def update_table(context: Context, request: Request) -> bytes:
    """Changes a table's settings. The answer shows UPDATING and old units, also if the new hold at once."""
    requested = check_request(request)
    check_stream_change(request)
    refuse_unsupported("UpdateTable", request)
    name = context.table_name(request["TableName"])
    services = context.services
    touched = touched_indexes(request)

    def ask(table: Table, change: TableChange) -> Table:
        return _changed(table, request, requested, change)

    old, new, change = await change_table(context, name, touched, asked_of(request), asks_units(request), ask)
    if new.backfilling is not None:
        services.backlog.set()
    totals = await services.catalog.totals(old) | await services.catalog.totals(new)
    way = both_ways(update_under_way(old, change.now), updating(old, new, touched, change.now, math.inf))
    under_way = replace(new, transition=way)
    shown = describe(as_shown(under_way, change.now), _status(under_way, request, change.now), totals)
    return document({"TableDescription": _with_requested(shown, old, request)})


# What is answered with UPDATING also when it changes nothing.
_MAY_CHANGE_NOTHING = frozenset({"BillingMode", "TableClass"})


def _status(table: Table, request: Request, now: float) -> str:
    if not _MAY_CHANGE_NOTHING.isdisjoint(request):
        return UPDATING
    return status(table, now) or ACTIVE


def _with_requested(description: Request, old: Table, request: Request) -> Request:
    """The description with what only the answer to the request shows."""
    asked = request.get(PARAMETER, {})
    if NO_LIMIT in asked.values():
        limits = description.get(PARAMETER, {}) | {
            member: asked[member] for member in MEMBERS if asked.get(member) == NO_LIMIT
        }
        description[PARAMETER] = limits
    if request.get("WarmThroughput"):
        description["WarmThroughput"] = _rising(old, old)
    for update in request.get("GlobalSecondaryIndexUpdates", ()):
        index = old.index(update["Update"]["IndexName"]) if "Update" in update else None
        if index is not None and update["Update"].get("WarmThroughput"):
            for shown in description["GlobalSecondaryIndexes"]:
                if shown["IndexName"] == index.name:
                    shown["WarmThroughput"] = _rising(old, index)
    return description


def _rising(table: Table, part: Table | Index) -> Request:
    """Warm throughput that is being raised shows what it was."""
    read, write = warm.ready_for(table, part)
    return {"ReadUnitsPerSecond": read, "WriteUnitsPerSecond": write, "Status": UPDATING}


def _changed(table: Table, request: Request, requested: Throughput | None, change: TableChange) -> Table:
    now = change.until
    billing_mode = request.get("BillingMode", table.billing_mode)
    if billing_mode == PAY_PER_REQUEST and requested is not None:
        raise table_errors.THROUGHPUT_ON_DEMAND() if table.on_demand else errors.UNITS_WITH_SWITCH()
    updates = _index_updates(table, request, billing_mode)
    warm.check_not_lowered(table, table, request)
    table = with_stream_as_asked(change_indexes(table, request, billing_mode), request, change.now)
    changed = replace(
        table,
        billing_mode=billing_mode,
        deletion_protection=request.get("DeletionProtectionEnabled", table.deletion_protection),
        table_class=changed_class(table, request.get("TableClass")),
        class_changes=class_changes(table, request.get("TableClass"), now),
        on_demand_limits=changed_limits(table.on_demand_limits, request, billing_mode),
        warm=warm_throughput(request) or table.warm,
        indexes=tuple(
            _with_update(index, updates.get(index.name, {}), billing_mode, now) for index in table.indexes
        ),
    )
    if billing_mode == PAY_PER_REQUEST:
        return _on_demand(table, changed, now)
    return _provisioned(table, changed, requested, updates, now)


def _index_updates(table: Table, request: Request, billing_mode: str) -> dict[str, Request]:
    """What the request asks to update, by index."""
    asked: dict[str, Request] = {}
    for update in request.get("GlobalSecondaryIndexUpdates", ()):
        action = update.get("Update")
        if action is None:
            continue
        index = named_global_index(table, action["IndexName"], "update")
        of_mode = action.get(PARAMETER) or "WarmThroughput" in action
        if billing_mode == PAY_PER_REQUEST and ("ProvisionedThroughput" in action or not of_mode):
            raise errors.INDEX_UPDATES_ON_DEMAND(index=index.name)
        warm.check_not_lowered(table, index, action)
        asked[index.name] = action
    return asked


def _with_update(index: Index, update: Request, billing_mode: str, now: float) -> Index:
    if index.local:
        return index
    return replace(
        index,
        throughput=_index_throughput(index, update.get("ProvisionedThroughput"), now),
        on_demand_limits=changed_limits(index.on_demand_limits, update, billing_mode, index.name),
        warm=warm_throughput(update) or index.warm,
    )


def _index_throughput(index: Index, requested: Request | None, now: float) -> Throughput:
    if requested is None:
        return index.throughput
    try:
        asked = units(requested)
    except ServiceError as error:
        raise errors.INDEX_THROUGHPUT_OUT_OF_BOUNDS() from error
    current = index.throughput
    if (asked.read, asked.write) == (current.read, current.write):
        raise errors.INDEX_UNITS_UNCHANGED(index=index.name, read=asked.read, write=asked.write)
    return current.changed(asked.read, asked.write, now)


def _on_demand(table: Table, changed: Table, now: float) -> Table:
    """A switch counts as a decrease of the indexes, and not of the table."""
    if table.on_demand:
        return changed
    indexes = tuple(
        index if index.local else replace(index, throughput=index.throughput.changed(0, 0, now, False))
        for index in changed.indexes
    )
    return replace(
        changed,
        on_demand_since=now,
        switches_to_on_demand=switched_to_on_demand(table, now),
        throughput=replace(table.throughput, read=0, write=0),
        indexes=indexes,
    )


def _provisioned(
    table: Table, changed: Table, requested: Throughput | None, updates: dict[str, Request], now: float
) -> Table:
    if table.on_demand:
        missing = [
            index.name
            for index in table.indexes
            if not index.local and "ProvisionedThroughput" not in updates.get(index.name, {})
        ]
        if missing:
            raise errors.INDEX_UNITS_MISSING(index=",".join(missing))
    if requested is None:
        return changed
    current = table.throughput
    if not table.on_demand and (requested.read, requested.write) == (current.read, current.write):
        raise errors.UNITS_UNCHANGED(read=current.read, write=current.write)
    return replace(changed, throughput=current.changed(requested.read, requested.write, now))
