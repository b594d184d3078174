"""UpdateItem: what each action does, what comes back, and what is refused once the item is known."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import CONDITION_FAILED, PARAMETERS, Item, Wire, call, invalid, refusal
from tests.operations.standing import HASH

KEY: Item = {"pk": {"S": "1"}}
VALUES: Item = {
    ":one": {"N": "1"},
    ":half": {"N": "0.5"},
    ":minus": {"N": "-1"},
    ":s": {"S": "new"},
    ":x": {"L": [{"S": "x"}]},
    ":m": {"M": {"k": {"S": "v"}}},
    ":ab": {"SS": ["a", "b"]},
    ":bc": {"SS": ["b", "c"]},
    ":n12": {"NS": ["1", "2"]},
}


def n(text: str) -> Item:
    return {"N": text}


def s(text: str) -> Item:
    return {"S": text}


def letters(text: str) -> Item:
    """A list of one-letter strings."""
    return {"L": [s(letter) for letter in text]}


def update(client: Any, table: str, expression: str, **parameters: Any) -> dict[str, Any]:
    return call(client, "UpdateItem", **request_of(table, expression), **parameters)


def request_of(table: str, expression: str) -> dict[str, Any]:
    request: dict[str, Any] = {"TableName": table, "Key": KEY, "UpdateExpression": expression}
    words = expression.replace(",", " ").replace("(", " ").replace(")", " ").split()
    used = {name: value for name, value in VALUES.items() if name in words}
    if used:
        request["ExpressionAttributeValues"] = used
    return request


def stored(client: Any, table: str) -> Any:
    """The item without its key; None if there is none."""
    item = client.get_item(TableName=table, Key=KEY, ConsistentRead=True).get("Item")
    return None if item is None else {name: value for name, value in item.items() if name != "pk"}


def ordered(item: Any) -> Any:
    """The item with its sets in order, as DynamoDB has none for them."""
    return {
        name: {tag: sorted(content) if tag in {"SS", "NS"} else content for tag, content in value.items()}
        for name, value in item.items()
    }


# Situation, item before (without key; None: none), update, item after.
UPDATES: list[tuple[str, Item | None, str, Item | None]] = [
    ("set_on_nothing_makes_an_item", None, "SET a = :s", {"a": s("new")}),
    (
        "set_replaces_and_keeps_the_rest",
        {"a": n("1"), "b": n("2")},
        "SET a = :s",
        {"a": s("new"), "b": n("2")},
    ),
    ("set_copies_an_attribute", {"a": n("1")}, "SET b = a", {"a": n("1"), "b": n("1")}),
    (
        "two_attributes_are_swapped",
        {"a": n("1"), "b": n("2")},
        "SET a = b, b = a",
        {"a": n("2"), "b": n("1")},
    ),
    (
        "remove_and_set_read_the_old_item",
        {"a": n("1"), "b": n("2"), "c": n("3")},
        "REMOVE a SET b = a, c = b",
        {"b": n("1"), "c": n("2")},
    ),
    ("plus", {"a": n("1")}, "SET a = a + :half", {"a": n("1.5")}),
    ("minus", {"a": n("1")}, "SET a = a - :half", {"a": n("0.5")}),
    ("value_minus_attribute", {"a": n("3")}, "SET a = :one - a", {"a": n("-2")}),
    ("sum_is_exact", {"a": n("0.1")}, "SET a = a + :half", {"a": n("0.6")}),
    ("sum_of_many_digits", {"a": n("9" * 37)}, "SET a = a + :one", {"a": n("1" + "0" * 37)}),
    (
        "if_not_exists_takes_what_is_there",
        {"a": n("5")},
        "SET a = if_not_exists(a, :one) + :one",
        {"a": n("6")},
    ),
    ("if_not_exists_takes_the_other", {}, "SET a = if_not_exists(a, :one) + :one", {"a": n("2")}),
    (
        "if_not_exists_takes_null_as_there",
        {"a": {"NULL": True}},
        "SET a = if_not_exists(a, :s)",
        {"a": {"NULL": True}},
    ),
    ("list_append_at_the_end", {"a": letters("ab")}, "SET a = list_append(a, :x)", {"a": letters("abx")}),
    (
        "list_append_at_the_beginning",
        {"a": letters("ab")},
        "SET a = list_append(:x, a)",
        {"a": letters("xab")},
    ),
    (
        "list_append_to_nothing",
        {},
        "SET a = list_append(if_not_exists(a, :x), :x)",
        {"a": letters("xx")},
    ),
    ("set_in_a_map", {"a": {"M": {"b": n("1")}}}, "SET a.c = :s", {"a": {"M": {"b": n("1"), "c": s("new")}}}),
    (
        "set_of_a_list_element",
        {"a": letters("abc")},
        "SET a[1] = :s",
        {"a": {"L": [s("a"), s("new"), s("c")]}},
    ),
    (
        "set_past_the_end_appends",
        {"a": letters("ab")},
        "SET a[7] = :s",
        {"a": {"L": [s("a"), s("b"), s("new")]}},
    ),
    (
        "several_past_the_end_append_in_the_order_of_indexes",
        {"a": letters("ab"), "x": s("x"), "y": s("y"), "z": s("z")},
        "SET a[8] = z, a[4] = x, a[6] = y",
        {"a": letters("abxyz"), "x": s("x"), "y": s("y"), "z": s("z")},
    ),
    ("remove_an_attribute", {"a": n("1"), "b": n("2")}, "REMOVE a", {"b": n("2")}),
    ("remove_nothing", {"b": n("2")}, "REMOVE a, c", {"b": n("2")}),
    (
        "remove_from_a_map",
        {"a": {"M": {"b": n("1"), "c": n("2")}}},
        "REMOVE a.b",
        {"a": {"M": {"c": n("2")}}},
    ),
    (
        "remove_list_elements_by_their_old_places",
        {"a": letters("abcde")},
        "REMOVE a[1], a[3]",
        {"a": letters("ace")},
    ),
    ("remove_past_the_end", {"a": letters("ab")}, "REMOVE a[2]", {"a": letters("ab")}),
    (
        "remove_and_set_list_elements",
        {"a": letters("abc")},
        "REMOVE a[0] SET a[2] = :s",
        {"a": {"L": [s("b"), s("new")]}},
    ),
    ("remove_on_nothing_makes_no_item", None, "REMOVE a", None),
    ("delete_on_nothing_makes_no_item", None, "DELETE a :ab", None),
    ("add_a_number", {"a": n("1")}, "ADD a :half", {"a": n("1.5")}),
    ("add_a_negative_number", {"a": n("1")}, "ADD a :minus", {"a": n("0")}),
    ("add_a_number_to_nothing", None, "ADD a :one", {"a": n("1")}),
    ("add_to_a_set", {"a": {"SS": ["a", "b"]}}, "ADD a :bc", {"a": {"SS": ["a", "b", "c"]}}),
    ("add_a_set_to_nothing", {}, "ADD a :n12", {"a": {"NS": ["1", "2"]}}),
    (
        "add_in_a_map",
        {"a": {"M": {"b": n("1")}}},
        "ADD a.b :one, a.c :one",
        {"a": {"M": {"b": n("2"), "c": n("1")}}},
    ),
    ("delete_from_a_set", {"a": {"SS": ["a", "b"]}}, "DELETE a :bc", {"a": {"SS": ["a"]}}),
    ("delete_all_of_a_set_removes_it", {"a": {"SS": ["b"]}, "b": n("1")}, "DELETE a :bc", {"b": n("1")}),
    ("delete_from_nothing", {"b": n("1")}, "DELETE a :ab", {"b": n("1")}),
    (
        "all_sections_at_once",
        {"a": n("1"), "b": n("2"), "c": n("3"), "d": {"SS": ["a", "x"]}},
        "set a = :s remove b add c :one delete d :ab",
        {"a": s("new"), "c": n("4"), "d": {"SS": ["x"]}},
    ),
    ("set_a_map_whole", {}, "SET a = :m", {"a": {"M": {"k": s("v")}}}),
]


@pytest.mark.parametrize(
    ("before", "expression", "after"), [pytest.param(*case[1:], id=case[0]) for case in UPDATES]
)
def test_an_update_changes_the_item(
    client: Any, make_table: MakeTable, before: Item | None, expression: str, after: Item | None
) -> None:
    table = make_table("pk")
    if before is not None:
        client.put_item(TableName=table, Item={**KEY, **before})
    assert update(client, table, expression) == {}
    found = stored(client, table)
    assert (found if found is None else ordered(found)) == after


def test_an_update_without_actions_makes_the_key_an_item(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    assert call(client, "UpdateItem", TableName=table, Key=KEY) == {}
    assert stored(client, table) == {}
    client.put_item(TableName=table, Item={**KEY, "a": n("1")})
    assert call(client, "UpdateItem", TableName=table, Key=KEY) == {}
    assert stored(client, table) == {"a": n("1")}


BEFORE: Item = {
    "a": n("1"),
    "b": {"M": {"c": n("1"), "d": {"L": [n("0"), n("1"), n("2"), n("3")]}, "e": s("e")}},
    "f": s("f"),
}

# Situation, update, Attributes for UPDATED_OLD, for UPDATED_NEW; None: no Attributes.
RETURNED: list[tuple[str, str, Item | None, Item | None]] = [
    ("changed_attribute", "SET a = :s", {"a": n("1")}, {"a": s("new")}),
    ("unchanged_attribute", "SET a = :one", {"a": n("1")}, {"a": n("1")}),
    ("new_attribute", "SET z = :s", None, {"z": s("new")}),
    ("removed_attribute", "REMOVE a", {"a": n("1")}, None),
    ("absent_attribute_removed", "REMOVE z", None, None),
    ("added_number", "ADD a :one", {"a": n("1")}, {"a": n("2")}),
    ("attribute_and_new_one", "SET a = :s, z = :s", {"a": n("1")}, {"a": s("new"), "z": s("new")}),
    ("entry_of_a_map", "SET b.c = :s", {"b": {"M": {"c": n("1")}}}, {"b": {"M": {"c": s("new")}}}),
    ("new_entry_of_a_map", "SET b.z = :s", None, {"b": {"M": {"z": s("new")}}}),
    ("removed_entry_of_a_map", "REMOVE b.e", {"b": {"M": {"e": s("e")}}}, None),
    (
        "elements_of_a_list",
        "SET b.d[3] = :s, b.d[1] = :s",
        {"b": {"M": {"d": {"L": [n("1"), n("3")]}}}},
        {"b": {"M": {"d": {"L": [s("new"), s("new")]}}}},
    ),
    (
        "entry_and_element",
        "SET b.c = :s, b.d[0] = :s",
        {"b": {"M": {"c": n("1"), "d": {"L": [n("0")]}}}},
        {"b": {"M": {"c": s("new"), "d": {"L": [s("new")]}}}},
    ),
]


@pytest.mark.parametrize(
    ("expression", "old", "new"), [pytest.param(*case[1:], id=case[0]) for case in RETURNED]
)
def test_updated_values_are_the_touched_parts(
    client: Any, make_table: MakeTable, expression: str, old: Item | None, new: Item | None
) -> None:
    table = make_table("pk")
    for return_values, expected in (("UPDATED_OLD", old), ("UPDATED_NEW", new)):
        client.put_item(TableName=table, Item={**KEY, **BEFORE})
        answer = update(client, table, expression, ReturnValues=return_values)
        assert answer == ({} if expected is None else {"Attributes": expected})


@pytest.mark.parametrize(
    ("return_values", "of_new", "of_old"),
    [
        ("NONE", None, None),
        ("ALL_OLD", None, {**KEY, "a": n("1")}),
        ("ALL_NEW", {**KEY, "a": n("1")}, {**KEY, "a": n("2")}),
        ("UPDATED_OLD", None, {"a": n("1")}),
        ("UPDATED_NEW", {"a": n("1")}, {"a": n("2")}),
    ],
)
def test_return_values_of_a_new_and_of_a_changed_item(
    client: Any, make_table: MakeTable, return_values: str, of_new: Item | None, of_old: Item | None
) -> None:
    table = make_table("pk")
    for expected in (of_new, of_old):
        answer = update(client, table, "ADD a :one", ReturnValues=return_values)
        assert answer == ({} if expected is None else {"Attributes": expected})


@pytest.mark.parametrize(
    ("return_values", "expected"),
    [
        ("ALL_NEW", {"Attributes": KEY}),
        ("ALL_OLD", {}),
        ("UPDATED_NEW", {}),
        ("UPDATED_OLD", {}),
    ],
)
def test_return_values_of_an_update_without_actions(
    client: Any, make_table: MakeTable, return_values: str, expected: Item
) -> None:
    table = make_table("pk")
    answer = call(client, "UpdateItem", TableName=table, Key=KEY, ReturnValues=return_values)
    assert answer == expected


# Situation, item before (without key), update, text.
REFUSED: list[tuple[str, Item, str, str]] = [
    *(
        (
            situation,
            {},
            expression,
            "The provided expression refers to an attribute that does not exist in the item",
        )
        for situation, expression in (
            ("absent_operand", "SET a = b"),
            ("absent_operand_of_plus", "SET a = b + :one"),
            ("absent_operand_of_list_append", "SET a = list_append(b, :x)"),
            ("absent_entry_of_a_map", "SET a = b.c"),
        )
    ),
    *(
        (
            situation,
            before,
            expression,
            "The document path provided in the update expression is invalid for update",
        )
        for situation, before, expression in (
            ("entry_of_nothing", {}, "SET a.b = :s"),
            ("element_of_nothing", {}, "SET a[0] = :s"),
            ("entry_of_a_string", {"a": s("x")}, "SET a.b = :s"),
            ("element_of_a_map", {"a": {"M": {}}}, "SET a[0] = :s"),
            ("entry_of_a_list", {"a": {"L": []}}, "SET a.b = :s"),
            ("entry_of_an_absent_entry", {"a": {"M": {}}}, "SET a.b.c = :s"),
        )
    ),
    *(
        (situation, before, expression, "An operand in the update expression has an incorrect data type")
        for situation, before, expression in (
            ("plus_of_a_string", {"a": s("x")}, "SET a = a + :one"),
            ("minus_of_a_list", {"a": letters("x")}, "SET b = :one - a"),
            ("list_append_of_a_number", {"a": n("1")}, "SET a = list_append(a, :x)"),
            ("number_added_to_a_string", {"a": s("x")}, "ADD a :one"),
            ("number_added_to_a_set", {"a": {"NS": ["1"]}}, "ADD a :one"),
            ("strings_added_to_numbers", {"a": {"NS": ["1"]}}, "ADD a :ab"),
            ("strings_deleted_from_numbers", {"a": {"NS": ["1"]}}, "DELETE a :ab"),
            ("strings_deleted_from_a_string", {"a": s("x")}, "DELETE a :ab"),
        )
    ),
    (
        "sum_is_too_large",
        {"a": n("9.9999999999999999999999999999999999999E+125")},
        "SET a = a + a",
        "Number overflow. Attempting to store a number with magnitude larger than supported range",
    ),
    (
        "key_attribute",
        {},
        "SET pk = :s",
        PARAMETERS + "Cannot update attribute pk. This attribute is part of the key",
    ),
    (
        "key_attribute_removed",
        {},
        "REMOVE pk",
        PARAMETERS + "Cannot update attribute pk. This attribute is part of the key",
    ),
    (
        "path_into_a_key_attribute",
        {},
        "SET pk.a = :s",
        PARAMETERS + "Cannot update attribute pk. This attribute is part of the key",
    ),
]


@pytest.mark.parametrize(
    ("before", "expression", "text"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED]
)
def test_an_update_that_does_not_fit_is_refused_and_changes_nothing(
    client: Any, make_table: MakeTable, before: Item, expression: str, text: str
) -> None:
    table = make_table("pk")
    client.put_item(TableName=table, Item={**KEY, **before})
    unchanged = stored(client, table)
    assert refusal(client, "UpdateItem", **request_of(table, expression)) == invalid(text)
    assert stored(client, table) == unchanged


def test_an_item_does_not_grow_beyond_409600_bytes(client: Any, make_table: MakeTable) -> None:
    """How much more than the item's size AWS counts for an update is left open here."""
    table = make_table("pk")
    client.put_item(TableName=table, Item={**KEY, "a": s("x" * 409_000)})
    request = {
        "TableName": table,
        "Key": KEY,
        "UpdateExpression": "SET b = :b",
        "ExpressionAttributeValues": {":b": s("x" * 1000)},
    }
    assert refusal(client, "UpdateItem", **request) == invalid(
        "Item size to update has exceeded the maximum allowed size"
    )
    client.update_item(**{**request, "ExpressionAttributeValues": {":b": s("x" * 400)}})


