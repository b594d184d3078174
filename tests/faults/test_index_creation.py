"""An index that is added to a table under constant writes is its projection, also if the server is killed.

The long form, which also judges how long the writes take: python -m benchmarks.index_creation
"""

from pathlib import Path

from benchmarks.index_creation import KILOWATT, IndexCreation, Plan

_PLAN = Plan(items=6_000, kills=1, rate=600, before_seconds=0.2, poll_seconds=0.004)


def test_an_index_created_under_writes_and_a_kill_is_the_projection_of_its_table(tmp_path: Path) -> None:
    found = IndexCreation(_PLAN, tmp_path, KILOWATT, None).run()
    assert found.complaints == []
    assert len(found.killed_at) == 1
    assert found.filling, "no write was answered while the index was filled"
