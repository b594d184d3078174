"""A consumer reads every change once, in order, while shards split and roll over and the server is killed.

KILOWATT_STREAM_WRITES: how many changes of items (4,000). KILOWATT_STREAM_KILLS: how often the server is
killed meanwhile (2); once it is stopped in order. KILOWATT_STREAM_SEED repeats a run's requests.
"""

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conftest import Server, start_server
from tests.faults.audit import scan
from tests.faults.stream_consumer import Consumer, Record
from tests.faults.stream_workload import SCHEMA, TABLE, StreamWriter
from tests.faults.wire import Wire

_WRITES = int(os.environ.get("KILOWATT_STREAM_WRITES", "4000"))
_KILLS = int(os.environ.get("KILOWATT_STREAM_KILLS", "2"))
_WRITERS = 6
_LONG = _WRITES > 20_000
_SHARDS = (
    ("--shard-seconds", "1", "--shard-writes-per-second", "300")
    if _LONG
    else ("--shard-seconds", "0.2", "--shard-writes-per-second", "100")
)
_PATIENCE_SECONDS = 600


def test_a_consumer_reads_every_change_once_and_in_order(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILOWATT_STREAM_SEED", str(random.getrandbits(32))))
    print(f"KILOWATT_STREAM_SEED={seed}")  # noqa: T201  pytest shows it with a failure
    writers = [StreamWriter(number, seed + number) for number in range(_WRITERS)]
    server = _start(tmp_path)
    with Wire(server.endpoint) as wire:
        arn = wire.ask("CreateTable", SCHEMA)["TableDescription"]["LatestStreamArn"]
    consumer = Consumer(lambda: server.endpoint, arn)
    with _consuming(consumer):
        ends = _KILLS + 1
        for end in range(ends):
            _write(server, writers, _WRITES * (end + 1) // ends, kill=end < _KILLS)
            server = _start(tmp_path)
        with Wire(server.endpoint) as wire:
            for writer in writers:
                writer.settle(wire)
    with Wire(server.endpoint) as wire:
        table = {_text(_key(item)): item for item in scan(wire.ask, TableName=TABLE, ConsistentRead=True)}
    server.stop()
    assert [surprise for writer in writers for surprise in writer.surprises] == []
    assert sum(writer.written for writer in writers) >= _WRITES
    _check_changes(consumer.records, writers)
    assert _replayed(consumer.records) == {key: _plain(item) for key, item in table.items()}
    _check_shards(consumer)


def _start(directory: Path) -> Server:
    return start_server("--data-dir", str(directory / "data"), *_SHARDS)


@contextmanager
def _consuming(consumer: Consumer) -> Iterator[None]:
    """Lets the consumer read in a thread of its own, and in the end until it has read all."""
    no_more = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(no_more,), daemon=True)
    thread.start()
    yield
    no_more.set()
    thread.join(timeout=_PATIENCE_SECONDS)
    assert not thread.is_alive(), f"the consumer does not get to an end: {len(consumer.records)} records"


def _write(server: Server, writers: list[StreamWriter], until: int, kill: bool) -> None:
    """Writes until that many changes are done in all, and ends the server."""
    enough = threading.Event()

    def write(writer: StreamWriter) -> None:
        with Wire(server.endpoint) as wire:
            writer.write_until(wire, enough)

    threads = [threading.Thread(target=write, args=(writer,), daemon=True) for writer in writers]
    for thread in threads:
        thread.start()
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while sum(writer.written for writer in writers) < until and any(map(threading.Thread.is_alive, threads)):
        assert time.monotonic() < give_up
        time.sleep(0.01)
    if kill:
        server.kill()
    enough.set()
    for thread in threads:
        thread.join(timeout=30)
    if not kill:
        assert server.stop() == 0


def _check_changes(records: list[Record], writers: list[StreamWriter]) -> None:
    """Each item went through its versions, once each, in order."""
    seen: dict[str, list[int | None]] = {}
    for record in records:
        new = record["dynamodb"].get("NewImage")
        version = None if new is None else int(new["version"]["N"])
        seen.setdefault(_text(record["dynamodb"]["Keys"]), []).append(version)
    expected = {
        _text(writer.key(sort_key)): versions
        for writer in writers
        for sort_key, versions in writer.changes.items()
    }
    wrong = [key for key in {**seen, **expected} if seen.get(key) != expected.get(key)]
    assert not wrong, "\n".join(f"{key}: {seen.get(key)}, not {expected.get(key)}" for key in wrong[:5])


def _replayed(records: list[Record]) -> dict[str, Any]:
    """The items that old and new images lead to. An old image must be what the record before left."""
    items: dict[str, Any] = {}
    for record in records:
        change = record["dynamodb"]
        key = _text(change["Keys"])
        old, new = change.get("OldImage"), change.get("NewImage")
        assert (old and _plain(old)) == items.get(key), f"{record} after {items.get(key)}"
        expected = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
        assert record["eventName"] == expected
        if new is None:
            del items[key]
        else:
            items[key] = _plain(new)
    return items


def _check_shards(consumer: Consumer) -> None:
    """There was something to follow; numbers are unique, and grow in the order of reading for each item."""
    children = [shard.get("ParentShardId") for shard in consumer.shards.values()]
    assert any(children.count(parent) == 2 for parent in children if parent is not None), "no shard was split"
    numbers = [int(record["dynamodb"]["SequenceNumber"]) for record in consumer.records]
    assert len(set(numbers)) == len(numbers)
    last: dict[str, int] = {}
    for record, number in zip(consumer.records, numbers, strict=True):
        key = _text(record["dynamodb"]["Keys"])
        assert number > last.get(key, 0)
        last[key] = number


def _key(item: dict[str, Any]) -> dict[str, Any]:
    return {name: item[name] for name in ("pk", "sk")}


def _plain(item: dict[str, Any]) -> dict[str, Any]:
    return {name: {"SS": sorted(value["SS"])} if "SS" in value else value for name, value in item.items()}


def _text(key: dict[str, Any]) -> str:
    return json.dumps(key, sort_keys=True)
