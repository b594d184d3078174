"""ListContributorInsights. Source: AWS API reference, ListContributorInsights; AWS CLI, its example."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from typing import Any

from kilowatt.domain.tables.insights import DISABLED
from kilowatt.domain.tables.table import Index, Table
from kilowatt.errors import insights as errors
from kilowatt.errors.partiql import INVALID_NEXT_TOKEN
from kilowatt.limits import CONTRIBUTOR_INSIGHTS_PAGE
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.global_part import names
from kilowatt.store.catalog import WITH_INSIGHTS

# Names of a table and an index have no slash; that of the table itself is empty.
Place = tuple[str, str]


async def list_contributor_insights(context: Context, request: dict[str, Any]) -> bytes:
    """Lists the caller's tables and global indexes with contributor insights, or those of one table."""
    limit = request.get("MaxResults", CONTRIBUTOR_INSIGHTS_PAGE)
    if limit < 1:
        raise errors.NO_RESULTS_WANTED()
    after = _place(request["NextToken"]) if "NextToken" in request else None
    found = dict(sorted(_enabled(await _tables(context, request), context.services.clock.now())))
    rest = [place for place in found if after is None or place > after]
    answer: dict[str, Any] = {"ContributorInsightsSummaries": [found[place] for place in rest[:limit]]}
    if len(rest) > limit:
        answer["NextToken"] = urlsafe_b64encode("/".join(rest[limit - 1]).encode()).decode()
    return document(answer)


async def _tables(context: Context, request: dict[str, Any]) -> list[Table]:
    if "TableName" in request:
        return [await context.described(request["TableName"])]
    tables = await context.services.catalog.all_tables(WITH_INSIGHTS)
    return [table for table in tables if (table.account, table.region) == (context.account, context.region)]


def _enabled(tables: list[Table], now: float) -> Iterator[tuple[Place, dict[str, Any]]]:
    """What is to be listed, by its place in the list."""
    for table in tables:
        parts: list[tuple[Table | Index, Index | None]] = [(table, None)]
        parts += [(index, index) for index in table.indexes]
        for part, index in parts:
            insights = part.insights
            if insights is not None and insights.status(now) != DISABLED:
                summary = {
                    **names(table, index),
                    "ContributorInsightsStatus": insights.status(now),
                    "ContributorInsightsMode": insights.mode,
                }
                yield (table.name, "" if index is None else index.name), summary


def _place(token: str) -> Place:
    """Where a list goes on. Raises `INVALID_NEXT_TOKEN`."""
    try:
        table, index = urlsafe_b64decode(token.encode()).decode().split("/")
    except ValueError:
        raise INVALID_NEXT_TOKEN() from None
    return table, index
