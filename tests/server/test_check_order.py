"""The order in which the wire checks a request: of two faults, the earlier one is answered.

Source: recorded on AWS up to 2020; of the signature's parts as reported.
"""

import http.client
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.conftest import running_server
from tests.errors.provocation import ACCESS_KEY, CREDENTIALS_FILE, basic, now

_PAGE = b"<UnknownOperationException/>\n"


@dataclass(frozen=True)
class Sent:
    """The parts of a request that can have a fault. This one is signed wrongly, and has no other."""

    method: str = "POST"
    media_type: str = "application/x-amz-json-1.0"
    body: bytes = b"{}"
    target: str = "DynamoDB_20120810.ListTables"
    path: str = "/"
    algorithm: str = "AWS4-HMAC-SHA256"
    credential: str = ACCESS_KEY + "/{day}/us-east-1/dynamodb/aws4_request"
    signed_headers: str = "SignedHeaders=host;x-amz-date;x-amz-target"
    date: str = "{now}"

    def headers(self) -> dict[str, str]:
        time = now()
        authorization = f"{self.algorithm} Credential={self.credential}, {self.signed_headers}, Signature=00"
        return {
            "Content-Type": self.media_type,
            "X-Amz-Target": self.target,
            "X-Amz-Date": self.date.format(now=basic(time)),
            "Authorization": authorization.format(day=f"{time:%Y%m%d}"),
        }


# Situation, the faulty part, how the answer begins (the error's name without its namespace, or the page); in
# the order in which AWS finds them.
FAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("method", {"method": "PUT"}, "page"),
    ("media_type", {"media_type": "text/plain"}, "page"),
    ("not_json", {"body": b"{"}, "SerializationException"),
    ("target", {"target": "DynamoDB_20120810.ListNothing"}, "UnknownOperationException"),
    (
        "two_signatures",
        {"path": "/?X-Amz-Algorithm=AWS4-HMAC-SHA256"},
        "InvalidSignatureException: Found both",
    ),
    ("no_signature", {"algorithm": "Basic"}, "MissingAuthenticationTokenException"),
    (
        "no_signed_headers",
        {"signed_headers": "SignedHeaders="},
        "IncompleteSignatureException: Authorization header requires 'SignedHeaders'",
    ),
    ("date", {"date": "today"}, "IncompleteSignatureException: Date must be in ISO-8601"),
    ("expired", {"date": "20200101T000000Z"}, "InvalidSignatureException: Signature expired"),
    ("host", {"signed_headers": "SignedHeaders=x-amz-target"}, "InvalidSignatureException: 'Host' must be"),
    (
        "algorithm",
        {"algorithm": "AWS4-HMAC-MD5"},
        "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-MD5'",
    ),
    ("credential", {"credential": ACCESS_KEY}, "IncompleteSignatureException: Credential must have exactly"),
    (
        "scope",
        {"credential": "AKIDNOBODY/{day}/us-east-1/s3/aws4_request"},
        "InvalidSignatureException: Credential should be scoped to correct service",
    ),
    (
        "access_key",
        {"credential": "AKIDNOBODY/{day}/us-east-1/dynamodb/aws4_request"},
        "UnrecognizedClientException",
    ),
    ("signature", {}, "InvalidSignatureException: The request signature we calculated"),
    # Behind the signature there are only these, which a request with a wrong signature does not get to.
    ("empty_body", {"body": b""}, ""),
    ("type", {"body": b'{"Limit": "one"}'}, ""),
    ("model", {"body": b'{"Limit": 0}'}, ""),
]


def _pairs() -> list[Any]:
    """Every two faults that are in different parts of the request. Without a body no media type is wrong."""
    return [
        pytest.param(replace(Sent(), **earlier, **later), expected, id=f"{first}_before_{second}")
        for (first, earlier, expected), (second, later, _) in combinations(FAULTS, 2)
        if earlier.keys().isdisjoint(later) and (first, second) != ("media_type", "empty_body")
    ]


@pytest.fixture(scope="module")
def secured() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="kilowatt-test-") as directory:
        credentials = Path(directory) / "credentials"
        credentials.write_text(CREDENTIALS_FILE)
        with running_server("--in-memory", "--credentials", str(credentials)) as server:
            yield server.endpoint


def _answered(url: str, sent: Sent) -> str:
    """`page`, or `Code: text` of the refusal."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=20)
    try:
        connection.request(sent.method, sent.path, sent.body, sent.headers())
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if body == _PAGE:
        assert answer.status == 404
        return "page"
    assert answer.status == 400
    document = json.loads(body)
    text = document.get("message", document.get("Message"))
    code: str = document["__type"].rpartition("#")[2]
    return code if text is None else f"{code}: {text}"


@pytest.mark.parametrize(("sent", "expected"), _pairs())
def test_the_wire_answers_the_earlier_fault(secured: str, sent: Sent, expected: str) -> None:
    assert _answered(secured, sent).startswith(expected)


@pytest.mark.parametrize(
    ("earlier", "expected"),
    [
        (Sent(body=b""), "SerializationException"),
        (
            Sent(body=b'{"ExclusiveStartTableName": 1, "Limit": 0}'),
            "SerializationException: NUMBER_VALUE cannot be converted to String",
        ),
        (
            Sent(target="DynamoDB_20120810.GetItem", body=b'{"TableName": "none"}'),
            "ValidationException: 1 validation error detected: Value null at 'key'",
        ),
    ],
    ids=["empty_body", "type_before_model", "model_before_table"],
)
def test_a_request_that_is_let_in_is_checked_by_type_then_model(
    server: Any, earlier: Sent, expected: str
) -> None:
    assert _answered(server.endpoint, earlier).startswith(expected)
