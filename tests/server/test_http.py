"""Requests, connections and pipelining of the HTTP layer as a peer sees them, through raw sockets."""

import asyncio

from tests.server.serving import ok, on_uvloop, post, serving

from kilowatt.server.http import Request, Response


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
