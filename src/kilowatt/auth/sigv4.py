"""Verifying AWS Signature Version 4.

    key       = HMAC(HMAC(HMAC(HMAC("AWS4" + secret, date), region), service), "aws4_request")
    to sign   = AWS4-HMAC-SHA256 \\n time \\n date/region/service/aws4_request \\n hex(sha256(canonical form))
    signature = hex(HMAC(key, to sign))

The body always counts as it is: `UNSIGNED-PAYLOAD` is for other services. What the signature does not cover
is not trusted: `Host` and every `X-Amz-` header must be signed, but for `X-Amz-Date`, which stands in the
text to sign.

Source: AWS's IAM guide; the refusals and their order as seen on AWS.
"""

import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from hashlib import sha256
from typing import NoReturn

from kilowatt import limits
from kilowatt.auth.authorization import Authorization, SignedRequest, authorization
from kilowatt.auth.caller import Caller
from kilowatt.auth.canonical import CanonicalForm
from kilowatt.auth.credentials import CredentialStore
from kilowatt.clock import Clock
from kilowatt.errors import wire as errors

ALGORITHM = "AWS4-HMAC-SHA256"
DYNAMODB = "dynamodb"
_TERMINATOR = "aws4_request"
_BASIC_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_BASIC_FORMAT = "%Y%m%dT%H%M%SZ"
_REGION = re.compile(r"[a-z0-9-]+")
_SKEW_SECONDS = limits.SIGNATURE_SKEW_SECONDS
_EXPIRY = re.compile(r"\d{1,6}", re.ASCII)
_LONGEST_EXPIRY_SECONDS = 7 * 24 * 3600
_SIGNATURE_MARK = b"Signature="
# Scopes and dates that are remembered; a client has one scope a day, and one date a second.
_SCOPES_KEPT = 4096
_DATES_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Scope:
    """All of a signature that stays the same from request to request, checked."""

    caller: Caller
    session_token: bytes | None
    date: bytes
    text: bytes
    """`date/region/service/aws4_request`, the third line of the text to sign."""
    key: "_Key"
    form: CanonicalForm
    signed: frozenset[bytes]
    harmless: set[bytes]
    """Names of headers that were met and are signed, or need not be."""


class SignatureVerifier:
    """Verifies requests against a store of access keys.

    `regions`: those that may stand in a scope; any when empty. `service`: the one that must.
    """

    def __init__(
        self,
        credentials: CredentialStore,
        clock: Clock,
        regions: frozenset[str] = frozenset(),
        service: str = DYNAMODB,
    ) -> None:
        self._credentials = credentials
        self._clock = clock
        self._regions = regions
        self._service = service
        self._scopes: dict[bytes, _Scope] = {}
        self._dates: dict[bytes, float] = {}

    def authenticate(self, request: SignedRequest) -> Caller:
        """Who signed the request.

        Raises:
            ServiceError: nobody we know, not now, not this, or not in the right form.
        """
        # All up to the signature is the same in each request that a client signs on one day.
        headers = request.headers
        header = headers.get(b"authorization", b"")
        mark = header.rfind(_SIGNATURE_MARK)
        scope = self._scopes.get(header[:mark]) if mark > 0 else None
        date = headers.get(b"x-amz-date", b"")
        if scope is None or request.url != b"/" or date[:8] != scope.date:
            return self._authenticate_anew(request)
        time = self._dates.get(date)
        if time is None:
            time = self._learned(date)
        if not -_SKEW_SECONDS <= self._clock.now() - time <= _SKEW_SECONDS:
            self._refuse_time(time, date.decode("latin-1"), _SKEW_SECONDS)
        if not scope.harmless.issuperset(headers):
            _check_signed(headers, scope.signed)
        signature = header[mark + len(_SIGNATURE_MARK) :]
        return _checked(request, scope, date, signature, headers.get(b"x-amz-security-token"))

    def _authenticate_anew(self, request: SignedRequest) -> Caller:
        """As `authenticate`, with nothing remembered, every part looked at, in the order of AWS."""
        given = authorization(request)
        time = _seconds(given.date)
        seconds_valid = _seconds_valid(given)
        if not -_SKEW_SECONDS <= self._clock.now() - time <= seconds_valid:
            self._refuse_time(time, given.date, seconds_valid)
        date = _basic(time)
        scope = self._scope(given, date, request.headers)
        signature, token = given.signature.encode("latin-1"), given.session_token
        caller = _checked(
            request, scope, date.encode(), signature, None if token is None else token.encode("latin-1")
        )
        if not given.presigned:
            self._remember(request.headers[b"authorization"], signature, scope)
        return caller

    def _refuse_time(self, time: float, date: str, seconds_valid: float) -> NoReturn:
        now = self._clock.now()
        if time < now:
            limit, minutes = _basic(now - seconds_valid), f"{seconds_valid / 60:g}"
            raise errors.EXPIRED(date=date, limit=limit, now=_basic(now), minutes=minutes)
        limit, minutes = _basic(now + _SKEW_SECONDS), f"{_SKEW_SECONDS // 60}"
        raise errors.NOT_YET_CURRENT(date=date, limit=limit, now=_basic(now), minutes=minutes)

    def _scope(self, given: Authorization, date: str, headers: dict[bytes, bytes]) -> _Scope:
        names = given.signed_headers.lower().encode("latin-1").split(b";")
        signed = frozenset(names)
        _check_signed(headers, signed)
        if given.algorithm != ALGORITHM:
            raise errors.BAD_ALGORITHM(algorithm=given.algorithm)
        parts = given.credential.split("/")
        if len(parts) != 5:
            raise errors.BAD_CREDENTIAL(credential=given.credential)
        access_key, day, region, service, terminator = parts
        self._check_scope(day, region, service, terminator, date)
        credential = self._credentials.get(access_key)
        if credential is None:
            raise errors.UNKNOWN_ACCESS_KEY()
        return _Scope(
            Caller(access_key, credential.account, region),
            None if credential.session_token is None else credential.session_token.encode(),
            day.encode(),
            "/".join(parts[1:]).encode(),
            _Key(signing_key(credential.secret_access_key, day, region, service)),
            CanonicalForm(names),
            signed,
            set(headers),
        )

    def _check_scope(self, day: str, region: str, service: str, terminator: str, date: str) -> None:
        faults = ""
        if not _REGION.fullmatch(region) or (self._regions and region not in self._regions):
            faults += errors.SCOPE_REGION.format(region=region)
        if service != self._service:
            faults += errors.SCOPE_SERVICE.format(service=self._service)
        if terminator != _TERMINATOR:
            faults += errors.SCOPE_TERMINATOR.format(terminator=terminator)
        if day != date[:8]:
            faults += errors.SCOPE_DATE.format(scope_date=day, day=date[:8], date=date)
        if faults:
            raise errors.BAD_SCOPE(faults=faults)

    def _remember(self, header: bytes, signature: bytes, scope: _Scope) -> None:
        mark = header.rfind(_SIGNATURE_MARK)
        if header[mark + len(_SIGNATURE_MARK) :] != signature:
            return  # the signature is not the last part, so the beginning does not tell all
        if len(self._scopes) >= _SCOPES_KEPT:
            self._scopes.clear()
        self._scopes[header[:mark]] = scope

    def _learned(self, date: bytes) -> float:
        if len(self._dates) >= _DATES_KEPT:
            self._dates.clear()
        time = self._dates[date] = _seconds(date.decode("latin-1"))
        return time


