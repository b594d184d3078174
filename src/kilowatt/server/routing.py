"""The operation table: what each `X-Amz-Target` runs.

Every operation of both services is here, and Kilowatt's own; those that are not built yet are refused as
unknown. An operation's module is loaded when it is first called, or soon after the start, when nobody calls
(`load_in_turn`): all of them together take longer than everything else that a start needs.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from importlib import import_module
from typing import Any

from kilowatt.operations.context import Context

# Takes a request that passed the service model's checks, returns the answer's JSON or raises `ServiceError`.
Operation = Callable[[Context, dict[str, Any]], Awaitable[bytes]]

BUILT = {
    "DynamoDB_20120810": (
        "BatchExecuteStatement",
        "BatchGetItem",
        "BatchWriteItem",
        "CreateTable",
        "DeleteItem",
        "DeleteTable",
        "DescribeContributorInsights",
        "DescribeEndpoints",
        "DescribeKinesisStreamingDestination",
        "DescribeLimits",
        "DescribeTable",
        "DescribeTimeToLive",
        "DisableKinesisStreamingDestination",
        "EnableKinesisStreamingDestination",
        "ExecuteStatement",
        "ExecuteTransaction",
        "GetItem",
        "ListContributorInsights",
        "ListTables",
        "ListTagsOfResource",
        "PutItem",
        "Query",
        "Scan",
        "TagResource",
        "TransactGetItems",
        "TransactWriteItems",
        "UntagResource",
        "UpdateContributorInsights",
        "UpdateItem",
        "UpdateKinesisStreamingDestination",
        "UpdateTable",
        "UpdateTimeToLive",
    ),
    "DynamoDBStreams_20120810": (
        "DescribeStream",
        "GetRecords",
        "GetShardIterator",
        "ListStreams",
    ),
    # Kilowatt's own, which the services have no counterparts of.
    "Kilowatt_20260101": (
        "DescribeAdvice",
        "DescribeContributors",
        "DescribePartitions",
    ),
}

NOT_BUILT_YET = {
    "DynamoDB_20120810": (
        "CancelBulkOperation",
        "CreateBackup",
        "CreateGlobalTable",
        "DeleteBackup",
        "DeleteResourcePolicy",
        "DescribeBackup",
        "DescribeBulkOperation",
        "DescribeContinuousBackups",
        "DescribeExport",
        "DescribeGlobalTable",
        "DescribeGlobalTableSettings",
        "DescribeImport",
        "DescribeTableReplicaAutoScaling",
        "ExportTableToPointInTime",
        "GetResourcePolicy",
        "ImportTable",
        "ListBackups",
        "ListBulkOperations",
        "ListExports",
        "ListGlobalTables",
        "ListImports",
        "PutResourcePolicy",
        "RestoreTableFromBackup",
        "RestoreTableToPointInTime",
        "SearchVectors",
        "StartBulkPutItems",
        "UpdateContinuousBackups",
        "UpdateGlobalTable",
        "UpdateGlobalTableSettings",
        "UpdateTableReplicaAutoScaling",
    ),
    "DynamoDBStreams_20120810": (),
}

_BEFORE_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def _targets(table: dict[str, tuple[str, ...]]) -> dict[bytes, str]:
    return {f"{prefix}.{name}".encode(): name for prefix, names in table.items() for name in names}


_BUILT = _targets(BUILT)
_ROUTES: dict[bytes, tuple[str, Operation | None]] = {
    target: (name, None) for target, name in _targets(NOT_BUILT_YET).items()
}


def route(target: bytes | None) -> tuple[str, Operation | None] | None:
    """Name and function of the operation an `X-Amz-Target` names; None if there is no such operation."""
    target = target or b""
    found = _ROUTES.get(target)
    if found is None and target in _BUILT:
        found = _ROUTES[target] = _BUILT[target], _loaded(_BUILT[target])
    return found


def load_in_turn() -> Iterator[str]:
    """Loads one operation a step."""
    for target, name in _BUILT.items():
        route(target)
        yield name


def _loaded(name: str) -> Operation:
    """The function of an operation; it and its module have the operation's name in snake case."""
    own = _BEFORE_CAPITAL.sub("_", name).lower()
    operation: Operation = getattr(import_module(f"kilowatt.operations.{own}"), own)
    return operation
