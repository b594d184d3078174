"""StreamSpecification: the parameter of CreateTable and UpdateTable that asks for a stream, or for its end.

Source: AWS API reference, StreamSpecification.
"""

from dataclasses import replace
from typing import Any

from kilowatt.domain.tables.table import Table
from kilowatt.errors import streams as errors

Request = dict[str, Any]


def view_type_of(request: Request) -> str | None:
    """The view type of the stream that is asked for; None if none is.

    Raises `VIEW_TYPE_MISSING`, `VIEW_TYPE_WITHOUT_STREAM`.
    """
    specification = request.get("StreamSpecification")
    if specification is None:
        return None
    view_type: str | None = specification.get("StreamViewType")
    if specification["StreamEnabled"] and view_type is None:
        raise errors.VIEW_TYPE_MISSING()
    if not specification["StreamEnabled"] and view_type is not None:
        raise errors.VIEW_TYPE_WITHOUT_STREAM()
    return view_type


def with_stream_as_asked(table: Table, request: Request, now: float) -> Table:
    """The table with a new stream or without its stream. Raises `ALREADY_ENABLED`, `NOTHING_TO_DISABLE`."""
    if "StreamSpecification" not in request:
        return table
    view_type = view_type_of(request)
    if view_type is None:
        if table.stream is None:
            raise errors.NOTHING_TO_DISABLE(table=table.name)
        return replace(table, stream=None)
    if table.stream is not None:
        raise errors.ALREADY_ENABLED(table=table.name)
    return table.with_stream(view_type, now)
