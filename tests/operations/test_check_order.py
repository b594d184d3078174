"""The order in which item operations check a request: with two faults, the earlier one is reported."""

from typing import Any

import pytest
from tests.operations import fault_tables as tables
from tests.operations.calls import (
    CONDITION_FAILED,
    SCHEMA_MISMATCH,
    Request,
    invalid,
    refusal,
)
from tests.operations.fault_tables import (
    BAD_NUMBER,
    BIG,
    NUMBER,
    NUMBER_TEXT,
    UPDATE_BASE,
    UPDATE_PARTS,
    put_of,
)
from tests.operations.faults import alone, pairs
from tests.operations.standing import INDEXED, MISSING

pytestmark = pytest.mark.usefixtures("standing_tables")


def _order(operation: str) -> pytest.MarkDecorator:
    """Marks a test for one operation: every fault alone, then every two of them."""
    base, faults = _OPERATIONS[operation]
    return pytest.mark.parametrize(("request_", "expected"), [*alone(base, faults), *pairs(base, faults)])


_OPERATIONS = {
    "PutItem": (tables.PUT_BASE, tables.PUT),
    "DeleteItem": (tables.DELETE_BASE, tables.DELETE),
    "GetItem": (tables.GET_BASE, tables.GET),
    "UpdateItem": (tables.UPDATE_BASE, tables.UPDATE),
    "BatchGetItem": (tables.BATCH_GET_BASE, tables.BATCH_GET),
    "BatchWriteItem": (tables.BATCH_WRITE_BASE, tables.BATCH_WRITE),
    "Query": (tables.QUERY_BASE, tables.QUERY),
    "Scan": (tables.SCAN_BASE, tables.SCAN),
}


@_order("PutItem")
def test_put_item_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "PutItem", **request_) == expected


@_order("DeleteItem")
def test_delete_item_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "DeleteItem", **request_) == expected


@_order("GetItem")
def test_get_item_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "GetItem", **request_) == expected


@_order("UpdateItem")
def test_update_item_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "UpdateItem", **request_) == expected


@_order("BatchGetItem")
def test_batch_get_item_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "BatchGetItem", **request_) == expected


@_order("BatchWriteItem")
def test_batch_write_item_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "BatchWriteItem", **request_) == expected


@_order("Query")
def test_query_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "Query", **request_) == expected


@_order("Scan")
def test_scan_reports_the_earlier_fault(client: Any, request_: Request, expected: str) -> None:
    assert refusal(client, "Scan", **request_) == expected


@pytest.mark.parametrize("first", range(len(UPDATE_PARTS)), ids=[part[0] for part in UPDATE_PARTS])
def test_update_item_reports_the_earlier_fault_of_an_expression(client: Any, first: int) -> None:
    """Written last to first, so that it is not the order of the text that decides."""
    assignments = [text for _, text, _ in reversed(UPDATE_PARTS[first:])]
    values = {":s": {"S": "1"}} if first < 2 else None
    request = {"ExpressionAttributeValues": values} if values else {}
    refused = refusal(
        client,
        "UpdateItem",
        **UPDATE_BASE,
        UpdateExpression="SET " + ", ".join(assignments),
        ConditionExpression="attribute_exists(pk)",
        **request,
    )
    assert refused == invalid(UPDATE_PARTS[first][2])


def test_update_item_checks_the_condition_before_it_updates(client: Any) -> None:
    refused = refusal(
        client,
        "UpdateItem",
        **UPDATE_BASE,
        UpdateExpression="SET x = absent",
        ConditionExpression="attribute_exists(pk)",
    )
    assert refused == CONDITION_FAILED


def test_update_item_reads_its_operands_before_it_looks_at_its_targets(client: Any) -> None:
    refused = refusal(client, "UpdateItem", **UPDATE_BASE, UpdateExpression="SET absent.place = absent")
    assert refused == invalid(
        "The provided expression refers to an attribute that does not exist in the item"
    )


def test_query_checks_its_starting_key_before_it_misses_a_key_condition(client: Any) -> None:
    start = {"pk": BAD_NUMBER}
    refused = refusal(client, "Query", TableName=MISSING, ExclusiveStartKey=start)
    assert refused == invalid(NUMBER_TEXT)


def test_query_misses_a_key_condition_before_it_reads_other_expressions(client: Any) -> None:
    refused = refusal(client, "Query", TableName=MISSING, FilterExpression="")
    assert refused == invalid(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request."
    )


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        pytest.param({"b": {"S": "1"}, "c": {"S": "1"}}, "starting", id="number_before_type"),
        pytest.param(
            {"b": {"S": "1"}, "c": NUMBER, "pk": NUMBER, "sk": NUMBER}, "schema", id="index_before_table"
        ),
    ],
)
@pytest.mark.parametrize("operation", ["Query", "Scan"])
def test_a_starting_key_is_checked_from_its_number_to_its_types(
    client: Any, operation: str, start: Request, expected: str
) -> None:
    request = tables.QUERY_BASE if operation == "Query" else tables.SCAN_BASE
    text = "The provided starting key is invalid" if expected == "starting" else SCHEMA_MISMATCH
    assert refusal(client, operation, **request, ExclusiveStartKey=start) == invalid(text)


def test_batch_write_item_checks_values_before_sizes(client: Any) -> None:
    refused = refusal(client, "BatchWriteItem", RequestItems={INDEXED: [put_of(big=BIG, x=BAD_NUMBER)]})
    assert refused == invalid(NUMBER_TEXT)


def test_batch_write_item_checks_sizes_before_tables(client: Any) -> None:
    refused = refusal(client, "BatchWriteItem", RequestItems={MISSING: [put_of(big=BIG)]})
    assert refused == invalid("Item size has exceeded the maximum allowed size")
