"""Disks that are full or fail: writes are refused, nothing acknowledged is lost, nothing hangs."""

import contextlib
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import Server, needs_directory, start_server
from tests.faults.wire import Answer, Wire

pytestmark = needs_directory

_DISK_BYTES = 24 << 20
_LARGEST_FILE_BYTES = 4 << 20
_TEXT = "x" * 50_000
_MOST_WRITES = 2_000
_TABLE = {
    "TableName": "full",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes of its own."""
    if os.geteuid() != 0:
        pytest.skip("mounting a file system takes root")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={_DISK_BYTES}", "tmpfs", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip(f"cannot mount a file system here: {mounted.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


@contextlib.contextmanager
def _stopped_at_the_end(server: Server) -> Iterator[Server]:
    try:
        yield server
    finally:
        server.kill()


def _put(wire: Wire, number: int) -> Answer:
    item = {"pk": {"S": str(number)}, "text": {"S": _TEXT}}
    return wire.call("PutItem", {"TableName": "full", "Item": item})


def _fill(wire: Wire) -> tuple[int, Answer]:
    """Puts items until one is refused: how many went well, and the refusal."""
    for number in range(_MOST_WRITES):
        answer = _put(wire, number)
        if answer.status != 200:
            return number, answer
    raise AssertionError("the disk is never full")


def _assert_all_there(wire: Wire, count: int) -> None:
    for number in range(count):
        key = {"TableName": "full", "Key": {"pk": {"S": str(number)}}, "ConsistentRead": True}
        assert wire.ask("GetItem", key)["Item"]["text"] == {"S": _TEXT}


def test_a_full_disk_refuses_writes_and_serves_reads(small_disk: Path) -> None:
    reserve = small_disk / "reserve"
    reserve.write_bytes(bytes(_DISK_BYTES // 3))
    server = start_server("--data-dir", str(small_disk / "data"))
    with _stopped_at_the_end(server), Wire(server.endpoint) as wire:
        wire.ask("CreateTable", _TABLE)
        count, refusal = _fill(wire)
        assert count > 0
        assert refusal.status == 500
        assert refusal.document["__type"].endswith("InternalServerError")
        assert "no room" in refusal.document["message"]
        _assert_all_there(wire, count)
        for number in range(5):
            assert _put(wire, count + number).status == 500
        assert server.process.poll() is None
        server.stop()
    reserve.unlink()
    server = start_server("--data-dir", str(small_disk / "data"))
    with _stopped_at_the_end(server), Wire(server.endpoint) as wire:
        _assert_all_there(wire, count)
        assert _put(wire, count).status == 200
        assert server.stop() == 0


def test_a_disk_that_fails_loses_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for a failing disk: no write gets through from some moment on."""
    server = start_server("--data-dir", str(tmp_path / "data"))
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (_LARGEST_FILE_BYTES, _LARGEST_FILE_BYTES))
    with _stopped_at_the_end(server), Wire(server.endpoint) as wire:
        wire.ask("CreateTable", _TABLE)
        count, refusal = _fill(wire)
        assert refusal.status == 500
        assert refusal.document["__type"].endswith("InternalServerError")
        assert _put(wire, count).status == 500
        server.stop()
    server = start_server("--data-dir", str(tmp_path / "data"))
    with _stopped_at_the_end(server), Wire(server.endpoint) as wire:
        _assert_all_there(wire, count)
        assert _put(wire, count).status == 200
