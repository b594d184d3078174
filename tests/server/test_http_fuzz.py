"""Broken and odd requests: the server answers or closes, stays alive, and has nothing to log."""

import asyncio
import random

import pytest
from tests.server.serving import PATIENCE_SECONDS, Served, on_uvloop, post, serving

from kilowatt.server.http import HttpLimits

LIMITS = HttpLimits(
    header_bytes=2000,
    body_bytes=500,
    header_seconds=0.3,
    body_seconds=0.3,
    idle_seconds=0.3,
    sweep_seconds=0.05,
)
SEEDS = [
    post(b'{"TableName":"t"}', b"X-Amz-Target: DynamoDB_20120810.GetItem"),
    post(b"x" * 400, b"Expect: 100-continue", b"Connection: close"),
    post(b"", url=b"/slow?a=b"),
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5;e=1\r\ndefgh\r\n0\r\nT: v\r\n\r\n",
    b"GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    post(b"body", b"Connection: Upgrade", b"Upgrade: h2c"),
]
SNIPPETS = [b"\r\n", b"\r\n\r\n", b"\n", b":", b" ", b"\x00", b"\xff", b"HTTP/1.1", b"Content-Length: 3\r\n"]
SNIPPETS += [
    b"Transfer-Encoding: chunked\r\n",
    b"Upgrade: x\r\nConnection: upgrade\r\n",
    b"ffffffff\r\n",
    b"A" * 2500,
]


def mutated(chance: random.Random) -> bytes:
    data = bytearray(b"".join(chance.choices(SEEDS, k=chance.randint(1, 4))))
    for _ in range(chance.randint(0, 4)):
        place = chance.randrange(len(data) + 1)
        match chance.randrange(4):
            case 0:
                data[place:place] = chance.choice(SNIPPETS)
            case 1:
                del data[place : place + chance.randint(1, 40)]
            case 2:
                data[place : place + 1] = bytes([chance.randrange(256)])
            case _:
                data[place:place] = data[chance.randrange(len(data) + 1) :][:50]
    return bytes(data)


def pieces(data: bytes, chance: random.Random) -> list[bytes]:
    cuts = sorted(chance.randrange(len(data) + 1) for _ in range(chance.randint(0, 5)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


async def exchange(served: Served, data: bytes, chance: random.Random) -> None:
    """Sends `data` and waits until the server has closed the connection."""
    peer = await served.peer()
    reading = asyncio.create_task(peer.reader.read(-1))
    try:
        for piece in pieces(data, chance):
            await peer.send(piece)
            await asyncio.sleep(chance.choice([0, 0, 0.002]))
    except ConnectionError:
        pass
    received = (await asyncio.wait_for(asyncio.gather(reading, return_exceptions=True), PATIENCE_SECONDS))[0]
    assert isinstance(received, ConnectionError | bytes), received
    if isinstance(received, bytes):
        assert received == b"" or received.startswith(b"HTTP/1.1 ")
    await peer.leave()


@pytest.mark.parametrize("seed", range(4))
@on_uvloop
async def test_whatever_is_sent_the_server_answers_or_closes(
    seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    chance = random.Random(seed)
    async with serving(limits=LIMITS) as served:
        for _ in range(5):
            jobs = [(mutated(chance), random.Random(chance.random())) for _ in range(40)]
            await asyncio.gather(*(exchange(served, data, own) for data, own in jobs))
        await served.until_connections(0)
        peer = await served.peer()
        await peer.send(post(b"alive"))
        assert (await peer.answer()).body == b"alive"
    assert not caplog.records
