"""Where a request carries its signature: the `Authorization` header, or the query string of a presigned URL.

    Authorization: AWS4-HMAC-SHA256 Credential=KEY/20251122/us-east-1/dynamodb/aws4_request,
        SignedHeaders=host;x-amz-date, Signature=5d67…
    /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=KEY%2F20251122%2F…&X-Amz-Date=…&X-Amz-Expires=900
        &X-Amz-SignedHeaders=host&X-Amz-Signature=5d67…

Source: the signing chapter of AWS's IAM guide; the refusals and their order as seen on AWS.
"""

import re
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import unquote

from kilowatt.errors import wire as errors

_ALGORITHM_IN_QUERY = b"X-Amz-Algorithm"
_QUERY_PARTS = ("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
_HEADER_PARTS = ("Credential", "Signature", "SignedHeaders")
_SEPARATOR = re.compile(r"[,\s]+")


class SignedRequest(Protocol):
    """What authentication needs of a request (`server.messages.Request` has it)."""

    @property
    def method(self) -> bytes: ...
    @property
    def url(self) -> bytes: ...
    @property
    def headers(self) -> dict[bytes, bytes]: ...
    @property
    def body(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parts of a signature, as the client wrote them.

    `date` is that of `X-Amz-Date` or `Date`; `signed_headers` are names joined by `;`. Only a presigned URL
    has `expires`, in seconds.
    """

    algorithm: str
    credential: str
    signed_headers: str
    signature: str
    date: str
    expires: str | None = None
    session_token: str | None = None
    presigned: bool = False


def authorization(request: SignedRequest) -> Authorization:
    """The signature of a request, taken apart but not verified.

    Raises:
        ServiceError: there is none, there are two, or parts are missing.
    """
    header = request.headers.get(b"authorization")
    query = query_parameters(request.url) if _ALGORITHM_IN_QUERY in request.url else {}
    if "X-Amz-Algorithm" in query:
        if header is not None:
            raise errors.TWO_AUTHENTICATIONS()
        return _of_query(query)
    if header is None or not header.startswith(b"AWS4-"):
        raise errors.NO_AUTHENTICATION()
    return _of_header(header.decode("latin-1"), request.headers)


def query_parameters(url: bytes) -> dict[str, str]:
    """The parameters of a raw target, decoded; the last of a repeated name."""
    pairs = (pair.partition("=") for pair in url.partition(b"?")[2].decode("latin-1").split("&"))
    return {unquote(name): unquote(value) for name, _, value in pairs}


def _of_header(header: str, headers: dict[bytes, bytes]) -> Authorization:
    algorithm, *parts = _SEPARATOR.split(header.strip())
    values: dict[str, str] = {}
    for part in filter(None, parts):
        name, equal_sign, value = part.partition("=")
        if not equal_sign:
            raise errors.PART_WITHOUT_EQUAL_SIGN(part=part, header=header)
        values[name] = value
    date = signing_date(headers)
    missing = [errors.HEADER_PART.format(name=name) for name in _HEADER_PARTS if not values.get(name)]
    if not date:
        missing.append(errors.HEADER_DATE)
    if missing:
        raise errors.HEADER_PARTS_MISSING(missing="".join(missing), header=header)
    token = headers.get(b"x-amz-security-token")
    return Authorization(
        algorithm,
        values["Credential"],
        values["SignedHeaders"],
        values["Signature"],
        date.decode("latin-1"),
        session_token=None if token is None else token.decode("latin-1"),
    )


def signing_date(headers: dict[bytes, bytes]) -> bytes:
    """The date a header signature refers to; empty when there is none."""
    return headers.get(b"x-amz-date") or headers.get(b"date") or b""


def _of_query(query: dict[str, str]) -> Authorization:
    missing = [errors.QUERY_PART.format(name=name) for name in _QUERY_PARTS if not query.get(name)]
    if missing:
        raise errors.QUERY_PARTS_MISSING(missing="".join(missing))
    return Authorization(
        query["X-Amz-Algorithm"],
        query["X-Amz-Credential"],
        query["X-Amz-SignedHeaders"],
        query["X-Amz-Signature"],
        query["X-Amz-Date"],
        query.get("X-Amz-Expires"),
        query.get("X-Amz-Security-Token"),
        presigned=True,
    )
