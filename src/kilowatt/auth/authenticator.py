"""Tells who calls: in dev mode by believing it, in secured mode by verifying signatures (`sigv4.py`)."""

from typing import Protocol

from kilowatt.auth.authorization import SignedRequest, authorization, signing_date
from kilowatt.auth.caller import DEFAULT_ACCOUNT, Caller

# Clients that are remembered: the beginnings of their `Authorization`, which change daily.
_CALLERS_KEPT = 1024
_SIGNATURE_MARK = b"Signature="


class Authenticator(Protocol):
    def authenticate(self, request: SignedRequest) -> Caller:
        """Who sent the request.

        Raises:
            ServiceError: that can't be told, or is not true.
        """
        ...


class DevAuthenticator:
    """Accepts any credentials of the right form; nothing is verified. The region is that of their scope."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._callers: dict[bytes, Caller] = {}

    def authenticate(self, request: SignedRequest) -> Caller:
        headers = request.headers
        header = headers.get(b"authorization", b"")
        mark = header.rfind(_SIGNATURE_MARK)
        caller = self._callers.get(header[:mark]) if mark > 0 else None
        if (
            caller is not None
            and len(header) > mark + 10
            and b"?" not in request.url
            and signing_date(headers)
        ):
            return caller
        return self._authenticate_anew(request, header[:mark] if mark > 0 else b"")

    def _authenticate_anew(self, request: SignedRequest, beginning: bytes) -> Caller:
        given = authorization(request)
        parts = given.credential.split("/")
        region = parts[2] if len(parts) > 2 and parts[2] else self._region
        caller = Caller(parts[0], DEFAULT_ACCOUNT, region)
        if b"SignedHeaders=" in beginning and not given.presigned:
            if len(self._callers) >= _CALLERS_KEPT:
                self._callers.clear()
            self._callers[beginning] = caller
        return caller
