"""How these tests speak to the server: through boto3, and in raw JSON where boto3 can't say it."""

import http.client
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.exceptions import ClientError
from tests.targets import target

Item = dict[str, Any]
Request = dict[str, Any]

# What AWS puts before many errors of a request since 2026.
LEAD = "1 validation error detected: "
PARAMETERS = "One or more parameter values were invalid: "
NOT_VALID = "One or more parameter values are not valid. "
SCHEMA_MISMATCH = "The provided key element does not match the schema"
NOT_FOUND = "ResourceNotFoundException: Requested resource not found"
CONDITION_FAILED = "ConditionalCheckFailedException: The conditional request failed"


def invalid(text: str) -> str:
    """The refusal with this text."""
    return f"ValidationException: {text}"


def call(client: Any, operation: str, **request: Any) -> dict[str, Any]:
    """The answer to an operation, without what boto3 adds; `operation` as the API spells it."""
    answer: dict[str, Any] = client._make_api_call(operation, request)
    answer.pop("ResponseMetadata")
    return answer


def refusal(client: Any, operation: str, **request: Any) -> str:
    """`Code: message` of a call that must be refused."""
    with pytest.raises(ClientError) as refused:
        client._make_api_call(operation, request)
    error = refused.value.response["Error"]
    return f"{error['Code']}: {error['Message']}"


@dataclass
class Wire:
    """A connection that sends whatever it is given."""

    endpoint: str
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=20)

    def send(self, operation: str, body: Any) -> tuple[int, dict[str, Any]]:
        """Status and document of the answer; `body` is sent as JSON, or as it is if it is text."""
        response = self.answer(operation, body)
        document: dict[str, Any] = json.loads(response.read() or "{}")
        return response.status, document

    def answer(self, operation: str, body: Any) -> http.client.HTTPResponse:
        """The whole answer; its body is to be read before the next call."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.connection.request("POST", "/", text.encode(), _HEADERS | {"X-Amz-Target": target(operation)})
        return self.connection.getresponse()

    def refusal(self, operation: str, body: Any) -> str:
        """`Code: message` of a call that must be refused."""
        status, document = self.send(operation, body)
        assert status == 400, document
        code = document["__type"].partition("#")[2]
        return f"{code}: {document.get('message', document.get('Message'))}"


_HEADERS = {
    "Content-Type": "application/x-amz-json-1.0",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/dynamodb/aws4_request,"
    " SignedHeaders=host;x-amz-date, Signature=00",
}
