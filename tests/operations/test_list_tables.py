"""ListTables: pages in the order of names."""

from collections.abc import Iterator
from typing import Any

import pytest
from tests.conftest import client_of
from tests.operations.calls import LEAD, Request, call, invalid, refusal

NAMES = ["A-table", "B-table", "a-table", "b.table", "b_table"]


@pytest.fixture(scope="module")
def region(server: Any) -> Iterator[Any]:
    """A client of a region that has only the tables NAMES."""
    client = client_of(server.endpoint, region_name="ap-south-1")
    for name in reversed(NAMES):
        client.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    yield client
    for name in NAMES:
        client.delete_table(TableName=name)


@pytest.mark.parametrize(
    ("request_", "names", "last"),
    [
        pytest.param({}, NAMES, None, id="all"),
        pytest.param({"Limit": 2}, NAMES[:2], "B-table", id="first_page"),
        pytest.param(
            {"Limit": 2, "ExclusiveStartTableName": "B-table"}, NAMES[2:4], "b.table", id="next_page"
        ),
        pytest.param({"Limit": 5}, NAMES, None, id="limit_is_their_number"),
        pytest.param({"Limit": 100}, NAMES, None, id="limit_is_greater"),
        pytest.param({"ExclusiveStartTableName": "b.aaa"}, NAMES[3:], None, id="start_at_no_table"),
        pytest.param({"ExclusiveStartTableName": "zzz"}, [], None, id="start_after_the_last"),
    ],
)
def test_a_page_of_names(region: Any, request_: Request, names: list[str], last: str | None) -> None:
    expected: dict[str, Any] = {"TableNames": names}
    if last is not None:
        expected["LastEvaluatedTableName"] = last
    assert call(region, "ListTables", **request_) == expected


def test_the_paginator_lists_every_table_once(region: Any) -> None:
    pages = region.get_paginator("list_tables").paginate(PaginationConfig={"PageSize": 2})
    assert [name for page in pages for name in page["TableNames"]] == NAMES


@pytest.mark.parametrize(
    ("request_", "entry"),
    [
        pytest.param(
            {"Limit": 0},
            "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal "
            "to 1",
            id="limit_0",
        ),
        pytest.param(
            {"Limit": 101},
            "Value '101' at 'limit' failed to satisfy constraint: Member must have value less than or equal "
            "to 100",
            id="limit_101",
        ),
        pytest.param(
            {"ExclusiveStartTableName": "a;bc"},
            "Value 'a;bc' at 'exclusiveStartTableName' failed to satisfy constraint: Member must satisfy "
            "regular expression pattern: [a-zA-Z0-9_.-]+",
            id="start_of_other_characters",
        ),
    ],
)
def test_a_request_outside_the_model_is_refused(client: Any, request_: Request, entry: str) -> None:
    assert refusal(client, "ListTables", **request_) == invalid(LEAD + entry)
