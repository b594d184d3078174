"""What UpdateItem refuses for its size or depth; the margins as measured on AWS, 2026."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import LEAD, Request, invalid, refusal

ITEM_BYTES = 409_600
KEY = {"pk": {"S": "1"}}
KEY_BYTES = 3
TOO_LARGE = invalid("Item size to update has exceeded the maximum allowed size")


@pytest.fixture(scope="module")
def table(client: Any) -> Any:
    client.create_table(
        TableName="update-limits",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    yield "update-limits"
    client.delete_table(TableName="update-limits")


def update(expression: str, **values: Any) -> Request:
    request: Request = {"UpdateExpression": expression}
    if values:
        request["ExpressionAttributeValues"] = {f":{name}": value for name, value in values.items()}
    return request


ONE = {"N": "1"}
# Update, what the item has besides its key and its filling (name t), bytes of the action.
UPDATES: list[tuple[str, Request, dict[str, Any], int]] = [
    ("set", update("SET a = :v", v=ONE), {"a": ONE}, 19),
    ("add", update("ADD a :v", v=ONE), {"a": ONE}, 19),
    ("two_sets", update("SET a = :v, b = :v", v=ONE), {"a": ONE, "b": ONE}, 38),
    ("remove", update("REMOVE b"), {}, 2),
    ("delete", update("DELETE a :v", v={"SS": ["x"]}), {"a": {"SS": ["y"]}}, 2),
    ("list_element", update("SET a[0] = :v", v=ONE), {"a": {"L": [ONE]}}, 20),
    ("sum", update("SET a = a + :v", v=ONE), {"a": ONE}, 69),
]
SIZES = {"N": 2, "SS": 1, "L": 3 + 1 + 2}


def filling(more: dict[str, Any], bytes_: int) -> dict[str, Any]:
    """An item of so many bytes with the attributes of `more`."""
    size = KEY_BYTES + sum(len(name) + SIZES[next(iter(value))] for name, value in more.items())
    return {**KEY, **more, "t": {"S": "x" * (bytes_ - size - 1)}}


@pytest.mark.parametrize(
    ("change", "more", "action_bytes"), [pytest.param(*case[1:], id=case[0]) for case in UPDATES]
)
def test_an_update_leaves_room_for_its_actions(
    client: Any, table: str, change: Request, more: dict[str, Any], action_bytes: int
) -> None:
    largest = ITEM_BYTES + KEY_BYTES - 3 - action_bytes
    client.put_item(TableName=table, Item=filling(more, largest))
    client.update_item(TableName=table, Key=KEY, **change)
    client.put_item(TableName=table, Item=filling(more, largest + 1))
    assert refusal(client, "UpdateItem", TableName=table, Key=KEY, **change) == TOO_LARGE


def test_a_long_key_makes_up_for_the_actions(client: Any, make_table: MakeTable) -> None:
    table = make_table("pk")
    key = {"pk": {"S": "k" * 998}}
    client.put_item(TableName=table, Item={**key, "t": {"S": "x" * (ITEM_BYTES - 1000 - 1 - 3)}})
    change = update("SET a = :v", v={"S": "xx"})
    client.update_item(TableName=table, Key=key, **change)
    change = update("SET a = :v", v={"S": "xxx"})
    assert refusal(client, "UpdateItem", TableName=table, Key=key, **change) == TOO_LARGE


def nested(levels: int) -> dict[str, Any]:
    """A value of so many lists inside each other."""
    value: dict[str, Any] = {"L": []}
    for _ in range(levels - 1):
        value = {"L": [value]}
    return value


@pytest.mark.parametrize(
    ("path", "levels"),
    [("a", 32), ("m.b", 31), ("m.b[0]", 30), ("m.b[7]", 30)],
    ids=["top", "map", "list", "end"],
)
def test_an_update_nests_no_deeper_than_32_levels(client: Any, table: str, path: str, levels: int) -> None:
    client.put_item(TableName=table, Item={**KEY, "m": {"M": {"b": {"L": [ONE]}}}})
    client.update_item(TableName=table, Key=KEY, **update(f"SET {path} = :v", v=nested(levels)))
    refused = refusal(
        client, "UpdateItem", TableName=table, Key=KEY, **update(f"SET {path} = :v", v=nested(levels + 1))
    )
    lead = LEAD if path == "a" else ""
    assert (
        refused.removeprefix("ValidationException: ")
        .removeprefix(lead)
        .startswith("Nesting Levels have exceeded supported limits")
    )


def test_an_attribute_of_the_item_is_not_moved_too_deep(client: Any, table: str) -> None:
    client.put_item(TableName=table, Item={**KEY, "m": {"M": {}}, "deep": nested(32)})
    refused = refusal(client, "UpdateItem", TableName=table, Key=KEY, **update("SET m.b = deep"))
    assert refused.startswith(invalid("Nesting Levels have exceeded supported limits"))


def test_substituted_names_and_values_have_two_megabytes(client: Any, table: str) -> None:
    two_megabytes = 2 * 1024 * 1024
    condition = {"ConditionExpression": "#a <> :a AND #a <> :b", "ExpressionAttributeNames": {"#a": "pk"}}

    def values(size: int) -> Request:
        half = {"S": "v" * (size // 2)}
        rest = {"S": "w" * (size - size // 2)}
        return {"ExpressionAttributeValues": {":a": half, ":b": rest}}

    most = two_megabytes - len("pk")
    client.put_item(TableName=table, Item=KEY, **condition, **values(most))
    refused = refusal(client, "PutItem", TableName=table, Item=KEY, **condition, **values(most + 1))
    assert refused == invalid(
        LEAD + "Names and values of ExpressionAttributeNames and ExpressionAttributeValues have exceeded the "
        "maximum size of 2097152 bytes"
    )
