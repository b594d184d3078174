"""No acknowledged change is missing in Kinesis, though the server is killed and Kinesis throttles."""

import random
import threading
import time
from pathlib import Path

from tests.conftest import Server, start_server
from tests.faults.wire import Unanswered, Wire
from tools.kinesis_stand_in import KinesisStandIn, Refusal, running_stand_in

_ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/changes"
_MOST_WRITES, _LAST_WRITES = 1_000_000, 300
_LIVES = 3
_TABLE = "table"
_SCHEMA = {
    "TableName": _TABLE,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def _start(directory: Path, kinesis: KinesisStandIn) -> Server:
    shards = ("--shard-seconds", "0.3", "--shard-writes-per-second", "100")
    return start_server("--data-dir", str(directory), "--kinesis-endpoint", kinesis.endpoint, *shards)


def _be_moody(kinesis: KinesisStandIn) -> None:
    """From now on every tenth call and every twentieth record are refused."""

    def refuse_call(_: str) -> None:
        if random.random() < 0.1:
            raise Refusal("ProvisionedThroughputExceededException")

    kinesis.refuse_call = refuse_call
    kinesis.refuse_record = lambda _: random.random() < 0.05


def _kill_when_it_sends(server: Server, kinesis: KinesisStandIn) -> threading.Thread:
    """Kills the server in the middle of the next calls to Kinesis."""

    def kill() -> None:
        before = len(kinesis.calls)
        end = time.monotonic() + 30
        while len(kinesis.calls) < before + 2 and time.monotonic() < end:
            time.sleep(0.001)
        server.process.kill()

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def test_every_acknowledged_change_is_sent_at_least_once(tmp_path: Path) -> None:
    acknowledged: list[int] = []
    with running_stand_in() as kinesis:
        server = _start(tmp_path, kinesis)
        with Wire(server.endpoint) as wire:
            wire.ask("CreateTable", _SCHEMA)
            wire.ask("EnableKinesisStreamingDestination", {"TableName": _TABLE, "StreamArn": _ARN})
        _be_moody(kinesis)
        for life in range(_LIVES):
            killer = _kill_when_it_sends(server, kinesis) if life < _LIVES - 1 else None
            _write(server, life, acknowledged, until_killed=killer is not None)
            if killer is not None:
                killer.join()
                server.kill()
                server = _start(tmp_path, kinesis)
        _wait_for(kinesis, acknowledged)
        server.stop()
        # About every other record comes twice, and after a kill what of a page was sent.
        assert len(kinesis.records) < 2 * len(acknowledged) + 1000 * _LIVES, "it sends again what it need not"


def _write(server: Server, life: int, acknowledged: list[int], until_killed: bool) -> None:
    """Writes ten items again and again, each time with a greater number."""
    try:
        with Wire(server.endpoint) as wire:
            first = life * _MOST_WRITES
            for number in range(first, first + (_MOST_WRITES if until_killed else _LAST_WRITES)):
                item = {"pk": {"S": str(number % 10)}, "number": {"N": str(number)}}
                wire.ask("PutItem", {"TableName": _TABLE, "Item": item})
                acknowledged.append(number)
    except (OSError, Unanswered):
        assert until_killed


def _sent(kinesis: KinesisStandIn) -> list[int]:
    return [int(record["dynamodb"]["NewImage"]["number"]["N"]) for record in kinesis.data()]


def _wait_for(kinesis: KinesisStandIn, acknowledged: list[int]) -> None:
    """Until every change has come, and the last to come of each item is its last: what came twice is over."""
    last = {number % 10: number for number in acknowledged}
    end = time.monotonic() + 90
    while True:
        sent = _sent(kinesis)
        missing = set(acknowledged) - set(sent)
        if not missing and {number % 10: number for number in sent} == last:
            return
        assert time.monotonic() < end, sorted(missing)[:10]
        time.sleep(0.2)
