"""How the tests of PartiQL run statements, and the tables that they run them on."""

from typing import Any

from tests.operations.calls import Item, call, refusal

TABLE, SIMPLE = "partiql-music", "partiql-simple"


def create(client: Any) -> None:
    """TABLE: Artist, SongTitle; ByGenre (Genre, Year) KEYS_ONLY, ByYear (Year) with Genre, ByLength local."""
    types = {"Artist": "S", "SongTitle": "S", "Genre": "S", "Year": "N", "Length": "N"}
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": type_} for name, type_ in types.items()
        ],
        KeySchema=_schema("Artist", "SongTitle"),
        GlobalSecondaryIndexes=[
            {
                "IndexName": "ByGenre",
                "KeySchema": _schema("Genre", "Year"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {"IndexName": "ByYear", "KeySchema": _schema("Year"), "Projection": {"ProjectionType": "ALL"}},
        ],
        LocalSecondaryIndexes=[
            {
                "IndexName": "ByLength",
                "KeySchema": _schema("Artist", "Length"),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )
    client.create_table(
        TableName=SIMPLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=_schema("pk"),
    )


def delete(client: Any) -> None:
    client.delete_table(TableName=TABLE)
    client.delete_table(TableName=SIMPLE)


def _schema(hash_: str, range_: str | None = None) -> list[dict[str, str]]:
    schema = [{"AttributeName": hash_, "KeyType": "HASH"}]
    return schema + ([{"AttributeName": range_, "KeyType": "RANGE"}] if range_ else [])


def request(statement: str, *parameters: Item, **more: Any) -> dict[str, Any]:
    given = {"Parameters": list(parameters)} if parameters else {}
    return {"Statement": statement, **given, **more}


def run(client: Any, statement: str, *parameters: Item, **more: Any) -> dict[str, Any]:
    """The answer of ExecuteStatement."""
    return call(client, "ExecuteStatement", **request(statement, *parameters, **more))


def items(client: Any, statement: str, *parameters: Item, **more: Any) -> list[Item]:
    found: list[Item] = run(client, statement, *parameters, **more)["Items"]
    return found


def refused(client: Any, statement: str, *parameters: Item, **more: Any) -> str:
    """`Code: message` of a statement that must be refused."""
    return refusal(client, "ExecuteStatement", **request(statement, *parameters, **more))


def pages(client: Any, statement: str, *parameters: Item, **more: Any) -> list[list[Item]]:
    """The items of all pages, by their NextToken."""
    found = []
    answer = run(client, statement, *parameters, **more)
    while True:
        found.append(answer["Items"])
        if "NextToken" not in answer:
            return found
        answer = run(client, statement, *parameters, NextToken=answer["NextToken"], **more)
