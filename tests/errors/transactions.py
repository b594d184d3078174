"""How the texts of `kilowatt.errors.transactions` are provoked: tokens, conflicts, cancellations."""

from typing import Any

from tests.errors.provocation import Elsewhere, Provocation, Server, invalid
from tests.operations.standing import HASH
from tests.operations.table_requests import table

CONTESTED = "errors-contested"
CONFLICT = "Transaction is ongoing for the item"


def _put(key: str, name: str = HASH, **attributes: str) -> dict[str, Any]:
    item = {attribute: {"S": content} for attribute, content in {"pk": key, **attributes}.items()}
    return {"Put": {"TableName": name, "Item": item}}


def _write(refusal: str, *actions: dict[str, Any], **further: Any) -> Provocation:
    return Provocation("TransactWriteItems", {"TransactItems": list(actions)}, refusal, **further)


PROVOCATIONS = {
    "NOT_ONE_ACTION": _write(
        invalid("TransactItems can only contain one of Check, Put, Update or Delete"),
        {**_put("a"), "Delete": {"TableName": HASH, "Key": {"pk": {"S": "b"}}}},
    ),
    "DUPLICATE_ITEMS": _write(
        invalid("Transaction request cannot include multiple operations on one item"), _put("a"), _put("a")
    ),
    "TRANSACTION_TOO_LARGE": _write(
        invalid(
            "Collection size of items exceeded, which can also be caused by the aggregate size of the items "
            "in the transaction exceeding the 4MB limit"
        ),
        *(_put(str(number), text="x" * 390_000) for number in range(11)),
    ),
    "TOKEN_MISMATCH": Provocation(
        "TransactWriteItems",
        {"TransactItems": [_put("b")], "ClientRequestToken": "errors"},
        "IdempotentParameterMismatchException: DynamoDB rejected the request because you retried a request "
        "with a different payload but with an idempotent token that was already used.",
        before=[("TransactWriteItems", {"TransactItems": [_put("a")], "ClientRequestToken": "errors"})],
    ),
    "TRANSACTION_CONFLICT": Provocation(
        "PutItem",
        _put("a")["Put"],
        f"TransactionConflictException: {CONFLICT}",
        before=[("CreateTable", table("pk", TableName=HASH))],
        server=Server.CONTESTED,
    ),
    "CANCELED": _write(
        "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific "
        "reasons [TransactionConflict, TransactionConflict]",
        _put("a", CONTESTED),
        _put("b", CONTESTED),
        before=[("CreateTable", table("pk", TableName=CONTESTED))],
        server=Server.CONTESTED,
        members={
            "CancellationReasons": [
                {"Code": "TransactionConflict", "Message": CONFLICT},
                {"Code": "TransactionConflict", "Message": CONFLICT},
            ]
        },
    ),
}

ELSEWHERE = {
    "IN_PROGRESS": Elsewhere(
        "takes a transaction that is not durable yet at the time of the second request",
        "tests/operations/test_transaction_tokens.py::test_a_transaction_under_way_is_in_progress",
    ),
}
