"""What the tables of this folder are made of: a request, and the refusal that it must get to the letter.

`tests/errors/{subject}.py` belongs to `src/kilowatt/errors/{subject}.py`. Its PROVOCATIONS give for every
text of that module, by its name, a request that a server refuses with it; the few texts that one request
cannot provoke stand in its ELSEWHERE.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.targets import target

_SERVICE = "com.amazonaws.dynamodb.v20120810#"
_CORAL = "com.amazon.coral.service#"

# What AWS puts before the name of an error, and the member that carries the text.
TYPES = {
    "ValidationException": ("com.amazon.coral.validate#", "message"),
    "SerializationException": (_CORAL, "Message"),
    "UnknownOperationException": (_CORAL, "message"),
    "MissingAuthenticationTokenException": (_CORAL, "message"),
    "IncompleteSignatureException": (_CORAL, "message"),
    "InvalidSignatureException": (_CORAL, "message"),
    "UnrecognizedClientException": (_CORAL, "message"),
    "AccessDeniedException": (_CORAL, "Message"),
    "ResourceNotFoundException": (_SERVICE, "message"),
    "ResourceInUseException": (_SERVICE, "message"),
    "LimitExceededException": (_SERVICE, "message"),
    "ConditionalCheckFailedException": (_SERVICE, "message"),
    "ItemCollectionSizeLimitExceededException": (_SERVICE, "message"),
    "TransactionConflictException": (_SERVICE, "message"),
    "DuplicateItemException": (_SERVICE, "message"),
    "TransactionCanceledException": (_SERVICE, "Message"),
    "IdempotentParameterMismatchException": (_SERVICE, "Message"),
    "ExpiredIteratorException": (_SERVICE, "message"),
    "TrimmedDataAccessException": (_SERVICE, "message"),
    "ProvisionedThroughputExceededException": (_SERVICE, "message"),
    "ThrottlingException": (_SERVICE, "message"),
    "RequestLimitExceeded": (_SERVICE, "message"),
}

ACCESS_KEY, SECRET = "AKIDEXAMPLE", "secret-of-the-example"
TEMPORARY_KEY, TEMPORARY_SECRET, SESSION_TOKEN = "ASIAEXAMPLE", "another-secret", "token-of-the-session"
CREDENTIALS_FILE = f"""\
[default]
aws_access_key_id = {ACCESS_KEY}
aws_secret_access_key = {SECRET}
[temporary]
aws_access_key_id = {TEMPORARY_KEY}
aws_secret_access_key = {TEMPORARY_SECRET}
aws_session_token = {SESSION_TOKEN}
"""


class Server(StrEnum):
    """The servers that are asked. All but SECURED hold the tables of `tests.operations.standing`."""

    PLAIN = "plain"
    WORDING_2025 = "the wording of 2025"
    SLOW = "tables take an hour to change"
    SMALL = "item collections of 1,000 bytes at most"
    POOR = "accounts have 10 units of capacity"
    CONTESTED = "every item meets a transaction conflict"
    KINESIS = "changes can be sent to Kinesis, which does not answer"
    ENFORCING = "capacity is enforced, and 100 units are the most of a table"
    SECURED = "signatures are verified"


ARGUMENTS: dict[Server, tuple[str, ...]] = {
    Server.PLAIN: (),
    Server.WORDING_2025: ("--error-wording", "2025"),
    Server.SLOW: ("--table-delay-seconds", "3600"),
    Server.SMALL: ("--item-collection-limit-bytes", "1000"),
    Server.POOR: ("--account-max-capacity-units", "10"),
    Server.CONTESTED: ("--transaction-conflict-rate", "1"),
    # Where nobody listens: a destination stays ENABLING.
    Server.KINESIS: ("--kinesis-endpoint", "http://127.0.0.1:9"),
    Server.ENFORCING: ("--capacity-mode", "enforce", "--table-max-capacity-units", "100"),
    Server.SECURED: (),
}

_TIME = r"(?:\d{8}T\d{6}Z|\w+day, \w+ \d+, \d{4} at \d+:\d\d:\d\d [AP]M Coordinated Universal Time)"
_DEVELOPER = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "<now>",
    "Authorization": "AWS4-HMAC-SHA256 Credential=key/<day>/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host;x-amz-date, Signature=00",
}


@dataclass(frozen=True)
class Provocation:
    """A request and its refusal, `Code: text`, or the code alone where AWS sends no text.

    In headers, path and refusal `<now>` stands for the time in ISO 8601's basic format and `<day>` for its
    day; in the refusal `<time>` stands for any time, in that format or in words.
    """

    operation: str
    request: Any
    """A JSON document, or the body's bytes."""
    refusal: str
    before: Sequence[tuple[str, Any]] = ()
    """Operations and requests that prepare it and must succeed."""
    server: Server = Server.PLAIN
    headers: Mapping[str, str | None] = field(default_factory=dict)
    """Headers that are other than usual; None leaves one out."""
    path: str = "/"
    members: dict[str, Any] = field(default_factory=dict)
    """What the body has besides its type and text."""
    signed_by: tuple[str, str, str] | None = None
    """Access key, secret and session token of a request with a signature that is right."""

    def headers_at(self, time: datetime, host: str, body: bytes) -> dict[str, str]:
        """All headers, as they are sent."""
        usual = {**_DEVELOPER, "X-Amz-Target": target(self.operation), **self.headers}
        headers = {name: _filled(value, time) for name, value in usual.items() if value is not None}
        if self.signed_by is None:
            return headers
        del headers["Authorization"], headers["X-Amz-Date"]
        request = AWSRequest("POST", f"http://{host}{self.path}", headers=headers, data=body)
        SigV4Auth(Credentials(*self.signed_by), "dynamodb", "us-east-1").add_auth(request)
        return {**headers, **dict(request.headers.items())}

    def path_at(self, time: datetime) -> str:
        return _filled(self.path, time)

    @property
    def text(self) -> str:
        return self.refusal.partition(": ")[2]

    def expected_type(self) -> tuple[str, str]:
        """The whole `__type`, and the member that carries the text."""
        code = self.refusal.partition(": ")[0]
        prefix, text_key = TYPES[code]
        return prefix + code, text_key

    def is_text(self, answered: str, time: datetime) -> bool:
        """Whether the answered text is the expected one, to the letter but for times that are not known."""
        parts = _filled(self.text, time).split("<time>")
        return re.fullmatch(_TIME.join(map(re.escape, parts)), answered, re.DOTALL) is not None


@dataclass(frozen=True)
class Elsewhere:
    """A text that one request cannot provoke: why, and the test that pins it, as `path::function`."""

    why: str
    test: str


def invalid(text: str) -> str:
    """The refusal with this text."""
    return f"ValidationException: {text}"


def basic(time: datetime) -> str:
    """A time in ISO 8601's basic format."""
    return time.strftime("%Y%m%dT%H%M%SZ")


def now() -> datetime:
    return datetime.now(UTC)


def _filled(text: str, time: datetime) -> str:
    return text.replace("<now>", basic(time)).replace("<day>", f"{time:%Y%m%d}")


def pattern_of(template: str) -> "re.Pattern[str]":
    """What a `str.format` template of the catalogue can become."""
    return re.compile("".join(_patterns(template)), re.DOTALL)


def _patterns(template: str) -> Iterator[str]:
    for part in re.split(r"(\{\{|\}\}|\{[a-z_]+\})", template):
        if part in {"{{", "}}"}:
            yield re.escape(part[0])
        elif part.startswith("{"):
            yield ".*"
        else:
            yield re.escape(part)
