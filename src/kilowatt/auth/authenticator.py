"""Tells who calls. In dev mode anybody may, and only the scope of the credentials matters."""

from typing import Protocol

from kilowatt.auth.caller import DEFAULT_ACCOUNT, Caller


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


class Authenticator(Protocol):
    def authenticate(self, request: SignedRequest) -> Caller: ...


class DevAuthenticator:
    """Accepts any credentials; the region is that of their scope."""

    def __init__(self, region: str) -> None:
        self._region = region
        self._callers: dict[bytes, Caller] = {}

    def authenticate(self, request: SignedRequest) -> Caller:
        scope = request.headers.get(b"authorization", b"").partition(b",")[0]
        caller = self._callers.get(scope)
        if caller is None:
            parts = scope.partition(b"=")[2].decode("latin-1").split("/")
            region = parts[2] if len(parts) == 5 else self._region
            caller = self._callers[scope] = Caller(parts[0], DEFAULT_ACCOUNT, region)
        return caller


class VerifyingAuthenticator:
    def __init__(self, credentials: object, clock: object) -> None:
        raise NotImplementedError

    def authenticate(self, request: SignedRequest) -> Caller:
        raise NotImplementedError