def test_an_update_happens_only_if_its_condition_holds(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    condition = {"ConditionExpression": "attribute_not_exists(a) OR a < :one"}
    update(client, table, "SET a = :one", **condition)
    refused = refusal(client, "UpdateItem", **request_of(table, "SET a = :one, b = :s"), **condition)
    assert refused == CONDITION_FAILED
    assert stored(client, table) == {"a": n("1")}


def test_a_condition_on_an_absent_item_makes_no_item(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    request = request_of(table, "SET a = :one")
    refused = refusal(client, "UpdateItem", **request, ConditionExpression="attribute_exists(pk)")
    assert refused == CONDITION_FAILED
    assert stored(client, table) is None


@pytest.mark.parametrize(("asked", "shown"), [("ALL_OLD", True), ("NONE", False)])
def test_a_failed_condition_shows_the_item_if_asked(
    wire: Wire, client: Any, make_table: MakeTable, asked: str, shown: bool
) -> None:
    table = make_table("pk")
    item = {**KEY, "a": n("1")}
    client.put_item(TableName=table, Item=item)
    request = {
        **request_of(table, "SET a = :one"),
        "ConditionExpression": "attribute_not_exists(pk)",
        "ReturnValuesOnConditionCheckFailure": asked,
    }
    status, document = wire.send("UpdateItem", request)
    assert (status, document.get("Item")) == (400, item if shown else None)


@pytest.mark.usefixtures("standing_tables")
def test_a_name_with_a_dot_does_not_overlap_a_path(client: Any) -> None:
    key = {"pk": {"S": "dotted"}}
    client.put_item(TableName=HASH, Item={**key, "a": {"M": {}}})
    client.update_item(
        TableName=HASH,
        Key=key,
        UpdateExpression="SET #d = :s, a.b = :s",
        ExpressionAttributeNames={"#d": "a.b"},
        ExpressionAttributeValues={":s": s("new")},
    )
    item = client.get_item(TableName=HASH, Key=key)["Item"]
    assert item == {**key, "a": {"M": {"b": s("new")}}, "a.b": s("new")}
    client.delete_item(TableName=HASH, Key=key)
