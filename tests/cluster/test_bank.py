"""A bank on several servers over one database: money is neither made nor lost, whoever dies.

KILOWATT_CLUSTER_KILLS: how often the primary dies (1); servers die thrice as often.
"""

import random
import time
from collections.abc import Sequence

from tests.cluster.kills import AHEAD, ALONE, KILLS, MACHINE, PROCESS, SILENCE, SLEEP, STANDBY, Kills
from tests.cluster.load import Pulse, at_work_on
from tests.cluster.patroni import Cluster
from tests.cluster.servers import servers_over, start_over
from tests.conftest import Server
from tests.faults.audit import scan
from tests.faults.bank import TRANSFERS, Observer, Teller, complaints_about, open_bank, read_balances
from tests.faults.wire import Wire
from tests.postgres_server import Databases

_TELLERS = 8
_LOAD_SECONDS = (1.0, 3.0)
_SERVER_KILLS = 3 * KILLS


class Bank:
    """Its staff. Each has a server to begin with, and goes on at another."""

    def __init__(self) -> None:
        self.tellers = [Teller(number, random.getrandbits(32)) for number in range(_TELLERS)]
        self.observers = [Observer(), Observer()]
        self.pulse = Pulse()

    @property
    def staff(self) -> list[Teller | Observer]:
        return [*self.tellers, *self.observers]

    def check(self, servers: Sequence[Server]) -> None:
        """The books are right, whichever server shows them."""
        ledgers = [teller.ledger for teller in self.tellers]
        surprises = [surprise for observer in self.observers for surprise in observer.surprises]
        for server in servers:
            with Wire(server.endpoint) as wire:
                records = scan(wire.ask, table=TRANSFERS, ConsistentRead=True)
                complaints = complaints_about(read_balances(wire.ask), records, ledgers) + surprises
            assert not complaints, "\n".join(complaints)

    def told(self) -> str:
        ledgers = [teller.ledger for teller in self.tellers]
        done = sum(len(ledger.acknowledged) for ledger in ledgers)
        replays = sum(ledger.replays for ledger in ledgers)
        conflicts = sum(ledger.conflicts for ledger in ledgers)
        reads = sum(observer.reads for observer in self.observers)
        return f"{done} transfers, {conflicts} conflicts, {replays} sent again, {reads} reads"


def test_a_bank_outlives_its_primaries(cluster: Cluster) -> None:
    dsn = cluster.new_database()
    bank = Bank()
    kills = Kills(cluster, bank.pulse, (AHEAD, PROCESS, MACHINE, SLEEP, STANDBY, SILENCE, ALONE))
    with servers_over(dsn, dsn) as servers:
        with Wire(servers[0].endpoint) as wire:
            open_bank(wire.ask)
        endpoints = [server.endpoint for server in servers]
        for way in kills:
            with at_work_on(endpoints, bank.staff, bank.pulse):
                time.sleep(random.uniform(*_LOAD_SECONDS))
                name = kills.kill(way)
                time.sleep(random.uniform(*_LOAD_SECONDS))
            bank.check(servers)
            kills.mend(way, name)
    print(f"{kills.told()}; {bank.told()}")  # noqa: T201  for those who run it for long


def test_a_bank_goes_on_when_one_of_three_servers_dies(postgres_server: Databases) -> None:
    dsn = postgres_server.new_database()
    bank = Bank()
    pauses = []
    with servers_over(dsn, dsn, dsn) as servers:
        with Wire(servers[0].endpoint) as wire:
            open_bank(wire.ask)
        for _ in range(_SERVER_KILLS):
            with at_work_on([server.endpoint for server in servers], bank.staff, bank.pulse):
                time.sleep(random.uniform(0.2, 1.0))
                begin = time.monotonic()
                servers.pop(random.randrange(len(servers))).kill()
                bank.pulse.wait(time.monotonic(), 20, 10)
                time.sleep(random.uniform(0.2, 1.0))
                pauses.append(bank.pulse.longest_pause_seconds(begin))
            bank.check(servers)
            servers.append(start_over(dsn))
    print(f"{_SERVER_KILLS} servers killed, at most {max(pauses):.2f} s without a write; {bank.told()}")  # noqa: T201  as above
    assert max(pauses) < 5
