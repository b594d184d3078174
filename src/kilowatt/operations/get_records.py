"""GetRecords. Source: AWS API reference, DynamoDB Streams, GetRecords; records as recorded."""

from typing import Any

from kilowatt.domain.streams.change import stream_record
from kilowatt.domain.streams.iterator import ShardIterator
from kilowatt.errors import streams as errors
from kilowatt.limits import STREAM_PAGE_BYTES, STREAM_RECORDS
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.describe_stream import stream_of

Request = dict[str, Any]


async def get_records(context: Context, request: Request) -> bytes:
    """The next records of a shard; the next iterator is left out once a closed shard has been read."""
    limit = request.get("Limit", STREAM_RECORDS)
    if limit > STREAM_RECORDS:
        raise errors.TOO_MANY_RECORDS(limit=STREAM_RECORDS)
    now = context.services.clock.now()
    iterator = ShardIterator.read(request["ShardIterator"], now)
    source = await stream_of(context, iterator.arn)
    stream = source.stream
    shard = next((shard for shard in stream.shards if shard.number == iterator.shard_number), None)
    if shard is None:
        raise errors.TRIMMED()
    page = await context.services.streams.read(source, shard, iterator.after, limit, STREAM_PAGE_BYTES)
    answer: dict[str, Any] = {
        "Records": [
            stream_record(change, source.table, stream, shard, number) for number, change in page.changes
        ]
    }
    if not page.ended:
        after = page.changes[-1][0] if page.changes else iterator.after
        answer["NextShardIterator"] = ShardIterator(iterator.arn, shard.number, after, now).text()
    return document(answer)
