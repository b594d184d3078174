"""GetShardIterator. Source: AWS API reference, DynamoDB Streams, GetShardIterator."""

from typing import Any

from kilowatt.domain.streams.iterator import ShardIterator
from kilowatt.domain.streams.stream import Shard
from kilowatt.errors import streams as errors
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.operations.describe_stream import shard_of, stream_of
from kilowatt.store.ended_streams import StreamSource

Request = dict[str, Any]

_BY_NUMBER = {"AT_SEQUENCE_NUMBER": 1, "AFTER_SEQUENCE_NUMBER": 0}


async def get_shard_iterator(context: Context, request: Request) -> bytes:
    """A place in a shard, from which GetRecords reads."""
    _check(context, request)
    source = await stream_of(context, request["StreamArn"])
    shard = shard_of(source, request["ShardId"])
    after = await _after(context, source, shard, request)
    iterator = ShardIterator(source.arn, shard.number, after, context.services.clock.now())
    return document({"ShardIterator": iterator.text()})


def _check(context: Context, request: Request) -> None:
    kind = request["ShardIteratorType"]
    if kind in _BY_NUMBER and "SequenceNumber" not in request:
        raise errors.SEQUENCE_NUMBER_MISSING(type=kind)
    if kind == "AT_TIMESTAMP":
        if "Timestamp" not in request:
            raise errors.TIMESTAMP_MISSING()
        if request["Timestamp"] > context.services.clock.now():
            raise errors.TIMESTAMP_AHEAD()


async def _after(context: Context, source: StreamSource, shard: Shard, request: Request) -> int:
    """The number in the shard's log after which is to be read."""
    reader = context.services.streams
    match request["ShardIteratorType"]:
        case "TRIM_HORIZON":
            return 0
        case "LATEST":
            return await reader.last(source, shard)
        case "AT_TIMESTAMP":
            return await reader.before(source, shard, int(max(0, request["Timestamp"]) * 1_000_000))
    number = shard.log_number(request["SequenceNumber"])
    if number is None or number > await reader.last(source, shard):
        raise errors.SEQUENCE_NUMBER_OF_ANOTHER(number=request["SequenceNumber"])
    return max(0, number - _BY_NUMBER[request["ShardIteratorType"]])
