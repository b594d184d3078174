"""All operations on items are strictly serializable, on two servers, over the deaths of primaries.

KILOWATT_CLUSTER_KILLS: how often the primary dies (1).
"""

import random
import time
from pathlib import Path

from tests.cluster.kills import AHEAD, ALONE, MACHINE, PROCESS, SILENCE, SLEEP, STANDBY, Kills
from tests.cluster.load import Pulse, at_work_on
from tests.cluster.patroni import Cluster
from tests.cluster.servers import servers_over
from tests.serializability.clients import Client
from tests.serializability.test_serializability import Run, create_table, told

_CLIENTS = 6
_SECONDS = 2.0


def test_operations_are_serializable_over_the_deaths_of_primaries(cluster: Cluster, tmp_path: Path) -> None:
    dsn = cluster.new_database()
    run = Run(tmp_path)
    run.clients = [Client(f"c{number}", random.getrandbits(32), run.lists) for number in range(_CLIENTS)]
    pulse = Pulse()
    kills = Kills(cluster, pulse, (PROCESS, AHEAD, SLEEP, MACHINE, STANDBY, SILENCE, ALONE))
    with servers_over(dsn, dsn) as servers:
        create_table(servers[0])
        for way in kills:
            with at_work_on([server.endpoint for server in servers], run.clients, pulse):
                time.sleep(random.uniform(0.5, _SECONDS))
                name = kills.kill(way)
                time.sleep(random.uniform(0.5, _SECONDS))
            kills.mend(way, name)
        history = run.check(servers[1])
    print(kills.told())  # noqa: T201  for those who run it for long
    told(run, history)
