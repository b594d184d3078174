"""Refusals of transactions, and the reasons for which one is cancelled.

Source: service model (TransactionCanceledException); recorded on AWS where a text says so.
"""

from collections.abc import Sequence

from kilowatt.errors import items
from kilowatt.errors.base import (
    IDEMPOTENT_PARAMETER_MISMATCH,
    TRANSACTION_CANCELED,
    TRANSACTION_IN_PROGRESS,
    VALIDATION,
    ErrorSpec,
    ServiceError,
    Stage,
)
from kilowatt.errors.base import TRANSACTION_CONFLICT as _TRANSACTION_CONFLICT
from kilowatt.errors.reasons import reason

_RECORDED = "seen on AWS"

# -- the request

NOT_ONE_ACTION = ErrorSpec(
    VALIDATION, "TransactItems can only contain one of Check, Put, Update or Delete", _RECORDED
)
DUPLICATE_ITEMS = ErrorSpec(
    VALIDATION,
    "Transaction request cannot include multiple operations on one item",
    _RECORDED,
    Stage.EXECUTION,
)
TRANSACTION_TOO_LARGE = ErrorSpec(
    VALIDATION,
    "Collection size of items exceeded, which can also be caused by the aggregate size of the items in the transaction exceeding the 4MB limit",
    "measured on AWS; the type is ours",
    Stage.EXECUTION,
)

# -- tokens

TOKEN_MISMATCH = ErrorSpec(
    IDEMPOTENT_PARAMETER_MISMATCH,
    "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.",
    "service model",
    Stage.EXECUTION,
)
IN_PROGRESS = ErrorSpec(
    TRANSACTION_IN_PROGRESS,
    "Transaction from previous request is still in progress",
    _RECORDED,
    Stage.EXECUTION,
)

# -- conflicts and cancellation

TRANSACTION_CONFLICT = ErrorSpec(
    _TRANSACTION_CONFLICT,
    "Transaction is ongoing for the item",
    "seen on AWS, in clients' logs",
    Stage.EXECUTION,
)
CANCELED = ErrorSpec(
    TRANSACTION_CANCELED,
    "Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
    _RECORDED,
    Stage.EXECUTION,
)

_GOOD = {"Code": "None"}
# Empty keys refuse the whole request, as they do outside transactions. Source: seen on AWS, 2026.
_OUTRIGHT = frozenset({items.KEY_EMPTY, items.INDEX_KEY_EMPTY})


def canceled(refusals: Sequence[ServiceError | None]) -> ServiceError:
    """`CANCELED` with its reasons, one for each action; None for one that would have gone through."""
    reasons = [_GOOD if refusal is None else reason(refusal) for refusal in refusals]
    codes = ", ".join(entry["Code"] for entry in reasons)
    return CANCELED(codes=codes).with_members(CancellationReasons=reasons)


def canceled_by(refusal: ServiceError, number: int, count: int) -> ServiceError:
    """What becomes of a transaction of `count` actions whose action `number` (from 0) its table's schema refuses.

    The first such action cancels it; all others count as good, whatever they are. Source: seen on AWS, 2026.
    """
    if refusal.spec in _OUTRIGHT:
        return refusal
    refusals: list[ServiceError | None] = [None] * count
    refusals[number] = refusal
    return canceled(refusals)
