"""How the texts of `kilowatt.errors.partiql` are provoked: statements, tokens, keys, transactions."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, invalid
from tests.operations.standing import HASH, INDEXED, RANGE, index
from tests.operations.table_requests import table

from kilowatt.domain.partiql.next_token import write_token

MALFORMED = "Statement wasn't well formed, can't be processed: "
ALL = f'SELECT * FROM "{HASH}"'
KEY = "WHERE pk = 'there'"
ITEM = f"\"{RANGE}\" WHERE pk = 'a' AND sk = 'b'"
SEVERAL = "errors-several-sort-keys"


def _statement(text: str, statement: str, **more: Any) -> Provocation:
    return Provocation("ExecuteStatement", {"Statement": statement, **more}, invalid(text))


def _malformed(detail: str, statement: str) -> Provocation:
    return _statement(MALFORMED + detail, statement)


def _transaction(text: str, *statements: str) -> Provocation:
    parts = [{"Statement": statement} for statement in statements]
    return Provocation("ExecuteTransaction", {"TransactStatements": parts}, invalid(text))


def _in_transaction(text: str, *statements: str) -> Provocation:
    return _transaction(f"Validation failed in TransactStatements[{len(statements)}]: {text}", *statements)


PROVOCATIONS = {
    # The statement's text.
    "EXPECTED_DATA_MANIPULATION": _malformed("Expected data manipulation", "CREATE TABLE x"),
    "UNEXPECTED_KEYWORD": _malformed("Unexpected keyword", f'SELECT size FROM "{HASH}"'),
    "INVALID_PATH_DOT": _malformed("Invalid path dot component", f'SELECT a.size FROM "{HASH}"'),
    "UNEXPECTED_TERM": _malformed("Unexpected term", ALL + " WHERE a ="),
    "UNEXPECTED_END": _malformed("Unexpected token after expression", ALL + " x"),
    "UNTERMINATED": _malformed("Unterminated string", ALL + " WHERE a = 'x"),
    "NESTED_TOO_DEEPLY": _malformed(
        "Nested too deeply; maximum: 64", f"{ALL} WHERE {'(' * 65}a = 1{')' * 65}"
    ),
    "PATH_COMPONENT": _statement("Unexpected path component at 1:18:1", "SELECT * FROM a.b.c"),
    "INDEX_TOO_LARGE": _malformed("List index out of range: 1234567890", ALL + " WHERE a[1234567890] = 1"),
    "UNSUPPORTED_FUNCTION": _statement("Unsupported function: exist", ALL + " WHERE exist(a)"),
    "FUNCTION_OPERANDS": _statement(
        "Incorrect number of operands for function contains: 1", ALL + " WHERE contains(a)"
    ),
    "TOO_MANY_IN_OPERANDS": _statement(
        "The IN operator is provided with too many operands; number of operands: 51, maximum: 50",
        f"{ALL} WHERE pk IN [{', '.join(['?'] * 51)}]",
        Parameters=[{"S": "x"}] * 51,
    ),
    "DUPLICATE_NAME": _statement(
        "Duplicate attribute name in a tuple: x", ALL + " WHERE a = {'x': 1, 'x': 2}"
    ),
    "SET_ELEMENTS": _statement(
        "The elements of a set must be all strings, all numbers or all binaries",
        ALL + " WHERE a = <<1, 'x'>>",
    ),
    "EMPTY_SET": _statement(
        "One or more parameter values were invalid: A set may not be empty", ALL + " WHERE a = <<>>"
    ),
    "SET_OPERAND": _statement(
        "The function set_add takes the path that it is assigned to, and a set",
        f'UPDATE "{HASH}" SET a = set_add(b, <<1>>) {KEY}',
    ),
    "NO_ITEM": _statement(
        "The value of an INSERT statement must be a tuple", f'INSERT INTO "{HASH}" VALUE [1, 2]'
    ),
    "RETURNING_OF_DELETE": _statement(
        "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE "
        "statements.",
        f'DELETE FROM "{HASH}" {KEY} RETURNING ALL NEW *',
    ),
    "EXISTS_OUTSIDE_TRANSACTION": _statement(
        "EXISTS can only be used in ExecuteTransaction", f"EXISTS({ALL} {KEY} AND a = 1)"
    ),
    # Parameters and tokens.
    "PARAMETER_COUNT": _statement(
        "Number of parameters in request and statement don't match.", ALL + " WHERE a = ?"
    ),
    "INVALID_NEXT_TOKEN": _statement("Invalid NextToken", ALL, NextToken="spoiled"),
    "NEXT_TOKEN_OF_ANOTHER": _statement(
        "NextToken does not match request", ALL, NextToken=write_token(ALL + ";", [], {"pk": {"S": "x"}})
    ),
    "NEXT_TOKEN_ON_WRITE": _statement(
        "NextToken is only valid for SELECT statements",
        f"DELETE FROM \"{HASH}\" WHERE pk = 'x'",
        NextToken="x",
    ),
    # The statement and its table.
    "INDEX_NOT_FOUND": _statement("The table does not have the specified index", ALL + '."none"'),
    "CONSISTENT_READ_ON_GLOBAL_INDEX": _statement(
        "Strongly consistent read is not supported on Global Secondary Indexes",
        f'SELECT * FROM "{INDEXED}"."global-c"',
        ConsistentRead=True,
    ),
    "WRITE_TO_INDEX": _statement(
        "This operation is not supported on an index", f'DELETE FROM "{INDEXED}"."global-c" WHERE c = \'c\''
    ),
    "KEY_NOT_GIVEN": _statement(
        "Where clause does not contain a mandatory equality on all key attributes",
        f"DELETE FROM \"{RANGE}\" WHERE pk = 'a'",
    ),
    "ORDER_WITHOUT_WHERE": _statement(
        "Must have WHERE clause in the statement when using ORDER BY clause.", ALL + " ORDER BY pk"
    ),
    "ORDER_WITHOUT_KEY": _statement(
        "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.",
        ALL + " WHERE a = 1 ORDER BY pk",
    ),
    "ORDER_BY_OTHER": _statement(
        "Variable reference a in ORDER BY clause must be part of the primary key", f"{ALL} {KEY} ORDER BY a"
    ),
    "ORDER_OF_PARTITIONS": _statement(
        "The ORDER BY clause must begin with the hash key when the WHERE clause names several of its values",
        f"SELECT * FROM \"{RANGE}\" WHERE pk IN ['a', 'b'] ORDER BY sk",
    ),
    "ORDER_MIXED": Provocation(
        "ExecuteStatement",
        {"Statement": f'SELECT * FROM "{SEVERAL}"."several" WHERE a = \'a\' ORDER BY b, c DESC'},
        invalid("The sort keys of an ORDER BY clause must have one direction"),
        before=[
            (
                "CreateTable",
                table(
                    "pk",
                    TableName=SEVERAL,
                    further=("a", "b", "c"),
                    GlobalSecondaryIndexes=[index("several", "a", "b", "c")],
                ),
            )
        ],
    ),
    "DUPLICATE_ITEM": Provocation(
        "ExecuteStatement",
        {"Statement": f"INSERT INTO \"{HASH}\" VALUE {{'pk': 'there'}}"},
        "DuplicateItemException: Duplicate primary key exists in table",
    ),
    # Several statements.
    "BATCH_MIXED": Provocation(
        "BatchExecuteStatement",
        {"Statements": [{"Statement": f"{ALL} {KEY}"}, {"Statement": f"DELETE FROM {ITEM}"}]},
        invalid(
            "BatchExecuteStatement API does not support both read and write operations in the same request."
        ),
    ),
    "TRANSACTION_MIXED": _transaction(
        "ExecuteTransaction API does not support both read and write operations in the same request.",
        f"{ALL} {KEY}",
        f"DELETE FROM {ITEM}",
    ),
    "TRANSACTION_RETURNING": _in_transaction(
        "RETURNING clause is not supported in ExecuteTransaction.",
        f"DELETE FROM \"{HASH}\" WHERE pk = 'x'",
        f"DELETE FROM {ITEM} RETURNING ALL OLD *",
    ),
    "TRANSACTION_INDEX": _in_transaction(
        "Reads on indices are not supported within transactions.",
        f'SELECT * FROM "{INDEXED}"."global-c" WHERE c = \'c\'',
    ),
    "TRANSACTION_SELECT_KEY": _in_transaction(
        "Select statements within ExecuteTransaction must specify the primary key in the where clause.",
        f"{ALL} {KEY}",
        f"SELECT * FROM \"{RANGE}\" WHERE pk = 'a'",
    ),
    "EXISTS_CONDITION": _in_transaction(
        "EXISTS needs the primary key and one more condition.", f"EXISTS({ALL} {KEY})"
    ),
}

ELSEWHERE = {
    "BATCH_SELECT_KEY": Elsewhere(
        "the answer to a batch is a success, and tells it of one statement",
        "tests/operations/test_batch_execute_statement.py::test_a_read_needs_the_whole_key",
    ),
}
