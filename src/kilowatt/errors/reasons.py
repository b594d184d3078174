"""What stands for a refusal where a call refuses several things at once: a transaction, a batch of statements.

Source: service model, CancellationReason and BatchStatementError.
"""

from typing import Any

from kilowatt.errors import items
from kilowatt.errors.base import ServiceError

_CODES = {
    "AccessDeniedException": "AccessDenied",
    "ConditionalCheckFailedException": "ConditionalCheckFailed",
    "DuplicateItemException": "DuplicateItem",
    "ItemCollectionSizeLimitExceededException": "ItemCollectionSizeLimitExceeded",
    "ProvisionedThroughputExceededException": "ProvisionedThroughputExceeded",
    "RequestLimitExceeded": "RequestLimitExceeded",
    "ResourceNotFoundException": "ResourceNotFound",
    "ThrottlingException": "ThrottlingError",
    "TransactionConflictException": "TransactionConflict",
    "ValidationException": "ValidationError",
}
_TEXTS = {items.COLLECTION_TOO_LARGE: "Collection size exceeded."}


def reason(refusal: ServiceError) -> dict[str, Any]:
    """Code and message of a refusal, and the item that failed a condition, if it is to be shown."""
    code = _CODES.get(refusal.type.code, "InternalServerError")
    told = {"Code": code, "Message": _TEXTS.get(refusal.spec, refusal.text)}
    if refusal.members is not None and "Item" in refusal.members:
        return {**told, "Item": refusal.members["Item"]}
    return told
