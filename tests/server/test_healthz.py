"""What a probe is told."""

import asyncio

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.clock import SystemClock
from kilowatt.engine.memory import MemoryEngine
from kilowatt.errors.wording import Wording
from kilowatt.ids import Ids
from kilowatt.operations.context import Services
from kilowatt.server.http import Request
from kilowatt.server.pipeline import Pipeline


def test_a_probe_sees_whether_the_storage_works() -> None:
    async def probe_twice() -> list[tuple[int, bytes]]:
        engine = MemoryEngine()
        services = Services.over(engine, SystemClock(), Ids(1))
        pipeline = Pipeline(services, DevAuthenticator("us-east-1"), Wording.W2026, "us-east-1")
        probe = Request(b"GET", b"/healthz", {}, b"")
        working = await pipeline.answer(probe)
        await engine.close()
        failed = await pipeline.answer(probe)
        return [(working.status, working.body), (failed.status, failed.body)]

    assert asyncio.run(probe_twice()) == [(200, b"ok"), (503, b"storage failed")]
