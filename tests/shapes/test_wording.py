"""The lead-in of 2026: which operations put it before which errors."""

import pytest

from kilowatt.errors import base, reads, values
from kilowatt.errors.base import ErrorSpec, ServiceError, Stage
from kilowatt.errors.wording import Wording, worded

LEAD = "1 validation error detected: "
PLAIN = values.EMPTY_STRING_SET
LATE = ErrorSpec(base.VALIDATION, "late", "a test", Stage.EXECUTION)
OTHER_TYPE = ErrorSpec(base.RESOURCE_NOT_FOUND, "not found", "a test")
ALREADY_LED = ErrorSpec(base.VALIDATION, "2 validation errors detected: x; y", "a test")


@pytest.mark.parametrize("operation", ["PutItem", "UpdateItem", "DeleteItem"])
def test_item_writes_lead_in_what_the_request_alone_shows(operation: str) -> None:
    assert worded(PLAIN(), operation, Wording.W2026) == LEAD + PLAIN().text
    assert worded(PLAIN(), operation, Wording.W2025) == PLAIN().text


@pytest.mark.parametrize("error", [LATE(), OTHER_TYPE(), ALREADY_LED()])
def test_other_errors_of_item_writes_stand_alone(error: ServiceError) -> None:
    assert worded(error, "PutItem", Wording.W2026) == error.text


@pytest.mark.parametrize(
    "operation",
    ["Query", "Scan", "GetItem", "BatchGetItem", "BatchWriteItem", "TransactWriteItems", "TransactGetItems"],
)
def test_other_operations_do_not_lead_in(operation: str) -> None:
    assert worded(PLAIN(), operation, Wording.W2026) == PLAIN().text


@pytest.mark.parametrize(
    "error",
    [
        reads.SELECT_NEEDS_INDEX(),
        reads.SELECT_NEEDS_PROJECTION(),
        reads.SELECT_FORBIDS_PROJECTION(parameter="AttributesToGet", what="ALL_ATTRIBUTES"),
    ],
)
def test_select_conflicts_are_led_in_on_query_only(error: ServiceError) -> None:
    assert worded(error, "Query", Wording.W2026) == LEAD + error.text
    assert worded(error, "Query", Wording.W2025) == error.text
    assert worded(error, "Scan", Wording.W2026) == error.text
