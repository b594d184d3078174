"""What a stream costs PutItem: the same puts to a table without a stream and to one with, in turn.

python -m benchmarks.streams [--rounds 9] [--seconds 4] [--connections 64]

Both tables are on one server on disk. Each put changes its item, so each has its record. What counts is the
median over the rounds of the ratio of neighbouring ones; the ratio of processor times is the steadier one.
"""

import argparse
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.exchange import Connection
from benchmarks.measure import Load
from benchmarks.processes import Running, cores, running
from benchmarks.servers import BUILD, SERVERS
from benchmarks.signing import signed, write_replay
from benchmarks.workload import CREATE_TABLE, Document, message
from benchmarks.wrk import replay, require_wrk

_ITEMS = 5_000
_STREAM = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
_PLAIN, _STREAMED = "plain", "streamed"
_LEAST_RATIO = 0.8


def main() -> int:
    options = _options()
    require_wrk()
    server_core, wrk_core = cores()
    with running(SERVERS[0], options.port, server_core) as server:
        files = {table: _prepared(server, table) for table in (_PLAIN, _STREAMED)}
        loads: dict[str, list[Load]] = {_PLAIN: [], _STREAMED: []}
        for number in range(options.rounds + 1):
            for table in (_PLAIN, _STREAMED) if number % 2 else (_STREAMED, _PLAIN):
                load = _load(server, files[table], options, wrk_core)
                if number:  # the first round warms up
                    loads[table].append(load)
                    print(f"  {table:9}{load.replay.rate:8,.0f}/s{load.cpu_us:8.0f} us", file=sys.stderr)
    rates = [
        streamed.replay.rate / plain.replay.rate
        for plain, streamed in zip(loads[_PLAIN], loads[_STREAMED], strict=True)
    ]
    cpu = [
        plain.cpu_us / streamed.cpu_us
        for plain, streamed in zip(loads[_PLAIN], loads[_STREAMED], strict=True)
    ]
    refused = sum(load.replay.refused + load.replay.broken for table in loads.values() for load in table)
    print(f"PutItem with a stream: {median(rates):.2f} of its rate without, {median(cpu):.2f} by CPU")
    print(f"{refused} requests failed") if refused else None
    return 0 if max(median(rates), median(cpu)) >= _LEAST_RATIO and not refused else 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        "python -m benchmarks.streams",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=int, default=4, help="length of a round")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--port", type=int, default=8765)
    return parser.parse_args()


def _prepared(server: Running, table: str) -> Path:
    """Makes the table, and the file of its requests."""
    stream = {"StreamSpecification": _STREAM} if table == _STREAMED else {}
    with Connection(server.port) as connection:
        connection.call("CreateTable", {**CREATE_TABLE, "TableName": table, **stream})
    path = BUILD / f"streams-{table}.requests"
    write_replay(path, [signed("PutItem", put) for put in _puts(table)])
    return path


def _puts(table: str) -> Iterator[Document]:
    """Twice each item, with another number of likes: whichever was put last, the next one changes it."""
    chance = random.Random(1)
    for likes in (0, 1):
        for number in chance.sample(range(_ITEMS), _ITEMS):
            item = message(number, random.Random(number)) | {"likes": {"N": str(likes)}}
            yield {"TableName": table, "Item": item}


def _load(server: Running, requests: Path, options: argparse.Namespace, core: int | None) -> Load:
    before = server.cpu_seconds()
    seen = replay(server.url, requests, options.connections, options.seconds, core)
    used = server.cpu_seconds() - before
    server.wait_until_idle()
    time.sleep(0.2)
    return Load(seen, used)


if __name__ == "__main__":
    sys.exit(main())
