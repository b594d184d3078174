"""A table as DescribeTable and its kin show it: which members are there is visible to clients.

Source: answers recorded on AWS, 2025-10, and measured, 2026-10.
"""

from typing import Any

from kilowatt.domain.keys.schema import KeySchema
from kilowatt.domain.tables.lifecycle import ACTIVE, CREATING, DELETING, UPDATING, as_shown
from kilowatt.domain.tables.lifecycle import status as status_of
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.tables.throughput import Throughput
from kilowatt.domain.tables.warm_throughput import ready_for

Document = dict[str, Any]
# (number of items, their bytes); keyed by index number, 0 for the table itself.
Totals = dict[int, tuple[int, int]]


def describe_now(table: Table, now: float, totals: Totals) -> Document:
    """What DescribeTable answers, in whichever state the table is."""
    current = status_of(table, now)
    if current == DELETING:
        return describe_deleted(table, totals)
    return describe(as_shown(table, now), current or ACTIVE, totals)


def describe(table: Table, status: str, totals: Totals) -> Document:
    """TableDescription of a table in `status`; `totals` counts its items and bytes."""
    count, size = totals.get(0, (0, 0))
    description: Document = {
        "AttributeDefinitions": [
            {"AttributeName": attribute.name, "AttributeType": attribute.type}
            for attribute in table.definitions
        ],
        "TableName": table.name,
        "KeySchema": key_schema(table.key),
        "TableStatus": status,
        "CreationDateTime": round(table.created, 3),
        "ProvisionedThroughput": _throughput(table.throughput),
        "TableSizeBytes": size,
        "ItemCount": count,
        "TableArn": table.arn,
        "TableId": table.id,
        **_billing(table, status),
        **_table_class(table),
        **_on_demand(table.on_demand_limits),
        "DeletionProtectionEnabled": table.deletion_protection,
        **_stream(table),
        **_warm(table, table, status),
    }
    local = [_index(table, index, status, totals) for index in table.indexes if index.local]
    globals_ = [_index(table, index, status, totals) for index in table.indexes if not index.local]
    if local:
        description["LocalSecondaryIndexes"] = local
    if globals_:
        description["GlobalSecondaryIndexes"] = globals_
    return description


def describe_deleted(table: Table, totals: Totals) -> Document:
    """What DeleteTable answers: the description without schema, dates and global indexes."""
    whole = describe(table, DELETING, totals)
    left_out = ("AttributeDefinitions", "KeySchema", "CreationDateTime", "GlobalSecondaryIndexes")
    return {name: value for name, value in whole.items() if name not in (*left_out, "WarmThroughput")}


def key_schema(schema: KeySchema) -> list[Document]:
    """KeySchema as the wire writes it."""
    hashes = [{"AttributeName": attribute.name, "KeyType": "HASH"} for attribute in schema.hash]
    ranges = [{"AttributeName": attribute.name, "KeyType": "RANGE"} for attribute in schema.range]
    return hashes + ranges


def _throughput(throughput: Throughput) -> Document:
    description: Document = {
        "NumberOfDecreasesToday": throughput.decreases_today,
        "ReadCapacityUnits": throughput.read,
        "WriteCapacityUnits": throughput.write,
    }
    if throughput.increased is not None:
        description["LastIncreaseDateTime"] = round(throughput.increased, 3)
    if throughput.decreased is not None:
        description["LastDecreaseDateTime"] = round(throughput.decreased, 3)
    return description


def _billing(table: Table, status: str) -> Document:
    if table.on_demand_since is None:
        return {}
    summary: Document = {"BillingMode": table.billing_mode}
    switching = status == UPDATING and table.transition is not None and table.transition.switches
    if status != CREATING and not switching:
        summary["LastUpdateToPayPerRequestDateTime"] = round(table.on_demand_since, 3)
    return {"BillingModeSummary": summary}


def _table_class(table: Table) -> Document:
    if table.table_class is None:
        return {}
    summary: Document = {"TableClass": table.table_class}
    if table.class_changes:
        summary["LastUpdateDateTime"] = round(table.class_changes[-1], 3)
    return {"TableClassSummary": summary}


def _stream(table: Table) -> Document:
    """The last stream stays named when it has ended."""
    if table.latest_stream is None:
        return {}
    description = {"LatestStreamLabel": table.latest_stream, "LatestStreamArn": table.latest_stream_arn}
    stream = table.visible_stream
    if stream is None:
        return description
    specification = {"StreamEnabled": True, "StreamViewType": stream.view_type}
    return {"StreamSpecification": specification, **description}


def _on_demand(bounds: tuple[int | None, int | None] | None) -> Document:
    """What has no limit is not shown."""
    if bounds is None:
        return {}
    members = ("MaxReadRequestUnits", "MaxWriteRequestUnits")
    each = zip(members, bounds, strict=True)
    return {"OnDemandThroughput": {member: bound for member, bound in each if bound is not None}}


def _warm(table: Table, part: Table | Index, status: str) -> Document:
    """WarmThroughput: always there once ACTIVE; before, only if it was asked for."""
    if status == CREATING and part.warm is None:
        return {}
    read, write = ready_for(table, part)
    warm = {
        "ReadUnitsPerSecond": read,
        "WriteUnitsPerSecond": write,
        "Status": UPDATING if status == CREATING else ACTIVE,
    }
    return {"WarmThroughput": warm}


def _index(table: Table, index: Index, status: str, totals: Totals) -> Document:
    count, size = totals.get(index.number, (0, 0))
    projection: Document = {"ProjectionType": index.projection}
    if index.non_key_attributes:
        projection["NonKeyAttributes"] = list(index.non_key_attributes)
    description: Document = {
        "IndexName": index.name,
        "KeySchema": key_schema(index.key),
        "Projection": projection,
        "IndexSizeBytes": size,
        "ItemCount": count,
        "IndexArn": f"{table.arn}/index/{index.name}",
    }
    if not index.local:
        description |= _backfilling(table, index)
        description |= {
            "IndexStatus": _index_status(table, index, status),
            "ProvisionedThroughput": _throughput(index.throughput),
            **_on_demand(index.on_demand_limits),
            **_warm(table, index, status),
        }
    return description


def _backfilling(table: Table, index: Index) -> Document:
    """False as long as room for a new index is made, true while it is filled, and then not there."""
    if table.transition is not None and table.transition.added == index.number:
        return {"Backfilling": False}
    return {"Backfilling": True} if index.backfilling else {}


def _index_status(table: Table, index: Index, status: str) -> str:
    """A global index shares the table's state, but for updates: those it has of its own."""
    way = table.transition
    updates = way is not None and way.status == UPDATING
    if index.backfilling or (way is not None and way.added == index.number):
        return CREATING
    if way is None or not updates:
        return status
    if way.removed is not None and way.removed.number == index.number:
        return DELETING
    return UPDATING if index.number in way.indexes else ACTIVE
