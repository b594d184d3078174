"""Why a TransactWriteItems was canceled: conditions, updates that can't be done, keys that do not fit."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import Item, Wire, invalid, refusal
from tests.operations.standing import HASH, INDEXED
from tests.operations.transactions import (
    CANCELED,
    FAILED,
    GOOD,
    canceled,
    check,
    delete,
    invalid_reason,
    key,
    put,
    stored,
    update,
)

WRITE = "TransactWriteItems"
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"
LIMIT_BYTES = 409_600
ONE = {":one": {"N": "1"}}


# -- reasons


def test_reasons_stand_in_the_order_of_the_actions(client: Any, make_table: MakeTable, wire: Wire) -> None:
    table = make_table("pk")
    client.put_item(TableName=table, Item={**key("b"), "word": {"S": "there"}})
    actions = [
        put(table, key("a")),
        put(table, key("b"), ConditionExpression="attribute_not_exists(pk)"),
        update(table, key("b2"), "SET amount = absent + :one", one={"N": "1"}),
        check(table, key("c"), "attribute_exists(pk)"),
        delete(table, key("d")),
    ]
    status, document = wire.send(WRITE, {"TransactItems": actions})
    assert (status, document) == (
        400,
        {
            "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
            "Message": CANCELED.partition(": ")[2]
            + "[None, ConditionalCheckFailed, ValidationError, ConditionalCheckFailed, None]",
            "CancellationReasons": [
                GOOD,
                FAILED,
                invalid_reason(
                    "The provided expression refers to an attribute that does not exist in the item"
                ),
                FAILED,
                GOOD,
            ],
        },
    )


def test_a_reason_shows_the_item_only_if_asked_and_there(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    item = {**key("there"), "word": {"S": "one"}}
    client.put_item(TableName=table, Item=item)
    for name in ("2", "3", "4", "5"):
        client.put_item(TableName=table, Item={**item, **key(name)})
    shown: dict[str, Any] = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    absent = {"ConditionExpression": "attribute_not_exists(word)"}
    reasons = canceled(
        client,
        WRITE,
        check(table, key("there"), "attribute_not_exists(pk)", **shown),
        put(table, key("2"), **absent, **shown),
        update(table, key("3"), "SET word = :w", w={"S": "x"}, **absent, **shown),
        delete(table, key("4"), **absent, **shown),
        delete(table, key("5"), **absent, ReturnValuesOnConditionCheckFailure="NONE"),
        check(table, key("missing"), "attribute_exists(pk)", **shown),
        put(table, key("good"), **shown),
    )
    assert reasons == [
        {**FAILED, "Item": item},
        *({**FAILED, "Item": {**item, **key(name)}} for name in ("2", "3", "4")),
        FAILED,
        FAILED,
        GOOD,
    ]


@pytest.mark.parametrize(
    ("expression", "values", "text"),
    [
        (
            "SET a = absent",
            {},
            "The provided expression refers to an attribute that does not exist in the item",
        ),
        (
            "SET absent.deep = :one",
            {"one": {"N": "1"}},
            "The document path provided in the update expression is invalid for update",
        ),
        (
            "SET a = word + :one",
            {"one": {"N": "1"}},
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "ADD word :one",
            {"one": {"N": "1"}},
            "An operand in the update expression has an incorrect data type",
        ),
        (
            "SET amount = amount + :most",
            {"most": {"N": "9" * 38 + "0" * 88}},
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            "SET a = :big",
            {"big": {"S": "x" * LIMIT_BYTES}},
            "Item size to update has exceeded the maximum allowed size",
        ),
    ],
    ids=["missing", "path", "operand", "add", "overflow", "size"],
)
def test_an_update_that_can_not_be_done_is_a_validation_error(
    client: Any, make_table: MakeTable, expression: str, values: Any, text: str
) -> None:
    table = make_table("pk")
    client.put_item(
        TableName=table, Item={**key("a"), "word": {"S": "x"}, "amount": {"N": "9" * 38 + "0" * 88}}
    )
    reasons = canceled(client, WRITE, put(table, key("b")), update(table, key("a"), expression, **values))
    assert reasons == [GOOD, invalid_reason(text)]
    assert stored(client, table, key("b")) is None


def test_a_failed_condition_comes_before_a_fault_of_its_update(client: Any, make_table: MakeTable) -> None:
    action = update(make_table("pk"), key("a"), "SET a = absent", ConditionExpression="attribute_exists(pk)")
    assert canceled(client, WRITE, action) == [FAILED]


# -- keys that do not fit the schema: seen on AWS, 2026


MISMATCH = "The provided key element does not match the schema"
TYPE = "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N"
ABSENT = "One or more parameter values were invalid: Missing the key pk in the item"
NUMBER = {"pk": {"N": "1"}}


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (put(HASH, NUMBER), TYPE),
        (put(HASH, {"a": {"S": "1"}}), ABSENT),
        (update(HASH, NUMBER, "SET a = :a", a={"N": "1"}), MISMATCH),
        (delete(HASH, NUMBER), MISMATCH),
        (delete(HASH, {"pk": {"L": []}}), MISMATCH),
        (delete(HASH, {"other": {"S": "1"}}), MISMATCH),
        (check(HASH, {**key("1"), "sk": {"S": "1"}}, "attribute_exists(pk)"), MISMATCH),
        (
            put(INDEXED, {**key("1"), "sk": {"S": "1"}, "b": {"S": "no number"}}),
            "One or more parameter values were invalid: Type mismatch for Index Key b Expected: N Actual: S "
            "IndexName: global-b",
        ),
        (
            update(INDEXED, {**key("1"), "sk": {"S": "1"}}, "SET b = :b", b={"S": "no number"}),
            "One or more parameter values were invalid: Type mismatch for Index Key b Expected: N Actual: S "
            "IndexName: global-b",
        ),
    ],
)
@pytest.mark.usefixtures("standing_tables")
def test_the_first_key_that_does_not_fit_cancels(client: Any, action: Any, text: str) -> None:
    failing = check(HASH, key("there"), "attribute_not_exists(pk)")
    reasons = canceled(client, WRITE, failing, action, delete(HASH, {"pk": {"BOOL": True}}))
    assert reasons == [GOOD, invalid_reason(text), GOOD]


@pytest.mark.parametrize(
    ("action", "text"),
    [
        (put(HASH, key("")), "Key: pk"),
        (update(HASH, key(""), "SET a = :a", a={"N": "1"}), "Key: pk"),
        (delete(HASH, key("")), "Key: pk"),
        (check(HASH, key(""), "attribute_exists(pk)"), "Key: pk"),
        (put(INDEXED, {**key("1"), "sk": {"S": "1"}, "c": {"S": ""}}), "IndexName: global-b, IndexKey: c"),
    ],
)
@pytest.mark.usefixtures("standing_tables")
def test_an_empty_key_is_refused_outright(client: Any, action: Any, text: str) -> None:
    refused = refusal(client, WRITE, TransactItems=[put(HASH, key("1")), action])
    assert refused.startswith(invalid("One or more parameter values are not valid. "))
    assert refused.endswith(f"cannot contain an empty string value. {text}")
    assert stored(client, HASH, key("1")) is None


@pytest.mark.usefixtures("standing_tables")
def test_a_value_that_is_nested_too_deeply_is_refused_outright(client: Any) -> None:
    value: Item = {"S": "x"}
    for _ in range(33):
        value = {"L": [value]}
    refused = refusal(client, WRITE, TransactItems=[update(HASH, key("there"), "SET a = :a", a=value)])
    assert refused == invalid(
        "ExpressionAttributeValues contains invalid value: Nesting Levels have exceeded supported limits "
        "for key :a"
    )


@pytest.mark.usefixtures("standing_tables")
def test_a_key_that_is_too_long_cancels(client: Any) -> None:
    text = (
        "One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit "
        "of2048 bytes"
    )
    assert canceled(client, WRITE, put(HASH, key("x" * 2049))) == [invalid_reason(text)]


@pytest.mark.usefixtures("standing_tables")
def test_a_key_attribute_can_not_be_updated(client: Any) -> None:
    action = update(HASH, key("there"), "SET pk = :a", a={"S": "1"})
    assert canceled(client, WRITE, action) == [
        invalid_reason(
            "One or more parameter values were invalid: Cannot update attribute pk. "
            "This attribute is part of the key"
        )
    ]
