"""Of the servers that share an engine one does the background jobs, and only that one's commits count."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest
from tests.background.site import MovedClock

from kilowatt.background.lease_keeper import HOLD_SECONDS, TAKE_SECONDS, LeaseKeeper
from kilowatt.background.this_process import identity, is_gone
from kilowatt.engine.base import A, Decide, Engine, Outcome
from kilowatt.engine.contract import CheckedEngine
from kilowatt.engine.errors import Busy
from kilowatt.engine.memory import MemoryEngine
from kilowatt.store.leases import FencedEngine, Lease, LeaseLost

KEY = b"what the jobs write"


class Server:
    """A keeper whose job writes its name when it is told to."""

    def __init__(self, engine: Engine, name: str) -> None:
        self.clock = MovedClock()
        self.name = name
        self.engine = FencedEngine(engine)
        self.keeper = LeaseKeeper(Lease(self.engine, name), self.clock, self._begin, self._end)
        self.at_work = False
        self.ending_seconds = 0.0
        self._told = asyncio.Event()
        self._done: asyncio.Queue[Exception | None] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []

    async def step(self, seconds: float = 1.0) -> bool:
        """Whether it holds the lease after a step."""
        self.clock.move(seconds)
        await self.keeper.step()
        assert self.keeper.holds is self.at_work
        return self.keeper.holds

    async def write(self) -> Exception | None:
        """Has the job write; what that came to."""
        self._told.set()
        return await self._done.get()

    def _begin(self) -> None:
        self.at_work = True
        self._tasks.append(asyncio.get_running_loop().create_task(self._job()))

    async def _end(self, in_order: bool) -> None:
        await asyncio.sleep(self.ending_seconds)
        self.at_work = False

    async def _job(self) -> None:
        while True:
            await self._told.wait()
            self._told.clear()
            try:
                await self.engine.transact((), lambda _: Outcome(None, puts=[(KEY, self.name.encode())]))
            except LeaseLost as lost:
                self._done.put_nowait(lost)
            else:
                self._done.put_nowait(None)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def servers(*names: str, engine: Engine | None = None) -> AsyncIterator[list[Server]]:
    over = engine or CheckedEngine(MemoryEngine())
    servers = [Server(over, name) for name in names]
    yield servers
    for server in servers:
        await server.close()


async def test_the_first_to_look_holds_the_lease() -> None:
    async with servers("one", "other") as (one, other):
        assert await one.step()
        for _ in range(100):
            assert not await other.step()
            assert await one.step()
        assert await one.write() is None
        assert await one.engine.get([KEY]) == [b"one"]


async def test_the_lease_of_a_server_that_is_gone_is_taken_over() -> None:
    async with servers("one", "other") as (one, other):
        assert await one.step()
        waited = 0.0
        while not await other.step():
            waited += 1
        assert waited == TAKE_SECONDS
        assert await other.write() is None
        assert await other.engine.get([KEY]) == [b"other"]


async def test_what_a_job_commits_after_its_server_lost_the_lease_is_not_done() -> None:
    """The server was only slow: its job goes on where it stood."""
    async with servers("one", "other") as (one, other):
        assert await one.step()
        while not await other.step():
            pass
        assert await other.write() is None
        assert isinstance(await one.write(), LeaseLost)
        assert await one.engine.get([KEY]) == [b"other"]
        assert not await one.step()
        assert await one.engine.transact([KEY], lambda values: Outcome(values[0], deletes=[KEY])) == b"other"


async def test_a_holding_that_ended_does_not_count_again_when_its_server_is_back() -> None:
    async with servers("one", "other") as (one, other):
        assert await one.step()
        while not await other.step():
            pass
        assert not await one.step()
        while not await one.step():
            pass
        assert not await other.step()
        assert isinstance(await other.write(), LeaseLost)


async def test_a_server_that_stops_leaves_the_lease_at_once() -> None:
    async with servers("one", "other", "third") as (one, other, third):
        one.keeper.start()
        for _ in range(100):
            await asyncio.sleep(0)
        assert one.keeper.holds
        assert not await other.step()
        await one.keeper.stop()
        assert not one.at_work
        assert await other.step(0)
        assert not await third.step(0)


async def test_jobs_of_a_lost_lease_end_however_long_that_takes() -> None:
    """Its time is that of the beat, not of what follows."""
    async with servers("one", "other") as (one, other):
        assert await one.step()
        while not await other.step():
            pass
        one.ending_seconds = 0.1
        one.clock.move(HOLD_SECONDS - one.clock.time + one.keeper._beaten - 0.02)
        assert not await one.step(0)
        assert not one.at_work


class Silent(MemoryEngine):
    """An engine that stops answering."""

    silent = False
    failing = False

    async def transact(self, keys: Sequence[bytes], decide: Decide[A]) -> A:
        if self.failing:
            raise Busy("away")
        if self.silent:
            await asyncio.get_running_loop().create_future()
        return await super().transact(keys, decide)


async def test_a_holder_that_cannot_reach_the_storage_stops_before_others_take_over() -> None:
    engine = Silent()
    async with servers("one", engine=engine) as (one,):
        assert await one.step()
        assert await one.step()
        engine.failing = True
        for _ in range(int(HOLD_SECONDS) - 1):
            with pytest.raises(Busy):
                await one.step()
            assert one.at_work
        engine.failing, engine.silent = False, True
        assert not await one.step()
        assert not one.at_work
        engine.silent = False
        for _ in range(int(TAKE_SECONDS)):
            assert not await one.step()
        assert await one.step()


async def test_the_lease_of_a_process_of_this_machine_that_is_gone_is_free() -> None:
    """As after a crash of the only server there is: the next one need not wait."""
    program = "from kilowatt.background.this_process import identity; print(identity(), flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=-1, stdout=-1, text=True) as process:
        assert process.stdout is not None
        name = process.stdout.readline().strip()
        async with servers(name, "other") as (one, other):
            assert await one.step()
            assert not await other.step()
            process.kill()
            process.wait()
            assert await other.step(0)


def test_a_process_is_gone_only_if_it_certainly_is() -> None:
    mine = identity()
    assert mine is not None
    assert not is_gone(mine)
    machine, process, started = mine.rsplit(" ", 2)
    assert int(process) == os.getpid()
    assert is_gone(f"{machine} {process} {int(started) - 1}")
    assert not is_gone(f"another {machine} {process} {int(started) - 1}")
    assert not is_gone("d2a1b5ee-8d6c-4f6a-9a53-2b8d4f0c0a11")
    assert not is_gone("")
