"""Writes from many coroutines, prints the number of each acknowledged transaction, and dies in the middle.

Arguments: data directory, "exit" or "kill", how many acknowledgements to live for.
"""

import asyncio
import os
import signal
import sys
from functools import partial
from pathlib import Path

from kilowatt.engine.base import Outcome
from kilowatt.engine.rocksdb import RocksEngine


def outcome(number: int, _: list[bytes | None]) -> Outcome[None]:
    name = b"%d" % number
    return Outcome(
        None,
        puts=[(b"left " + name, b"x" * 300), (b"right " + name, b"y" * 300)],
        appends=[(b"log", name)],
        adds=[(b"count", (1,))],
    )


async def write(engine: RocksEngine, first: int, acknowledged: list[int]) -> None:
    number = first
    while True:
        await engine.transact((), partial(outcome, number))
        os.write(1, b"%d\n" % number)
        acknowledged.append(number)
        number += 100


async def die_after(acknowledged: list[int], death: str, count: int) -> None:
    while len(acknowledged) < count:
        await asyncio.sleep(0)
    if death == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    os._exit(7)


async def main(directory: str, death: str, count: str) -> None:
    engine = RocksEngine.open(Path(directory))
    acknowledged: list[int] = []
    writers = [write(engine, first, acknowledged) for first in range(32)]
    await asyncio.gather(die_after(acknowledged, death, int(count)), *writers)


asyncio.run(main(*sys.argv[1:]))
