"""Compressed bodies: of requests, and of answers whose client asks for it.

A request's is to be undone after authentication: a signature covers the body as it was sent.
An answer's is made before the checksum: `x-amz-crc32` is that of the bytes sent, which is what SDKs verify.

Source: the documentation of the AWS SDK for Go, dynamodb/internal/customizations.
"""

import re
import zlib
from collections.abc import Callable

from kilowatt import limits
from kilowatt.errors import wire as errors

# For zlib: 16 + 15 is the gzip format, 15 the zlib format that HTTP calls deflate.
_WINDOW_BITS = {b"gzip": 31, b"x-gzip": 31, b"deflate": 15}

# Bodies up to this size leave as they are. Source: AWS's staff say that there is such a size, and 4 KB "if
# memory is correct".
PLAIN_BYTES = 4096
# The fastest: six milliseconds a megabyte. Level 6 takes four times as long and makes it a third smaller.
_LEVEL = 1
_NONE = re.compile(rb"q=0(\.0*)?")


def decoded(body: bytes, content_encoding: bytes, limit: int = limits.REQUEST_BODY_BYTES) -> bytes:
    """The body without its `Content-Encoding`, of which there may be several, the last one applied last.

    Raises:
        ServiceError: the encoding is not known, the data is broken, or more than `limit` bytes are in it.
    """
    for encoding in reversed(content_encoding.lower().split(b",")):
        body = _decoder(encoding.strip())(body, limit)
    return body


def takes_gzip(accept_encoding: bytes) -> bool:
    """Whether a client with this `Accept-Encoding` names gzip as an encoding that it can undo.

    `*` does not count, nor does deflate: AWS is not known to use it.
    """
    for offer in accept_encoding.lower().split(b","):
        name, _, weight = offer.partition(b";")
        if name.strip() == b"gzip":
            return _NONE.fullmatch(weight.strip()) is None
    return False


def gzipped(body: bytes) -> bytes:
    return zlib.compress(body, _LEVEL, _WINDOW_BITS[b"gzip"])


def _decoder(encoding: bytes) -> Callable[[bytes, int], bytes]:
    if encoding in {b"", b"identity"}:
        return lambda body, limit: body
    bits = _WINDOW_BITS.get(encoding)
    if bits is None:
        raise errors.UNSUPPORTED_CONTENT_ENCODING(encoding=encoding.decode("latin-1"))
    return lambda body, limit: _inflated(body, bits, limit)


def _inflated(body: bytes, bits: int, limit: int) -> bytes:
    inflater = zlib.decompressobj(bits)
    try:
        plain = inflater.decompress(body, limit + 1)
    except zlib.error:
        raise errors.UNREADABLE_BODY() from None
    if len(plain) > limit or not inflater.eof or inflater.unused_data:
        raise errors.UNREADABLE_BODY()
    return plain
