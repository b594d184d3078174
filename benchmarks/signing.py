"""Requests as an SDK sends them, signed by botocore, ready to be replayed."""

import json
import uuid
from pathlib import Path
from typing import Any

import orjson
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ACCESS_KEY_ID = "000000000000"  # twelve digits: some servers take them for the account
SECRET_ACCESS_KEY = "benchmark"
REGION = "us-east-1"

# A signature covers the Host header, not the port that is connected to: all servers get the same bytes.
_HOST = "127.0.0.1:8000"
_USER_AGENT = (
    "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux md/arch#x86_64 lang/python#3.11 "
    "md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.44.5"
)
_UNSIGNED_HEAD = (
    f"POST / HTTP/1.1\r\nHost: {_HOST}\r\nContent-Type: application/x-amz-json-1.0\r\n"
    f"X-Amz-Date: 20260101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 "
    f"Credential={ACCESS_KEY_ID}/20260101/{REGION}/dynamodb/aws4_request, "
    f"SignedHeaders=host;x-amz-date;x-amz-target, Signature={'0' * 64}\r\n"
    "X-Amz-Target: DynamoDB_20120810.%s\r\nContent-Length: %d\r\n\r\n"
).encode()
_SIGNER = SigV4Auth(Credentials(ACCESS_KEY_ID, SECRET_ACCESS_KEY), "dynamodb", REGION)


def signed(operation: str, document: dict[str, Any]) -> bytes:
    """The bytes of one POST, with the headers that boto3 sends. The signature is good for 15 minutes."""
    body = json.dumps(document).encode()
    headers = {
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "User-Agent": _USER_AGENT,
    }
    request = AWSRequest("POST", f"http://{_HOST}/", headers=headers, data=body)
    _SIGNER.add_auth(request)
    lines = [f"{name}: {value}" for name, value in request.headers.items()]
    lines += [
        f"Host: {_HOST}",
        "Accept-Encoding: identity",
        f"amz-sdk-invocation-id: {uuid.uuid4()}",
        "amz-sdk-request: attempt=1",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(["POST / HTTP/1.1", *lines, "", ""]).encode() + body


def unsigned(operation: str, document: dict[str, Any]) -> bytes:
    """As `signed`, with a signature of zeros: for servers that accept any, made in a few microseconds."""
    body = orjson.dumps(document)
    return _UNSIGNED_HEAD % (operation.encode(), len(body)) + body


def write_replay(path: Path, requests: list[bytes]) -> None:
    """Writes what `replay.lua` reads."""
    path.write_bytes(b"".join(b"%08d%b" % (len(request), request) for request in requests))
