"""What is left of a stream that was disabled, or whose table was deleted: it can be read for another day."""

from dataclasses import dataclass

import orjson

from kilowatt.domain.streams import stream as streams
from kilowatt.domain.streams.stream import Stream
from kilowatt.domain.tables.reference import TableReference
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Pair
from kilowatt.store import layout


@dataclass(frozen=True, slots=True)
class StreamSource:
    """A stream, with the table that it is or was of."""

    table: TableReference
    stream: Stream

    @classmethod
    def of(cls, table: Table, stream: Stream) -> "StreamSource":
        return cls(TableReference.to(table), stream)

    @classmethod
    def from_record(cls, record: bytes) -> "StreamSource":
        document = orjson.loads(record)
        return cls(TableReference.from_document(document), streams.from_document(document["stream"]))

    @property
    def arn(self) -> str:
        return f"{self.table.arn}/stream/{self.stream.label}"

    @property
    def record_key(self) -> bytes:
        table = self.table
        return layout.ended_stream_key(table.account, table.region, table.name, self.stream.label)

    def record(self) -> bytes:
        return orjson.dumps({**self.table.to_document(), "stream": streams.to_document(self.stream)})


def ended_stream(table: Table, new: Stream | None, now: float) -> list[Pair]:
    """The record of the table's stream, if a change of the table to the stream `new` ends it."""
    if table.stream is None or (new is not None and new.label == table.stream.label):
        return []
    source = StreamSource.of(table, table.stream.ended(now))
    return [(source.record_key, source.record())]


def closing_appends(table: Table, new: Stream | None, now: float) -> list[Pair]:
    """The last records of the logs of the shards that a change of the table to the stream `new` closes."""
    if table.stream is None:
        return []
    still_open = {shard.number for shard in new.open_shards} if new is not None else set()
    record = layout.closing_record(int(now * 1_000_000))
    return [
        (layout.change_log(table.number, shard.number), record)
        for shard in table.stream.open_shards
        if shard.number not in still_open
    ]
