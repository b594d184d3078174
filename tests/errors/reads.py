"""How the texts of `kilowatt.errors.reads` are provoked: Query and Scan."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, invalid
from tests.operations.calls import LEAD, PARAMETERS
from tests.operations.legacy import condition
from tests.operations.standing import HASH, INDEXED, RANGE

P, NUMBER = {"S": "there"}, {"N": "1"}
START = {"pk": P, "sk": {"S": "s"}}


def _query(text: str, condition: str, table: str = RANGE, **parameters: Any) -> Provocation:
    """`:p` is a string and `:n` a number, as far as the condition has them."""
    values = {name: value for name, value in ((":p", P), (":n", NUMBER)) if name in condition}
    given = parameters.pop("ExpressionAttributeValues", {})
    request = {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeValues": {**values, **given},
        **parameters,
    }
    return Provocation("Query", request, invalid(text))


def _scan(text: str, table: str = HASH, **parameters: Any) -> Provocation:
    return Provocation("Scan", {"TableName": table, **parameters}, invalid(text))


def _legacy(text: str, table: str = HASH, **parameters: Any) -> Provocation:
    return Provocation("Query", {"TableName": table, **parameters}, invalid(text))


PROVOCATIONS = {
    "SELECT_NEEDS_INDEX": _query(
        LEAD + "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName",
        "pk = :p",
        Select="ALL_PROJECTED_ATTRIBUTES",
    ),
    "SELECT_NEEDS_PROJECTION": _scan(
        "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES",
        Select="SPECIFIC_ATTRIBUTES",
    ),
    "SELECT_FORBIDS_PROJECTION": _scan(
        "Cannot specify the ProjectionExpression when choosing to get only the Count",
        Select="COUNT",
        ProjectionExpression="x",
    ),
    "SELECT_ALL_ON_GLOBAL_INDEX": _scan(
        PARAMETERS
        + "Select type ALL_ATTRIBUTES is not supported for global secondary index global-b because "
        "its projection type is not ALL",
        INDEXED,
        IndexName="global-b",
        Select="ALL_ATTRIBUTES",
    ),
    "NOT_PROJECTED": _scan(
        PARAMETERS + "Global secondary index global-b does not project [amount, word]",
        INDEXED,
        IndexName="global-b",
        AttributesToGet=["word", "b", "amount"],
    ),
    "INDEX_NOT_FOUND": _scan("The table does not have the specified index: none", IndexName="none"),
    "CONSISTENT_READ_ON_GLOBAL_INDEX": _scan(
        "Consistent reads are not supported on global secondary indexes",
        INDEXED,
        IndexName="global-b",
        ConsistentRead=True,
    ),
    # Key conditions.
    "KEY_CONDITION_REQUIRED": _legacy(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
    ),
    "KEY_CONDITIONS_COUNT": _legacy("Conditions can be of length 1 or 2 only", KeyConditions={}),
    "KEY_CONDITION_NOT_INDEXABLE": _legacy(
        "Attempted conditional constraint is not an indexable operation",
        KeyConditions={"pk": condition("NE", P)},
    ),
    "TOO_MANY_KEY_CONDITIONS": _query(
        "The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)",
        "pk = :p AND sk = :p",
        HASH,
    ),
    "KEY_CONDITION_MISSING": _query("Query condition missed key schema element: pk", "sk = :p"),
    "KEY_CONDITION_TYPE": _query(
        PARAMETERS + "Condition parameter type does not match schema type", "pk = :n"
    ),
    "KEY_CONDITION_UNSUPPORTED": _query("Query key condition not supported", "pk > :p"),
    "FILTER_ON_KEY": _query(
        "Filter Expression can only contain non-primary key attributes: Primary key attribute: sk",
        "pk = :p",
        FilterExpression="sk <> :p",
    ),
    "QUERY_FILTER_ON_KEY": _legacy(
        "QueryFilter can only contain non-primary key attributes: Primary key attribute: pk",
        KeyConditions={"pk": condition("EQ", P)},
        QueryFilter={"pk": condition("NOT_NULL")},
    ),
    # ExclusiveStartKey.
    "START_KEY_INVALID": _query(
        "The provided starting key is invalid", "pk = :p", ExclusiveStartKey={"pk": P}
    ),
    "START_KEY_VALUE": _scan(
        "The provided starting key is invalid: " + PARAMETERS + "An string set  may not be empty",
        ExclusiveStartKey={"pk": {"SS": []}},
    ),
    "START_KEY_SCHEMA": _scan(
        "The provided starting key is invalid: The provided key element does not match the schema",
        ExclusiveStartKey={"pk": NUMBER},
    ),
    "START_KEY_OUTSIDE_QUERY": _query(
        "The provided starting key is outside query boundaries based on provided conditions",
        "pk = :p",
        ExclusiveStartKey={**START, "pk": {"S": "elsewhere"}},
    ),
    "START_KEY_OUTSIDE_RANGE": _query(
        "The provided starting key does not match the range key predicate",
        "pk = :p AND sk > :p",
        ExclusiveStartKey=START,
    ),
    "START_KEY_OF_ONE_ROW": _query(
        "The query can return at most one row and cannot be restarted",
        "pk = :p AND sk = :s",
        ExpressionAttributeValues={":s": {"S": "s"}},
        ExclusiveStartKey={**START, "pk": {"S": "elsewhere"}},
    ),
    "START_KEY_OUTSIDE_SEGMENT": _scan(
        "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with "
        "correct Segment. TotalSegments: 2 Segment: 0",
        # The hash of this key lies in the other half.
        ExclusiveStartKey={"pk": {"S": "a"}},
        Segment=0,
        TotalSegments=2,
    ),
    # Segments.
    "TOTAL_SEGMENTS_REQUIRED": _scan(
        "The TotalSegments parameter is required but was not present in the request when Segment parameter "
        "is present",
        Segment=0,
    ),
    "SEGMENT_REQUIRED": _scan(
        "The Segment parameter is required but was not present in the request when parameter TotalSegments "
        "is present",
        TotalSegments=1,
    ),
    "SEGMENT_OUT_OF_RANGE": _scan(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 2 is "
        "not less than TotalSegments: 2",
        Segment=2,
        TotalSegments=2,
    ),
}

ELSEWHERE = {
    "INDEX_BACKFILLING": Elsewhere(
        "takes an index that is being filled at the time of the request",
        "tests/operations/test_index_updates.py::"
        "test_an_index_being_filled_is_not_read_and_its_table_not_deleted",
    ),
}
