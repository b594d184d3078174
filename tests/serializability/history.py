"""What clients did to lists that only grow, and what they were told.

Every write appends one value of its own to each list that it touches, or deletes the item for good. So what
a reader sees of a list is a list of who wrote it before, in order: the order of all versions of an item is
known without asking the server for more than reads.

Source of the idea: Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies from Experimental
Observations", VLDB 2020.
"""

from dataclasses import dataclass, field
from enum import Enum

FOREVER = float("inf")
# Read of an item that was deleted, and the value that its deletion counts as.
DELETED = "deleted"

Seen = tuple[str, ...] | str
"""The values of a list in order, or DELETED."""


class Outcome(Enum):
    DONE = "done"
    FAILED = "failed"
    """It surely did not take place."""
    UNKNOWN = "unknown"
    """It was never answered."""


@dataclass
class Operation:
    """One call. `reads` and `writes` are by item; what it read is as it was before its own writes.

    `start` and `end` are moments of one clock; the call took place between them, if it did.
    """

    name: str
    start: float
    end: float = FOREVER
    reads: dict[str, Seen] = field(default_factory=dict)
    writes: dict[str, str] = field(default_factory=dict)
    outcome: Outcome = Outcome.DONE

    def __str__(self) -> str:
        parts = [f"reads {item} {_short(seen)}" for item, seen in self.reads.items()]
        parts += [f"appends {value} to {item}" for item, value in self.writes.items()]
        return f"{self.name} [{self.start:.4f}, {self.end:.4f}] {', '.join(parts)}"


def _short(seen: Seen) -> str:
    if isinstance(seen, str):
        return seen
    return f"[{len(seen)}: … {' '.join(seen[-3:])}]"
