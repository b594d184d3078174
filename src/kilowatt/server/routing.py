"""The operation table: what each `X-Amz-Target` runs.

Every operation of both services is here. One that maps to None is not built yet and is refused as unknown.
`tests/server/test_routing.py` compares the table with the service model.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from kilowatt.operations.batch_execute_statement import batch_execute_statement
from kilowatt.operations.batch_get_item import batch_get_item
from kilowatt.operations.batch_write_item import batch_write_item
from kilowatt.operations.context import Context
from kilowatt.operations.create_table import create_table
from kilowatt.operations.delete_item import delete_item
from kilowatt.operations.delete_table import delete_table
from kilowatt.operations.describe_endpoints import describe_endpoints
from kilowatt.operations.describe_limits import describe_limits
from kilowatt.operations.describe_table import describe_table
from kilowatt.operations.describe_time_to_live import describe_time_to_live
from kilowatt.operations.execute_statement import execute_statement
from kilowatt.operations.get_item import get_item
from kilowatt.operations.list_tables import list_tables
from kilowatt.operations.list_tags_of_resource import list_tags_of_resource
from kilowatt.operations.put_item import put_item
from kilowatt.operations.query import query
from kilowatt.operations.scan import scan
from kilowatt.operations.tag_resource import tag_resource
from kilowatt.operations.untag_resource import untag_resource
from kilowatt.operations.update_item import update_item
from kilowatt.operations.update_table import update_table

# Takes a request that passed the service model's checks, returns the answer's JSON or raises `ServiceError`.
Operation = Callable[[Context, dict[str, Any]], Awaitable[bytes]]

DYNAMODB: dict[str, Operation | None] = {
    "BatchExecuteStatement": batch_execute_statement,
    "BatchGetItem": batch_get_item,
    "BatchWriteItem": batch_write_item,
    "CancelBulkOperation": None,
    "CreateBackup": None,
    "CreateGlobalTable": None,
    "CreateTable": create_table,
    "DeleteBackup": None,
    "DeleteItem": delete_item,
    "DeleteResourcePolicy": None,
    "DeleteTable": delete_table,
    "DescribeBackup": None,
    "DescribeBulkOperation": None,
    "DescribeContinuousBackups": None,
    "DescribeContributorInsights": None,
    "DescribeEndpoints": describe_endpoints,
    "DescribeExport": None,
    "DescribeGlobalTable": None,
    "DescribeGlobalTableSettings": None,
    "DescribeImport": None,
    "DescribeKinesisStreamingDestination": None,
    "DescribeLimits": describe_limits,
    "DescribeTable": describe_table,
    "DescribeTableReplicaAutoScaling": None,
    "DescribeTimeToLive": describe_time_to_live,
    "DisableKinesisStreamingDestination": None,
    "EnableKinesisStreamingDestination": None,
    "ExecuteStatement": execute_statement,
    "ExecuteTransaction": None,
    "ExportTableToPointInTime": None,
    "GetItem": get_item,
    "GetResourcePolicy": None,
    "ImportTable": None,
    "ListBackups": None,
    "ListBulkOperations": None,
    "ListContributorInsights": None,
    "ListExports": None,
    "ListGlobalTables": None,
    "ListImports": None,
    "ListTables": list_tables,
    "ListTagsOfResource": list_tags_of_resource,
    "PutItem": put_item,
    "PutResourcePolicy": None,
    "Query": query,
    "RestoreTableFromBackup": None,
    "RestoreTableToPointInTime": None,
    "Scan": scan,
    "SearchVectors": None,
    "StartBulkPutItems": None,
    "TagResource": tag_resource,
    "TransactGetItems": None,
    "TransactWriteItems": None,
    "UntagResource": untag_resource,
    "UpdateContinuousBackups": None,
    "UpdateContributorInsights": None,
    "UpdateGlobalTable": None,
    "UpdateGlobalTableSettings": None,
    "UpdateItem": update_item,
    "UpdateKinesisStreamingDestination": None,
    "UpdateTable": update_table,
    "UpdateTableReplicaAutoScaling": None,
    "UpdateTimeToLive": None,
}

STREAMS: dict[str, Operation | None] = {
    "DescribeStream": None,
    "GetRecords": None,
    "GetShardIterator": None,
    "ListStreams": None,
}

_TARGETS = {
    **{f"DynamoDB_20120810.{name}".encode(): (name, operation) for name, operation in DYNAMODB.items()},
    **{f"DynamoDBStreams_20120810.{name}".encode(): (name, operation) for name, operation in STREAMS.items()},
}


def route(target: bytes | None) -> tuple[str, Operation | None] | None:
    """Name and function of the operation an `X-Amz-Target` names; None if there is no such operation."""
    return _TARGETS.get(target or b"")
