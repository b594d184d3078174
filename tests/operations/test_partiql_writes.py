"""ExecuteStatement, INSERT, UPDATE and DELETE: what they write, return, cost and refuse."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from tests.operations.calls import CONDITION_FAILED, SCHEMA_MISMATCH, Item, call, invalid
from tests.operations.statements import SIMPLE, TABLE, create, delete, items, refused, request, run

DUPLICATE = "DuplicateItemException: Duplicate primary key exists in table"
KEY_NOT_GIVEN = invalid("Where clause does not contain a mandatory equality on all key attributes")


@pytest.fixture(scope="module", autouse=True)
def tables(client: Any) -> Iterator[None]:
    create(client)
    yield
    delete(client)


@pytest.fixture
def item(client: Any) -> Item:
    """An item of SIMPLE, as it is stored before the test."""
    stored = {
        "pk": {"S": "one"},
        "n": {"N": "1"},
        "l": {"L": [{"N": "1"}, {"N": "2"}, {"N": "3"}]},
        "m": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}},
        "s": {"SS": ["a", "b"]},
    }
    client.put_item(TableName=SIMPLE, Item=stored)
    return stored


def stored(client: Any, pk: str = "one") -> Item | None:
    found: Item | None = client.get_item(TableName=SIMPLE, Key={"pk": {"S": pk}}, ConsistentRead=True).get(
        "Item"
    )
    return found


def update(client: Any, actions: str, *parameters: Any, **more: Any) -> list[Item]:
    return items(
        client, f"UPDATE \"{SIMPLE}\" {actions} WHERE pk = 'one' RETURNING ALL NEW *", *parameters, **more
    )


def test_an_insert_stores_an_item_of_every_type(client: Any) -> None:
    statement = (
        f'INSERT INTO "{SIMPLE}" VALUE '
        f"{{'pk': 'types', 's': 'it''s', 'n': 1.50, 'e': 1e3, 'b': ?, 'y': true, 'z': NULL, "
        "'l': [1, 'a', [?]], 'm': {'x': {'y': -2}}, 'ss': <<'a', 'b'>>, 'ns': <<1, 2.0>>, 'bs': <<?>>}"
    )
    assert run(client, statement, {"B": b"x"}, {"BOOL": False}, {"B": b"y"}) == {"Items": []}
    assert stored(client, "types") == {
        "pk": {"S": "types"},
        "s": {"S": "it's"},
        "n": {"N": "1.5"},
        "e": {"N": "1000"},
        "b": {"B": b"x"},
        "y": {"BOOL": True},
        "z": {"NULL": True},
        "l": {"L": [{"N": "1"}, {"S": "a"}, {"L": [{"BOOL": False}]}]},
        "m": {"M": {"x": {"M": {"y": {"N": "-2"}}}}},
        "ss": {"SS": ["a", "b"]},
        "ns": {"NS": ["1", "2"]},
        "bs": {"BS": [b"y"]},
    }


def test_an_insert_takes_a_whole_item_as_parameter(client: Any) -> None:
    run(client, f'INSERT INTO "{SIMPLE}" VALUE ?', {"M": {"pk": {"S": "whole"}, "a": {"N": "1"}}})
    assert stored(client, "whole") == {"pk": {"S": "whole"}, "a": {"N": "1"}}


def test_an_insert_does_not_replace(client: Any, item: Item) -> None:
    statement = f"INSERT INTO \"{SIMPLE}\" VALUE {{'pk': 'one', 'n': 2}}"
    assert refused(client, statement) == DUPLICATE
    assert refused(client, statement, ReturnValuesOnConditionCheckFailure="ALL_OLD") == DUPLICATE
    assert stored(client) == item


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("[1]", "The value of an INSERT statement must be a tuple"),
        ("'a'", "The value of an INSERT statement must be a tuple"),
        ("{'a': 1}", "One or more parameter values were invalid: Missing the key pk in the item"),
        (
            "{'pk': 1}",
            "One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N",
        ),
        (
            "{'pk': ''}",
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an "
            "empty string value. Key: pk",
        ),
        ("{'pk': 'a', 'pk': 'b'}", "Duplicate attribute name in a tuple: pk"),
        ("{'pk': 'a', 'b': <<>>}", "One or more parameter values were invalid: A set may not be empty"),
        (
            "{'pk': 'a', 'b': 1e400}",
            "Number overflow. Attempting to store a number with magnitude larger than supported range",
        ),
        (
            "{'pk': 'a', 'b': <<'x', 'x'>>}",
            "One or more parameter values were invalid: Input collection [x, x] contains duplicates.",
        ),
        ("{'pk': 'a', 'b': " + "[" * 33 + "]" * 33 + "}", "Nesting Levels have exceeded supported limits"),
    ],
)
def test_an_item_that_cannot_be_stored_is_refused(client: Any, value: str, text: str) -> None:
    assert refused(client, f'INSERT INTO "{SIMPLE}" VALUE {value}') == invalid(text)


def test_an_item_that_is_too_large_is_refused(client: Any) -> None:
    text = {"S": "x" * 410_000}
    assert refused(client, f"INSERT INTO \"{SIMPLE}\" VALUE {{'pk': 'large', 'b': ?}}", text) == invalid(
        "Item size has exceeded the maximum allowed size"
    )


def test_index_keys_of_a_wrong_type_are_refused(client: Any) -> None:
    text = (
        "One or more parameter values were invalid: Type mismatch for Index Key Genre Expected: S "
        "Actual: N IndexName: "
        "ByGenre"
    )
    key = "'Artist': 'a', 'SongTitle': 'b'"
    assert refused(client, f"INSERT INTO \"{TABLE}\" VALUE {{{key}, 'Genre': 1}}") == invalid(text)
    run(client, f'INSERT INTO "{TABLE}" VALUE {{{key}}}')
    where = "WHERE Artist = 'a' AND SongTitle = 'b'"
    assert refused(client, f'UPDATE "{TABLE}" SET Genre = 1 {where}') == invalid(text)


@pytest.mark.parametrize(
    ("actions", "name", "value"),
    [
        ("SET n = 5", "n", {"N": "5"}),
        ("SET new = 'x'", "new", {"S": "x"}),
        ("SET n = n + 5 - 0.5", "n", {"N": "5.5"}),
        ("SET n = n -1", "n", {"N": "0"}),
        ("SET n = 10 - (n + 2)", "n", {"N": "7"}),
        ("SET new = n", "new", {"N": "1"}),
        ("SET new = m.x + m.y", "new", {"N": "3"}),
        ("SET m.z = [1]", "m", {"M": {"x": {"N": "1"}, "y": {"N": "2"}, "z": {"L": [{"N": "1"}]}}}),
        ("SET m.x = 5 REMOVE m.y", "m", {"M": {"x": {"N": "5"}}}),
        ("SET m.x = 5, m.y = m.x", "m", {"M": {"x": {"N": "5"}, "y": {"N": "1"}}}),
        ("SET l[1] = 'b'", "l", {"L": [{"N": "1"}, {"S": "b"}, {"N": "3"}]}),
        ("SET l = list_append(l, [4])", "l", {"L": [{"N": str(n)} for n in (1, 2, 3, 4)]}),
        (
            "SET l = LIST_APPEND([0, 'x'], l)",
            "l",
            {"L": [{"N": "0"}, {"S": "x"}, *[{"N": str(n)} for n in (1, 2, 3)]]},
        ),
        ("REMOVE l[0] REMOVE l[2]", "l", {"L": [{"N": "2"}]}),
        ("REMOVE l[0], l[2]", "l", {"L": [{"N": "2"}]}),
        ("SET s = set_add(s, <<'c', 'a'>>)", "s", {"SS": ["a", "b", "c"]}),
        ("SET s = SET_DELETE(s, <<'a'>>)", "s", {"SS": ["b"]}),
        ("SET new = set_add(new, <<1>>)", "new", {"NS": ["1"]}),
        ("SET s = set_delete(s, <<'a', 'b'>>)", "s", None),
        ("REMOVE n", "n", None),
        ("REMOVE none", "none", None),
    ],
)
def test_an_update_does_what_its_actions_say(
    client: Any, item: Item, actions: str, name: str, value: Any
) -> None:
    expected = {**item, name: value} if value else {key: old for key, old in item.items() if key != name}
    assert update(client, actions) == [expected]
    assert stored(client) == expected


def test_an_update_takes_parameters(client: Any, item: Item) -> None:
    expected = {**item, "n": {"N": "3"}, "s": {"SS": ["a", "b", "z"]}}
    assert update(client, "SET n = n + ? SET s = set_add(s, ?)", {"N": "2"}, {"SS": ["z"]}) == [expected]


@pytest.mark.parametrize(
    ("returning", "returned"),
    [
        ("", []),
        ("RETURNING ALL OLD *", ["pk", "n", "l", "m", "s"]),
        ("RETURNING MODIFIED OLD *", ["n", "m"]),
        ("returning all new *", ["pk", "n", "l", "m", "s", "new"]),
        ("RETURNING MODIFIED NEW *", ["n", "m", "new"]),
    ],
)
def test_returning_shows_the_item_before_or_after(
    client: Any, item: Item, returning: str, returned: list[str]
) -> None:
    statement = f"UPDATE \"{SIMPLE}\" SET n = 2 SET m.x = 3 SET new = 4 WHERE pk = 'one' {returning}"
    found = items(client, statement)
    assert [sorted(one) for one in found] == ([sorted(returned)] if returned else [])
    if "MODIFIED" in returning:
        assert found[0]["m"] == {"M": {"x": {"N": "1" if "OLD" in returning else "3"}}}


def test_returning_parts_that_are_not_there_shows_nothing(client: Any, item: Item) -> None:
    assert items(client, f"UPDATE \"{SIMPLE}\" SET new = 1 WHERE pk = 'one' RETURNING MODIFIED OLD *") == []
    assert items(client, f"UPDATE \"{SIMPLE}\" REMOVE new WHERE pk = 'one' RETURNING MODIFIED NEW *") == []


def test_an_update_makes_no_item(client: Any) -> None:
    assert refused(client, f"UPDATE \"{SIMPLE}\" SET a = 1 WHERE pk = 'missing'") == CONDITION_FAILED
    assert stored(client, "missing") is None


def test_an_update_has_conditions(client: Any, item: Item) -> None:
    statement = f"UPDATE \"{SIMPLE}\" SET n = 9 WHERE n = ? AND pk = 'one' AND none IS MISSING"
    assert refused(client, statement, {"N": "2"}) == CONDITION_FAILED
    assert stored(client) == item
    run(client, statement, {"N": "1"})
    assert stored(client) == {**item, "n": {"N": "9"}}


def test_a_failed_condition_can_show_the_item(client: Any, item: Item) -> None:
    for statement in (
        "UPDATE {} SET n = 9 WHERE pk = 'one' AND n = 7",
        "DELETE FROM {} WHERE pk = 'one' AND n = 7",
    ):
        with pytest.raises(ClientError) as failed:
            call(
                client,
                "ExecuteStatement",
                **request(statement.format(f'"{SIMPLE}"'), ReturnValuesOnConditionCheckFailure="ALL_OLD"),
            )
        assert dict(failed.value.response)["Item"] == item


def test_a_delete_deletes(client: Any, item: Item) -> None:
    statement = f"DELETE FROM \"{SIMPLE}\" WHERE pk = 'one'"
    assert items(client, statement + " RETURNING ALL OLD *") == [item]
    assert stored(client) is None
    assert run(client, statement) == {"Items": []}
    assert items(client, statement + " RETURNING ALL OLD *") == []


def test_a_delete_has_conditions_that_a_missing_item_need_not_meet(client: Any, item: Item) -> None:
    assert refused(client, f"DELETE FROM \"{SIMPLE}\" WHERE pk = 'one' AND n > 1") == CONDITION_FAILED
    assert stored(client) == item
    assert run(client, f"DELETE FROM \"{SIMPLE}\" WHERE pk = 'missing' AND n > 1") == {"Items": []}
    assert run(client, f"DELETE FROM \"{SIMPLE}\" WHERE n = 1 AND pk = 'one' AND (n = 3 OR n < 2)") == {
        "Items": []
    }
    assert stored(client) is None


@pytest.mark.parametrize("start", ["UPDATE {} SET a = 1", "DELETE FROM {}"])
@pytest.mark.parametrize(
    "where",
    [
        "",
        "WHERE Artist = 'a'",
        "WHERE SongTitle = 'b'",
        "WHERE Artist = 'a' AND SongTitle > 'b'",
        "WHERE Artist = 'a' OR SongTitle = 'b'",
        "WHERE Artist IN ['a'] AND SongTitle = 'b'",
        "WHERE Artist = 'a' AND SongTitle = b",
        "WHERE NOT (Artist = 'a' AND SongTitle = 'b')",
    ],
)
def test_a_write_needs_the_whole_key(client: Any, start: str, where: str) -> None:
    table = f'"{TABLE}"'
    assert refused(client, f"{start.format(table)} {where}") == KEY_NOT_GIVEN


@pytest.mark.parametrize("statement", ["UPDATE {} SET a = 1 WHERE pk = {}", "DELETE FROM {} WHERE pk = {}"])
def test_a_key_of_a_wrong_type_is_refused(client: Any, statement: str) -> None:
    assert refused(client, statement.format(f'"{SIMPLE}"', 1)) == invalid(SCHEMA_MISMATCH)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO {} VALUE {{'Artist': 'a', 'SongTitle': 'b'}}",
        "UPDATE {} SET a = 1 WHERE Genre = 'a'",
        "DELETE FROM {} WHERE Genre = 'a'",
    ],
)
def test_an_index_cannot_be_written(client: Any, statement: str) -> None:
    assert refused(client, statement.format(f'"{TABLE}"."ByGenre"')) == invalid(
        "This operation is not supported on an index"
    )


@pytest.mark.parametrize(
    ("actions", "text"),
    [
        (
            "SET pk = 'x'",
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute "
            "is part of the key",
        ),
        ("SET n = none", "The provided expression refers to an attribute that does not exist in the item"),
        ("SET n = n + s", "An operand in the update expression has an incorrect data type"),
        ("SET none.x = 1", "The document path provided in the update expression is invalid for update"),
        ("SET s = set_add(s, <<1>>)", "An operand in the update expression has an incorrect data type"),
        (
            "SET n = n + 'x'",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or "
            "function: +, "
            "operand type: S",
        ),
        (
            "SET n = set_add(n, 1)",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or "
            "function: set_add, "
            "operand type: N",
        ),
        (
            "SET l = list_append(l, 1)",
            "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or "
            "function: "
            "list_append, operand type: N",
        ),
        (
            "SET n = 1 SET n = 2",
            "Invalid UpdateExpression: Two document paths overlap with each other; must remove or "
            "rewrite one of these "
            "paths; path one: [n], path two: [n]",
        ),
        (
            "SET pk.x = 1",
            "One or more parameter values were invalid: Cannot update attribute pk. This attribute "
            "is part of the key",
        ),
    ],
)
def test_an_update_that_cannot_be_done_is_refused(client: Any, item: Item, actions: str, text: str) -> None:
    assert refused(client, f"UPDATE \"{SIMPLE}\" {actions} WHERE pk = 'one'") == invalid(text)
    assert stored(client) == item


def test_a_delete_returns_the_old_item_only(client: Any) -> None:
    for what in ("MODIFIED OLD", "ALL NEW", "MODIFIED NEW"):
        assert refused(client, f"DELETE FROM \"{SIMPLE}\" WHERE pk = 'x' RETURNING {what} *") == invalid(
            f"Invalid returning clause: RETURNING {what} *. Only RETURNING ALL OLD * is allowed in "
            "DELETE statements."
        )


def test_a_write_costs_what_its_operation_costs(client: Any) -> None:
    key = {"Artist": {"S": "same"}, "SongTitle": {"S": "x"}}
    text = {"S": "x" * 1_500}
    whole = {**key, "Genre": {"S": "g"}, "Year": {"N": "1"}, "Length": {"N": "1"}, "text": text}
    named = {":t": {"S": "y"}}
    where = "WHERE Artist = 'cost' AND SongTitle = 'x'"
    inserted = "{'Artist': 'cost', 'SongTitle': 'x', 'Genre': 'g', 'Year': 1, 'Length': 1, 'text': ?}"
    writes: list[tuple[str, Item, str, dict[str, Any]]] = [
        (f'INSERT INTO "{TABLE}" VALUE {inserted}', text, "PutItem", {"Item": whole}),
        (
            f'UPDATE "{TABLE}" SET n = ? {where}',
            named[":t"],
            "UpdateItem",
            {"Key": key, "UpdateExpression": "SET n = :t", "ExpressionAttributeValues": named},
        ),
        (f'DELETE FROM "{TABLE}" {where} AND text = ?', text, "DeleteItem", {"Key": key}),
    ]
    for statement, value, operation, as_operation in writes:
        answer = run(client, statement, value, ReturnConsumedCapacity="INDEXES")
        expected = call(client, operation, TableName=TABLE, ReturnConsumedCapacity="INDEXES", **as_operation)
        assert answer == {"Items": [], "ConsumedCapacity": expected["ConsumedCapacity"]}


def test_statements_with_other_literals_do_not_mix(client: Any) -> None:
    """Statements of one shape share their plan, not their values."""
    for number in range(30):
        run(
            client,
            f'INSERT INTO "{SIMPLE}" VALUE '
            f"{{'pk': 'mix{number}', 'n': {number}, 'l': [{number}, {number + 1}]}}",
        )
    for number in range(30):
        found = items(client, f"SELECT * FROM \"{SIMPLE}\" WHERE pk = 'mix{number}'")
        elements = [{"N": str(number)}, {"N": str(number + 1)}]
        assert found == [{"pk": {"S": f"mix{number}"}, "n": {"N": str(number)}, "l": {"L": elements}}]


def test_a_plan_follows_its_table(client: Any) -> None:
    """A statement is planned again for a table that was made anew with another key."""
    for key in ("a", "b"):
        client.create_table(
            TableName="partiql-again",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
        )
        run(client, "INSERT INTO \"partiql-again\" VALUE {'a': '1', 'b': '2'}")
        assert len(items(client, "SELECT * FROM \"partiql-again\" WHERE a = '1'")) == 1
        updated = "UPDATE \"partiql-again\" SET c = 1 WHERE b = '2'"
        if key == "a":
            assert refused(client, updated) == KEY_NOT_GIVEN
        else:
            run(client, updated)
        client.delete_table(TableName="partiql-again")
