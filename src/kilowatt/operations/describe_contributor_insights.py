"""DescribeContributorInsights. Source: AWS API reference, DescribeContributorInsights."""

from typing import Any

from kilowatt.domain.tables.insights import DISABLED
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.global_part import named_index, names


async def describe_contributor_insights(context: Context, request: dict[str, Any]) -> bytes:
    """Whether the keys of a table or global index are counted, and by which rules."""
    table = await context.described(request["TableName"])
    index = named_index(table, request)
    part = table if index is None else index
    answer: dict[str, Any] = names(table, index)
    insights = part.insights
    if insights is None:
        return document({**answer, "ContributorInsightsStatus": DISABLED})
    now = context.services.clock.now()
    rules = insights.rules("-".join(answer.values()), bool(part.key.range), now)
    if rules:
        answer["ContributorInsightsRuleList"] = rules
        answer["ContributorInsightsMode"] = insights.mode
    answer["ContributorInsightsStatus"] = insights.status(now)
    answer["LastUpdateDateTime"] = insights.changed
    return document(answer)
