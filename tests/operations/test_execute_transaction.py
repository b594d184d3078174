"""ExecuteTransaction: statements that are done together, or not at all."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.operations.statements import SIMPLE, TABLE, create, delete, items, run

FERNANDO = {"Artist": {"S": "Abba"}, "SongTitle": {"S": "Fernando"}, "plays": {"N": "1"}}
WATERLOO = {"Artist": {"S": "Abba"}, "SongTitle": {"S": "Waterloo"}, "plays": {"N": "5"}}


@pytest.fixture(autouse=True)
def songs(client: Any) -> Iterator[None]:
    create(client)
    client.put_item(TableName=TABLE, Item=FERNANDO)
    client.put_item(TableName=TABLE, Item=WATERLOO)
    yield
    delete(client)


def transact(client: Any, *statements: str | dict[str, Any], **more: Any) -> dict[str, Any]:
    parts = [part if isinstance(part, dict) else {"Statement": part} for part in statements]
    answer: dict[str, Any] = client.execute_transaction(TransactStatements=parts, **more)
    del answer["ResponseMetadata"]
    return answer


def insert(key: str, plays: int = 1) -> str:
    return f"INSERT INTO \"{SIMPLE}\" VALUE {{'pk': '{key}', 'plays': {plays}}}"


def song(title: str) -> str:
    return f"\"{TABLE}\" WHERE Artist = 'Abba' AND SongTitle = '{title}'"


def plays(title: str) -> str:
    return f"UPDATE \"{TABLE}\" SET plays = plays + 1 WHERE Artist = 'Abba' AND SongTitle = '{title}'"


def canceled(client: Any, *statements: str | dict[str, Any]) -> list[dict[str, Any]]:
    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        transact(client, *statements)
    reasons: list[dict[str, Any]] = caught.value.response["CancellationReasons"]
    codes = ", ".join(reason["Code"] for reason in reasons)
    assert f"[{codes}]" in caught.value.response["Error"]["Message"]
    return reasons


def test_writes_of_several_tables_take_place_together(client: Any) -> None:
    assert transact(client, insert("a"), plays("Fernando"), f"DELETE FROM {song('Waterloo')}") == {
        "Responses": []
    }
    assert items(client, f'SELECT * FROM "{SIMPLE}"') == [{"pk": {"S": "a"}, "plays": {"N": "1"}}]
    assert items(client, f'SELECT SongTitle, plays FROM "{TABLE}"') == [
        {"SongTitle": {"S": "Fernando"}, "plays": {"N": "2"}}
    ]


def test_reads_come_in_the_order_of_the_statements(client: Any) -> None:
    answer = transact(
        client,
        f"SELECT plays FROM {song('Waterloo')}",
        f"SELECT * FROM {song('Fernando')}",
        f"SELECT * FROM {song('Chiquitita')}",
        f"SELECT * FROM \"{SIMPLE}\" WHERE pk = 'none'",
    )
    assert answer == {"Responses": [{"Item": {"plays": {"N": "5"}}}, {"Item": FERNANDO}, {}, {}]}


def test_a_read_without_the_attributes_it_asks_for_has_an_empty_item(client: Any) -> None:
    assert transact(client, f"SELECT nothing FROM {song('Fernando')}") == {"Responses": [{"Item": {}}]}


def test_a_read_that_its_condition_does_not_fit_is_empty(client: Any) -> None:
    assert transact(client, f"SELECT * FROM {song('Fernando')} AND plays > 3") == {"Responses": [{}]}


def test_one_that_fails_cancels_all(client: Any) -> None:
    run(client, insert("there"))
    reasons = canceled(
        client,
        insert("new"),
        insert("there"),
        f"UPDATE \"{TABLE}\" SET plays = 0 WHERE Artist = 'Abba' AND SongTitle = 'Fernando' AND plays = 9",
        f"UPDATE \"{TABLE}\" SET plays = nothing + 1 WHERE Artist = 'Abba' AND SongTitle = 'Waterloo'",
    )
    assert [reason["Code"] for reason in reasons] == [
        "None",
        "DuplicateItem",
        "ConditionalCheckFailed",
        "ValidationError",
    ]
    assert reasons[1]["Message"] == "Duplicate primary key exists in table"
    assert [item["pk"]["S"] for item in items(client, f'SELECT * FROM "{SIMPLE}"')] == ["there"]


def test_a_reason_shows_the_item_if_asked(client: Any) -> None:
    statement = f"DELETE FROM {song('Fernando')} AND plays = 9"
    shown = {"Statement": statement, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
    assert "Item" not in canceled(client, statement)[0]
    assert canceled(client, shown)[0]["Item"] == FERNANDO


def test_exists_checks_an_item_beside_writes(client: Any) -> None:
    check = "EXISTS(SELECT * FROM {} AND plays = {})"
    transact(client, check.format(song("Fernando"), 1), insert("a"))
    assert [
        reason["Code"] for reason in canceled(client, insert("b"), check.format(song("Fernando"), 2))
    ] == [
        "None",
        "ConditionalCheckFailed",
    ]
    assert [item["pk"]["S"] for item in items(client, f'SELECT * FROM "{SIMPLE}"')] == ["a"]


def test_parameters_belong_to_their_statements(client: Any) -> None:
    statement = f'UPDATE "{TABLE}" SET plays = ? WHERE Artist = ? AND SongTitle = ?'
    transact(
        client,
        {"Statement": statement, "Parameters": [{"N": "7"}, {"S": "Abba"}, {"S": "Fernando"}]},
        {"Statement": statement, "Parameters": [{"N": "8"}, {"S": "Abba"}, {"S": "Waterloo"}]},
    )
    found = items(client, f'SELECT plays FROM "{TABLE}"')
    assert sorted(item["plays"]["N"] for item in found) == ["7", "8"]


def test_a_token_makes_it_happen_once(client: Any) -> None:
    more = {"ClientRequestToken": "token", "ReturnConsumedCapacity": "TOTAL"}
    first = transact(client, plays("Fernando"), **more)
    again = transact(client, plays("Fernando"), **more)
    assert first["ConsumedCapacity"] == [
        {"TableName": TABLE, "CapacityUnits": 2.0, "WriteCapacityUnits": 2.0}
    ]
    assert again["ConsumedCapacity"] == [{"TableName": TABLE, "CapacityUnits": 2.0, "ReadCapacityUnits": 2.0}]
    assert items(client, f"SELECT plays FROM {song('Fernando')}") == [{"plays": {"N": "2"}}]
    with pytest.raises(ClientError, match="IdempotentParameterMismatch"):
        transact(client, plays("Waterloo"), **more)


def test_reads_consume_twice_what_they_would_alone(client: Any) -> None:
    answer = transact(
        client,
        f"SELECT * FROM {song('Fernando')}",
        f"SELECT * FROM {song('Chiquitita')}",
        ReturnConsumedCapacity="INDEXES",
    )
    units = {"CapacityUnits": 4.0, "ReadCapacityUnits": 4.0}
    assert answer["ConsumedCapacity"] == [{"TableName": TABLE, **units, "Table": units}]


@pytest.mark.parametrize(
    ("statements", "text"),
    [
        (
            [f"SELECT * FROM {song('Fernando')}", plays("Waterloo")],
            "ExecuteTransaction API does not support both read and write operations in the same request.",
        ),
        (
            [plays("Fernando"), f"DELETE FROM {song('Fernando')}"],
            "Transaction request cannot include multiple operations on one item",
        ),
        (
            [insert("a"), plays("Fernando") + " RETURNING ALL OLD *"],
            "Validation failed in TransactStatements[2]: RETURNING clause is not supported in "
            "ExecuteTransaction.",
        ),
        (
            [insert("a"), "SELEC * FROM x"],
            "Statement wasn't well formed, can't be processed: Expected data manipulation",
        ),
    ],
    ids=["reads and writes", "one item twice", "returning", "malformed"],
)
def test_what_is_no_transaction_is_refused_outright(client: Any, statements: list[str], text: str) -> None:
    with pytest.raises(ClientError) as caught:
        transact(client, *statements)
    assert caught.value.response["Error"] == {"Code": "ValidationException", "Message": text}
    assert items(client, f'SELECT * FROM "{SIMPLE}"') == []


def test_a_hundred_statements_are_the_most(client: Any) -> None:
    assert transact(client, *(insert(str(number)) for number in range(100))) == {"Responses": []}
    with pytest.raises(ClientError, match="less than or equal to 100"):
        transact(client, *(insert(f"more-{number}") for number in range(101)))


def test_a_missing_table_is_refused_outright(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="Requested resource not found"):
        transact(client, insert("a"), "DELETE FROM \"no-such-table\" WHERE pk = 'a'")
    assert items(client, f'SELECT * FROM "{SIMPLE}"') == []
