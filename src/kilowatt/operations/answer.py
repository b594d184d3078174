"""Answers are put together from JSON that is already there: stored items leave as they were stored."""

from collections.abc import Sequence
from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import PLAIN, Consumption

EMPTY = b"{}"
# No body at all: for operations without output in the service model.
NOTHING = b""


def members(*pairs: tuple[bytes, bytes | None]) -> bytes:
    """A JSON object of (name, JSON) pairs; a pair whose JSON is None is left out."""
    pieces: list[bytes] = []
    for name, content in pairs:
        if content is not None:
            pieces += (b',"' if pieces else b'{"', name, b'":', content)
    if not pieces:
        return EMPTY
    pieces.append(b"}")
    return b"".join(pieces)  # at once: a page of items is large


def document(content: Any) -> bytes:
    return orjson.dumps(content)


def array(bodies: list[bytes]) -> bytes:
    """A JSON array of JSON texts."""
    return b"[%s]" % b",".join(bodies)


def consumed(request: dict[str, Any], consumption: Consumption) -> bytes | None:
    """ConsumedCapacity of a call on one table, as its ReturnConsumedCapacity asks; None if it does not."""
    mode = request.get("ReturnConsumedCapacity", "NONE")
    if mode == "NONE":
        return None
    return orjson.dumps(consumption.document(request["TableName"], mode))


def consumed_of_tables(
    request: dict[str, Any], consumptions: dict[str, Consumption], units: Sequence[str] = PLAIN
) -> bytes | None:
    """ConsumedCapacity of a batch or a transaction: one entry for each table, as the request named it."""
    mode = request.get("ReturnConsumedCapacity", "NONE")
    if mode == "NONE":
        return None
    return orjson.dumps(
        [consumption.document(name, mode, units) for name, consumption in consumptions.items()]
    )
