"""Contributor insights of a table or global index: whether its most accessed and throttled keys are counted.

What is counted belongs to rules of CloudWatch: PKC and SKC for accesses (of partition keys, and of partition
and sort keys), PKT and SKT for throttled requests. A rule's name ends with the time at which it was made.
Those for throttled requests stay when the mode changes.

Source: AWS guide, "CloudWatch contributor insights for DynamoDB: How it works"; service model; names of the
rules of indexes as clients have seen them.
"""

from dataclasses import dataclass, replace
from typing import Any

ACCESSED_AND_THROTTLED_KEYS, THROTTLED_KEYS = "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"
ENABLING, ENABLED, DISABLING, DISABLED = "ENABLING", "ENABLED", "DISABLING", "DISABLED"


@dataclass(frozen=True, slots=True)
class Insights:
    """The setting, since it was first enabled.

    `changed` is when that was last changed, and `until` when that change is through; `accessed_since` and
    `throttled_since` are when the rules were made. All are seconds since the epoch.
    """

    enabled: bool
    mode: str
    changed: float
    until: float
    accessed_since: float
    throttled_since: float

    @property
    def counts_accesses(self) -> bool:
        return self.enabled and self.mode == ACCESSED_AND_THROTTLED_KEYS

    def status(self, now: float) -> str:
        """ContributorInsightsStatus."""
        if now < self.until:
            return ENABLING if self.enabled else DISABLING
        return ENABLED if self.enabled else DISABLED

    def rules(self, resource: str, has_sort_key: bool, now: float) -> list[str]:
        """The names of the rules; `resource` is the table, or the table and the index."""
        if self.status(now) == DISABLED:
            return []
        made = {"C": self.accessed_since} if self.mode == ACCESSED_AND_THROTTLED_KEYS else {}
        made["T"] = self.throttled_since
        keys = ("PK", "SK") if has_sort_key else ("PK",)
        return [
            f"DynamoDBContributorInsights-{key}{what}-{resource}-{int(since * 1000)}"
            for what, since in made.items()
            for key in keys
        ]


def enabled(known: Insights | None, mode: str | None, now: float, until: float) -> Insights:
    """The setting after an ENABLE; without a mode what is enabled keeps its own."""
    if known is None or not known.enabled:
        return Insights(True, mode or ACCESSED_AND_THROTTLED_KEYS, now, until, now, now)
    if mode in {None, known.mode}:
        return known
    since = now if mode == ACCESSED_AND_THROTTLED_KEYS else known.accessed_since
    return replace(known, mode=mode, changed=now, until=until, accessed_since=since)


def disabled(known: Insights | None, now: float, until: float) -> Insights | None:
    """The setting after a DISABLE; None if it never was enabled."""
    if known is None or not known.enabled:
        return known
    return replace(known, enabled=False, changed=now, until=until)


def to_document(insights: Insights | None) -> list[Any] | None:
    """What a descriptor record keeps."""
    if insights is None:
        return None
    return [
        insights.enabled,
        insights.mode,
        insights.changed,
        insights.until,
        insights.accessed_since,
        insights.throttled_since,
    ]


def from_document(document: list[Any] | None) -> Insights | None:
    """The inverse of `to_document`; None also for what is older than this setting."""
    return None if document is None else Insights(*document)
