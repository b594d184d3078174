"""100,000 items that expire at one moment: how soon they are deleted, and what others feel of it.

python -m benchmarks.expiry [--items 100000] [--connections 8]

Another table takes as many puts and gets as its connections carry, before and while the items are deleted.
Where others compete for the cores, single rounds say little: the medians count.
"""

import argparse
import json
import random
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.exchange import Connection, fill
from benchmarks.processes import Running, cores, running
from benchmarks.servers import BUILD, SERVERS
from benchmarks.signing import signed, write_replay
from benchmarks.workload import GET_ITEM, PUT_ITEM
from benchmarks.wrk import Replay, replay, require_wrk

_TABLE = "expiring"
_BATCH = 25
_ROUND_SECONDS = 1
_CALM_ROUNDS = 7
# Loading takes some hundred microseconds an item, on a busy machine too.
_LOADING_SECONDS_AN_ITEM = 0.0006
_MOST_SECONDS, _MOST_P99_MS = 60, 20
_PATIENCE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Other:
    """The other traffic: its requests, and how to send them."""

    server: Running
    requests: Path
    connections: int
    core: int | None

    def round(self) -> Replay:
        return replay(self.server.url, self.requests, self.connections, _ROUND_SECONDS, self.core)


def main() -> int:
    options = _options()
    require_wrk()
    server_core, wrk_core = cores()
    with running(SERVERS[0], options.port, server_core) as server, Connection(server.port) as connection:
        fill(connection)
        other = Other(server, _requests(), options.connections, wrk_core)
        moment = _load(connection, options.items)
        calm = [other.round() for _ in range(_CALM_ROUNDS)]
        seconds, busy = _until_deleted(connection, other, moment)
    for title, rounds in (("before", calm), ("while they are deleted", busy)):
        print(f"{title}: {_shown(rounds)}")
    before, meanwhile = (median(each.p99 for each in rounds) for rounds in (calm, busy))
    print(f"{options.items:,} items deleted in {seconds:.1f} s")
    print(f"p99 of others, median of the rounds: {meanwhile:.1f} ms; before: {before:.1f} ms")
    return 0 if seconds < _MOST_SECONDS and meanwhile < _MOST_P99_MS else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.expiry",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--connections", type=int, default=8, help="of the other traffic")
    parser.add_argument("--port", type=int, default=8766)
    return parser.parse_args()


def _requests() -> Path:
    """Puts and gets in turn."""
    pairs = zip(PUT_ITEM.sample(2_000), GET_ITEM.sample(2_000), strict=True)
    path = BUILD / "expiry.requests"
    write_replay(
        path, [request for put, get in pairs for request in (signed("PutItem", put), signed("GetItem", get))]
    )
    return path


def _load(connection: Connection, items: int) -> int:
    """Stores items that all expire at the moment that is returned, in seconds since the epoch."""
    key = {"AttributeName": "pk", "AttributeType": "S"}
    connection.call(
        "CreateTable",
        {
            "TableName": _TABLE,
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [key],
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        },
    )
    specification = {"Enabled": True, "AttributeName": "expires"}
    connection.call("UpdateTimeToLive", {"TableName": _TABLE, "TimeToLiveSpecification": specification})
    moment = int(time.time() + 20 + items * _LOADING_SECONDS_AN_ITEM)
    print(f"Loading {items:,} items", file=sys.stderr)
    chance = random.Random(1)
    for start in range(0, items, _BATCH):
        puts = [_put(number, moment, chance) for number in range(start, min(start + _BATCH, items))]
        connection.call("BatchWriteItem", {"RequestItems": {_TABLE: puts}})
    if _left(connection) != items:
        raise SystemExit("Loading took so long that items have expired meanwhile.")
    return moment


def _put(number: int, moment: int, chance: random.Random) -> dict[str, Any]:
    item = {
        "pk": {"S": f"session#{number:08}"},
        "expires": {"N": str(moment)},
        "data": {"S": json.dumps({"token": chance.randbytes(60).hex()})},
    }
    return {"PutRequest": {"Item": item}}


def _until_deleted(connection: Connection, other: Other, moment: int) -> tuple[float, list[Replay]]:
    """The seconds from the moment until all items are gone, and the rounds of other traffic meanwhile."""
    time.sleep(max(0.0, moment - time.time()))
    rounds = []
    while (left := _left(connection)) and time.time() - moment < _PATIENCE_SECONDS:
        print(f"  {time.time() - moment:5.1f} s: {left:,} left", file=sys.stderr)
        rounds.append(other.round())
    return time.time() - moment, rounds


def _left(connection: Connection) -> int:
    count: int = connection.call("DescribeTable", {"TableName": _TABLE})["Table"]["ItemCount"]
    return count


def _shown(rounds: list[Replay]) -> str:
    return ", ".join(
        f"{each.rate:,.0f}/s p50 {each.p50:.1f} p99 {each.p99:.1f} p99.9 {each.p999:.1f} ms"
        for each in rounds
    )


if __name__ == "__main__":
    sys.exit(main())
