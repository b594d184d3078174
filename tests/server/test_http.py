"""The HTTP layer as a peer sees it, through raw sockets."""

import asyncio
import gc
import logging
import shutil
import ssl as tls
import time
from pathlib import Path
from typing import cast

import pytest
from tests.server.serving import Peer, echo, ok, on_uvloop, post, serving

from kilowatt.server.http import HttpLimits, Request, Response


@on_uvloop
async def test_a_request_gets_the_headers_of_the_service() -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(post(b"{}"))
        answer = await peer.answer()
    assert (answer.status, answer.body) == (200, b"{}")
    assert answer.headers["server"] == "Server"
    assert answer.headers["connection"] == "keep-alive"
    assert answer.headers["date"].endswith(" GMT")


@on_uvloop
async def test_a_handler_sees_names_in_lower_case_and_repeated_headers_joined() -> None:
    seen: list[Request] = []

    async def note(request: Request) -> Response:
        seen.append(request)
        return ok(b"")

    async with serving(note) as served:
        peer = await served.peer()
        await peer.send(post(b"x", b"X-Amz-Target: T", b"X-Thing: 1", b"x-thing: 1", url=b"/a%20b?c=d"))
        await peer.answer()
    assert (seen[0].method, seen[0].url, seen[0].body) == (b"POST", b"/a%20b?c=d", b"x")
    assert seen[0].headers[b"x-amz-target"] == b"T"
    assert seen[0].headers[b"x-thing"] == b"1,1"


@on_uvloop
async def test_a_connection_serves_many_requests() -> None:
    async with serving() as served:
        peer = await served.peer()
        for number in range(50):
            await peer.send(post(b"%d" % number, url=b"/slow" if number % 10 == 0 else b"/"))
            assert (await peer.answer()).body == b"%d" % number
        assert served.server.connections == 1


@on_uvloop
async def test_pipelined_requests_are_answered_in_order() -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(b"".join(post(b"%d" % n, url=b"/slow" if n % 3 == 0 else b"/") for n in range(10)))
        assert [(await peer.answer()).body for _ in range(10)] == [b"%d" % n for n in range(10)]


@on_uvloop
async def test_more_pipelined_requests_than_fit_in_a_burst_are_all_answered() -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(b"".join(post(b"%d" % n) for n in range(500)))
        assert [(await peer.answer()).body for _ in range(500)] == [b"%d" % n for n in range(500)]


@on_uvloop
async def test_a_pipelining_peer_is_not_read_while_its_requests_wait() -> None:
    release = asyncio.Event()
    served_bodies = 0

    async def wait(request: Request) -> Response:
        nonlocal served_bodies
        await release.wait()
        served_bodies += len(request.body)
        return ok(b"")

    body = b"x" * 1_000_000
    async with serving(wait) as served:
        peer = await served.peer()
        for _ in range(40):
            peer.writer.write(post(body))
        await asyncio.sleep(0.3)
        assert peer.unsent_bytes > 20_000_000
        release.set()
        for _ in range(40):
            assert (await peer.answer()).status == 200
        assert served_bodies == 40_000_000


@on_uvloop
async def test_a_peer_that_does_not_read_is_not_served_further() -> None:
    count = 0

    async def big(request: Request) -> Response:
        nonlocal count
        count += 1
        return ok(b"x" * 1_000_000)

    async with serving(big) as served:
        peer = await served.peer()
        await peer.send(post(b"") * 100)
        await asyncio.sleep(0.3)
        assert count < 50
        for _ in range(100):
            assert len((await peer.answer()).body) == 1_000_000
        assert count == 100


@on_uvloop
async def test_a_request_may_arrive_byte_by_byte() -> None:
    async with serving() as served:
        peer = await served.peer()
        for byte in post(b'{"a": 1}', b"X-Long: " + b"v" * 50):
            await peer.send(bytes([byte]))
            await asyncio.sleep(0)
        assert (await peer.answer()).body == b'{"a": 1}'


