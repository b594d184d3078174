"""A request of HTTP/1.1, without a thread for each: functions may take minutes."""

import asyncio
from urllib.parse import urlsplit

import httptools


class HttpAnswer:
    """An answer; `headers` with names in lower case. Its methods are called by the parser."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.complete = True


async def post(url: str, body: bytes, headers: dict[str, str]) -> HttpAnswer:
    """Sends `body`, and returns the answer.

    Raises `OSError` if the server cannot be reached, or does not answer in HTTP.
    """
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    reader, writer = await asyncio.open_connection(parts.hostname, port, ssl=secure or None)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = {"Host": parts.netloc, **headers, "Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        writer.write(f"POST {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + body)
        await writer.drain()
        return await _answer(reader)
    finally:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> HttpAnswer:
    answer = HttpAnswer()
    parser = httptools.HttpResponseParser(answer)
    while not answer.complete:
        data = await reader.read(64 * 1024)
        if not data:
            break
        try:
            parser.feed_data(data)
        except httptools.HttpParserError as error:
            raise OSError(f"no HTTP answer: {error}") from error
    if not answer.complete and "content-length" in answer.headers:
        raise OSError("the answer was cut short")
    try:
        answer.status = parser.get_status_code()
    except httptools.HttpParserError as error:
        raise OSError("no answer") from error
    return answer
