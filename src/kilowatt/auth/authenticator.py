"""Tells who calls: by verifying signatures, or in dev mode by believing them."""

from typing import Protocol

from kilowatt.auth.authorization import SignedRequest, authorization, signing_date
from kilowatt.auth.caller import DEFAULT_ACCOUNT, Caller
from kilowatt.auth.credentials import CredentialStore
from kilowatt.auth.sigv4 import DYNAMODB, SignatureVerifier
from kilowatt.clock import Clock

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


class VerifyingAuthenticator:
    """Verifies every signature. `regions`: those that may stand in a scope; any when empty.

    `service` is the one that the scope must name.
    """

    def __init__(
        self,
        credentials: CredentialStore,
        clock: Clock,
        regions: frozenset[str] = frozenset(),
        service: str = DYNAMODB,
    ) -> None:
        self._verifier = SignatureVerifier(credentials, clock, regions, service)

    def authenticate(self, request: SignedRequest) -> Caller:
        return self._verifier.verify(request)
