"""One HTTP/1.1 connection: bytes in, requests out, answers in order.

The rules this file keeps:

- Answers leave in the order of the requests. A request that arrives early waits in a queue; while anything
  waits, nothing more is read, so a peer that pipelines without end is slowed down by TCP.
- Answers are handed to the kernel at the end of a round of the event loop, all that are ready one after the
  other: a peer on this machine then wakes up once for many of them, which costs less than each of them does.
- Nothing is served while the peer does not take its answers (the write buffer is over its high-water mark).
- What is refused by HTTP itself (malformed, too large, too slow) ends the connection, after the answers due.
- No timer belongs to a request. The server's sweep looks at all connections now and then (`expire`).
"""

import asyncio
from asyncio import isfuture
from collections import deque
from functools import partial
from typing import Any, cast

import httptools

from kilowatt.server.http_limits import Phase, seconds_allowed
from kilowatt.server.messages import Request, Response
from kilowatt.server.service import Service
from kilowatt.server.suspension import Answers, answers, continued

# Requests of one connection that are served in a row before other connections get their turn.
_BURST = 32
# A body (or an answer being sent) counts as moving when it got this much further.
_PROGRESS_BYTES = 64 * 1024
# An answer with a body larger than this is sent at once: the write buffer shall tell when the peer falls
# behind.
_LARGE_BYTES = 64 * 1024

# Reasons to hold back the next request, as bits.
_BUSY = 1
_WRITE_PAUSED = 2
_YIELDED = 4
_ENDED = 8

# Headers that only make sense together with an upgrade.
_UPGRADE_HEADERS = frozenset({b"upgrade", b"connection", b"http2-settings"})

# What follows the head of a refusal by HTTP itself. AWS answers a body that is too large in chunks, of which
# there are none. Source: recorded on AWS.
_NO_BODY = b"Content-Length: 0\r\n\r\n"
_REFUSALS = {413: b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}


_NO_REQUEST = Request(b"", b"", {}, b"")


