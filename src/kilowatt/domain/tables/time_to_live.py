"""Time to live: when an item expires.

The attribute that a table names must be a number at the top of the item: seconds since the epoch. Anything
else does not count, nor does a time more than five years ago.

Source: AWS guide, "Using time to live (TTL) in DynamoDB".
"""

from decimal import Decimal

from kilowatt.domain.values.types import Item
from kilowatt.limits import EXPIRY_AGE_SECONDS

_LATEST = 2**63


def expiry_of(item: Item, attribute: str) -> int | None:
    """When the item expires, in whole seconds since the epoch; None if it does not."""
    text = item.get(attribute, {}).get("N")
    if text is None:
        return None
    time = int(text) if text.isdecimal() else int(Decimal(text))
    return time if 0 < time < _LATEST else None


def is_due(time: int, now: int) -> bool:
    """Whether an item that expires at `time` is to be deleted at `now`."""
    return now - EXPIRY_AGE_SECONDS <= time < now
