"""Servers without HTTP in the test's own process and loop, to hold up their sync or move their clock."""

import asyncio
from typing import Any

import orjson
from tests.engine.held_sync import HeldSync
from tests.operations.calls import Request
from tests.properties.service import pipeline_over, post

from kilowatt.clock import Clock
from kilowatt.engine.base import Engine

TABLE = "table"
CREATE: Request = {
    "TableName": TABLE,
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class InProcessServer:
    """A server over `engine`; several may share one."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self._pipeline = pipeline_over(engine, clock)

    async def send(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer's document, with `status` if it is a refusal."""
        response = await self._pipeline.answer(post(operation, request))
        document: dict[str, Any] = orjson.loads(response.body)
        return document if response.status == 200 else {"status": response.status, **document}

    async def create_table(self) -> None:
        await self.send("CreateTable", **CREATE)


class Held:
    """A server whose syncs wait for the test from when they are `held`."""

    def __init__(self, server: InProcessServer, sync: HeldSync) -> None:
        self.server = server
        self._sync = sync
        self._tasks: list[asyncio.Task[dict[str, Any]]] = []

    def hold(self) -> None:
        self._sync.let_go.clear()
        self._sync.started.clear()

    async def under_way(self, operation: str, **request: Any) -> "asyncio.Task[dict[str, Any]]":
        """A call whose answer waits for the sync."""
        task = asyncio.create_task(self.server.send(operation, **request))
        self._tasks.append(task)
        assert await asyncio.to_thread(self._sync.started.wait, 20)
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()
        return task

    async def let_go(self) -> None:
        """Lets the sync take place, and everybody end who waits for it."""
        self._sync.let_go.set()
        await asyncio.gather(*self._tasks, return_exceptions=True)
