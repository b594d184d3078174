"""Signing a request as `sigv4` verifies it: for the commands that ask a server.

Source: "Create a signed AWS API request" in AWS's IAM guide.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from kilowatt.auth.canonical import CanonicalForm
from kilowatt.auth.credentials import Credential
from kilowatt.auth.sigv4 import ALGORITHM, DYNAMODB, signing_key

_BASIC_FORMAT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class _Unsigned:
    """A request with all that its signature covers. Names of headers are in lower case."""

    headers: dict[bytes, bytes]
    body: bytes
    method: bytes = b"POST"
    url: bytes = b"/"


def signed_headers(
    headers: dict[str, str], body: bytes, credential: Credential, region: str, now: float
) -> dict[str, str]:
    """The headers of a POST to `/`, with its signature at the time `now`; `Host` must be among them."""
    time = datetime.fromtimestamp(now, UTC).strftime(_BASIC_FORMAT)
    headers = {**headers, "X-Amz-Date": time}
    if credential.session_token is not None:
        headers["X-Amz-Security-Token"] = credential.session_token
    lower = {name.lower().encode(): value.encode("latin-1") for name, value in headers.items()}
    names = sorted(lower)
    canonical = CanonicalForm(names).of(_Unsigned(lower, body))
    scope = f"{time[:8]}/{region}/{DYNAMODB}/aws4_request"
    to_sign = f"{ALGORITHM}\n{time}\n{scope}\n{sha256(canonical).hexdigest()}"
    key = signing_key(credential.secret_access_key, time[:8], region, DYNAMODB)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    listed = b";".join(names).decode()
    headers["Authorization"] = (
        f"{ALGORITHM} Credential={credential.access_key_id}/{scope}, SignedHeaders={listed}, "
        f"Signature={signature}"
    )
    return headers