@on_uvloop
async def test_two_requests_cut_anywhere_are_both_answered() -> None:
    data = post(b"first") + post(b"second", b"Expect: 100-continue")
    async with serving() as served:
        for cut in range(1, len(data)):
            peer = await served.peer()
            await peer.send(data[:cut])
            await asyncio.sleep(0.001)
            await peer.send(data[cut:])
            assert (await peer.answer()).body == b"first"
            second = await peer.answer()
            if second.status == 100:
                second = await peer.answer()
            assert second.body == b"second"
            await peer.leave()


@on_uvloop
async def test_a_chunked_body_is_put_together_and_trailers_are_no_headers() -> None:
    seen: list[Request] = []

    async def note(request: Request) -> Response:
        seen.append(request)
        return ok(request.body)

    chunks = b"3\r\nabc\r\n5;ext=1\r\ndefgh\r\n0\r\nX-Amz-Target: smuggled\r\n\r\n"
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving(note) as served:
        peer = await served.peer()
        await peer.send(head + chunks + post(b"next"))
        assert (await peer.answer()).body == b"abcdefgh"
        assert (await peer.answer()).body == b"next"
    assert all(b"x-amz-target" not in request.headers for request in seen)


@on_uvloop
async def test_http_1_0_closes_unless_keep_alive_is_asked_for() -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(b"POST / HTTP/1.0\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\n{}")
        assert (await peer.answer()).headers["connection"] == "keep-alive"
        await peer.send(b"POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")
        answer = await peer.answer()
        assert (answer.headers["connection"], answer.body) == ("close", b"{}")
        assert await peer.ended()


@on_uvloop
async def test_connection_close_is_honoured() -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(post(b"a", b"Connection: close"))
        assert (await peer.answer()).headers["connection"] == "close"
        assert await peer.ended()


