"""DescribeStream. Source: AWS API reference, DynamoDB Streams, DescribeStream; members as recorded."""

from typing import Any

from kilowatt.domain.streams.stream import Shard, Stream
from kilowatt.domain.tables.description import key_schema
from kilowatt.errors import streams as errors
from kilowatt.limits import SHARDS_PAGE
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context
from kilowatt.store.ended_streams import StreamSource

Request = dict[str, Any]


async def describe_stream(context: Context, request: Request) -> bytes:
    """Describes a stream with its shards, a page of them at a time."""
    source = await stream_of(context, request["StreamArn"])
    stream = source.stream
    limit = min(request.get("Limit", SHARDS_PAGE), SHARDS_PAGE)
    shards = _asked(stream, request)
    description: dict[str, Any] = {
        "StreamArn": source.arn,
        "StreamLabel": stream.label,
        "StreamStatus": "ENABLED" if stream.disabled is None else "DISABLED",
        "StreamViewType": stream.view_type,
        "CreationRequestDateTime": round(stream.created, 3),
        "TableName": source.table.name,
        "KeySchema": key_schema(source.table.key),
        "Shards": [await _shown(context, source, shard) for shard in shards[:limit]],
    }
    if len(shards) > limit:
        description["LastEvaluatedShardId"] = shards[limit - 1].id
    return document({"StreamDescription": description})


async def stream_of(context: Context, arn: str) -> StreamSource:
    """The caller's stream of that ARN. Raises `STREAM_NOT_FOUND`."""
    source = await context.services.streams.find(context.account, context.region, arn)
    if source is None:
        raise errors.STREAM_NOT_FOUND(stream=arn)
    return source


def shard_of(source: StreamSource, shard_id: str) -> Shard:
    """The stream's shard of that id. Raises `SHARD_NOT_FOUND`."""
    shard = source.stream.shard(shard_id)
    if shard is None:
        raise errors.SHARD_NOT_FOUND(shard=shard_id, stream=source.arn)
    return shard


def _asked(stream: Stream, request: Request) -> list[Shard]:
    """The shards that the request wants to see, in the order of their ids: by the time of their opening.

    So a page begins at the right place also when the shard that the last one ended with is forgotten.
    """
    parent = request.get("ShardFilter", {}).get("ShardId")
    after = request.get("ExclusiveStartShardId", "")
    shards = [shard for shard in stream.shards if parent is None or stream.parent_id(shard) == parent]
    return sorted((shard for shard in shards if shard.id > after), key=lambda shard: shard.id)


async def _shown(context: Context, source: StreamSource, shard: Shard) -> dict[str, Any]:
    sequence_numbers = {"StartingSequenceNumber": shard.sequence_number(0)}
    if shard.closed is not None:
        last = await context.services.streams.last(source, shard)
        sequence_numbers["EndingSequenceNumber"] = shard.sequence_number(last)
    shown: dict[str, Any] = {"ShardId": shard.id, "SequenceNumberRange": sequence_numbers}
    parent = source.stream.parent_id(shard)
    if parent is not None:
        shown["ParentShardId"] = parent
    return shown