class _Refused(Exception):
    """Raised inside the parser's callbacks to stop it; `status` is the answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Connection(asyncio.Protocol):
    """The protocol of one connection; also what the parser calls back."""

    _transport: asyncio.Transport

    def __init__(self, service: Service) -> None:
        self._service = service
        self._answers = answers(service.handler, self._fault)
        next(self._answers)
        self._queue: deque[Request] = deque()
        self._output: list[bytes] = []
        self._hold = 0
        self._read_paused = False
        self._task: asyncio.Task[Response] | None = None
        self._suspended: tuple[asyncio.Future[Any], partial[None]] | None = None
        self._input_ended = False  # whatever still arrives is not looked at
        self._refusal: int | None = None  # the status of the last answer, when HTTP itself refuses
        self._lingering = False
        # The message being parsed.
        self._parser = httptools.HttpRequestParser(self)
        self._feed = self._parser.feed_data
        self._url = b""
        self._headers: dict[bytes, bytes] = {}
        self._request = _NO_REQUEST  # once its headers are complete
        self._pieces: bytearray | None = None  # of a body that comes in several
        self._piece_bytes = 0  # of the input in hand
        self._partial = False  # something below is to be reset
        self._bare_bytes = 0  # of earlier input that brought no body: headers, chunk extensions, trailers
        self._body_bytes_seen = 0
        self._continue_due = False
        self._upgrade_asked = False
        # What the last sweep saw, and since when.
        self._parsed = 0
        self._seen: tuple[Phase, int, int] | None = None
        self._seen_at = 0.0

    # --- called by the transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._service.connections.add(self)
        if self._service.draining:  # it was accepted just before
            self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        # A request under way is not cancelled: a write that has begun takes place, only its answer is lost.
        self._service.connections.discard(self)
        if self._task is not None:
            self._service.orphans.add(self._task)
        self._hold |= _ENDED
        self._input_ended = True
        self._queue.clear()
        self._output.clear()
        del self._feed, self._parser, self._answers  # they hold bound methods of this object

    def data_received(self, data: bytes) -> None:
        if self._input_ended:
            return
        self._piece_bytes = len(data)
        try:
            self._feed(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])
            return
        except httptools.HttpParserError as error:
            self._refuse(_status_of(error))
            return
        if self._queue:
            self._serve()
        else:
            self._after_partial_message()

    def eof_received(self) -> bool:
        """The peer sends no more. Answers still due are sent, if the transport can stay half open."""
        self._input_ended = True
        self.send_output()
        due = bool(self._queue) or bool(self._hold & _BUSY)
        return due and self._transport.can_write_eof()

    def pause_writing(self) -> None:
        self._hold |= _WRITE_PAUSED

    def resume_writing(self) -> None:
        self._release(_WRITE_PAUSED)

    # --- called by the parser

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        headers = self._headers
        if name in headers:
            value = headers[name] + b"," + value
        headers[name] = value

    def on_headers_complete(self) -> None:
        headers = self._headers
        self._headers = {}  # trailers land here and are forgotten
        parser = self._parser
        self._request = Request(parser.get_method(), self._url, headers, b"", parser.should_keep_alive())
        service = self._service
        if self._piece_bytes + self._bare_bytes > service.limits.header_bytes:
            self._check_header_bytes(headers)
        if b"content-length" in headers:
            length = headers[b"content-length"]
            if len(length) >= service.length_digits and int(length) > service.limits.body_bytes:
                raise _Refused(413)
        if b"expect" in headers:
            self._note_expectation(headers[b"expect"])
        if b"upgrade" in headers:
            self._upgrade_asked = parser.should_upgrade()

    def on_body(self, body: bytes) -> None:
        request = self._request
        if request.body or len(body) > self._service.limits.body_bytes:
            self._add_piece(request, body)
        else:
            request.body = body

    def on_message_complete(self) -> None:
        if self._upgrade_asked:
            return
        request = self._request
        if self._pieces is not None:
            request.body = bytes(self._pieces)
            self._pieces = None
        self._queue.append(request)
        self._url = b""
        self._request = _NO_REQUEST
        self._parsed += 1
        if self._partial or self._headers:
            self._forget_pieces()

    # --- the rare parts of parsing

    def _forget_pieces(self) -> None:
        self._headers = {}
        self._partial = False
        self._bare_bytes = 0
        self._body_bytes_seen = 0
        self._continue_due = False

    def _body_bytes(self) -> int:
        if self._pieces is not None:
            return len(self._pieces)
        return len(self._request.body)

    def _add_piece(self, request: Request, body: bytes) -> None:
        """Adds to a body that has begun: a copy per piece would cost the square of their number."""
        if self._pieces is None:
            self._pieces = bytearray(request.body)
        self._pieces += body
        if len(self._pieces) > self._service.limits.body_bytes:
            raise _Refused(413)

    def _check_header_bytes(self, headers: dict[bytes, bytes]) -> None:
        size = len(self._url) + sum(len(name) + len(value) + 4 for name, value in headers.items())
        if size > self._service.limits.header_bytes:
            raise _Refused(431)

    def _note_expectation(self, expectation: bytes) -> None:
        if self._parser.get_http_version() == "1.0":
            return
        if expectation.lower() != b"100-continue":
            raise _Refused(417)
        self._continue_due = True
        self._partial = True

    def _after_partial_message(self) -> None:
        """The input so far ends within a message, or between two."""
        self._partial = True
        if self._body_bytes() != self._body_bytes_seen:
            self._body_bytes_seen = self._body_bytes()
            self._bare_bytes = 0
        else:
            self._bare_bytes += self._piece_bytes
            if self._bare_bytes > self._service.limits.header_bytes:
                self._refuse(431)
                return
        self._send_continue_if_due()

    def _send_continue_if_due(self) -> None:
        if self._continue_due and not (self._queue or self._hold or self._transport.is_closing()):
            self._continue_due = False
            self._write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Parses the request in hand again, without its `Upgrade`, then `rest`.

        A server may ignore the header (RFC 9110, 7.8), and some clients offer HTTP/2 in every first request.
        The parser cannot, and takes the body for the new protocol.
        """
        if not self._upgrade_asked:  # CONNECT
            self._queue.pop()
            self._refuse(400)
            return
        request = self._request
        headers = [
            b"%b: %b\r\n" % line for line in request.headers.items() if line[0] not in _UPGRADE_HEADERS
        ]
        version = self._parser.get_http_version().encode()
        start = b"%b %b HTTP/%b\r\n" % (request.method, request.url, version)
        self._upgrade_asked = False
        self._url = b""
        self._request = _NO_REQUEST
        self._forget_pieces()
        self._parser = httptools.HttpRequestParser(self)
        self._feed = self._parser.feed_data
        self.data_received(start + b"".join(headers) + b"\r\n" + rest)

    # --- serving

    def _serve(self) -> None:
        """Serves what waits, until a request suspends or the peer falls behind with reading."""
        queue = self._queue
        send = self._answers.send
        left = _BURST
        while queue and not self._hold:
            if not left:
                self._hold |= _YIELDED
                self._service.loop.call_soon(self._release, _YIELDED)
                break
            left -= 1
            request = queue.popleft()
            response = send(request)
            if type(response) is Response:
                self._answer(request, response)
            else:
                self._continue_later(request, response)
            if queue and self._transport.is_closing():
                self._hold |= _ENDED  # the write failed, and the loop has yet to tell us
        if queue:
            if not self._read_paused:
                self._pause_reading()
        elif self._read_paused:
            self._resume_reading()
        if self._input_ended:
            self._end_if_done()
        elif self._continue_due:
            self._send_continue_if_due()

    def _continue_later(self, request: Request, waiting_for: Any) -> None:
        """Goes on with a request that suspended. Most wait just once, for a sync, and need no task."""
        self._hold |= _BUSY
        if isfuture(waiting_for):
            waiting_for._asyncio_future_blocking = False  # as a task says that it has seen it
            self._service.waiting += 1
            resume = partial(self._resume, request, self._answers)
            self._suspended = (waiting_for, resume)
            waiting_for.add_done_callback(resume)
        else:
            self._continue_in_task(request, self._answers, waiting_for)

    def _resume(self, request: Request, running: Answers, _: "asyncio.Future[Any]") -> None:
        self._service.waiting -= 1
        self._suspended = None
        response = running.send(None)
        if type(response) is not Response:
            self._continue_in_task(request, running, response)
        elif not self._hold & _ENDED and not self._transport.is_closing():
            self._answer(request, response)
            self._release(_BUSY)

    def _continue_in_task(self, request: Request, running: Answers, waiting_for: Any) -> None:
        self._task = self._service.loop.create_task(continued(running, waiting_for))
        self._task.add_done_callback(partial(self._on_task_done, request, running))

    def _on_task_done(self, request: Request, running: Answers, task: asyncio.Task[Response]) -> None:
        self._task = None
        self._service.orphans.discard(task)
        if task.cancelled():  # before it took over
            running.close()
        elif not self._hold & _ENDED and not self._transport.is_closing():
            self._answer(request, task.result())
            self._release(_BUSY)

    def _release(self, reason: int) -> None:
        self._hold &= ~reason
        if not self._hold and not self._transport.is_closing():
            self._serve()

    def _fault(self, request: Request, error: BaseException) -> Response:
        if not isinstance(error, asyncio.CancelledError):
            self._service.log.error("A request failed in a way it should not.", exc_info=error)
        return self._service.fault(request)

    def _answer(self, request: Request, response: Response) -> None:
        service = self._service
        if service.draining or not request.keep_alive or request.method == b"HEAD":
            self._answer_specially(request, response)
            return
        self._write(service.heads[response.status], response.headers, b"\r\n", response.body)

    def _write(self, *pieces: bytes) -> None:
        if not self._output:
            self._service.send_soon(self)
        self._output += pieces
        if len(pieces[-1]) > _LARGE_BYTES:
            self.send_output()

    def send_output(self) -> None:
        """Hands what is to be sent to the transport."""
        if self._output:
            output, self._output = self._output, []
            self._transport.write(b"".join(output))

    def _answer_specially(self, request: Request, response: Response) -> None:
        """As `_answer`, where the answer may be the last one, or is one to HEAD."""
        service = self._service
        last = not request.keep_alive or (service.draining and not self._queue)
        head = (service.last_heads if last else service.heads)[response.status]
        body = b"" if request.method == b"HEAD" else response.body
        self._write(head, response.headers, b"\r\n", body)
        if last:
            self._close()

    def _pause_reading(self) -> None:
        if not self._input_ended:
            self._read_paused = True
            self._transport.pause_reading()

    def _resume_reading(self) -> None:
        if not self._input_ended:
            self._read_paused = False
            self._transport.resume_reading()

    # --- ending

    def _refuse(self, status: int) -> None:
        """Answers `status` after the answers due, and ends the connection."""
        self._refusal = status
        self._input_ended = True
        self._serve()

    def _end_if_done(self) -> None:
        if self._queue or self._hold or self._transport.is_closing():
            return
        if self._refusal is None:
            self._close()
            return
        self._write(self._service.last_heads[self._refusal], _REFUSALS.get(self._refusal, _NO_BODY))
        self._linger()

    def _linger(self) -> None:
        """Closes, but reads on for a while: closing with input unread would destroy the answer on its way."""
        self._hold |= _ENDED
        self.send_output()
        if not self._transport.can_write_eof():
            self._transport.close()
            return
        self._lingering = True
        self._transport.write_eof()
        if self._read_paused:
            self._transport.resume_reading()

    def _close(self) -> None:
        self._hold |= _ENDED
        self._input_ended = True
        self._queue.clear()
        self.send_output()
        self._transport.close()

    def close_if_idle(self) -> None:
        """Closes the connection if no request is under way, not even in part."""
        if not (self._queue or self._hold & _BUSY or self._url):
            self._close()

    def abort(self) -> asyncio.Task[Response] | None:
        """Closes at once. Returns the task of the request under way, if any."""
        self._hold |= _ENDED
        self._transport.abort()
        if self._suspended is not None:
            self._cancel(*self._suspended)
        return self._task

    def _cancel(self, waiting_for: "asyncio.Future[Any]", resume: "partial[None]") -> None:
        """Cancels a request that waits without a task; one that goes on all the same gets a task."""
        waiting_for.remove_done_callback(resume)
        self._service.waiting -= 1
        self._suspended = None
        request, running = resume.args
        response = running.throw(asyncio.CancelledError())
        if type(response) is not Response:
            self._continue_in_task(request, running, response)

    # --- time limits

    def sweep(self, now: float) -> None:
        """Ends the connection if it has stood still too long; `now` in seconds, monotonic."""
        phase = self._phase()
        seen = (phase, self._parsed, self._progress(phase))
        if seen != self._seen:
            self._seen = seen
            self._seen_at = now
        elif now - self._seen_at >= seconds_allowed(phase, self._service.limits):
            self._expire(phase)

    def _phase(self) -> Phase:
        if self._transport.get_write_buffer_size():
            return Phase.SENDING
        if self._lingering:
            return Phase.LINGERING
        if self._queue or self._hold:
            return Phase.SERVING
        if self._request is not _NO_REQUEST:
            return Phase.BODY
        return Phase.HEADERS if self._url else Phase.IDLE

    def _progress(self, phase: Phase) -> int:
        if phase is Phase.BODY:
            return self._body_bytes() // _PROGRESS_BYTES
        if phase is Phase.SENDING:
            return self._transport.get_write_buffer_size() // _PROGRESS_BYTES
        return 0

    def _expire(self, phase: Phase) -> None:
        if phase in {Phase.HEADERS, Phase.BODY}:
            self._refuse(408)
        elif phase is Phase.IDLE:
            self._close()
        else:
            self._hold |= _ENDED
            self._transport.abort()


def _status_of(error: httptools.HttpParserError) -> int:
    """The status that refuses what the parser stopped at."""
    return error.__context__.status if isinstance(error.__context__, _Refused) else 400
