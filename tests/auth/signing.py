"""Requests signed by botocore, as the server sees them."""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from kilowatt.auth.credentials import Credential, CredentialStore
from kilowatt.server.messages import Request

HOST = "dynamodb.us-east-1.amazonaws.com"
KEY = Credential("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", account="123456789012")
TEMPORARY = Credential("ASIAEXAMPLE", "another+secret/key", "token+of/the=session")
STORE = CredentialStore([KEY, TEMPORARY])
HEADERS = {"X-Amz-Target": "DynamoDB_20120810.GetItem", "Content-Type": "application/x-amz-json-1.0"}


class MovableClock:
    """A clock that stands where it is put."""

    def __init__(self, now: float) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    def monotonic(self) -> float:
        return self.time


def now_clock() -> MovableClock:
    """botocore signs with the machine's time; the clock that goes with it."""
    return MovableClock(datetime.now(UTC).timestamp())


def signed(
    *,
    method: str = "POST",
    target: str = "/",
    headers: dict[str, str] | None = None,
    body: bytes = b"{}",
    credential: Credential = KEY,
    region: str = "us-east-1",
    service: str = "dynamodb",
) -> Request:
    """A request signed in its `Authorization` header."""
    request = _unsigned(method, target, HEADERS if headers is None else headers, body)
    SigV4Auth(_botocore(credential), service, region).add_auth(request)
    return _received(request, body)


def presigned(
    *,
    target: str = "/",
    headers: dict[str, str] | None = None,
    expires: int = 900,
    credential: Credential = KEY,
) -> Request:
    """A request signed in its query string; its body is empty, for botocore moves a body into the query."""
    request = _unsigned("POST", target, HEADERS if headers is None else headers, b"")
    SigV4QueryAuth(_botocore(credential), "dynamodb", "us-east-1", expires=expires).add_auth(request)
    return _received(request, b"")


def changed(
    request: Request, *, headers: dict[bytes, bytes | None] | None = None, url: bytes | None = None
) -> Request:
    """The request with other headers (None takes one away) or another URL."""
    merged = {**request.headers, **(headers or {})}
    kept = {name: value for name, value in merged.items() if value is not None}
    return Request(request.method, url or request.url, kept, request.body)


def _unsigned(method: str, target: str, headers: dict[str, str], body: bytes) -> AWSRequest:
    return AWSRequest(method, f"https://{HOST}{target}", headers=dict(headers), data=body)


def _botocore(credential: Credential) -> Credentials:
    return Credentials(credential.access_key_id, credential.secret_access_key, credential.session_token)


def _received(request: AWSRequest, body: bytes) -> Request:
    parts = urlsplit(request.url)
    target = parts.path + ("?" + parts.query if parts.query else "")
    headers: dict[bytes, bytes] = {b"host": HOST.encode()}
    for name, value in request.headers.items():
        written = value if isinstance(value, bytes) else value.encode()
        key = name.lower().encode()
        headers[key] = headers[key] + b"," + written if key in headers and key != b"host" else written
    return Request(request.method.encode(), target.encode(), headers, body)
