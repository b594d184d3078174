"""Key schemas list their attributes in key order."""

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema

PK, SK, OTHER = KeyAttribute("pk", "S"), KeyAttribute("sk", "N"), KeyAttribute("other", "B")


def test_names_follow_partition_then_sort_key() -> None:
    schema = KeySchema((PK, OTHER), (SK,))
    assert schema.names == ("pk", "other", "sk")
    assert schema.attributes == (PK, OTHER, SK)


def test_schema_without_sort_key() -> None:
    assert KeySchema((PK,)).names == ("pk",)


def test_schemas_are_values() -> None:
    assert KeySchema((PK,), (SK,)) == KeySchema((PK,), (SK,))
    assert len({KeySchema((PK,)), KeySchema((PK,)), KeySchema((PK,), (SK,))}) == 2
