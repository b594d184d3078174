"""Reading streams: those of tables, and those that ended within the last day."""

from collections.abc import Sequence
from dataclasses import dataclass

from kilowatt.domain.streams.change import Change
from kilowatt.domain.streams.stream import Shard
from kilowatt.domain.tables.reference import TableReference
from kilowatt.domain.tables.table import Table
from kilowatt.engine.base import Engine
from kilowatt.store import layout
from kilowatt.store.catalog import Catalog
from kilowatt.store.ended_streams import StreamSource
from kilowatt.store.prefixes import all_under


@dataclass(frozen=True, slots=True)
class ShardPage:
    """Changes with their numbers in the log; `ended`: the shard is closed, and there are no more."""

    changes: Sequence[tuple[int, Change]]
    ended: bool


class StreamReader:
    """The streams of all tables, for whoever reads them."""

    def __init__(self, engine: Engine, catalog: Catalog) -> None:
        self._engine = engine
        self._catalog = catalog

    async def find(self, account: str, region: str, arn: str) -> StreamSource | None:
        """The stream of that ARN, freshly read; None if there is none, or it is somebody else's."""
        named = _parts(arn)
        if named is None or named[:2] != (account, region):
            return None
        _, _, name, label = named
        table = await self._catalog.find(account, region, name)
        source = _of_table(table)
        if source is not None and source.stream.label == label:
            return source
        record = (await self._engine.get([layout.ended_stream_key(account, region, name, label)]))[0]
        ended = None if record is None else StreamSource.from_record(record)
        return None if ended is None or ended.stream.hidden else ended

    async def all(self, account: str, region: str, table_name: str | None = None) -> list[StreamSource]:
        """All streams that are not hidden, of all tables or of one, in the order of their ARNs."""
        if table_name is None:
            tables = [
                table
                for table in await self._catalog.all_tables()
                if (table.account, table.region) == (account, region)
            ]
            prefix = layout.ended_stream_prefix(account, region)
        else:
            table = await self._catalog.find(account, region, table_name)
            tables = [] if table is None else [table]
            prefix = layout.ended_stream_key(account, region, table_name, "")
        sources = [source for source in await self._ended(prefix) if not source.stream.hidden]
        sources += [source for table in tables if (source := _of_table(table)) is not None]
        return sorted(sources, key=lambda source: source.arn)

    async def of_table(self, reference: TableReference) -> list[StreamSource]:
        """All streams of one table, hidden ones too, in the order in which they began; it may be gone."""
        # The table first: a stream that ends meanwhile is found twice then, and counts as ended.
        table = await self._catalog.referenced(reference)
        found: dict[str, StreamSource] = {}
        if table is not None and table.stream is not None:
            found[table.stream.label] = StreamSource.of(table, table.stream)
        prefix = layout.ended_stream_key(reference.account, reference.region, reference.name, "")
        for source in await self._ended(prefix):
            if source.table.number == reference.number:
                found[source.stream.label] = source
        with_shards = [source for source in found.values() if source.stream.shards]
        return sorted(with_shards, key=lambda source: source.stream.shards[0].number)

    async def _ended(self, prefix: bytes) -> list[StreamSource]:
        return [StreamSource.from_record(record) for _, record in await all_under(self._engine, prefix)]

    async def last(self, source: StreamSource, shard: Shard) -> int:
        """The number of the last record in a shard's log; 0 if there is none."""
        return await self._engine.last(layout.change_log(source.table.number, shard.number))

    async def read(
        self, source: StreamSource, shard: Shard, after: int, limit: int, byte_limit: int
    ) -> ShardPage:
        """The next changes of a shard, after the record with the number `after`."""
        log = layout.change_log(source.table.number, shard.number)
        records = await self._engine.log(log, after, limit, byte_limit)
        changes = [(number, layout.change_of(record)) for number, record in records]
        found = [(number, change) for number, change in changes if change is not None]
        ended = len(found) < len(changes) or (not changes and shard.closed is not None)
        return ShardPage(found, ended)

    async def before(self, source: StreamSource, shard: Shard, time: int) -> int:
        """The number of the last record that is older than `time`, in microseconds; 0 if there is none."""
        log = layout.change_log(source.table.number, shard.number)
        low, high = 0, await self._engine.last(log)
        while low < high:
            middle = (low + high + 1) // 2
            found = await self._engine.log(log, middle - 1, 1)
            if found and layout.change_time(found[0][1]) < time:
                low = middle
            else:
                high = middle - 1
        return low


def _of_table(table: Table | None) -> StreamSource | None:
    stream = None if table is None else table.visible_stream
    return None if table is None or stream is None else StreamSource.of(table, stream)


def _parts(arn: str) -> tuple[str, str, str, str] | None:
    """Account, region, table name and label in a stream's ARN; None for anything else."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[:3] != ["arn", "aws", "dynamodb"]:
        return None
    resource = parts[5].split("/")
    if len(resource) != 4 or resource[0] != "table" or resource[2] != "stream":
        return None
    return parts[4], parts[3], resource[1], resource[3]
