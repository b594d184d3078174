"""DescribeContributors: what CloudWatch shows on AWS: the keys that were accessed and throttled most."""

from typing import Any

from kilowatt.domain.capacity.contributors import (
    KEPT_MINUTES,
    PARTITION_UNITS_A_MINUTE,
    Contributor,
    Contributors,
)
from kilowatt.domain.tables.insights import DISABLED
from kilowatt.domain.tables.keys import key_of_suffix
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.global_part import named_index, names

_METRICS = {"C": "ConsumedThroughputUnits", "T": "ThrottleCount"}


async def describe_contributors(context: Context, request: dict[str, Any]) -> bytes:
    """The first contributors of each rule, over this minute and those before, 60 unless told otherwise."""
    table = await context.described(request["TableName"])
    index = named_index(table, request)
    part = table if index is None else index
    now = context.services.clock.now()
    minutes = request.get("Minutes", KEPT_MINUTES)
    answer = {**names(table, index), "Minutes": minutes, "PartitionUnitsPerMinute": PARTITION_UNITS_A_MINUTE}
    insights = part.insights
    if insights is None:
        return document({**answer, "ContributorInsightsStatus": DISABLED, "Rules": []})
    resource = "-".join(names(table, index).values())
    rules = insights.rules(resource, bool(part.key.range), now)
    start = (now // 60 - minutes + 1) * 60
    counted = context.services.meter.of(table).resource(index).contributors
    return document(
        {
            **answer,
            "ContributorInsightsStatus": insights.status(now),
            "ContributorInsightsMode": insights.mode,
            "Rules": [_rule(name, counted, start, now) for name in rules if counted is not None],
        }
    )


def _rule(name: str, counted: Contributors, start: float, now: float) -> dict[str, Any]:
    kind = name.split("-")[1]
    return {
        "Rule": kind,
        "RuleName": name,
        "Metric": _METRICS[kind[-1]],
        "Contributors": [_described(one, counted) for one in counted.heaviest(kind, start, now)],
    }


def _described(contributor: Contributor, counted: Contributors) -> dict[str, Any]:
    """`Total` and `Maximum`, that of one minute, may be too high by `Error` at most."""
    return {
        "Key": key_of_suffix(counted.key, contributor.position),
        "Total": contributor.total,
        "Maximum": contributor.peak,
        "Error": contributor.error,
    }
