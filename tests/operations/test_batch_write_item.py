"""BatchWriteItem: puts and deletes of several tables in one call."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import (
    LEAD,
    NOT_FOUND,
    SCHEMA_MISMATCH,
    Item,
    Request,
    call,
    invalid,
    refusal,
)
from tests.operations.standing import HASH, MISSING, RANGE

DUPLICATES = "Provided list of item keys contains duplicates"


def put(text: str, **attributes: Any) -> Request:
    return {"PutRequest": {"Item": {"pk": {"S": text}, **attributes}}}


def delete(text: str) -> Request:
    return {"DeleteRequest": {"Key": {"pk": {"S": text}}}}


def names(client: Any, table: str) -> list[str]:
    items: list[Item] = client.scan(TableName=table)["Items"]
    return sorted(item["pk"]["S"] for item in items)


def test_puts_and_deletes_of_two_tables(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("pk")
    client.put_item(TableName=one, Item={"pk": {"S": "gone"}})
    client.put_item(TableName=one, Item={"pk": {"S": "replaced"}, "word": {"S": "old"}})
    changes = {one: [put("a"), delete("gone"), delete("absent"), put("replaced")], two: [put("b")]}
    assert call(client, "BatchWriteItem", RequestItems=changes) == {"UnprocessedItems": {}}
    assert names(client, one) == ["a", "replaced"]
    assert names(client, two) == ["b"]
    assert client.get_item(TableName=one, Key={"pk": {"S": "replaced"}})["Item"] == {"pk": {"S": "replaced"}}


def test_twenty_five_changes_are_the_most(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    changes = [put(str(number)) for number in range(25)]
    assert call(client, "BatchWriteItem", RequestItems={table: changes}) == {"UnprocessedItems": {}}
    assert len(names(client, table)) == 25
    refused = refusal(client, "BatchWriteItem", RequestItems={table: [*changes, put("one more")]})
    assert refused.startswith(invalid(LEAD + f"Value '{{{table}=["))
    assert refused.endswith(
        "at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must "
        "have length less than or equal to 25, Member must have length greater than or equal to 1]"
    )


def test_more_than_twenty_five_changes_of_all_tables_are_refused(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("pk")
    changes = [put(str(number)) for number in range(13)]
    refused = refusal(client, "BatchWriteItem", RequestItems={one: changes, two: changes})
    assert refused.startswith("ValidationException: ")  # AWS's text is not known
    assert names(client, one) == []


def test_a_table_by_arn(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    arn = client.describe_table(TableName=table)["Table"]["TableArn"]
    assert call(client, "BatchWriteItem", RequestItems={arn: [put("a")]}) == {"UnprocessedItems": {}}
    assert names(client, table) == ["a"]


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("items", "expected"),
    [
        pytest.param(
            {},
            invalid(
                LEAD + "Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length "
                "greater than or equal to 1"
            ),
            id="no_table",
        ),
        pytest.param(
            {HASH: [{"PutRequest": {}}]},
            invalid(
                LEAD
                + f"Value null at 'requestItems.{HASH}.member.1.member.putRequest.item' failed to satisfy "
                "constraint: Member must not be null"
            ),
            id="put_of_nothing",
        ),
        pytest.param(
            {HASH: [put("1"), {"DeleteRequest": {}}]},
            invalid(
                LEAD + f"Value null at 'requestItems.{HASH}.member.2.member.deleteRequest.key' failed to "
                "satisfy constraint: Member must not be null"
            ),
            id="delete_of_nothing",
        ),
        pytest.param(
            {HASH: [{}]},
            invalid(
                "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
                "supported datatypes"
            ),
            id="no_action",
        ),
        pytest.param({MISSING: [put("1")]}, NOT_FOUND, id="missing_table"),
        pytest.param({HASH: [put("1")], MISSING: [put("1")]}, NOT_FOUND, id="one_missing_table"),
        pytest.param({RANGE: [put("1")]}, invalid(SCHEMA_MISMATCH), id="put_without_range_key"),
        pytest.param({RANGE: [delete("1")]}, invalid(SCHEMA_MISMATCH), id="delete_without_range_key"),
        pytest.param({HASH: [put("1"), put("1", x={"S": "2"})]}, invalid(DUPLICATES), id="put_twice"),
        pytest.param({HASH: [delete("1"), delete("1")]}, invalid(DUPLICATES), id="delete_twice"),
        pytest.param({HASH: [put("1"), delete("1")]}, invalid(DUPLICATES), id="put_and_delete"),
    ],
)
def test_a_bad_request_is_refused_and_writes_nothing(client: Any, items: Any, expected: str) -> None:
    assert refusal(client, "BatchWriteItem", RequestItems=items) == expected
    assert "1" not in names(client, HASH)


def test_equal_numbers_are_the_same_key(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk:N")
    changes = [{"PutRequest": {"Item": {"pk": {"N": text}}}} for text in ("1", "1.0")]
    assert refusal(client, "BatchWriteItem", RequestItems={table: changes}) == invalid(DUPLICATES)


def test_the_same_key_in_two_tables_is_fine(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("pk")
    call(client, "BatchWriteItem", RequestItems={one: [put("a")], two: [put("a")]})
    assert (names(client, one), names(client, two)) == (["a"], ["a"])


def test_boto3s_batch_writer_writes_everything(resource: Any, make_table: MakeTable) -> None:
    table = resource.Table(make_table("pk"))
    with table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"pk": str(number)})
        batch.delete_item(Key={"pk": "7"})
    assert table.scan(Select="COUNT")["Count"] == 59
