"""GetItem: items, absences and projections."""

from typing import Any

import pytest
from tests.conftest import MakeTable
from tests.operations.calls import call
from tests.operations.standing import HASH, INDEXED, RANGE

KEY = {"pk": {"S": "1"}, "sk": {"N": "1"}}
ITEM = {
    **KEY,
    "word": {"S": "w"},
    "elements": {"L": [{"S": "0"}, {"S": "1"}, {"S": "2"}, {"M": {"a": {"N": "1"}, "b": {"N": "2"}}}]},
    "place": {"M": {"city": {"S": "c"}, "geo": {"M": {"x": {"N": "1"}, "y": {"N": "2"}}}}},
    "a.dot": {"S": "dot"},
    "size": {"N": "3"},
}


@pytest.mark.parametrize("consistent", [False, True])
def test_an_item_is_read_whole(client: Any, make_table: MakeTable, consistent: bool) -> None:
    table = make_table("pk", "sk:N")
    client.put_item(TableName=table, Item=ITEM)
    assert call(client, "GetItem", TableName=table, Key=KEY, ConsistentRead=consistent) == {"Item": ITEM}


@pytest.mark.usefixtures("standing_tables")
@pytest.mark.parametrize(
    ("table", "key"),
    [
        pytest.param(HASH, {"pk": {"S": "absent"}}, id="hash_key"),
        pytest.param(RANGE, {"pk": {"S": "there"}, "sk": {"S": "absent"}}, id="range_key"),
        pytest.param(INDEXED, {"pk": {"S": "there"}, "sk": {"S": "a"}}, id="index_key"),
    ],
)
def test_an_absent_item_is_an_empty_answer(client: Any, table: str, key: Any) -> None:
    assert call(client, "GetItem", TableName=table, Key=key) == {}
    assert call(client, "GetItem", TableName=table, Key=key, ProjectionExpression="word") == {}


@pytest.fixture(scope="module")
def table(client: Any) -> Any:
    client.create_table(
        TableName="operations-get",
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="operations-get", Item=ITEM)
    yield "operations-get"
    client.delete_table(TableName="operations-get")


@pytest.mark.parametrize(
    ("projection", "names", "expected"),
    [
        pytest.param("word", {}, {"word": {"S": "w"}}, id="attribute"),
        pytest.param("word, pk", {}, {"word": {"S": "w"}, "pk": {"S": "1"}}, id="attributes"),
        pytest.param("absent, word", {}, {"word": {"S": "w"}}, id="absent_attribute"),
        pytest.param("absent", {}, {}, id="only_absent_attributes"),
        pytest.param("place.city", {}, {"place": {"M": {"city": {"S": "c"}}}}, id="map_entry"),
        pytest.param(
            "place.geo.y, place.city",
            {},
            {"place": {"M": {"geo": {"M": {"y": {"N": "2"}}}, "city": {"S": "c"}}}},
            id="map_entries_of_two_levels",
        ),
        pytest.param("elements[1]", {}, {"elements": {"L": [{"S": "1"}]}}, id="list_element"),
        pytest.param(
            "elements[2], elements[0]",
            {},
            {"elements": {"L": [{"S": "0"}, {"S": "2"}]}},
            id="list_elements_in_the_list's_order",
        ),
        pytest.param(
            "elements[3].b, elements[9]",
            {},
            {"elements": {"L": [{"M": {"b": {"N": "2"}}}]}},
            id="entry_of_a_map_in_a_list",
        ),
        pytest.param("word.x, elements.y, place[0]", {}, {}, id="paths_into_other_types"),
        pytest.param("#s", {"#s": "size"}, {"size": {"N": "3"}}, id="reserved_word_by_name"),
        pytest.param("#d", {"#d": "a.dot"}, {"a.dot": {"S": "dot"}}, id="dot_in_a_name"),
        pytest.param(
            "#p.#c", {"#p": "place", "#c": "city"}, {"place": {"M": {"city": {"S": "c"}}}}, id="path_of_names"
        ),
    ],
)
def test_a_projection_keeps_the_named_parts(
    client: Any, table: str, projection: str, names: dict[str, str], expected: Any
) -> None:
    request = {"ExpressionAttributeNames": names} if names else {}
    answer = call(client, "GetItem", TableName=table, Key=KEY, ProjectionExpression=projection, **request)
    assert answer == {"Item": expected}


def test_the_written_item_is_not_changed_by_a_projection(client: Any, table: str) -> None:
    client.get_item(TableName=table, Key=KEY, ProjectionExpression="elements[0], place.city")
    assert client.get_item(TableName=table, Key=KEY)["Item"] == ITEM
