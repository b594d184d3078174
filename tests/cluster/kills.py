"""How often, and in which ways, the primary goes away in a test.

KILOWATT_CLUSTER_KILLS: how often in each test (1).
"""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import NamedTuple

from tests.cluster.load import Pulse
from tests.cluster.patroni import Cluster

KILLS = int(os.environ.get("KILOWATT_CLUSTER_KILLS", "1"))
# How many acknowledged writes are service, and how long it may take until it is back by itself.
_WRITES = 20
_PATIENCE_SECONDS = 90.0


class Way(NamedTuple):
    """One way to lose the primary."""

    name: str
    kill: Callable[[Cluster], str]
    stays_away: bool
    """Whether the node comes back only if it is started."""


MACHINE = Way("its machine dies", Cluster.kill_primary, True)
PROCESS = Way("its process dies", Cluster.kill_postgres, False)
SILENCE = Way("it falls silent", Cluster.freeze_primary, True)


@dataclass
class Kills:
    """Kills primaries, beginning in the first of some ways, and notes what that cost."""

    cluster: Cluster
    pulse: Pulse
    ways: tuple[Way, ...]
    outages: list[tuple[str, float]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Way]:
        return islice(cycle(self.ways), KILLS)

    def kill(self, way: Way) -> str:
        """Loses the primary in this way, and waits for service; returns the node's name."""
        begin = time.monotonic()
        name = way.kill(self.cluster)
        self.pulse.wait(time.monotonic(), _WRITES, _PATIENCE_SECONDS)
        self.outages.append((way.name, self.pulse.longest_pause_seconds(begin)))
        return name

    def mend(self, way: Way, name: str) -> None:
        """Brings the node back, and waits until another one may go."""
        if way.stays_away:
            self.cluster.start(name)
        self.cluster.wait_until_whole()

    def told(self) -> str:
        outages = ", ".join(f"{name}: {seconds:.1f} s" for name, seconds in self.outages)
        return (
            f"{len(self.outages)} kills, without an acknowledged write ({outages}), "
            f"{self.pulse.internal_errors} internal errors, "
            f"the longest request took {self.pulse.longest_request_seconds:.1f} s"
        )
