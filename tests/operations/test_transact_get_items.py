"""TransactGetItems: items of several tables, all as they were at one moment."""

import threading
from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import NOT_FOUND, Item, Wire, call, invalid, refusal
from tests.operations.standing import HASH, INDEXED, ITEM, MISSING
from tests.operations.transactions import (
    CANCELED,
    DUPLICATES,
    GOOD,
    canceled,
    get,
    invalid_reason,
    key,
    put,
    update,
    write,
)

READ = "TransactGetItems"
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/"


def read(client: Any, *actions: Any, **parameters: Any) -> dict[str, Any]:
    return call(client, READ, TransactItems=list(actions), **parameters)


def test_items_come_in_the_order_of_the_request(client: Any, make_table: MakeTable) -> None:
    one, two = make_table("pk"), make_table("id:N", "at")
    other = {"id": {"N": "7"}, "at": {"S": "now"}, "data": {"B": b"bytes"}}
    client.put_item(TableName=one, Item={**key("a"), "word": {"S": "x"}})
    client.put_item(TableName=one, Item=key("b"))
    client.put_item(TableName=two, Item=other)
    answer = read(
        client,
        get(two, {"at": other["at"], "id": other["id"]}),
        get(one, key("b")),
        get(ARN + one, key("missing")),
        get(ARN + one, key("a")),
    )
    assert answer == {
        "Responses": [{"Item": other}, {"Item": key("b")}, {}, {"Item": {**key("a"), "word": {"S": "x"}}}]
    }


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("parameters", "item"),
    [
        ({"ProjectionExpression": "word, elements[0]"}, {"word": ITEM["word"], "elements": ITEM["elements"]}),
        (
            {"ProjectionExpression": "#a", "ExpressionAttributeNames": {"#a": "amount"}},
            {"amount": {"N": "1"}},
        ),
        ({"ProjectionExpression": "absent"}, {}),
    ],
)
def test_each_get_has_its_projection(client: Any, parameters: Any, item: Item) -> None:
    answer = read(client, get(HASH, key("there"), **parameters), get(HASH, key("missing"), **parameters))
    assert answer == {"Responses": [{"Item": item}, {}]}


def test_a_hundred_items_are_the_most(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    gets = [get(table, key(str(number))) for number in range(101)]
    assert read(client, *gets[:100]) == {"Responses": [{}] * 100}
    refused = refusal(client, READ, TransactItems=gets)
    assert refused.startswith(invalid("1 validation error detected: Value '[TransactGetItem("))
    assert refused.endswith(
        "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100"
    )


def test_items_of_four_megabytes_are_the_most(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    for number in range(11):  # 4,194,300 bytes: four fewer than 4 MB
        client.put_item(TableName=table, Item={**key(f"{number:02}"), "a": {"S": "x" * 381_295}})
    client.put_item(TableName=table, Item={**key("12")})
    gets = [get(table, key(f"{number:02}")) for number in range(11)]
    answer = read(client, *gets, get(table, key("missing")))
    assert [len(response) for response in answer["Responses"]] == [1] * 11 + [0]
    client.put_item(TableName=table, Item={**key("00"), "a": {"S": "x" * 381_300}})
    refused = refusal(client, READ, TransactItems=[get(table, key(f"{number:02}")) for number in range(11)])
    assert refused.startswith(invalid("Collection size of items exceeded"))


# -- refusals


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("gets", "expected"),
    [
        (
            [{}],
            "1 validation error detected: Value null at 'transactItems.1.member.get' failed to satisfy "
            "constraint: Member must not be null",
        ),
        (
            [{"Get": {"TableName": HASH}}],
            "1 validation error detected: Value null at 'transactItems.1.member.get.key' failed to satisfy "
            "constraint: Member must not be null",
        ),
        (
            [get(HASH, key("1")), get(HASH, {"pk": {"N": "no number"}})],
            "The parameter cannot be converted to a numeric value: no number",
        ),
        (
            [get(HASH, key("1"), ExpressionAttributeNames={"#a": "a"})],
            "ExpressionAttributeNames can only be specified when using expressions",
        ),
        (
            [get(HASH, key("1"), ProjectionExpression="a", ExpressionAttributeNames={"#a": "a"})],
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a}",
        ),
        (
            [get(HASH, key("1"), ProjectionExpression="")],
            "Invalid ProjectionExpression: The expression can not be empty;",
        ),
        (
            [get(HASH, key(""))],
            "One or more parameter values are not valid. The AttributeValue for a key attribute cannot "
            "contain an empty string value. Key: pk",
        ),
        ([get(HASH, key("1")), get(ARN + HASH, key("1"))], DUPLICATES),
    ],
)
def test_a_fault_of_the_request_is_refused_outright(client: Any, gets: list[Any], expected: str) -> None:
    assert refusal(client, READ, TransactItems=gets) == invalid(expected)


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("second", "text"),
    [
        (get(HASH, {"pk": {"N": "1"}}), "The provided key element does not match the schema"),
        (get(INDEXED, key("1")), "The provided key element does not match the schema"),
        (
            get(HASH, key("1"), ProjectionExpression="pk.deep"),
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: "
            "Key: pk",
        ),
    ],
)
def test_the_first_key_that_does_not_fit_cancels(client: Any, second: Any, text: str) -> None:
    reasons = canceled(client, READ, get(HASH, key("1")), second, get(HASH, {}))
    assert reasons == [GOOD, invalid_reason(text), GOOD]


