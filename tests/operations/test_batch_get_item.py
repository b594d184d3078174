"""BatchGetItem: several items of several tables in one call."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, Item, Request, Wire, call, invalid, refusal
from tests.operations.standing import HASH, RANGE

NAME_CONSTRAINTS = (
    "Map keys must satisfy constraint: [Member must have length less than or equal to 255, "
    "Member must have length greater than or equal to 3, "
    "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"
)


def key(text: str) -> Item:
    return {"pk": {"S": text}}


def by_key(items: list[Item]) -> list[Item]:
    """The order of a batch's items is not defined."""
    return sorted(items, key=lambda item: str(item["pk"]))


@pytest.fixture
def table(client: Any, make_table: MakeTable) -> str:
    """A table of the items 0 to 9, each with a word."""
    table = make_table("pk")
    for number in range(10):
        client.put_item(TableName=table, Item={**key(str(number)), "word": {"S": f"w{number}"}})
    return table


def test_items_that_exist_come_back(client: Any, table: str) -> None:
    keys = [key("3"), key("absent"), key("1")]
    answer = call(client, "BatchGetItem", RequestItems={table: {"Keys": keys}})
    expected = [{**key("1"), "word": {"S": "w1"}}, {**key("3"), "word": {"S": "w3"}}]
    assert by_key(answer["Responses"][table]) == expected
    assert answer["UnprocessedKeys"] == {}


def test_each_table_has_its_own_projection_and_place(client: Any, table: str, make_table: MakeTable) -> None:
    other = make_table("pk")
    client.put_item(TableName=other, Item={**key("o"), "word": {"S": "ow"}})
    answer = call(
        client,
        "BatchGetItem",
        RequestItems={
            table: {
                "Keys": [key("1")],
                "ProjectionExpression": "#w",
                "ExpressionAttributeNames": {"#w": "word"},
                "ConsistentRead": True,
            },
            other: {"Keys": [key("o")]},
        },
    )
    assert answer["Responses"] == {
        table: [{"word": {"S": "w1"}}],
        other: [{**key("o"), "word": {"S": "ow"}}],
    }


def test_a_table_without_hits_has_an_empty_list(client: Any, table: str) -> None:
    answer = call(client, "BatchGetItem", RequestItems={table: {"Keys": [key("absent")]}})
    assert answer == {"Responses": {table: []}, "UnprocessedKeys": {}}


def test_a_table_by_arn_is_answered_by_arn(client: Any, table: str) -> None:
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    answer = call(client, "BatchGetItem", RequestItems={arn: {"Keys": [key("1")]}})
    assert answer["Responses"] == {arn: [{**key("1"), "word": {"S": "w1"}}]}


def test_a_hundred_keys_are_the_most(client: Any, table: str) -> None:
    keys = [key(str(number)) for number in range(100)]
    answer = call(client, "BatchGetItem", RequestItems={table: {"Keys": keys}})
    assert len(answer["Responses"][table]) == 10
    refused = refusal(client, "BatchGetItem", RequestItems={table: {"Keys": [*keys, key("one more")]}})
    assert refused.startswith(LEAD.join(["ValidationException: ", "Value '["]))
    assert refused.endswith(
        f"at 'requestItems.{table}.member.keys' failed to satisfy constraint: "
        "Member must have length less than or equal to 100"
    )


def test_what_does_not_fit_in_16_megabytes_is_left_over(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    for number in range(50):
        client.put_item(TableName=table, Item={**key(f"{number:02}"), "x": {"S": "x" * 400_000}})
    keys = [key(f"{number:02}") for number in range(50)]
    wanted: Request = {table: {"Keys": keys, "ProjectionExpression": "pk", "ConsistentRead": True}}
    seen: list[Item] = []
    calls = 0
    while wanted:
        answer = call(client, "BatchGetItem", RequestItems=wanted)
        seen += answer["Responses"][table]
        calls += 1
        wanted = answer["UnprocessedKeys"]
        if calls == 1:
            left = wanted[table]
            assert left["ProjectionExpression"] == "pk"
            assert left["ConsistentRead"] is True
            assert len(seen) + len(left["Keys"]) == 50
    assert calls > 1
    assert by_key(seen) == keys


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param(
            {},
            LEAD
            + "Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater "
            "than or equal to 1",
            id="no_table",
        ),
        pytest.param(
            {HASH: {}},
            LEAD + f"Value null at 'requestItems.{HASH}.member.keys' failed to satisfy constraint: "
            "Member must not be null",
            id="no_keys",
        ),
        pytest.param(
            {HASH: {"Keys": []}},
            LEAD + f"Value '[]' at 'requestItems.{HASH}.member.keys' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
            id="empty_keys",
        ),
        pytest.param(
            {HASH: {"Keys": [key("1"), key("1")]}},
            "Provided list of item keys contains duplicates",
            id="same_key_twice",
        ),
        pytest.param(
            {RANGE: {"Keys": [{**key("1"), "sk": {"S": "1"}}, {"sk": {"S": "1"}, **key("1")}]}},
            "Provided list of item keys contains duplicates",
            id="same_key_twice_in_another_order",
        ),
    ],
)
def test_a_bad_request_is_refused(client: Any, items: Any, expected: str) -> None:
    assert refusal(client, "BatchGetItem", RequestItems=items) == invalid(expected)


@pytest.mark.parametrize("operation", ["BatchGetItem", "BatchWriteItem"])
def test_a_request_without_items_is_refused(wire: Wire, operation: str) -> None:
    assert wire.refusal(operation, {}) == invalid(
        LEAD + "Value null at 'requestItems' failed to satisfy constraint: Member must not be null"
    )


def test_equal_numbers_are_the_same_key(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk:N")
    keys = [{"pk": {"N": "1"}}, {"pk": {"N": "1.0"}}]
    refused = refusal(client, "BatchGetItem", RequestItems={table: {"Keys": keys}})
    assert refused == invalid("Provided list of item keys contains duplicates")


def test_a_bad_table_name_is_refused(client: Any) -> None:
    refused = refusal(client, "BatchGetItem", RequestItems={"a;": {"Keys": [key("1")]}})
    assert refused.startswith(invalid(LEAD + "Value '{a;="))
    assert refused.endswith(f" at 'requestItems' failed to satisfy constraint: {NAME_CONSTRAINTS}")
