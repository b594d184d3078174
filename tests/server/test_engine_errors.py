"""How the wire tells what an engine cannot do."""

import asyncio
from collections.abc import Sequence

import orjson
import pytest
from tests.properties.service import pipeline_over, post

from kilowatt.engine.base import A, Decide
from kilowatt.engine.errors import Busy, Closed, Conflict, Corrupt, EngineError, Full
from kilowatt.engine.memory import MemoryEngine
from kilowatt.server.messages import Response

TABLE = {
    "TableName": "table",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
INTERNAL = "Internal server error"
CONTENTION = INTERNAL + ": too many writers of the same items; nothing was written"


class Failing(MemoryEngine):
    """An engine that reads, and cannot write from some moment on."""

    problem: EngineError | None = None

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        if self.problem is not None:
            raise self.problem
        return await super().transact(keys, decide)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (Full(), INTERNAL + ": no room to write in the data directory; nothing was written"),
        (Conflict(), CONTENTION),
        (Busy(), CONTENTION),
        (Corrupt("a bad checksum"), INTERNAL),
        (Closed("the sync failed"), INTERNAL),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, EngineError) else "",
)
def test_what_the_engine_cannot_do_is_an_internal_error(problem: EngineError, text: str) -> None:
    async def put() -> Response:
        engine = Failing()
        pipeline = pipeline_over(engine)
        assert (await pipeline.answer(post("CreateTable", TABLE))).status == 200
        engine.problem = problem
        return await pipeline.answer(post("PutItem", {"TableName": "table", "Item": {"pk": {"S": "1"}}}))

    answer = asyncio.run(put())
    assert answer.status == 500
    assert orjson.loads(answer.body) == {
        "__type": "com.amazonaws.dynamodb.v20120810#InternalServerError",
        "message": text,
    }