@pytest.mark.usefixtures("standing_tables")
def test_an_earlier_check_is_reported_first(wire: Wire) -> None:
    """Each request has the fault it is refused for, and all those of the requests after it."""
    unknown, mismatch = get(MISSING, key("1")), get(HASH, {"pk": {"N": "1"}})
    twice = [get(HASH, key("1")), get(HASH, key("1"))]
    bad_number = get(HASH, {"pk": {"N": "x"}})
    steps: list[tuple[list[Any], str]] = [
        ([bad_number, {}], "Value null at 'transactItems.2.member.get'"),
        ([unknown, bad_number], "converted to a numeric value: x"),
        ([mismatch, unknown], NOT_FOUND),
        ([*twice, mismatch], f"{CANCELED}[None, None, ValidationError]"),
        (twice, DUPLICATES),
    ]
    for gets, text in steps:
        assert text in wire.refusal(READ, {"TransactItems": gets})


@pytest.mark.usefixtures("standing_tables")
def test_members_that_a_get_does_not_have_are_ignored(wire: Wire) -> None:
    """As every unknown member of a request: GetItem has AttributesToGet, Get has not."""
    request = get(HASH, key("there"), AttributesToGet=["word"], ProjectionExpression="amount")
    answer = wire.send(READ, {"TransactItems": [request]})
    assert answer == (200, {"Responses": [{"Item": {"amount": {"N": "1"}}}]})


# -- one moment


def test_a_transaction_is_read_whole(client: Any, make_table: MakeTable) -> None:
    """While others move something between two items, their sum is always the same."""
    table = make_table("pk")
    for name in ("a", "b"):
        client.put_item(TableName=table, Item={**key(name), "amount": {"N": "100"}})
    enough = threading.Event()

    def move() -> None:
        while not enough.is_set():
            write(
                client,
                update(table, key("a"), "ADD amount :by", by={"N": "-1"}),
                update(table, key("b"), "ADD amount :by", by={"N": "1"}),
            )

    mover = threading.Thread(target=move)
    mover.start()
    seen: list[list[int]] = []
    try:
        while len(seen) < 30:
            try:
                responses = read(client, get(table, key("a")), get(table, key("b")))["Responses"]
            except client.exceptions.TransactionCanceledException:
                continue
            seen.append([int(response["Item"]["amount"]["N"]) for response in responses])
    finally:
        enough.set()
        mover.join()
    assert {sum(amounts) for amounts in seen} == {200}
    assert len({amounts[0] for amounts in seen}) > 1


def test_what_was_written_is_read_at_once(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    write(client, put(table, key("a")))
    assert read(client, get(table, key("a"))) == {"Responses": [{"Item": key("a")}]}
