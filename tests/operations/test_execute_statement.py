"""ExecuteStatement, SELECT: keys, partitions and scans, indexes, order, projections, pages, capacity."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from tests.operations.calls import NOT_FOUND, Item, call, invalid
from tests.operations.statements import SIMPLE, TABLE, create, delete, items, pages, refused, run

SONGS = [
    ("Abba", "Fernando", "Pop", 1976, 254),
    ("Abba", "Mamma Mia", "Pop", 1975, 212),
    ("Abba", "Waterloo", "Pop", 1974, 167),
    ("Bach", "Air", "Baroque", 1730, 300),
    ("Bach", "Chaconne", "Baroque", 1720, 900),
    ("Cale", "Cocaine", "Rock", 1976, 168),
]


def song(artist: str, title: str, genre: str, year: int, length: int) -> Item:
    return {
        "Artist": {"S": artist},
        "SongTitle": {"S": title},
        "Genre": {"S": genre},
        "Year": {"N": str(year)},
        "Length": {"N": str(length)},
        "Note": {"M": {"text": {"S": title[::-1]}, "marks": {"L": [{"N": "1"}, {"N": "2"}]}}},
    }


@pytest.fixture(scope="module", autouse=True)
def songs(client: Any) -> Iterator[None]:
    create(client)
    for row in SONGS:
        client.put_item(TableName=TABLE, Item=song(*row))
    client.put_item(
        TableName=TABLE, Item={"Artist": {"S": "Dido"}, "SongTitle": {"S": "None"}, "x": {"NULL": True}}
    )
    yield
    delete(client)


def titles(client: Any, where: str, *parameters: Item, **more: Any) -> list[str]:
    found = items(client, f'SELECT SongTitle FROM "{TABLE}" {where}', *parameters, **more)
    return [item["SongTitle"]["S"] for item in found]


def test_a_whole_key_finds_the_item(client: Any) -> None:
    expected = [song(*SONGS[0])]
    statement = f'SELECT * FROM "{TABLE}" WHERE "Artist" = ? AND SongTitle = ?'
    assert items(client, statement, {"S": "Abba"}, {"S": "Fernando"}) == expected
    assert (
        items(client, f"SELECT * FROM \"{TABLE}\" WHERE Artist='Abba' AND 'Fernando'=SongTitle") == expected
    )
    assert items(client, statement, {"S": "Abba"}, {"S": "fernando"}) == []


@pytest.mark.parametrize("consistent", [False, True])
def test_a_whole_key_can_have_further_conditions(client: Any, consistent: bool) -> None:
    key = "WHERE Artist = 'Abba' AND SongTitle = 'Waterloo'"
    assert titles(client, f"{key} AND Length < 200", ConsistentRead=consistent) == ["Waterloo"]
    assert titles(client, f"{key} AND Length > 200", ConsistentRead=consistent) == []


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("WHERE Artist = 'Abba'", ["Fernando", "Mamma Mia", "Waterloo"]),
        ("WHERE Artist = 'Abba' AND SongTitle > 'G'", ["Mamma Mia", "Waterloo"]),
        ("WHERE Artist = 'Abba' AND SongTitle > 'G' AND SongTitle < 'N'", ["Mamma Mia"]),
        ("WHERE Artist = 'Abba' AND SongTitle > 'N' AND SongTitle < 'G'", []),
        ("WHERE Artist = 'Abba' AND SongTitle BETWEEN 'F' AND 'N'", ["Fernando", "Mamma Mia"]),
        ("WHERE Artist = 'Abba' AND begins_with(SongTitle, 'Ma')", ["Mamma Mia"]),
        ("WHERE Artist = 'Abba' AND contains(SongTitle, 'a')", ["Fernando", "Mamma Mia", "Waterloo"]),
        ("WHERE Artist = 'Abba' AND SongTitle IN ['Waterloo', 'Fernando']", ["Fernando", "Waterloo"]),
        ("WHERE Artist = 'Abba' AND SongTitle <> 'Fernando'", ["Mamma Mia", "Waterloo"]),
        ("WHERE Artist = 'Abba' AND Length > 200", ["Fernando", "Mamma Mia"]),
        ("WHERE Artist = 'Abba' AND Note.marks[1] = 2 AND Note.\"text\" = 'oolretaW'", ["Waterloo"]),
        ("WHERE Artist = 'Abba' ORDER BY SongTitle DESC", ["Waterloo", "Mamma Mia", "Fernando"]),
        ("WHERE Artist = 'Abba' ORDER BY Artist DESC", ["Waterloo", "Mamma Mia", "Fernando"]),
        ("WHERE Artist = 'Abba' ORDER BY Artist, SongTitle DESC", ["Waterloo", "Mamma Mia", "Fernando"]),
        ("WHERE Artist IN ['Cale', 'Bach']", ["Cocaine", "Air", "Chaconne"]),
        ("WHERE Artist IN ['Cale', 'Cale', 'None']", ["Cocaine"]),
        ("WHERE Artist IN ('Abba', 'Bach') AND SongTitle < 'D'", ["Air", "Chaconne"]),
        ("WHERE Artist IN ['Cale', 'Bach'] ORDER BY Artist", ["Air", "Chaconne", "Cocaine"]),
        ("WHERE Artist IN ['Cale', 'Bach'] ORDER BY Artist DESC", ["Cocaine", "Chaconne", "Air"]),
        (
            "WHERE Artist IN ['Bach', 'Cale'] ORDER BY Artist DESC, SongTitle ASC",
            ["Cocaine", "Air", "Chaconne"],
        ),
        ("WHERE Artist = 'Cale' OR Artist = 'Bach'", ["Cocaine", "Air", "Chaconne"]),
        ("WHERE (Artist = 'Cale' OR Artist = 'Bach') AND Length < 200", ["Cocaine"]),
        (
            "WHERE (Artist = 'Abba' AND SongTitle = 'Waterloo') OR (Artist = 'Abba' AND SongTitle < 'G')",
            ["Fernando", "Waterloo"],
        ),
        (
            "WHERE (Artist = 'Abba' AND SongTitle > 'A') OR (Artist = 'Abba' AND SongTitle > 'M')",
            ["Fernando", "Mamma Mia", "Waterloo"],
        ),
    ],
)
def test_a_partition_key_reads_its_items_in_order(client: Any, where: str, found: list[str]) -> None:
    assert titles(client, where) == found


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("", {title for _, title, *_ in SONGS} | {"None"}),
        ("WHERE Length = 900", {"Chaconne"}),
        ("WHERE Artist > 'B'", {"Air", "Chaconne", "Cocaine", "None"}),
        ("WHERE Artist = 'Cale' OR \"Year\" = 1720", {"Cocaine", "Chaconne"}),
        ("WHERE Length IN [168, 300]", {"Cocaine", "Air"}),
        ("WHERE Length BETWEEN 160 AND 170", {"Waterloo", "Cocaine"}),
        ("WHERE Genre IS MISSING", {"None"}),
        ("WHERE x IS NULL", {"None"}),
        ("WHERE x = NULL", {"None"}),
        ("WHERE x IS NOT MISSING AND x IS NOT NULL", set()),
        ("WHERE attribute_type(Note, 'M') AND Length > 800", {"Chaconne"}),
        ("WHERE Note IS STRUCT AND Length IS NOT INT", set()),
        ("WHERE size(SongTitle) = 3", {"Air"}),
        ("WHERE contains(Note.marks, 2) AND NOT Genre = 'Pop'", {"Air", "Chaconne", "Cocaine"}),
        ("WHERE Note = {'text': 'riA', 'marks': [1, 2]}", {"Air"}),
    ],
)
def test_without_a_partition_key_all_items_are_looked_at(client: Any, where: str, found: set[str]) -> None:
    assert set(titles(client, where)) == found


def test_columns_bear_the_last_name_of_their_path(client: Any) -> None:
    where = "WHERE Artist = 'Bach' AND SongTitle = 'Air'"
    statement = f'SELECT Note.marks[1], Note."text", Genre, none FROM "{TABLE}" {where}'
    expected = {"marks[1]": {"N": "2"}, "text": {"S": "riA"}, "Genre": {"S": "Baroque"}}
    assert items(client, statement) == [expected]
    assert items(client, f'SELECT Note[0], Note.marks, Note.marks.x FROM "{TABLE}" {where}') == [
        {"marks": {"L": [{"N": "1"}, {"N": "2"}]}}
    ]
    assert items(client, f'SELECT none FROM "{TABLE}" {where}') == [{}]
    assert items(client, f"SELECT none FROM \"{TABLE}\" WHERE Artist = 'Bach'") == [{}, {}]


def test_an_index_is_read_by_its_own_key(client: Any) -> None:
    where = 'WHERE Genre = \'Pop\' AND "Year" > 1974 ORDER BY "Year" DESC'
    statement = f'SELECT SongTitle FROM "{TABLE}"."ByGenre" {where}'
    found = items(client, statement)
    assert [item["SongTitle"]["S"] for item in found] == ["Fernando", "Mamma Mia"]
    all_of_it = items(client, f'SELECT * FROM "{TABLE}"."ByGenre" WHERE Genre = \'Rock\'')
    assert [sorted(item) for item in all_of_it] == [["Artist", "Genre", "SongTitle", "Year"]]
    scanned = items(client, f'SELECT SongTitle FROM "{TABLE}"."ByYear" WHERE Length > 800')
    assert scanned == [{"SongTitle": {"S": "Chaconne"}}]


def test_a_local_index_fetches_what_it_does_not_project(client: Any) -> None:
    where = "WHERE Artist = 'Abba' ORDER BY Length"
    found = items(client, f'SELECT SongTitle, Genre FROM "{TABLE}"."ByLength" {where}', ConsistentRead=True)
    assert [(item["SongTitle"]["S"], item["Genre"]["S"]) for item in found] == [
        ("Waterloo", "Pop"),
        ("Mamma Mia", "Pop"),
        ("Fernando", "Pop"),
    ]
    projected = items(client, f'SELECT * FROM "{TABLE}"."ByLength" {where}')
    assert [sorted(item) for item in projected] == [["Artist", "Length", "SongTitle"]] * 3


def test_a_global_index_refuses_what_it_does_not_project(client: Any) -> None:
    text = invalid(
        "One or more parameter values were invalid: Global secondary index ByGenre does not project [Length]"
    )
    where = "WHERE Genre = 'Pop'"
    assert refused(client, f'SELECT Length FROM "{TABLE}"."ByGenre" {where}') == text
    assert refused(client, f'SELECT SongTitle FROM "{TABLE}"."ByGenre" {where} AND Length > 1') == text
    assert items(client, f'SELECT SongTitle FROM "{TABLE}"."ByGenre" WHERE Length > 1') == []


def test_an_index_in_words_without_quotes_is_found(client: Any) -> None:
    client.create_table(
        TableName="partiql_bare",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "g")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "ByG",
                "KeySchema": [{"AttributeName": "g", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    run(client, "INSERT INTO partiql_bare VALUE {'pk': '1', 'g': 'x'}")
    assert items(client, "SELECT pk FROM partiql_bare.ByG WHERE g = 'x'") == [{"pk": {"S": "1"}}]
    client.delete_table(TableName="partiql_bare")


def test_a_limit_makes_pages(client: Any) -> None:
    statement = f'SELECT SongTitle FROM "{TABLE}" WHERE Artist = ? AND Length > ?'
    parameters = ({"S": "Abba"}, {"N": "200"})
    answer = run(client, statement, *parameters, Limit=1)
    assert answer["LastEvaluatedKey"] == {"Artist": {"S": "Abba"}, "SongTitle": {"S": "Fernando"}}
    found = pages(client, statement, *parameters, Limit=1)
    assert [len(page) for page in found] == [1, 1, 0, 0]  # a page counts what was looked at
    found = pages(client, f'SELECT * FROM "{TABLE}"', Limit=3)
    assert [len(page) for page in found] == [3, 3, 1]
    assert len({item["SongTitle"]["S"] for page in found for item in page}) == 7


@pytest.mark.parametrize(
    "order", ["", "ORDER BY Artist", "ORDER BY Artist DESC", "ORDER BY Artist DESC, SongTitle ASC"]
)
@pytest.mark.parametrize("limit", [1, 2, 4, 100])
def test_pages_of_several_partitions_go_on_where_the_last_one_ended(
    client: Any, order: str, limit: int
) -> None:
    where = f"WHERE Artist IN ['Bach', 'None', 'Abba', 'Cale'] {order}"
    statement = f'SELECT SongTitle FROM "{TABLE}" {where}'
    whole = items(client, statement)
    assert len(whole) == 6
    assert list(chain(*pages(client, statement, Limit=limit))) == whole


def test_pages_of_an_index_go_on_where_the_last_one_ended(client: Any) -> None:
    for where in ("", "WHERE Genre IN ['Pop', 'Rock']", "WHERE Genre = 'Pop' ORDER BY \"Year\" DESC"):
        statement = f'SELECT SongTitle FROM "{TABLE}"."ByGenre" {where}'
        assert list(chain(*pages(client, statement, Limit=1))) == items(client, statement)


def test_what_in_finds_comes_in_pages_of_ten(client: Any) -> None:
    for number in range(25):
        run(client, f"INSERT INTO \"{SIMPLE}\" VALUE {{'pk': 'p{number:02}'}}")
    names = ", ".join(f"'p{number:02}'" for number in range(25))
    found = pages(client, f'SELECT * FROM "{SIMPLE}" WHERE pk IN [{names}]')
    assert [len(page) for page in found][:3] == [10, 10, 5]
    assert [item["pk"]["S"] for page in found for item in page] == [f"p{number:02}" for number in range(25)]
    by_or = " OR ".join(f"pk = 'p{number:02}'" for number in range(25))
    assert len(items(client, f'SELECT * FROM "{SIMPLE}" WHERE {by_or}')) == 25


def test_a_page_ends_at_a_megabyte(client: Any) -> None:
    for number in range(4):
        item = {"Artist": {"S": "Long"}, "SongTitle": {"S": str(number)}, "text": {"S": "x" * 390_000}}
        client.put_item(TableName=TABLE, Item=item)
    statement = f"SELECT SongTitle FROM \"{TABLE}\" WHERE Artist IN ['Long', 'Abba']"
    found = pages(client, statement)
    assert [len(page) for page in found] == [3, 4]
    for number in range(4):
        run(client, f"DELETE FROM \"{TABLE}\" WHERE Artist = 'Long' AND SongTitle = '{number}'")


def test_a_page_of_several_partitions_ends_at_a_megabyte_too(client: Any) -> None:
    partitions, each = "PQ", 2
    for artist in partitions:
        for number in range(each):
            item = {"Artist": {"S": artist}, "SongTitle": {"S": str(number)}, "text": {"S": "x" * 390_000}}
            client.put_item(TableName=TABLE, Item=item)
    found = pages(client, f"SELECT Artist, SongTitle FROM \"{TABLE}\" WHERE Artist IN ['P', 'Q']")
    assert [len(page) for page in found] == [3, 1]
    for artist in partitions:
        for number in range(each):
            run(client, f"DELETE FROM \"{TABLE}\" WHERE Artist = '{artist}' AND SongTitle = '{number}'")


def test_a_token_is_good_for_its_own_statement_only(client: Any) -> None:
    statement = f'SELECT * FROM "{TABLE}" WHERE Artist = ?'
    abba, bach = {"S": "Abba"}, {"S": "Bach"}
    token = run(client, statement, abba, Limit=1)["NextToken"]
    mismatch, malformed = invalid("NextToken does not match request"), invalid("Invalid NextToken")
    assert refused(client, statement, bach, NextToken=token) == mismatch
    assert refused(client, statement + " ", abba, NextToken=token) == mismatch
    for spoiled in ("x", "AAAA", token[:-4], "B" + token[1:], token[:40], "\u00fc", token + "="):
        assert refused(client, statement, abba, NextToken=spoiled) in (malformed, mismatch)
    assert refused(client, statement, abba, NextToken="AQ==") == malformed
    write = f"DELETE FROM \"{TABLE}\" WHERE Artist = 'x' AND SongTitle = 'y'"
    assert refused(client, write, NextToken=token) == invalid("NextToken is only valid for SELECT statements")


def test_a_token_with_another_key_is_refused(client: Any) -> None:
    from kilowatt.domain.partiql.next_token import write_token

    statement = f"SELECT * FROM \"{TABLE}\" WHERE Artist = 'Abba'"
    keys: list[Item] = [
        {},
        {"Artist": {"S": "Abba"}},
        {"Artist": {"S": "Bach"}, "SongTitle": {"S": "Air"}},
        {"Artist": {"S": "Abba"}, "SongTitle": {"N": "1"}},
        {"Artist": {"S": "Abba"}, "SongTitle": {"S": ""}},
        {"Artist": {"S": "Abba"}, "SongTitle": {"X": 1}},
        {"Artist": {"S": "Abba"}, "SongTitle": "x"},
        {"Artist": {"S": "Abba"}, "Other": {"S": "x"}},
    ]
    for key in keys:
        token = write_token(statement, [], key)
        assert refused(client, statement, NextToken=token) == invalid("Invalid NextToken")


def test_capacity_is_that_of_the_operation_it_stands_for(client: Any) -> None:
    def units(statement: str, **more: Any) -> dict[str, Any]:
        consumed: dict[str, Any] = run(client, statement, ReturnConsumedCapacity="INDEXES", **more)[
            "ConsumedCapacity"
        ]
        return consumed

    key = f"SELECT * FROM \"{TABLE}\" WHERE Artist = 'Abba' AND SongTitle = 'Fernando'"
    plain = {"TableName": TABLE, "CapacityUnits": 0.5, "Table": {"CapacityUnits": 0.5}}
    strong = {"TableName": TABLE, "CapacityUnits": 1.0, "Table": {"CapacityUnits": 1.0}}
    assert units(key) == plain
    assert units(key, ConsistentRead=True) == strong
    assert units(key + " AND Length = 0") == plain
    assert units(key.replace("Fernando", "none")) == plain
    assert units(f"SELECT none FROM \"{TABLE}\" WHERE Artist = 'Abba'") == plain
    assert units(f"SELECT * FROM \"{TABLE}\" WHERE Artist IN ['Abba', 'Bach']") == strong
    assert units(f'SELECT * FROM "{TABLE}"."ByGenre" WHERE Genre = \'Pop\'') == {
        "TableName": TABLE,
        "CapacityUnits": 0.5,
        "Table": {"CapacityUnits": 0.0},
        "GlobalSecondaryIndexes": {"ByGenre": {"CapacityUnits": 0.5}},
    }
    total = run(client, key, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert total == {"TableName": TABLE, "CapacityUnits": 0.5}
    assert "ConsumedCapacity" not in run(client, key, ReturnConsumedCapacity="NONE")


def test_a_table_can_be_named_by_its_arn(client: Any) -> None:
    arn = client.describe_table(TableName=TABLE)["Table"]["TableArn"]
    answer = run(
        client, f"SELECT SongTitle FROM \"{arn}\" WHERE Artist = 'Cale'", ReturnConsumedCapacity="TOTAL"
    )
    assert answer["Items"] == [{"SongTitle": {"S": "Cocaine"}}]
    assert answer["ConsumedCapacity"]["TableName"] == arn


@pytest.mark.parametrize(
    ("rest", "text"),
    [
        ("ORDER BY Artist", "Must have WHERE clause in the statement when using ORDER BY clause."),
        (
            "WHERE Length > 1 ORDER BY Artist",
            "Must have at least one non-optional hash key condition in WHERE clause when using ORDER "
            "BY clause.",
        ),
        (
            "WHERE Artist = 'x' ORDER BY Length",
            "Variable reference Length in ORDER BY clause must be part of the primary key",
        ),
        (
            "WHERE Artist IN ['x', 'y'] ORDER BY SongTitle",
            "The ORDER BY clause must begin with the hash key when the WHERE clause names several of "
            "its values",
        ),
        (
            "WHERE Artist = 5",
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "WHERE Artist = 'x' AND SongTitle > 5",
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "WHERE Artist = 'x' AND SongTitle = 5",
            "One or more parameter values were invalid: Condition parameter type does not match schema type",
        ),
        (
            "WHERE Artist = '' AND SongTitle = 'x'",
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an "
            "empty string value. Key: Artist",
        ),
        (
            "WHERE SongTitle.x = 1",
            "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
            "allowed: Key: "
            "SongTitle",
        ),
        (
            "WHERE Length > TRUE",
            "Invalid FilterExpression: Incorrect operand type for operator or function; operator or "
            "function: >, "
            "operand type: BOOL",
        ),
        (
            "WHERE Artist = 'x' AND SongTitle = 'y' AND Length > TRUE",
            "Invalid FilterExpression: Incorrect operand type for operator or function; operator or "
            "function: >, "
            "operand type: BOOL",
        ),
    ],
)
def test_a_condition_that_does_not_fit_the_table_is_refused(client: Any, rest: str, text: str) -> None:
    assert refused(client, f'SELECT * FROM "{TABLE}" {rest}') == invalid(text)


def test_order_of_several_sort_keys_must_agree(client: Any) -> None:
    client.create_table(
        TableName="partiql-multiple",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"} for name in ("pk", "a", "b", "c")
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "several",
                "KeySchema": [
                    {"AttributeName": "a", "KeyType": "HASH"},
                    {"AttributeName": "b", "KeyType": "RANGE"},
                    {"AttributeName": "c", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    for pk, b, c in (("1", "x", "y"), ("2", "x", "z"), ("3", "y", "a")):
        run(
            client,
            "INSERT INTO \"partiql-multiple\" VALUE {'pk': ?, 'a': 'a', 'b': ?, 'c': ?}",
            *({"S": v} for v in (pk, b, c)),
        )
    select = 'SELECT pk FROM "partiql-multiple"."several" WHERE a = \'a\''
    assert [item["pk"]["S"] for item in items(client, f"{select} ORDER BY b DESC, c DESC")] == ["3", "2", "1"]
    assert [item["pk"]["S"] for item in items(client, f"{select} AND b = 'x' AND c > 'y'")] == ["2"]
    assert refused(client, f"{select} ORDER BY b DESC, c") == invalid(
        "The sort keys of an ORDER BY clause must have one direction"
    )
    client.delete_table(TableName="partiql-multiple")


def test_a_table_or_index_that_is_not_there_is_refused(client: Any) -> None:
    for table in ("partiql-none", "x", "", "arn:x", "a/b", "arn:aws:dynamodb:us-east-1:1:table/x"):
        assert refused(client, f'SELECT * FROM "{table}"') == NOT_FOUND
    assert refused(client, f'SELECT * FROM "{TABLE}"."None"') == invalid(
        "The table does not have the specified index"
    )


def test_strong_consistency_is_refused_on_a_global_index(client: Any) -> None:
    assert refused(client, f'SELECT * FROM "{TABLE}"."ByGenre"', ConsistentRead=True) == invalid(
        "Strongly consistent read is not supported on Global Secondary Indexes"
    )


def test_parameters_must_be_as_many_as_the_statement_has(client: Any) -> None:
    text = invalid("Number of parameters in request and statement don't match.")
    statement = f'SELECT * FROM "{TABLE}" WHERE Artist = ?'
    assert refused(client, statement) == text
    assert refused(client, statement, {"S": "a"}, {"S": "b"}) == text
    assert refused(client, statement.replace("?", "'?'"), {"S": "a"}) == text


def test_exists_is_for_transactions(client: Any) -> None:
    assert refused(client, f"EXISTS(SELECT * FROM \"{TABLE}\" WHERE Artist = 'x')") == invalid(
        "EXISTS can only be used in ExecuteTransaction"
    )


def test_statement_and_parameters_are_checked_by_the_model(client: Any) -> None:
    lead = "1 validation error detected: "
    assert refused(client, "x" * 8193).startswith(f"ValidationException: {lead}Value")
    with pytest.raises(Exception, match="Member must have length greater than or equal to 1"):
        call(client, "ExecuteStatement", Statement="SELECT * FROM t", Parameters=[])