class _Key:
    """A signing key that has its two hashes begun: half the time of an HMAC is spent on the key."""

    def __init__(self, key: bytes) -> None:
        padded = key.ljust(64, b"\0")
        self._inner = sha256(bytes(byte ^ 0x36 for byte in padded))
        self._outer = sha256(bytes(byte ^ 0x5C for byte in padded))

    def sign(self, text: bytes) -> bytes:
        """The HMAC of `text` (RFC 2104), in hexadecimal."""
        inner = self._inner.copy()
        inner.update(text)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.hexdigest().encode()


def signing_key(secret_access_key: str, day: str, region: str, service: str) -> bytes:
    """The key that signs the requests of one day, region and service."""
    key = b"AWS4" + secret_access_key.encode()
    for step in (day, region, service, _TERMINATOR):
        key = hmac.digest(key, step.encode(), "sha256")
    return key


def _checked(
    request: SignedRequest, scope: _Scope, date: bytes, signature: bytes, session_token: bytes | None
) -> Caller:
    """The scope's caller, if the signature is right. `date` is in ISO 8601's basic format."""
    try:
        canonical = scope.form.of(request)
    except KeyError:
        raise errors.WRONG_SIGNATURE() from None
    to_sign = b"AWS4-HMAC-SHA256\n%b\n%b\n%b" % (date, scope.text, sha256(canonical).hexdigest().encode())
    if not hmac.compare_digest(scope.key.sign(to_sign), signature):
        raise errors.WRONG_SIGNATURE()
    configured = scope.session_token
    if session_token is not None:
        if configured is None or not hmac.compare_digest(configured, session_token):
            raise errors.WRONG_SESSION_TOKEN()
    elif configured is not None:
        raise errors.UNKNOWN_ACCESS_KEY()  # a temporary key is none without its token
    return scope.caller


def _check_signed(headers: dict[bytes, bytes], signed: frozenset[bytes]) -> None:
    if b"host" not in signed:
        raise errors.HEADER_NOT_SIGNED(name="Host")
    for name in headers:
        if name not in signed and name.startswith(b"x-amz-") and name != b"x-amz-date":
            raise errors.HEADER_NOT_SIGNED(name=name.decode("latin-1").title())


def _seconds_valid(given: Authorization) -> float:
    if not given.presigned or given.expires is None:
        return _SKEW_SECONDS
    if not _EXPIRY.fullmatch(given.expires) or not 1 <= int(given.expires) <= _LONGEST_EXPIRY_SECONDS:
        raise errors.BAD_EXPIRES(expires=given.expires)
    return int(given.expires)


def _seconds(date: str) -> float:
    """The time of a signature, in seconds since the epoch. An HTTP date is accepted too, as in `Date`."""
    try:
        if match := _BASIC_DATE.fullmatch(date):
            year, month, day, hour, minute, second = map(int, match.groups())
            return datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp()
        return parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        raise errors.BAD_DATE(date=date) from None


def _basic(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(_BASIC_FORMAT)
