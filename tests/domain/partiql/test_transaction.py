"""Statements of a transaction: the step that each becomes, and what a transaction refuses."""

import pytest

from kilowatt.domain.keys.schema import KeyAttribute, KeySchema
from kilowatt.domain.partiql.statement import prepare
from kilowatt.domain.partiql.transaction import ReadStep, Step, compile_transaction
from kilowatt.domain.tables.table import Index, Table
from kilowatt.domain.values.types import AttributeValue, Item
from kilowatt.domain.writes.decision import Write, decide
from kilowatt.domain.writes.stored import StoredItem
from kilowatt.errors import ServiceError
from kilowatt.errors import items as item_errors
from kilowatt.errors import partiql as errors

PK, SK = KeyAttribute("pk", "S"), KeyAttribute("sk", "S")
TABLE = Table(
    name="Music",
    account="0",
    region="r",
    number=1,
    id="i",
    created=0.0,
    key=KeySchema((PK,), (SK,)),
    definitions=(PK, SK),
    indexes=(Index("ByS", 1, KeySchema((SK,)), False, "ALL"),),
)
KEY = "WHERE pk = 'a' AND sk = 'b'"
OLD: Item = {"pk": {"S": "a"}, "sk": {"S": "b"}, "n": {"N": "1"}}


def compiled(
    *statements: str, parameters: list[AttributeValue] | None = None, return_old: bool = False
) -> list[Step]:
    prepared = [prepare(statement, parameters or []) for statement in statements]
    return compile_transaction(prepared, [TABLE] * len(prepared), [return_old] * len(prepared))


def refusal(*statements: str) -> str:
    with pytest.raises(ServiceError) as refused:
        compiled(*statements)
    return refused.value.text


def test_a_select_becomes_a_read() -> None:
    (step,) = compiled(f"SELECT n FROM Music {KEY} AND n > ?", parameters=[{"N": "0"}])
    assert isinstance(step, ReadStep)
    assert step.condition is not None
    assert step.projection is not None
    assert step.condition.holds(OLD, step.values)
    assert step.projection.apply(OLD) == {"n": {"N": "1"}}


def test_writes_become_writes_in_order() -> None:
    insert, update, delete = compiled(
        "INSERT INTO Music VALUE {'pk': 'x', 'sk': 'y'}",
        f"UPDATE Music SET n = n + 1 {KEY} AND n = 1",
        "DELETE FROM Music WHERE pk = 'a' AND sk = 'c'",
        return_old=True,
    )
    assert isinstance(insert, Write)
    assert isinstance(update, Write)
    assert isinstance(delete, Write)
    assert [write.key["sk"] for write in (insert, update, delete)] == [{"S": "y"}, {"S": "b"}, {"S": "c"}]
    assert update.return_old_on_failure
    decision = decide(update, StoredItem.of(OLD), ())
    assert decision.new is not None
    assert decision.new.item["n"] == {"N": "2"}
    with pytest.raises(ServiceError) as failed:
        decide(insert, StoredItem.of(OLD), ())
    assert failed.value.spec is errors.DUPLICATE_ITEM
    assert decide(delete, None, ()).new is None


def test_exists_becomes_a_check() -> None:
    check, _ = compiled(
        f"EXISTS(SELECT * FROM Music {KEY} AND awards IS MISSING)",
        "INSERT INTO Music VALUE {'pk': 'x', 'sk': 'y'}",
    )
    assert isinstance(check, Write)
    assert check.key == {"pk": {"S": "a"}, "sk": {"S": "b"}}
    decision = decide(check, StoredItem.of(OLD), ())
    assert decision.new is decision.old
    with pytest.raises(ServiceError) as failed:
        decide(check, StoredItem.of({**OLD, "awards": {"N": "1"}}), ())
    assert failed.value.spec is item_errors.CONDITION_FAILED


@pytest.mark.parametrize(
    ("statements", "text"),
    [
        (
            (f"SELECT * FROM Music {KEY}", "DELETE FROM Music WHERE pk = 'x' AND sk = 'y'"),
            "ExecuteTransaction API does not support both read and write operations in the same request.",
        ),
        (
            (
                f"SELECT * FROM Music {KEY}",
                "EXISTS(SELECT * FROM Music WHERE pk = 'x' AND sk = 'y' AND n = 1)",
            ),
            "ExecuteTransaction API does not support both read and write operations in the same request.",
        ),
        (
            (
                "INSERT INTO Music VALUE {'pk': 'x', 'sk': 'y'}",
                f"DELETE FROM Music {KEY} RETURNING ALL OLD *",
            ),
            "Validation failed in TransactStatements[2]: RETURNING clause is not supported in "
            "ExecuteTransaction.",
        ),
        (
            ("SELECT * FROM Music.ByS WHERE sk = 'b'",),
            "Validation failed in TransactStatements[1]: Reads on indices are not supported within "
            "transactions.",
        ),
        (
            ("SELECT * FROM Music WHERE pk = 'a'",),
            "Validation failed in TransactStatements[1]: Select statements within ExecuteTransaction "
            "must specify the "
            "primary key in the where clause.",
        ),
        (
            (f"EXISTS(SELECT * FROM Music {KEY})",),
            "Validation failed in TransactStatements[1]: EXISTS needs the primary key and one more "
            "condition.",
        ),
        (
            (f"DELETE FROM Music {KEY}", f"UPDATE Music SET n = 1 {KEY}"),
            "Transaction request cannot include multiple operations on one item",
        ),
        (
            (f"SELECT * FROM Music {KEY}", f"SELECT n FROM Music {KEY}"),
            "Transaction request cannot include multiple operations on one item",
        ),
        (
            ("UPDATE Music SET n = 1 WHERE pk = 'a'",),
            "Where clause does not contain a mandatory equality on all key attributes",
        ),
    ],
)
def test_what_a_transaction_cannot_be_is_refused(statements: tuple[str, ...], text: str) -> None:
    assert refusal(*statements) == text
