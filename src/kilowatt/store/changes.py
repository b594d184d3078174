"""The change log: what a write of an item appends to the log of its shard, in the same commit."""

from collections.abc import Sequence

from kilowatt.domain.keys.encoding import HASH_BYTES
from kilowatt.domain.streams.change import changes
from kilowatt.domain.writes.decision import Decision, Write
from kilowatt.engine.base import Pair
from kilowatt.store import layout


def change_appends(write: Write, decision: Decision, now: int) -> Sequence[Pair]:
    """The append of one decision at `now`, in microseconds, if it changed an item of a streamed table."""
    table = write.table
    stream = table.stream
    if stream is None or not changes(decision.old, decision.new):
        return ()
    shard = stream.shard_of(write.suffix[:HASH_BYTES])
    record = layout.change_record(now, decision.old, decision.new, write.change.by_service)
    return ((layout.change_log(table.number, shard.number), record),)
