"""Requests that this code signs are what botocore would have signed, and what the server verifies."""

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from tests.auth.signing import HOST, KEY, STORE, TEMPORARY, MovableClock

from kilowatt.auth.credentials import Credential
from kilowatt.auth.signing import signed_headers
from kilowatt.auth.sigv4 import SignatureVerifier
from kilowatt.server.messages import Request

_NOW = 1_790_000_000.0
_HEADERS = {
    "Host": HOST,
    "X-Amz-Target": "Kilowatt_20260101.DescribePartitions",
    "Content-Type": "application/x-amz-json-1.0",
}
_BODY = b'{"TableName": "t"}'


def _received(headers: dict[str, str], body: bytes) -> Request:
    lower = {name.lower().encode(): value.encode() for name, value in headers.items()}
    return Request(b"POST", b"/", lower, body)


@pytest.mark.parametrize("credential", [KEY, TEMPORARY])
def test_the_server_verifies_what_was_signed(credential: Credential) -> None:
    headers = signed_headers(_HEADERS, _BODY, credential, "eu-west-1", _NOW)
    caller = SignatureVerifier(STORE, MovableClock(_NOW)).authenticate(_received(headers, _BODY))
    assert (caller.access_key, caller.region) == (credential.access_key_id, "eu-west-1")


def test_the_signature_is_that_of_botocore() -> None:
    headers = signed_headers(_HEADERS, _BODY, KEY, "us-east-1", _NOW)
    request = AWSRequest("POST", f"http://{HOST}/", headers=_HEADERS, data=_BODY)
    signer = SigV4Auth(Credentials(KEY.access_key_id, KEY.secret_access_key), "dynamodb", "us-east-1")
    request.context["timestamp"] = headers["X-Amz-Date"]
    request.headers["X-Amz-Date"] = headers["X-Amz-Date"]
    signed = signer.string_to_sign(request, signer.canonical_request(request))
    ours = headers["Authorization"].rpartition("Signature=")[2]
    if "content-type" in signer.signed_headers(signer.headers_to_sign(request)):
        assert signer.signature(signed, request) == ours
    else:
        pytest.fail("botocore does not sign the same headers")
