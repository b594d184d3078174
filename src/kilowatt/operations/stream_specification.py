"""StreamSpecification: the parameter of CreateTable and UpdateTable that asks for a stream, or for its end.

Source: AWS API reference, StreamSpecification; what does not go together as measured, 2026-10.
"""

from typing import Any

from kilowatt.domain.tables.table import PROVISIONED, Table
from kilowatt.errors import ErrorSpec
from kilowatt.errors import streams as errors

Request = dict[str, Any]


def view_type_at_creation(request: Request) -> str | None:
    """The view type of the stream that a CreateTable asks for; None if it asks for none.

    Raises `CREATED_WITHOUT_VIEW_TYPE`, `CREATED_WITH_VIEW_TYPE`.
    """
    return _view_type(request, errors.CREATED_WITHOUT_VIEW_TYPE, errors.CREATED_WITH_VIEW_TYPE)


def check_stream_change(request: Request) -> None:
    """Refuses an UpdateTable whose StreamSpecification is wrong whatever the table is.

    Raises `ENABLED_WITHOUT_VIEW_TYPE`, `DISABLED_WITH_VIEW_TYPE`, `NOT_WITH_THROUGHPUT`, `NOT_WITH_INDEXES`.
    """
    if "StreamSpecification" not in request:
        return
    _view_type(request, errors.ENABLED_WITHOUT_VIEW_TYPE, errors.DISABLED_WITH_VIEW_TYPE)
    if "ProvisionedThroughput" in request or request.get("BillingMode") == PROVISIONED:
        raise errors.NOT_WITH_THROUGHPUT()
    updates = request.get("GlobalSecondaryIndexUpdates", ())
    if any("Create" in update or "Delete" in update for update in updates):
        raise errors.NOT_WITH_INDEXES()


def _view_type(request: Request, missing: ErrorSpec, superfluous: ErrorSpec) -> str | None:
    specification = request.get("StreamSpecification")
    if specification is None:
        return None
    view_type: str | None = specification.get("StreamViewType")
    if specification["StreamEnabled"] and view_type is None:
        raise missing()
    if not specification["StreamEnabled"] and view_type is not None:
        raise superfluous()
    return view_type


def with_stream_as_asked(table: Table, request: Request, now: float) -> Table:
    """The table with a new stream or without its stream. Raises `ALREADY_ENABLED`, `NOTHING_TO_DISABLE`."""
    if "StreamSpecification" not in request:
        return table
    view_type: str | None = request["StreamSpecification"].get("StreamViewType")
    if view_type is None:
        if table.visible_stream is None:
            raise errors.NOTHING_TO_DISABLE(table=table.name)
        return table.without_stream(now)
    if table.visible_stream is not None:
        raise errors.ALREADY_ENABLED(table=table.name)
    return table.with_stream(view_type, now)
