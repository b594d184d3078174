"""How often, and in which ways, a node goes away in a test.

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
    """One way to lose the primary, or the standby that commits wait for."""

    name: str
    kill: Callable[[Cluster], str]
    wake: Callable[[Cluster, str], None] | None = None
    """What the node does once there is service without it."""
    mend: Callable[[Cluster, str], None] | None = None
    """How it is brought back, if it does not come back by itself."""
    at_least_seconds: float = 0.0
    """For how long nothing may be acknowledged."""


MACHINE = Way("its machine dies", Cluster.kill_primary, mend=Cluster.start)
AHEAD = Way("its machine dies when it is ahead", Cluster.kill_primary_that_is_ahead, mend=Cluster.start)
PROCESS = Way("its process dies", Cluster.kill_postgres)
SILENCE = Way("it falls silent", Cluster.freeze_primary, mend=Cluster.start)
SLEEP = Way("it sleeps for a while", Cluster.freeze_primary, wake=Cluster.thaw)
STANDBY = Way("its standby dies", Cluster.kill_standby, mend=Cluster.start)
ALONE = Way("no standby is left", Cluster.lose_standbys, at_least_seconds=20.0)


@dataclass
class Kills:
    """Kills nodes, beginning in the first of some ways, and notes what that cost."""

    cluster: Cluster
    pulse: Pulse
    ways: tuple[Way, ...]
    outages: list[tuple[str, float]] = field(default_factory=list)

    def __iter__(self) -> Iterator[Way]:
        return islice(cycle(self.ways), KILLS)

    def kill(self, way: Way) -> str:
        """Loses a node in this way, and waits for service; returns its name."""
        begin = time.monotonic()
        name = way.kill(self.cluster)
        self.pulse.wait(time.monotonic(), _WRITES, _PATIENCE_SECONDS)
        self.outages.append((way.name, self.pulse.longest_pause_seconds(begin)))
        assert self.outages[-1][1] >= way.at_least_seconds, self.outages[-1]
        if way.wake is not None:
            way.wake(self.cluster, name)
        return name

    def mend(self, way: Way, name: str) -> None:
        """Brings the node back, and waits until another one may go."""
        if way.mend is not None:
            way.mend(self.cluster, name)
        self.cluster.wait_until_whole()

    def told(self) -> str:
        outages = ", ".join(f"{name}: {seconds:.1f} s" for name, seconds in self.outages)
        return (
            f"{len(self.outages)} kills, without an acknowledged write ({outages}), "
            f"{self.pulse.internal_errors} internal errors, "
            f"the longest request took {self.pulse.longest_request_seconds:.1f} s"
        )