@on_uvloop
async def test_head_gets_headers_only() -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(b"HEAD / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + post(b"next"))
        assert (await peer.answer(b"HEAD")).headers["content-length"] == "3"
        assert (await peer.answer()).body == b"next"


@on_uvloop
async def test_expect_continue_is_answered_before_the_body_and_after_what_is_due() -> None:
    async with serving() as served:
        peer = await served.peer()
        head = post(b"late", b"Expect: 100-continue").removesuffix(b"late")
        await peer.send(post(b"first", url=b"/slow") + head)
        assert (await peer.answer()).body == b"first"
        assert (await peer.answer()).status == 100
        await peer.send(b"late")
        assert (await peer.answer()).body == b"late"


@on_uvloop
async def test_an_unknown_expectation_is_refused() -> None:
    async with serving() as served:
        peer = await served.peer()
        await peer.send(post(b"x", b"Expect: miracles"))
        assert (await peer.answer()).status == 417
        assert await peer.ended()


@on_uvloop
async def test_an_offered_upgrade_is_ignored() -> None:
    offer = (
        b"Connection: Upgrade, HTTP2-Settings",
        b"Upgrade: h2c",
        b"HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA",
    )
    async with serving() as served:
        peer = await served.peer()
        data = post(b"body", *offer)
        await peer.send(data[:-2])
        await asyncio.sleep(0.01)
        await peer.send(data[-2:] + post(b"next"))
        assert (await peer.answer()).body == b"body"
        assert (await peer.answer()).body == b"next"


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


@on_uvloop
async def test_a_failing_handler_gets_a_fault_a_traceback_and_keeps_the_connection(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def fail(request: Request) -> Response:
        if request.url == b"/slow":
            await asyncio.sleep(0.01)
        if request.body == b"none":
            return cast(Response, None)  # a bug on purpose
        raise ZeroDivisionError

    async with serving(fail) as served:
        peer = await served.peer()
        for request in (post(b""), post(b"", url=b"/slow"), post(b"none"), post(b"none", url=b"/slow")):
            await peer.send(request)
            answer = await peer.answer()
            assert (answer.status, answer.body) == (500, b"fault")
    assert [record.levelno for record in caplog.records] == [logging.ERROR] * 4
    assert all(record.exc_info for record in caplog.records)


@on_uvloop
async def test_a_request_goes_on_when_its_client_leaves() -> None:
    done: list[bytes] = []
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def write(request: Request) -> Response:
        begun.set()
        await go_on.wait()
        done.append(request.body)
        return ok(b"")

    async with serving(write) as served:
        peer = await served.peer()
        await peer.send(post(b"kept"))
        await begun.wait()
        peer.reset()
        await served.until_connections(0)
        assert not done
        go_on.set()
        assert await served.server.drain(5) == 0
        assert done == [b"kept"]


@on_uvloop
async def test_a_client_that_only_ends_its_input_still_gets_its_answers() -> None:
    async with serving() as served:
        peer = await served.peer()
        peer.writer.write(post(b"a", url=b"/slow") + post(b"b"))
        peer.writer.write_eof()
        assert (await peer.answer()).body == b"a"
        assert (await peer.answer()).body == b"b"
        assert await peer.ended()


@on_uvloop
async def test_drain_closes_idle_connections_at_once_and_finishes_the_rest() -> None:
    async with serving() as served:
        idle, busy, halfway = await served.peer(), await served.peer(), await served.peer()
        await busy.send(post(b"first", url=b"/slow") + post(b"second"))
        await halfway.send(post(b"late")[:-2])
        await served.until_connections(3)
        await asyncio.sleep(0.01)
        draining = asyncio.create_task(served.server.drain(5))
        assert await idle.ended()
        with pytest.raises(ConnectionError):
            await served.peer()
        assert (await busy.answer()).headers["connection"] == "keep-alive"
        second = await busy.answer()
        assert (second.headers["connection"], second.body) == ("close", b"second")
        await halfway.send(b"te")
        late = await halfway.answer()
        assert (late.headers["connection"], late.body) == ("close", b"late")
        assert await draining == 0


@on_uvloop
async def test_drain_cuts_off_what_takes_too_long() -> None:
    cancelled: list[bytes] = []

    async def hang(request: Request) -> Response:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(request.body)
            raise
        return ok(b"")

    async with serving(hang) as served:
        peer = await served.peer()
        await peer.send(post(b"hanging"))
        await served.until_connections(1)
        await asyncio.sleep(0.02)
        started = time.monotonic()
        assert await served.server.drain(0.1) == 1
        assert time.monotonic() - started < 2
        assert cancelled == [b"hanging"]
        assert await peer.ended()


@pytest.mark.skipif(shutil.which("openssl") is None, reason="makes its certificate with openssl")
@on_uvloop
async def test_tls_is_served_and_drained(tmp_path: Path) -> None:
    certificate, key = tmp_path / "certificate.pem", tmp_path / "key.pem"
    make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost"
    process = await asyncio.create_subprocess_exec(
        *make.split(),
        "-addext",
        "subjectAltName=DNS:localhost",
        "-keyout",
        key,
        "-out",
        certificate,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert await process.wait() == 0
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    async with serving(ssl=context) as served:
        peer = await served.peer(tls.create_default_context(cafile=certificate))
        body = b"x" * 5_000_000
        sending = asyncio.create_task(peer.send(post(body) + post(b"second", url=b"/slow")))
        assert (await peer.answer()).body == body
        assert (await peer.answer()).body == b"second"
        await sending
        await peer.send(b"nonsense\r\n\r\n")
        assert (await peer.answer()).status == 400
        idle = await served.peer(tls.create_default_context(cafile=certificate))
        await served.server.drain(5)
        assert await idle.ended()


@on_uvloop
async def test_closed_connections_leave_no_garbage() -> None:
    async with serving(echo) as served:
        gc.collect()
        before = len(gc.get_objects())
        for _ in range(50):
            peer = await served.peer()
            await peer.send(post(b"a", url=b"/slow"))
            await peer.answer()
            await peer.leave()
        served.peers.clear()
        await served.until_connections(0)
        del peer
        gc.collect()
        assert len(gc.get_objects()) - before < 300
