"""Connections of the HTTP layer that end: failing handlers, leaving peers, draining, TLS."""

import asyncio
import gc
import logging
import shutil
import ssl as tls
import time
from pathlib import Path
from typing import cast

import pytest
from tests.server.serving import echo, ok, on_uvloop, post, serving

from kilowatt.server.http import Request, Response


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
