"""TransactWriteItems: all of its actions or none, and what is refused outright."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import CONDITION_FAILED, NOT_FOUND, Item, Wire, call, invalid, refusal
from tests.operations.in_process import CREATE
from tests.operations.standing import HASH, MISSING, index
from tests.operations.transactions import (
    CANCELED,
    FAILED,
    GOOD,
    canceled,
    check,
    count,
    delete,
    key,
    put,
    stored,
    update,
    write,
)

WRITE = "TransactWriteItems"
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
LIMIT_BYTES = 409_600
ONE = {":one": {"N": "1"}}


def sized(text: str, size_bytes: int) -> Item:
    """An item of so many bytes."""
    return {**key(text), "a": {"S": "x" * (size_bytes - len("pk") - len(text) - len("a"))}}


def described(client: Any, table: str) -> dict[str, Any]:
    """Item counts and sizes of a table and its indexes."""
    description = client.describe_table(TableName=table)["Table"]
    found = {"": (description["ItemCount"], description["TableSizeBytes"])}
    for kind in ("LocalSecondaryIndexes", "GlobalSecondaryIndexes"):
        for entry in description.get(kind, []):
            found[entry["IndexName"]] = (entry["ItemCount"], entry["IndexSizeBytes"])
    return found


# -- what it does


def test_all_four_actions_take_place_together(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    for name in ("checked", "deleted", "updated", "replaced"):
        client.put_item(TableName=table, Item={**key(name), "amount": {"N": "1"}})
    answer = write(
        client,
        check(table, key("checked"), "amount = :one", ExpressionAttributeValues=ONE),
        put(table, key("new")),
        put(table, {**key("replaced"), "word": {"S": "new"}}, ConditionExpression="attribute_exists(pk)"),
        update(table, key("updated"), "SET amount = amount + :two", two={"N": "2"}),
        update(table, key("created"), "SET word = :w", w={"S": "new"}),
        delete(table, key("deleted"), ConditionExpression="amount = :one", ExpressionAttributeValues=ONE),
        delete(table, key("absent")),
    )
    assert answer == {}
    items = client.scan(TableName=table)["Items"]
    assert sorted(items, key=lambda item: item["pk"]["S"]) == [
        {**key("checked"), "amount": {"N": "1"}},
        {**key("created"), "word": {"S": "new"}},
        key("new"),
        {**key("replaced"), "word": {"S": "new"}},
        {**key("updated"), "amount": {"N": "3"}},
    ]
    assert described(client, table)[""] == (5, sum(map(_size, items)))


def _size(item: Item) -> int:
    from kilowatt.domain.values.sizes import item_size

    return item_size(item)


def test_tables_of_different_keys_named_by_name_and_arn(client: Any, make_table: MakeTable) -> None:
    one, two, three = make_table("pk"), make_table("id:N", "at"), make_table("pk")
    item = {"id": {"N": "7"}, "at": {"S": "now"}}
    write(client, put(one, key("a")), put(two, item), put(ARN + three, key("a")))
    assert stored(client, one, key("a")) == key("a")
    assert stored(client, two, item) == item
    assert stored(client, three, key("a")) == key("a")


def test_each_action_sees_what_was_there_before(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    reasons = canceled(client, WRITE, put(table, key("a")), check(table, key("b"), "attribute_exists(pk)"))
    assert reasons == [GOOD, FAILED]


def test_nothing_of_a_canceled_transaction_happens(client: Any, make_table: MakeTable) -> None:
    table = make_table(
        "pk",
        "sk",
        attributes=["a", "g"],
        LocalSecondaryIndexes=[index("local", "pk", "a")],
        GlobalSecondaryIndexes=[index("global", "g")],
    )
    other = make_table("pk")
    old = {**key("1"), "sk": {"S": "old"}, "a": {"S": "a"}, "g": {"S": "g"}}
    client.put_item(TableName=table, Item=old)
    before = described(client, table)
    old_key = {"pk": old["pk"], "sk": old["sk"]}
    reasons = canceled(
        client,
        WRITE,
        put(table, {**old, "sk": {"S": "new"}}),
        update(table, old_key, "SET g = :g REMOVE a", g={"S": "other"}),
        put(other, key("a")),
        delete(other, key("b"), ConditionExpression="attribute_exists(pk)"),
    )
    assert reasons == [GOOD, GOOD, GOOD, FAILED]
    for parameters in ({}, {"IndexName": "local"}, {"IndexName": "global"}):
        assert client.scan(TableName=table, **parameters)["Items"] == [old]
    assert client.scan(TableName=other)["Items"] == []
    assert described(client, table) == before
    assert described(client, other) == {"": (0, 0)}


def test_index_entries_and_counters_change_with_the_items(client: Any, make_table: MakeTable) -> None:
    table = make_table(
        "pk",
        "sk",
        attributes=["a", "g"],
        LocalSecondaryIndexes=[index("local", "pk", "a")],
        GlobalSecondaryIndexes=[index("global", "g")],
    )
    moved = {**key("1"), "sk": {"S": "1"}, "a": {"S": "a"}, "g": {"S": "g"}}
    gone = {**key("1"), "sk": {"S": "2"}, "a": {"S": "b"}}
    for item in (moved, gone):
        client.put_item(TableName=table, Item=item)
    write(
        client,
        update(table, {"pk": moved["pk"], "sk": moved["sk"]}, "SET g = :g REMOVE a", g={"S": "h"}),
        delete(table, {"pk": gone["pk"], "sk": gone["sk"]}),
        put(table, {**key("2"), "sk": {"S": "1"}, "a": {"S": "a"}}),
    )
    left = {**key("1"), "sk": {"S": "1"}, "g": {"S": "h"}}
    new = {**key("2"), "sk": {"S": "1"}, "a": {"S": "a"}}
    assert client.scan(TableName=table, IndexName="local")["Items"] == [new]
    assert client.scan(TableName=table, IndexName="global")["Items"] == [left]
    assert described(client, table) == {
        "": (2, _size(left) + _size(new)),
        "local": (1, _size(new)),
        "global": (1, _size(left)),
    }


def test_checks_alone_are_a_transaction(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert write(client, check(table, key("a"), "attribute_not_exists(pk)")) == {}
    assert client.scan(TableName=table)["Items"] == []


def test_a_hundred_actions_are_the_most(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    actions = [put(table, key(str(number))) for number in range(100)]
    assert write(client, *actions) == {}
    assert client.scan(TableName=table, Select="COUNT")["Count"] == 100
    refused = refusal(client, WRITE, TransactItems=[*actions, put(table, key("one more"))])
    assert refused.startswith(invalid("1 validation error detected: Value '[TransactWriteItem("))
    assert refused.endswith(
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100"
    )


# -- size


def test_an_item_of_400_kb_is_the_largest(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    write(client, put(table, sized("a", LIMIT_BYTES)))
    refused = refusal(
        client, WRITE, TransactItems=[put(table, key("b")), put(table, sized("c", LIMIT_BYTES + 1))]
    )
    assert refused == invalid("Item size has exceeded the maximum allowed size")
    assert stored(client, table, key("b")) is None


def test_items_of_four_megabytes_are_the_most(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    eleven = [put(table, sized(f"{number:02}", 381_300)) for number in range(11)]
    write(client, *eleven)  # 4,194,300 bytes: four fewer than 4 MB
    grown = [*eleven[1:], put(table, sized("00", 381_305))]
    assert refusal(client, WRITE, TransactItems=grown) == invalid(
        "Collection size of items exceeded, which can also be caused by the aggregate size of the items in "
        "the transaction exceeding the 4MB limit"
    )
    larger = [delete(table, key(f"{number:02}")) for number in range(11)]
    refused = refusal(client, WRITE, TransactItems=[*larger, put(table, sized("x", 5))])
    assert refused.startswith(invalid("Collection size of items exceeded"))
    assert client.describe_table(TableName=table)["Table"]["TableSizeBytes"] == 11 * 381_300


# -- the order of checks


def test_an_earlier_check_is_reported_first(wire: Wire, client: Any, make_table: MakeTable) -> None:
    """Each request has the fault it is refused for, and all those of the requests after it."""
    table = make_table("pk")
    bad_number = {"pk": {"S": "1"}, "n": {"N": "no number"}}
    failing = check(table, key("0"), "attribute_exists(pk)")
    two_actions = {**put(table, key("1")), **delete(table, key("1"))}
    unknown, mismatch = put(MISSING, key("1")), put(table, {"a": {"S": "1"}})
    twice = [put(table, key("2")), put(table, key("2"))]
    no_item: Item = {"Put": {"TableName": table}}
    steps: list[tuple[list[Any], str]] = [
        ([two_actions, no_item], "Value null at 'transactItems.2.member.put.item'"),
        ([two_actions, put(table, bad_number)], "TransactItems can only contain one of"),
        ([put(table, bad_number), two_actions], "converted to a numeric value: no number"),
        ([unknown, put(table, bad_number)], "converted to a numeric value: no number"),
        ([mismatch, unknown], "ResourceNotFoundException: Requested resource not found"),
        ([*twice, mismatch], "[None, None, ValidationError]"),
        ([failing, *twice], "Transaction request cannot include multiple operations on one item"),
        ([failing], "[ConditionalCheckFailed]"),
    ]
    for actions, text in steps:
        assert text in wire.refusal(WRITE, {"TransactItems": actions})


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("actions", "expected"),
    [
        (
            [],
            "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: "
            "Member must have length greater than or equal to 1",
        ),
        ([{}], "TransactItems can only contain one of Check, Put, Update or Delete"),
        (
            [{**put(HASH, key("1")), **delete(HASH, key("2"))}],
            "TransactItems can only contain one of Check, Put, Update or Delete",
        ),
        (
            [{"Update": {"TableName": HASH, "Key": key("1")}}],
            "1 validation error detected: Value null at 'transactItems.1.member.update.updateExpression' "
            "failed to satisfy constraint: Member must not be null",
        ),
        (
            [{"ConditionCheck": {"TableName": HASH, "Key": key("1")}}],
            "1 validation error detected: Value null at "
            "'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: "
            "Member must not be null",
        ),
        (
            [put(HASH, key("1"), ConditionExpression="a = :a", ExpressionAttributeValues={})],
            "ExpressionAttributeValues must not be empty",
        ),
        (
            [put(HASH, key("1"), ExpressionAttributeNames={"#a": "a"})],
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            [update(HASH, key("1"), "SET a = :a", a={"S": "1"}, ExpressionAttributeNames={"#b": "b"})],
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}",
        ),
        (
            [update(HASH, key("1"), "SET a = :a SET b = :a", a={"S": "1"})],
            'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;',
        ),
        (
            [check(HASH, key("1"), "a = ")],
            'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "= "',
        ),
        (
            [check(HASH, key("1"), "attribute_exists(pk)", ReturnValuesOnConditionCheckFailure="ALL_NEW")],
            "1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value set: "
            "[ALL_OLD, NONE]",
        ),
    ],
)
def test_a_fault_of_the_request_is_refused_outright(client: Any, actions: list[Any], expected: str) -> None:
    assert refusal(client, WRITE, TransactItems=actions) == invalid(expected)


@pytest.mark.usefixtures("standing_tables")
def test_members_that_transactions_do_not_have_are_ignored(wire: Wire) -> None:
    """As every unknown member of a request: PutItem has Expected, Put has not."""
    action = put(HASH, key("1"), Expected={}, ConditionExpression="attribute_exists(pk)")
    assert wire.refusal(WRITE, {"TransactItems": [action]}) == f"{CANCELED}[ConditionalCheckFailed]"


@pytest.mark.usefixtures("standing_tables")
def test_an_action_that_is_null_is_none(wire: Wire) -> None:
    action = {**check(HASH, key("there"), "attribute_exists(pk)"), "Put": None, "Delete": None}
    request = {"TransactItems": [action], "ClientRequestToken": None}
    assert wire.send(WRITE, request) == (200, {})


# -- tables


@pytest.mark.usefixtures("standing_tables")
def test_a_missing_table_is_refused_outright(client: Any) -> None:
    assert refusal(client, WRITE, TransactItems=[put(HASH, key("1")), put(MISSING, key("1"))]) == NOT_FOUND
    assert stored(client, HASH, key("1")) is None


def test_a_table_that_was_made_anew_is_written_to(client: Any, make_table: MakeTable) -> None:
    table, other = make_table("pk"), make_table("pk")
    write(client, put(table, key("a")), put(other, key("a")))
    client.delete_table(TableName=table)
    assert refusal(client, WRITE, TransactItems=[put(table, key("b")), put(other, key("b"))]) == NOT_FOUND
    client.create_table(**{**CREATE, "TableName": table})
    write(client, put(table, key("b")), put(other, key("b")))
    assert client.scan(TableName=table)["Items"] == [key("b")]


# -- duplicates


def test_one_item_twice_is_refused(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk", "sk:N")
    item = {**key("a"), "sk": {"N": "1"}}
    turned = {"sk": {"N": "1.0"}, **key("a")}
    expected = invalid("Transaction request cannot include multiple operations on one item")
    for second in (
        put(table, turned),
        delete(table, turned),
        count(ARN + table, turned),
        check(table, turned, "attribute_exists(pk)"),
    ):
        assert refusal(client, WRITE, TransactItems=[put(table, item), second]) == expected
    assert client.scan(TableName=table)["Items"] == []


def test_the_same_key_in_two_tables_is_fine(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("pk")
    assert write(client, put(one, key("a")), put(two, key("a"))) == {}


def test_what_single_writes_find_is_what_transactions_left(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    write(client, put(table, key("a")))
    refused = refusal(
        client, "PutItem", TableName=table, Item=key("a"), ConditionExpression="attribute_not_exists(pk)"
    )
    assert refused == CONDITION_FAILED
    assert call(client, "UpdateItem", TableName=table, Key=key("a")) == {}
