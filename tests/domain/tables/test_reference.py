"""What records keep of a table that may be gone."""

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.tables.reference import TableReference

KEY = KeySchema((KeyAttribute("pk", "S"),), (KeyAttribute("sk", "N"),))
REFERENCE = TableReference("000000000000", "us-east-1", "Music", 7, "an id", KEY)


def test_a_record_says_all_of_a_reference() -> None:
    assert TableReference.from_document(REFERENCE.to_document()) == REFERENCE


def test_the_arn_is_the_one_that_the_table_had() -> None:
    assert REFERENCE.arn == "arn:aws:dynamodb:us-east-1:000000000000:table/Music"
