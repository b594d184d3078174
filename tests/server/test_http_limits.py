"""What the HTTP layer refuses and cuts off: too much, too slow, malformed."""

import asyncio

import pytest
from tests.server.serving import Peer, ok, on_uvloop, post, serving

from kilowatt.server.http import HttpLimits, Request, Response

SMALL = HttpLimits(header_bytes=1000, body_bytes=100)


@on_uvloop
async def test_a_body_of_exactly_the_limit_is_accepted() -> None:
    async with serving(limits=SMALL) as served:
        peer = await served.peer()
        await peer.send(post(b"x" * 100))
        assert (await peer.answer()).body == b"x" * 100


@on_uvloop
async def test_a_larger_body_is_refused_from_its_announced_length() -> None:
    async with serving(limits=SMALL) as served:
        peer = await served.peer()
        await peer.send(b"POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n")
        answer = await peer.answer()
        assert (answer.status, answer.body, answer.headers["connection"]) == (413, b"", "close")
        assert answer.headers["transfer-encoding"] == "chunked"
        assert await peer.ended()


@on_uvloop
async def test_a_larger_body_is_refused_from_its_received_chunks() -> None:
    async with serving(limits=SMALL) as served:
        for size in (60, 101):
            peer = await served.peer()
            await peer.send(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")
            await peer.send(b"%x\r\n%b\r\n" % (size, b"x" * size) * 2)
            assert (await peer.answer()).status == 413
            assert await peer.ended()


@on_uvloop
async def test_a_peer_that_sends_a_huge_body_all_the_same_can_read_the_refusal() -> None:
    async with serving() as served:
        peer = await served.peer()
        size = 16 * 1024 * 1024 + 1
        await peer.send(b"POST / HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % size)
        await peer.send(b"x" * size)
        assert (await peer.answer()).status == 413


@on_uvloop
async def test_sixteen_mebibytes_are_accepted() -> None:
    async with serving() as served:
        peer = await served.peer()
        body = b"x" * (16 * 1024 * 1024)
        sending = asyncio.create_task(peer.send(post(body)))
        assert (await peer.answer()).body == body
        await sending


@pytest.mark.parametrize(
    "headers",
    [b"X-A: " + b"v" * 1000, b"".join(b"X-%d: v\r\n" % n for n in range(120)), b"N" * 1000],
    ids=["value", "count", "name"],
)
@on_uvloop
async def test_too_many_header_bytes_are_refused(headers: bytes) -> None:
    async with serving(limits=SMALL) as served:
        for pieces in ([headers], [headers[:300], headers[300:600], headers[600:]]):
            peer = await served.peer()
            await peer.send(b"POST / HTTP/1.1\r\n")
            for piece in pieces:
                await peer.send(piece)
                await asyncio.sleep(0.005)
            await peer.send(b"\r\n\r\n")
            assert (await peer.answer()).status in {400, 431}
            assert await peer.ended()


@on_uvloop
async def test_endless_trailers_are_refused() -> None:
    async with serving(limits=SMALL) as served:
        peer = await served.peer()
        await peer.send(b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n")
        for number in range(100):
            await peer.send(b"X-Trailer-%d: value\r\n" % number)
            await asyncio.sleep(0)
        assert (await peer.answer()).status == 431


GARBAGE = [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"nonsense\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nBad Header: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nA: \x00\r\n\r\n",
    b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"\r\n" * 400_000,
]


@pytest.mark.parametrize("data", GARBAGE, ids=range(len(GARBAGE)))
@on_uvloop
async def test_malformed_http_is_refused_without_a_word_in_the_log(
    data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(post(b"before", url=b"/slow") + data)
        assert (await peer.answer()).body == b"before"
        answer = await peer.answer()
        assert answer.status in {400, 413, 431}
        assert answer.headers["connection"] == "close"
        assert await peer.ended()
    assert not caplog.records


FAST = HttpLimits(
    idle_seconds=0.15,
    header_seconds=0.15,
    body_seconds=0.15,
    write_seconds=0.15,
    linger_seconds=0.15,
    sweep_seconds=0.02,
)


async def trickle(peer: Peer, byte: bytes) -> None:
    while True:
        await peer.send(byte)
        await asyncio.sleep(0.02)


@on_uvloop
async def test_slow_headers_and_slow_bodies_end_with_408() -> None:
    async with serving(limits=FAST) as served:
        for start in (b"POST / HT", post(b"x" * 100)[:-50]):
            peer = await served.peer()
            await peer.send(start)
            trickling = asyncio.create_task(trickle(peer, b"A" if start.endswith(b"x") else b""))
            assert (await peer.answer()).status == 408
            trickling.cancel()
            assert await peer.ended()


@on_uvloop
async def test_an_idle_connection_is_closed_without_an_answer() -> None:
    async with serving(limits=FAST) as served:
        fresh, used = await served.peer(), await served.peer()
        await used.send(post(b"a"))
        assert (await used.answer()).status == 200
        assert await fresh.ended()
        assert await used.ended()


@on_uvloop
async def test_a_handler_that_takes_its_time_is_no_idle_connection() -> None:
    async def slow(request: Request) -> Response:
        await asyncio.sleep(0.5)
        return ok(b"done")

    async with serving(slow, FAST) as served:
        peer = await served.peer()
        await peer.send(post(b""))
        assert (await peer.answer()).body == b"done"


@on_uvloop
async def test_a_peer_that_does_not_take_its_answer_is_cut_off() -> None:
    async def big(request: Request) -> Response:
        return ok(b"x" * 30_000_000)

    async with serving(big, FAST) as served:
        peer = await served.peer()
        peer.transport.pause_reading()
        await peer.send(post(b""))
        await served.until_connections(1)
        await served.until_connections(0)


@on_uvloop
async def test_a_refused_peer_that_stays_is_cut_off() -> None:
    async with serving(limits=FAST) as served:
        peer = await served.peer()
        await peer.send(b"nonsense\r\n\r\n")
        assert (await peer.answer()).status == 400
        await served.until_connections(0)
