"""What a writer did, and what may therefore be found after a crash.

A writer sends one request after the other, each when the one before was answered. So its history is a list
of steps, of which all but the last are surely acknowledged. What is found of its items must be what is left
after some number of steps, at least the acknowledged ones: a lost write, a half-applied batch, a write out of
order or one that nobody sent all fail this.

Many writers share the counters. Each update adds one to a counter's number and a token of its own to its set.
"""

from dataclasses import dataclass, field
from typing import Any

Item = dict[str, dict[str, Any]]
Key = tuple[str, int]
"""Partition key and sort key."""

Step = dict[Key, Item | None]
"""What one request leaves: items, and None for the keys that it deletes."""


@dataclass
class History:
    """The items that one writer alone writes, and its steps since they were last looked at."""

    base: dict[Key, Item] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    acknowledged: int = 0

    def after(self, steps: int) -> dict[Key, Item]:
        """The items after that many steps."""
        items = dict(self.base)
        for step in self.steps[:steps]:
            for key, item in step.items():
                if item is None:
                    items.pop(key, None)
                else:
                    items[key] = item
        return items

    def matching(self, found: dict[Key, Item], at_least: int) -> int | None:
        """After how many steps, `at_least` so many, the items are those `found`; None if after no number."""
        items = self.after(at_least)
        for number in range(at_least, len(self.steps) + 1):
            if number > at_least:
                items = self.after(number)
            if items == found:
                return number
        return None

    def settle(self, steps: int) -> None:
        """Takes what is there after so many steps as the new beginning."""
        self.base = self.after(steps)
        self.steps = []
        self.acknowledged = 0


@dataclass
class CounterHistory:
    """The tokens that all writers added to one counter: those sent, and of these those acknowledged."""

    sent: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
