"""UpdateTimeToLive. Source: AWS API reference, UpdateTimeToLive."""

from dataclasses import replace
from typing import Any

from kilowatt.domain.tables.lifecycle import CREATING, check_neither_created_nor_deleted, status
from kilowatt.domain.tables.table import Table
from kilowatt.errors import time_to_live as errors
from kilowatt.limits import TIME_TO_LIVE_CHANGE_SECONDS
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context

Request = dict[str, Any]


async def update_time_to_live(context: Context, request: Request) -> bytes:
    """Names the attribute that tells when a table's items expire, or ends that they do."""
    specification = request["TimeToLiveSpecification"]
    now = context.services.clock.now()

    def change(table: Table) -> Table:
        if status(table, now) == CREATING:
            raise errors.TABLE_IN_CREATION(table=table.name)
        check_neither_created_nor_deleted(table, now)
        _check(table, specification, now)
        attribute = specification["AttributeName"] if specification["Enabled"] else None
        return replace(table, ttl_attribute=attribute, ttl_changed=now, ttl_filled=False)

    name = context.table_name(request["TableName"])
    await context.services.catalog.update(context.account, context.region, name, change)
    return document({"TimeToLiveSpecification": specification})


def _check(table: Table, specification: Request, now: float) -> None:
    current = table.ttl_attribute
    if specification["Enabled"] and current == specification["AttributeName"]:
        raise errors.ALREADY_ENABLED()
    if not specification["Enabled"] and current is None:
        raise errors.ALREADY_DISABLED()
    if current is not None and current != specification["AttributeName"]:
        raise errors.ANOTHER_ATTRIBUTE(attribute=current)
    if table.ttl_changed is not None and now - table.ttl_changed < TIME_TO_LIVE_CHANGE_SECONDS:
        raise errors.CHANGED_TOO_SOON()
