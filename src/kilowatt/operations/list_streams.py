"""ListStreams. Source: AWS API reference, DynamoDB Streams, ListStreams."""

from typing import Any

from kilowatt.limits import STREAMS_PAGE
from kilowatt.operations.answer import document
from kilowatt.operations.context import Context


async def list_streams(context: Context, request: dict[str, Any]) -> bytes:
    """Lists the caller's streams, of all tables or of one, a page at a time."""
    limit = min(request.get("Limit", STREAMS_PAGE), STREAMS_PAGE)
    name = request.get("TableName")
    if name is not None:
        name = context.table_name(name)
    sources = await context.services.streams.all(context.account, context.region, name)
    after = request.get("ExclusiveStartStreamArn", "")
    rest = [source for source in sources if source.arn > after]
    answer: dict[str, Any] = {
        "Streams": [
            {"StreamArn": source.arn, "TableName": source.table.name, "StreamLabel": source.stream.label}
            for source in rest[:limit]
        ]
    }
    if len(rest) > limit:
        answer["LastEvaluatedStreamArn"] = rest[limit - 1].arn
    return document(answer)
