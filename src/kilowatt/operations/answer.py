"""Answers are put together from JSON that is already there: stored items leave as they were stored."""

from typing import Any

import orjson

from kilowatt.domain.capacity.consumed import Consumption

EMPTY = b"{}"
# No body at all: for operations without output in the service model.
NOTHING = b""


def members(*pairs: tuple[bytes, bytes | None]) -> bytes:
    """A JSON object of (name, JSON) pairs; a pair whose JSON is None is left out."""
    present = [b'"%s":%s' % (name, content) for name, content in pairs if content is not None]
    return b"{%s}" % b",".join(present)


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


def consumed_of_tables(request: dict[str, Any], consumptions: dict[str, Consumption]) -> bytes | None:
    """ConsumedCapacity of a batch: one entry for each table, under the name that the request used."""
    mode = request.get("ReturnConsumedCapacity", "NONE")
    if mode == "NONE":
        return None
    return orjson.dumps([consumption.document(name, mode) for name, consumption in consumptions.items()])
