"""Requests that differ in their values alone are checked in full once; of the others, only the values are."""

from copy import deepcopy
from typing import Any

import pytest

from kilowatt.domain.expressions.cache import NAMES_LENGTH
from kilowatt.errors import ServiceError
from kilowatt.limits import SUBSTITUTION_BYTES
from kilowatt.operations import expression_parameters
from kilowatt.operations.expression_parameters import (
    QUERY,
    UPDATE,
    WRITE,
    ExpressionParameters,
    read_expressions,
)

Request = dict[str, Any]

GOOD_UPDATE: Request = {
    "UpdateExpression": "SET #a = #a + :n ADD tags :tags",
    "ConditionExpression": "begins_with(#b, :text)",
    "ExpressionAttributeNames": {"#a": "likes", "#b": "author"},
    "ExpressionAttributeValues": {":n": {"N": "1"}, ":tags": {"SS": ["x"]}, ":text": {"S": "u"}},
}
GOOD_QUERY: Request = {
    "KeyConditionExpression": "pk = :pk AND sk BETWEEN :low AND :high",
    "FilterExpression": "attribute_type(a, :type)",
    "ProjectionExpression": "#p",
    "ExpressionAttributeNames": {"#p": "p"},
    "ExpressionAttributeValues": {
        ":pk": {"S": "a"},
        ":low": {"N": "1"},
        ":high": {"N": "2"},
        ":type": {"S": "N"},
    },
}
GOOD_WRITE: Request = {
    "ConditionExpression": "a = :v",
    "ExpressionAttributeValues": {":v": {"S": "a"}},
}
GOOD = [(GOOD_UPDATE, UPDATE), (GOOD_QUERY, QUERY), (GOOD_WRITE, WRITE)]


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expression_parameters, "_forms", type(expression_parameters._forms)())


def values(good: Request, **changed: Any) -> Request:
    """The request with other values; `n` stands for the placeholder `:n`."""
    return deepcopy(good) | {
        "ExpressionAttributeValues": deepcopy(good["ExpressionAttributeValues"])
        | {f":{name}": value for name, value in changed.items()}
    }


def without(good: Request, parameter: str, placeholder: str) -> Request:
    request = deepcopy(good)
    del request[parameter][placeholder]
    return request


BAD: list[tuple[Request, ExpressionParameters, Request]] = [
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, n={"S": "1"})),
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, n={"N": "one"})),
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, tags={"S": "x"})),
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, tags={"SS": []})),
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, tags={"S": "x"}, text={"N": "1"})),
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, text={"N": "1"})),
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, text={"S": "x" * SUBSTITUTION_BYTES})),
    (GOOD_UPDATE, UPDATE, values(GOOD_UPDATE, more={"S": "x"})),
    (GOOD_UPDATE, UPDATE, without(GOOD_UPDATE, "ExpressionAttributeValues", ":n")),
    (GOOD_UPDATE, UPDATE, without(GOOD_UPDATE, "ExpressionAttributeNames", "#b")),
    (GOOD_UPDATE, UPDATE, deepcopy(GOOD_UPDATE) | {"ExpressionAttributeNames": {}}),
    (GOOD_UPDATE, UPDATE, deepcopy(GOOD_UPDATE) | {"ExpressionAttributeNames": {"#a": "a", "#b": ""}}),
    (GOOD_UPDATE, UPDATE, deepcopy(GOOD_UPDATE) | {"ConditionExpression": "begins_with(#b, :text"}),
    (GOOD_QUERY, QUERY, values(GOOD_QUERY, low={"N": "3"})),
    (GOOD_QUERY, QUERY, values(GOOD_QUERY, low={"S": "1"})),
    (GOOD_QUERY, QUERY, values(GOOD_QUERY, type={"S": "number"})),
    (GOOD_WRITE, WRITE, values(GOOD_WRITE, v={})),
    (GOOD_WRITE, WRITE, values(GOOD_WRITE, v={"NULL": False})),
]


def outcome(request: Request, takes: ExpressionParameters) -> str:
    with pytest.raises(ServiceError) as refused:
        read_expressions(deepcopy(request), takes)
    return refused.value.text


@pytest.mark.parametrize(("good", "takes", "bad"), BAD)
def test_what_is_refused_is_refused_after_a_good_request_too(
    good: Request, takes: ExpressionParameters, bad: Request
) -> None:
    refusal = outcome(bad, takes)
    read_expressions(deepcopy(good), takes)
    assert outcome(bad, takes) == refusal
    assert outcome(bad, takes) == refusal


@pytest.mark.parametrize(("good", "takes"), GOOD)
def test_a_known_form_gives_the_same_expressions_with_its_own_values(
    good: Request, takes: ExpressionParameters
) -> None:
    first, second = (read_expressions(deepcopy(good), takes) for _ in range(2))
    assert first == second
    assert len(expression_parameters._forms.recent) == 1


def test_values_become_canonical_in_a_known_form() -> None:
    read_expressions(deepcopy(GOOD_UPDATE), UPDATE)
    again = read_expressions(values(GOOD_UPDATE, n={"N": "0012.50"}), UPDATE)
    assert again.values[":n"] == {"N": "12.5"}


def test_forms_with_long_names_are_not_kept() -> None:
    for length, kept in (NAMES_LENGTH + 1, 0), (NAMES_LENGTH, 1):
        names = {"#a": "x" * length}
        read_expressions(
            {"ConditionExpression": "size(#a) > size(#a)", "ExpressionAttributeNames": names}, WRITE
        )
        assert len(expression_parameters._forms.recent) == kept
