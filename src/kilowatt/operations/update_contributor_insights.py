"""UpdateContributorInsights. Source: AWS API reference, UpdateContributorInsights."""

from dataclasses import replace
from typing import Any

from kilowatt.domain.tables.insights import (
    DISABLED,
    DISABLING,
    ENABLING,
    Insights,
    disabled,
    enabled,
)
from kilowatt.domain.tables.table import Index, Table
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.global_part import named_index, names

Request = dict[str, Any]


async def update_contributor_insights(context: Context, request: Request) -> bytes:
    """Begins or ends to count the keys of a table or global index.

    The answer says ENABLING or DISABLING, also if that is over at once.
    """
    services = context.services
    now = services.clock.now()
    until = now + services.table_delay_seconds

    def change(table: Table) -> Table:
        index = named_index(table, request)
        insights = _changed((index or table).insights, request, now, until)
        if index is None:
            return replace(table, insights=insights)
        return table.with_indexes(tuple(_with(one, index, insights) for one in table.indexes))

    name = context.table_name(request["TableName"])
    old, new = await services.catalog.update(context.account, context.region, name, change)
    services.meter.changed(new)
    index = named_index(new, request)
    before, after = (named_index(old, request) or old).insights, (index or new).insights
    answer = {**names(new, index), "ContributorInsightsStatus": _told(before, after, now)}
    if after is not None and after.enabled:
        answer["ContributorInsightsMode"] = after.mode
    return document(answer)


def _changed(known: Insights | None, request: Request, now: float, until: float) -> Insights | None:
    if request["ContributorInsightsAction"] == "DISABLE":
        return disabled(known, now, until)
    return enabled(known, request.get("ContributorInsightsMode"), now, until)


def _with(index: Index, changed: Index, insights: Insights | None) -> Index:
    return replace(index, insights=insights) if index.number == changed.number else index


def _told(before: Insights | None, after: Insights | None, now: float) -> str:
    if after is None:
        return DISABLED
    if after == before:
        return after.status(now)
    return ENABLING if after.enabled else DISABLING
