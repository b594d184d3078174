"""The fast and the slow path agree, and neither fails in any other way than by a wire error."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.shapes.requests import broken_requests, good_requests, json_values

from kilowatt.errors import ServiceError
from kilowatt.errors.wording import Wording
from kilowatt.shapes import OPERATIONS, scaling_model, validate
from kilowatt.shapes.constraints import enforce
from kilowatt.shapes.fast import compiled_check
from kilowatt.shapes.schema import input_shape
from kilowatt.shapes.serialization import converted

Validation = Callable[[str, Any, Wording], dict[str, Any]]

# Their items to put pass the fast path unseen.
PUTS_ITEMS = {"PutItem", "BatchWriteItem"}

every_operation = pytest.mark.parametrize(
    "operation",
    [operation for inputs in (OPERATIONS | scaling_model.OPERATIONS).values() for operation in inputs],
)
bounded = settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def slowly_validated(operation: str, request: Any, wording: Wording) -> dict[str, Any]:
    good = converted(input_shape(operation), request)
    enforce(operation, good, wording)
    return good


@every_operation
@bounded
@given(st.data())
def test_good_requests_pass_both_paths_unchanged(operation: str, data: st.DataObject) -> None:
    request = data.draw(good_requests(operation))
    before = copy.deepcopy(request)
    assert compiled_check(operation)(request)
    assert slowly_validated(operation, request, Wording.W2026) == before
    assert request == before


@every_operation
@bounded
@given(st.data(), st.sampled_from(Wording))
def test_broken_requests_get_the_same_verdict_from_both_paths(
    operation: str, data: st.DataObject, wording: Wording
) -> None:
    request = data.draw(broken_requests(operation))
    before = copy.deepcopy(request)
    verdict = verdict_of(validate, operation, request, wording)
    if operation not in PUTS_ITEMS:  # for these see tests/server/test_types_of_items.py
        assert verdict == verdict_of(slowly_validated, operation, request, wording)
    assert request == before
    if isinstance(verdict, dict):
        assert validate(operation, verdict, wording) == verdict


@every_operation
@bounded
@given(request=json_values, wording=st.sampled_from(Wording))
def test_any_json_is_accepted_or_refused(operation: str, request: Any, wording: Wording) -> None:
    assert isinstance(verdict_of(validate, operation, request, wording), dict | str)


def verdict_of(
    validation: Validation, operation: str, request: Any, wording: Wording
) -> dict[str, Any] | str:
    """The accepted request, or the text of the refusal; any other exception fails the test."""
    try:
        return validation(operation, request, wording)
    except ServiceError as refusal:
        return refusal.text
