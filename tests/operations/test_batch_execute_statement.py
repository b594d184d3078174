"""BatchExecuteStatement: answers in order, and the failure of each statement on its own."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from tests.operations.calls import Item, call, invalid, refusal
from tests.operations.statements import SIMPLE, TABLE, create, delete, request, run


@pytest.fixture(scope="module", autouse=True)
def tables(client: Any) -> Iterator[None]:
    create(client)
    yield
    delete(client)


def batch(client: Any, *statements: str | dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """The responses to a batch."""
    parts = [{"Statement": part} if isinstance(part, str) else part for part in statements]
    answer = call(client, "BatchExecuteStatement", Statements=parts, **more)
    responses: list[dict[str, Any]] = answer["Responses"]
    return responses


def insert(pk: str, more: str = "") -> str:
    return f"INSERT INTO \"{SIMPLE}\" VALUE {{'pk': '{pk}'{more}}}"


def select(pk: str, rest: str = "", columns: str = "*") -> str:
    return f"SELECT {columns} FROM \"{SIMPLE}\" WHERE pk = '{pk}' {rest}"


def item(pk: str, **more: Item) -> dict[str, Any]:
    return {"pk": {"S": pk}, **more}


WRITTEN = {"TableName": SIMPLE}


def test_a_batch_of_writes_does_each(client: Any) -> None:
    assert batch(
        client,
        insert("w1"),
        request(f"INSERT INTO \"{SIMPLE}\" VALUE {{'pk': ?, 'n': ?}}", {"S": "w2"}, {"N": "1"}),
        f"INSERT INTO \"{TABLE}\" VALUE {{'Artist': 'a', 'SongTitle': 'b'}}",
    ) == [WRITTEN, WRITTEN, {"TableName": TABLE}]
    assert batch(
        client,
        f"UPDATE \"{SIMPLE}\" SET n = n + 1 WHERE pk = 'w2' RETURNING ALL NEW *",
        f"DELETE FROM \"{SIMPLE}\" WHERE pk = 'w1' RETURNING ALL OLD *",
        f"UPDATE \"{TABLE}\" SET x = 1 WHERE Artist = 'a' AND SongTitle = 'b' RETURNING MODIFIED NEW *",
        f"DELETE FROM \"{SIMPLE}\" WHERE pk = 'w3'",
    ) == [
        {**WRITTEN, "Item": item("w2", n={"N": "2"})},
        {**WRITTEN, "Item": item("w1")},
        {"TableName": TABLE, "Item": {"x": {"N": "1"}}},
        WRITTEN,
    ]


def test_a_batch_of_reads_answers_in_order(client: Any) -> None:
    batch(client, insert("r1", ", 'n': 1"), insert("r2"), insert("r3"), insert("r4"))
    assert batch(
        client,
        select("r2"),
        select("none"),
        {"Statement": select("r1", columns="n"), "ConsistentRead": True},
        select("r3", columns="m"),
        select("r4", "AND n = 1"),
    ) == [
        {**WRITTEN, "Item": item("r2")},
        WRITTEN,
        {**WRITTEN, "Item": {"n": {"N": "1"}}},
        {**WRITTEN, "Item": {}},
        WRITTEN,
    ]


def test_one_failure_does_not_keep_the_others_from_running(client: Any) -> None:
    batch(client, insert("f1", ", 'n': 1"))
    responses = batch(
        client,
        insert("f1"),
        {
            "Statement": f"UPDATE \"{SIMPLE}\" SET n = 2 WHERE pk = 'f2' AND n = 1",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        },
        f'DELETE FROM "{SIMPLE}" WHERE n = 1',
        "INSERT INTO \"partiql-none\" VALUE {'pk': 'x'}",
        "INSERT nonsense",
        request(f'DELETE FROM "{SIMPLE}" WHERE pk = ?'),
        insert("f3"),
    )
    assert responses == [
        {**WRITTEN, "Error": {"Code": "DuplicateItem", "Message": "Duplicate primary key exists in table"}},
        {**WRITTEN, "Error": {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}},
        {
            **WRITTEN,
            "Error": {
                "Code": "ValidationError",
                "Message": "Where clause does not contain a mandatory equality on all key attributes",
            },
        },
        {"Error": {"Code": "ResourceNotFound", "Message": "Requested resource not found"}},
        {
            "Error": {
                "Code": "ValidationError",
                "Message": "Statement wasn't well formed, can't be processed: Unexpected term",
            }
        },
        {
            "Error": {
                "Code": "ValidationError",
                "Message": "Number of parameters in request and statement don't match.",
            }
        },
        WRITTEN,
    ]
    assert run(client, select("f3"))["Items"] == [item("f3")]


def test_a_failed_condition_can_show_the_item(client: Any) -> None:
    batch(client, insert("c1", ", 'n': 1"))
    shown = {
        "Statement": f"UPDATE \"{SIMPLE}\" SET n = 2 WHERE pk = 'c1' AND n = 5",
        "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
    }
    error = {"Code": "ConditionalCheckFailed", "Message": "The conditional request failed"}
    assert batch(client, shown) == [{**WRITTEN, "Error": {**error, "Item": item("c1", n={"N": "1"})}}]


@pytest.mark.parametrize(
    "statement",
    [
        f'SELECT * FROM "{SIMPLE}"',
        f"SELECT * FROM \"{SIMPLE}\" WHERE pk IN ['a', 'b']",
        f"SELECT * FROM \"{TABLE}\" WHERE Artist = 'a'",
        f'SELECT * FROM "{TABLE}"."ByYear" WHERE "Year" = 1',
    ],
)
def test_a_read_needs_the_whole_key(client: Any, statement: str) -> None:
    text = "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
    (response,) = batch(client, statement)
    assert response["Error"] == {"Code": "ValidationError", "Message": text}


def test_exists_is_for_transactions(client: Any) -> None:
    (response,) = batch(client, f"EXISTS({select('a')})")
    assert response["Error"] == {
        "Code": "ValidationError",
        "Message": "EXISTS can only be used in ExecuteTransaction",
    }


def refused(client: Any, *statements: str) -> str:
    return refusal(client, "BatchExecuteStatement", Statements=[{"Statement": part} for part in statements])


def test_reads_and_writes_do_not_go_together(client: Any) -> None:
    assert refused(client, insert("m1"), select("m1")) == invalid(
        "BatchExecuteStatement API does not support both read and write operations in the same request."
    )
    assert run(client, select("m1"))["Items"] == []


def test_an_item_can_be_named_once(client: Any) -> None:
    text = invalid("Provided list of item keys contains duplicates")
    assert refused(client, insert("d1"), f"DELETE FROM \"{SIMPLE}\" WHERE pk = 'd1'") == text
    assert refused(client, select("d1"), select("d1", columns="n")) == text
    assert run(client, select("d1"))["Items"] == []


def test_a_batch_has_one_to_twenty_five_statements(client: Any) -> None:
    assert len(batch(client, *[select(f"s{number}") for number in range(25)])) == 25
    assert "Member must have length less than or equal to 25" in refused(
        client, *[select(f"s{n}") for n in range(26)]
    )
    assert "Member must have length greater than or equal to 1" in refusal(
        client, "BatchExecuteStatement", Statements=[]
    )


def test_capacity_is_told_for_each_statement_that_ran(client: Any) -> None:
    statements = [insert("k1"), insert("k1x").replace("k1x", "k2"), "nonsense"]
    answer = call(
        client,
        "BatchExecuteStatement",
        Statements=[{"Statement": part} for part in statements],
        ReturnConsumedCapacity="TOTAL",
    )
    assert answer["ConsumedCapacity"] == [{"TableName": SIMPLE, "CapacityUnits": 1.0}] * 2
    read = call(
        client,
        "BatchExecuteStatement",
        Statements=[{"Statement": select("k1"), "ConsistentRead": True}, {"Statement": select("none")}],
        ReturnConsumedCapacity="INDEXES",
    )
    assert [consumed["CapacityUnits"] for consumed in read["ConsumedCapacity"]] == [1.0, 0.5]


def test_batches_go_on_while_their_table_changes(client: Any) -> None:
    """A statement whose table changed before its commit is planned again, alone."""
    client.create_table(
        TableName="partiql-changing",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    done = threading.Event()

    def change() -> None:
        on = True
        while not done.is_set():
            client.update_table(TableName="partiql-changing", DeletionProtectionEnabled=on)
            on = not on
        client.update_table(TableName="partiql-changing", DeletionProtectionEnabled=False)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for number in range(40):
            statements = [
                f"INSERT INTO \"partiql-changing\" VALUE {{'pk': '{number}-{part}'}}" for part in range(5)
            ]
            assert batch(client, *statements) == [{"TableName": "partiql-changing"}] * 5
    finally:
        done.set()
        thread.join()
    assert client.scan(TableName="partiql-changing", Select="COUNT")["Count"] == 200
    client.delete_table(TableName="partiql-changing")
