"""The canonical form of a request: the text that its signature covers.

    METHOD \\n path \\n query \\n name:value \\n … \\n \\n signed names \\n hex(sha256(body))

Source: "Create a signed AWS API request" in AWS's IAM guide.
"""

import re
from hashlib import sha256
from operator import itemgetter
from urllib.parse import quote, unquote_to_bytes

from kilowatt.auth.authorization import SignedRequest

_UNRESERVED = "-_.~"
_ORIGIN = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")


class CanonicalForm:
    """Makes the canonical forms of requests that sign the same headers.

    `signed_headers`: names in lower case, in the order the client gave.
    """

    def __init__(self, signed_headers: list[bytes]) -> None:
        names = [name.replace(b"%", b"%%") for name in signed_headers]
        lines = b"".join(name + b":%b\n" for name in names)
        self._template = b"%b\n%b\n" + lines + b"\n" + b";".join(names) + b"\n%b"
        # Two names at least, so that the values come as a tuple; the first is not used.
        self._values = itemgetter(signed_headers[0], *signed_headers)

    def of(self, request: SignedRequest) -> bytes:
        """The canonical form of `request`. Raises `KeyError` if it does not have all the headers."""
        url = request.url
        target = b"/\n" if url == b"/" else _canonical_target(url)
        _, *values = self._values(request.headers)
        digest = sha256(request.body).hexdigest().encode()
        text = self._template % (request.method, target, *values, digest)
        if b"  " in text or b": " in text or b" \n" in text or b"\t" in text:
            values = [b" ".join(value.split()) for value in values]
            return self._template % (request.method, target, *values, digest)
        return text


def _canonical_target(url: bytes) -> bytes:
    """Path and query, a line each, of a raw target, which a proxy may have been sent with scheme and host."""
    if not url.startswith(b"/"):
        url = _ORIGIN.sub(b"", url, count=1)
    path, _, query = url.partition(b"?")
    return _canonical_path(path) + b"\n" + _canonical_query(query)


def _canonical_path(path: bytes) -> bytes:
    """The path without `.`, `..` and empty segments, encoded once more than it is."""
    segments: list[bytes] = []
    for segment in path.split(b"/"):
        if segment == b"..":
            del segments[-1:]
        elif segment not in {b"", b"."}:
            segments.append(segment)
    normal = b"/" + b"/".join(segments)
    if segments and path.endswith(b"/"):
        normal += b"/"
    return quote(normal, safe="/" + _UNRESERVED).encode()


def _canonical_query(query: bytes) -> bytes:
    """The parameters, encoded in the one right way and sorted, without the signature itself."""
    pairs = []
    for pair in query.split(b"&"):
        if not pair:
            continue
        name, _, value = pair.partition(b"=")
        encoded = _encoded(name)
        if encoded != "X-Amz-Signature":
            pairs.append((encoded, _encoded(value)))
    return "&".join(f"{name}={value}" for name, value in sorted(pairs)).encode()


def _encoded(text: bytes) -> str:
    return quote(unquote_to_bytes(text), safe=_UNRESERVED)
