"""Triggers over a crash: what was done does not come again, what was not comes."""

import time
from pathlib import Path

from tests.conftest import start_server
from tests.triggers.conftest import Trigger, eventually, place_of


def _again(trigger: Trigger, endpoint: str, directory: Path) -> None:
    place = place_of(endpoint, directory)
    trigger.dynamodb, trigger.lambda_ = place.dynamodb, place.lambda_


def test_a_killed_server_goes_on_where_it_was(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    server = start_server(*arguments)
    trigger = place_of(server.endpoint, tmp_path).trigger(BatchSize=2)
    for number in range(4):
        trigger.put(f"before-{number}")
    trigger.keys(4)
    trigger.until_result("OK")
    time.sleep(0.3)  # the checkpoint is stored after the answer
    trigger.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=False)
    trigger.put("while disabled")
    trigger.lambda_.update_event_source_mapping(UUID=trigger.uuid, BatchSize=1)
    server.kill()

    server = start_server(*arguments)
    _again(trigger, server.endpoint, tmp_path)
    assert trigger.mapping()["State"] == "Disabled"
    trigger.lambda_.update_event_source_mapping(UUID=trigger.uuid, Enabled=True)
    expected = ["before-0", "before-1", "before-2", "before-3", "while disabled"]
    assert [key for keys in trigger.keys(5) for key in keys] == expected
    server.stop()


def test_a_batch_under_way_comes_again_after_a_crash(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    server = start_server(*arguments)
    function = {"variables": {"SECONDS": "1"}}
    trigger = place_of(server.endpoint, tmp_path).trigger("slow", function=function, BatchSize=1)
    trigger.put("one")
    trigger.keys(1)
    server.kill()

    # Nobody calls: the mapping runs by itself.
    server = start_server(*arguments)
    assert trigger.keys(2) == [["one"], ["one"]]
    _again(trigger, server.endpoint, tmp_path)
    trigger.until_result("OK")
    trigger.put("two")
    assert trigger.keys(3)[2] == ["two"]
    assert server.stop() == 0


def test_a_window_s_state_survives_a_crash(tmp_path: Path) -> None:
    arguments = ("--data-dir", str(tmp_path / "data"))
    server = start_server(*arguments)
    trigger = place_of(server.endpoint, tmp_path).trigger("counts", TumblingWindowInSeconds=900)
    trigger.put("one")
    trigger.until_result("OK")
    time.sleep(0.3)
    server.kill()

    server = start_server(*arguments)
    _again(trigger, server.endpoint, tmp_path)
    trigger.put("two")
    states = [event["state"] for event in eventually(lambda: trigger.events(2))]
    # Once in a quarter of an hour a window ends between the two.
    assert states[-1] in ({"count": 1}, {})
    server.stop()
