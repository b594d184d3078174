"""UpdateTable: billing mode, throughput, settings, and global indexes that come and go.

Source: AWS API reference, UpdateTable; the order of checks as recorded.
"""

import math
from dataclasses import replace
from typing import Any

from kilowatt.domain.tables import warm_throughput as warm
from kilowatt.domain.tables.definition import on_demand_limits, units, warm_throughput
from kilowatt.domain.tables.description import describe
from kilowatt.domain.tables.index_updates import change_indexes
from kilowatt.domain.tables.lifecycle import UPDATING, as_shown, check_updatable, updating
from kilowatt.domain.tables.table import PAY_PER_REQUEST, PROVISIONED, Index, Table, Throughput
from kilowatt.domain.tables.update_limits import class_changed, switched_to_on_demand
from kilowatt.errors import ServiceError
from kilowatt.errors import tables as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.not_yet import refuse_unsupported
from kilowatt.operations.stream_specification import check_stream_change, with_stream_as_asked
from kilowatt.operations.table_change import TableChange

Request = dict[str, Any]

# Any of these is something to do.
_CHANGES = (
    "ProvisionedThroughput",
    "BillingMode",
    "StreamSpecification",
    "GlobalSecondaryIndexUpdates",
    "SSESpecification",
    "ReplicaUpdates",
    "TableClass",
    "DeletionProtectionEnabled",
    "OnDemandThroughput",
    "WarmThroughput",
    "MultiRegionConsistency",
    "GlobalTableWitnessUpdates",
    "GlobalTableSettingsReplicationMode",
    "DisassociationProtectionEnabled",
    "VectorIndexUpdates",
)


async def update_table(context: Context, request: Request) -> bytes:
    """Changes a table's settings. The answer shows UPDATING and old units, also if the new hold at once."""
    requested = _check_request(request)
    name = context.table_name(request["TableName"])
    services = context.services
    touched = _named_indexes(request)
    change = await TableChange.begin(context)
    reserved = (0, 0)
    if _asks_units(request):
        reserved = await services.catalog.reserved(context.account, context.region)

    def changed(table: Table) -> Table:
        check_updatable(table, touched, change.now)
        change.check_simultaneous()
        asked = _changed(table, request, requested, change)
        services.quotas.check(table, asked, reserved)
        new = warm.kept(table, asked)
        way = updating(table, new, touched, change.now, change.until) if change.lasts else None
        return replace(new, transition=way)

    old, new = await services.catalog.update(context.account, context.region, name, changed)
    services.meter.changed(new)
    if new.backfilling is not None:
        services.backlog.set()
    totals = await services.catalog.totals(new)
    under_way = replace(new, transition=updating(old, new, touched, change.now, math.inf))
    return document({"TableDescription": describe(as_shown(under_way, change.now), UPDATING, totals)})


def _asks_units(request: Request) -> bool:
    """Whether the request provisions units, be it for the table or for an index."""
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    actions = (action for update in updates for action in update.values())
    return any("ProvisionedThroughput" in part for part in (request, *actions))


def _named_indexes(request: Request) -> frozenset[str]:
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    return frozenset(update["Update"]["IndexName"] for update in updates if "Update" in update)


def _check_request(request: Request) -> Throughput | None:
    """The throughput asked for; refuses what is wrong whatever the table is."""
    if not any(request.get(name) not in (None, []) for name in _CHANGES):
        raise errors.NOTHING_TO_UPDATE()
    requested = request.get("ProvisionedThroughput")
    if request.get("BillingMode") == PROVISIONED and requested is None:
        raise errors.UPDATE_THROUGHPUT_REQUIRED()
    throughput = None if requested is None else units(requested)
    _check_index_updates(request.get("GlobalSecondaryIndexUpdates", ()))
    check_stream_change(request)
    refuse_unsupported("UpdateTable", request)
    return throughput


def _check_index_updates(updates: list[Request]) -> None:
    seen: set[str] = set()
    actions = [
        next((update[name] for name in ("Update", "Create", "Delete") if name in update), None)
        for update in updates
    ]
    if None in actions:
        raise errors.EMPTY_INDEX_UPDATE()
    for action in filter(None, actions):
        if action["IndexName"] in seen:
            raise errors.DUPLICATE_INDEX_UPDATE(index=action["IndexName"])
        seen.add(action["IndexName"])


def _changed(table: Table, request: Request, requested: Throughput | None, change: TableChange) -> Table:
    now = change.until
    billing_mode = request.get("BillingMode", table.billing_mode)
    if billing_mode == PAY_PER_REQUEST and requested is not None:
        raise errors.THROUGHPUT_ON_DEMAND()
    updates = _index_updates(table, request.get("GlobalSecondaryIndexUpdates", ()))
    asks_units = any("ProvisionedThroughput" in update for update in updates.values())
    if billing_mode == PAY_PER_REQUEST and asks_units:
        raise errors.THROUGHPUT_ON_DEMAND()
    warm.check_not_lowered(table, table, request)
    table = with_stream_as_asked(change_indexes(table, request), request, change.now)
    changed = replace(
        table,
        billing_mode=billing_mode,
        deletion_protection=request.get("DeletionProtectionEnabled", table.deletion_protection),
        table_class=request.get("TableClass", table.table_class),
        class_changes=class_changed(table, request.get("TableClass"), now),
        on_demand_limits=(
            on_demand_limits(request) if "OnDemandThroughput" in request else table.on_demand_limits
        ),
        warm=warm_throughput(request) if "WarmThroughput" in request else table.warm,
        indexes=tuple(_with_update(index, updates.get(index.name, {}), now) for index in table.indexes),
    )
    if billing_mode == PAY_PER_REQUEST:
        return _on_demand(table, changed, now)
    return _provisioned(table, changed, requested, updates, now)


def _index_updates(table: Table, updates: list[Request]) -> dict[str, Request]:
    """What `updates` ask for, by index."""
    asked: dict[str, Request] = {}
    for update in updates:
        action = update.get("Update")
        if action is None:
            continue
        index = table.index(action["IndexName"])
        if index is None or index.local:
            raise errors.INDEX_OF_TABLE_NOT_FOUND(index=action["IndexName"], table=table.name)
        warm.check_not_lowered(table, index, action)
        asked[index.name] = action
    return asked


def _with_update(index: Index, update: Request, now: float) -> Index:
    return replace(
        index,
        throughput=_index_throughput(index, update.get("ProvisionedThroughput"), now),
        on_demand_limits=(
            on_demand_limits(update) if "OnDemandThroughput" in update else index.on_demand_limits
        ),
        warm=warm_throughput(update) if "WarmThroughput" in update else index.warm,
    )


def _index_throughput(index: Index, requested: Request | None, now: float) -> Throughput:
    if requested is None:
        return index.throughput
    try:
        asked = units(requested)
    except ServiceError as error:
        raise errors.INDEX_THROUGHPUT_OUT_OF_BOUNDS() from error
    return index.throughput.changed(asked.read, asked.write, now)


def _on_demand(table: Table, changed: Table, now: float) -> Table:
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
        throughput=table.throughput.changed(0, 0, now, limited=False),
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
            raise errors.INDEX_THROUGHPUT_REQUIRED(index=",".join(missing))
    if requested is None:
        return changed
    current = table.throughput
    if not table.on_demand and (requested.read, requested.write) == (current.read, current.write):
        raise errors.THROUGHPUT_UNCHANGED(read=current.read, write=current.write)
    return replace(changed, throughput=current.changed(requested.read, requested.write, now))
