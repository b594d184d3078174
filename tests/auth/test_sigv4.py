"""Signature verification, against botocore's signer and against the texts of AWS's refusals."""

import string
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.auth.signing import (
    HOST,
    KEY,
    STORE,
    TEMPORARY,
    MovableClock,
    changed,
    now_clock,
    presigned,
    signed,
)

from kilowatt.auth.caller import Caller
from kilowatt.auth.credentials import Credential
from kilowatt.auth.sigv4 import SignatureVerifier
from kilowatt.errors import ErrorSpec, ServiceError
from kilowatt.errors import wire as errors
from kilowatt.server.messages import Request

CALLER = Caller(KEY.access_key_id, "123456789012", "us-east-1")


def verify(
    request: Request, clock: MovableClock | None = None, regions: frozenset[str] = frozenset()
) -> Caller:
    return SignatureVerifier(STORE, clock or now_clock(), regions).authenticate(request)


def refusal(request: Request, clock: MovableClock | None = None) -> ServiceError:
    with pytest.raises(ServiceError) as refused:
        verify(request, clock)
    return refused.value


def assert_refused(request: Request, spec: ErrorSpec) -> None:
    assert refusal(request).spec is spec


names = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=12).map(
    lambda name: f"X-T-{name}"
)
values = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Z"]) | st.sampled_from("  \t,:=%"),
    max_size=20,
)
segments = st.text(
    st.characters(codec="ascii", categories=["L", "N"]) | st.sampled_from("-_.~$@!*'()"), max_size=6
)
paths = st.lists(segments | st.sampled_from(["", ".", "..", "%20", "%2F", "%C3%A9"]), max_size=5).map(
    lambda parts: "/" + "/".join(parts)
)
# Encoded as botocore's URLs are; what is not, every signer encodes in its own way.
words = st.text(string.ascii_letters + string.digits + "-_.~", max_size=6) | st.sampled_from(
    ["%20", "%3D", "%2B"]
)
queries = st.lists(st.tuples(words.filter(bool), words), max_size=4).map(
    lambda pairs: "?" + "&".join(f"{name}={value}" for name, value in pairs) if pairs else ""
)


@given(
    method=st.sampled_from(["POST", "GET", "PUT"]),
    path=paths.filter(lambda path: not path.startswith("//")),
    query=queries,
    headers=st.dictionaries(names, values, max_size=4),
    body=st.binary(max_size=200),
    region=st.sampled_from(["us-east-1", "eu-central-2", "local"]),
    credential=st.sampled_from([KEY, TEMPORARY]),
)
def test_what_botocore_signs_is_accepted(
    method: str,
    path: str,
    query: str,
    headers: dict[str, str],
    body: bytes,
    region: str,
    credential: Credential,
) -> None:
    request = signed(
        method=method, target=path + query, headers=headers, body=body, region=region, credential=credential
    )
    verifier = SignatureVerifier(STORE, now_clock())
    expected = Caller(credential.access_key_id, credential.account, region)
    assert verifier.authenticate(request) == expected
    assert verifier.authenticate(request) == expected  # what is remembered says the same


@given(
    path=paths.filter(lambda path: not path.startswith("//")),
    query=queries,
    credential=st.sampled_from([KEY, TEMPORARY]),
)
def test_what_botocore_presigns_is_accepted(path: str, query: str, credential: Credential) -> None:
    request = presigned(target=path + query, credential=credential)
    assert verify(request).access_key == credential.access_key_id


@given(st.data())
def test_whatever_signed_part_changes_the_signature_is_refused(data: st.DataObject) -> None:
    request = signed(
        target="/path?a=b", body=b'{"TableName":"t"}', headers={"X-Amz-Target": "T", "X-Other": "one"}
    )
    verifier = SignatureVerifier(STORE, now_clock())
    verifier.authenticate(signed())  # something is remembered
    verifier.authenticate(request)
    part = data.draw(
        st.sampled_from(["method", "url", "body", "host", "x-amz-target", "x-other", "signature"])
    )
    broken = Request(request.method, request.url, dict(request.headers), request.body)
    if part == "method":
        broken.method = b"PUT"
    elif part == "url":
        broken.url = data.draw(st.sampled_from([b"/", b"/path", b"/path?a=c", b"/Path?a=b", b"/path?a=b&c="]))
    elif part == "body":
        broken.body = flipped(request.body, data)
    elif part == "signature":
        header = request.headers[b"authorization"]
        broken.headers[b"authorization"] = header[:-64] + flipped(header[-64:], data)
    else:
        broken.headers[part.encode()] = flipped(request.headers[part.encode()], data)
    with pytest.raises(ServiceError) as refused:
        verifier.authenticate(broken)
    assert refused.value.spec is errors.WRONG_SIGNATURE


def flipped(text: bytes, data: st.DataObject) -> bytes:
    place = data.draw(st.integers(0, len(text) - 1))
    bit = data.draw(st.sampled_from([1, 2]))  # what they make of letters and digits is no separator
    return text[:place] + bytes([text[place] ^ bit]) + text[place + 1 :]


def test_remembered_clients_are_verified_all_the_same() -> None:
    verifier = SignatureVerifier(STORE, now_clock())
    for body in (b"one", b"two"):
        assert verifier.authenticate(signed(body=body)) == CALLER
    with pytest.raises(ServiceError):
        verifier.authenticate(Request(b"POST", b"/", signed(body=b"one").headers, b"two"))


def test_the_signature_need_not_be_the_last_part() -> None:
    request = signed()
    algorithm, rest = request.headers[b"authorization"].split(b" ", 1)
    header = algorithm + b" " + b",".join(reversed(rest.split(b", ")))
    verifier = SignatureVerifier(STORE, now_clock())
    for _ in range(2):
        assert verifier.authenticate(changed(request, headers={b"authorization": header})) == CALLER


def test_a_scope_of_yesterday_is_not_remembered_for_a_date_of_today() -> None:
    clock = MovableClock(datetime(2025, 11, 22, 12, tzinfo=UTC).timestamp())
    request = signed()
    assert "Date in Credential scope" not in refusal(request, clock).text  # not yet current comes first
    scope = request.headers[b"x-amz-date"][:8]
    other = request.headers[b"authorization"].replace(scope, b"20010101")
    text = refusal(changed(request, headers={b"authorization": other})).text
    assert text.startswith(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
    )


def test_an_http_date_is_accepted_in_place_of_x_amz_date() -> None:
    request = signed(headers={"Date": "Sat, 01 Jan 2000 00:00:00 GMT"})
    assert b"x-amz-date" not in request.headers
    assert verify(request) == CALLER


HEADER = (
    b"AWS4-HMAC-SHA256 Credential=AK/20251122/us-east-1/dynamodb/aws4_request, "
    b"SignedHeaders=host, Signature=0"
)


@pytest.mark.parametrize("header", [None, b"", b"Basic dXNlcjpwYXNz", b"AWS3-HTTPS AWSAccessKeyId=a"])
def test_no_signature(header: bytes | None) -> None:
    error = refusal(changed(signed(), headers={b"authorization": header}))
    assert error.type.code == "MissingAuthenticationTokenException"
    assert error.text == "Request is missing Authentication Token"


def test_two_signatures() -> None:
    error = refusal(changed(signed(), url=b"/?X-Amz-Algorithm=AWS4-HMAC-SHA256"))
    assert error.type.code == "InvalidSignatureException"
    assert error.text == (
        "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."
    )


CREDENTIAL = "Authorization header requires 'Credential' parameter. "
SIGNATURE = "Authorization header requires 'Signature' parameter. "
SIGNED_HEADERS = "Authorization header requires 'SignedHeaders' parameter. "
DATE = "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "


@pytest.mark.parametrize(
    ("header", "missing"),
    [
        ("AWS4-", CREDENTIAL + SIGNATURE + SIGNED_HEADERS + DATE),
        ("AWS4- Signature=b", CREDENTIAL + SIGNED_HEADERS + DATE),
        ("AWS4-HMAC-SHA256 Credential=a,Signature=,SignedHeaders=c", SIGNATURE + DATE),
        ("AWS4-HMAC-SHA256 Credential=a, Signature=b, SignedHeaders=c", DATE),
    ],
)
def test_missing_parts_of_the_header(header: str, missing: str) -> None:
    error = refusal(Request(b"POST", b"/", {b"authorization": header.encode(), b"host": b"a"}, b""))
    assert error.type.code == "IncompleteSignatureException"
    assert error.text == f"{missing}Authorization={header}"


def test_a_part_that_is_no_pair() -> None:
    header = b"AWS4-HMAC-SHA256 Credential"
    error = refusal(changed(signed(), headers={b"authorization": header}))
    assert error.type.code == "IncompleteSignatureException"
    assert error.text == (
        "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: "
        "'AWS4-HMAC-SHA256 Credential'."
    )


def test_missing_parts_of_the_query() -> None:
    error = refusal(
        Request(b"POST", b"/?X-Amz-Algorithm&X-Amz-Date=x&X-Amz-Signature=", {b"host": b"a"}, b"")
    )
    assert error.type.code == "IncompleteSignatureException"
    assert error.text == (
        "AWS query-string parameters must include 'X-Amz-Algorithm'. "
        "AWS query-string parameters must include 'X-Amz-Credential'. "
        "AWS query-string parameters must include 'X-Amz-Signature'. "
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. "
        "Re-examine the query-string parameters."
    )


@pytest.mark.parametrize("date", ["yesterday", "2025-11-22T12:00:00Z", "20251332T000000Z", "0" * 400])
def test_a_date_in_another_format(date: str) -> None:
    error = refusal(changed(signed(), headers={b"x-amz-date": date.encode()}))
    assert error.type.code == "IncompleteSignatureException"
    assert error.text == (
        f"Date must be in ISO-8601 'basic format'. Got '{date}'. See http://en.wikipedia.org/wiki/ISO_8601"
    )


def at(text: str) -> MovableClock:
    return MovableClock(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())


def test_fifteen_minutes_of_skew_are_allowed_and_a_second_more_is_not() -> None:
    request = signed()
    date = request.headers[b"x-amz-date"].decode()
    now = at(date).time
    for skew in (-900, 900):
        assert verify(request, MovableClock(now + skew)) == CALLER
    late = refusal(request, MovableClock(now + 901))
    assert late.type.code == "InvalidSignatureException"
    text = f"Signature expired: {date} is now earlier than {basic(now + 1)} ({basic(now + 901)} - 15 min.)"
    assert late.text == text
    early = refusal(request, MovableClock(now - 901))
    limit = f"{basic(now - 1)} ({basic(now - 901)} + 15 min.)"
    assert early.text == f"Signature not yet current: {date} is still later than {limit}"


def basic(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y%m%dT%H%M%SZ")


def test_a_remembered_client_is_refused_once_its_signature_is_old() -> None:
    clock = now_clock()
    verifier = SignatureVerifier(STORE, clock)
    request = signed()
    verifier.authenticate(request)
    clock.time += 1000
    with pytest.raises(ServiceError, match="Signature expired"):
        verifier.authenticate(request)


def test_a_presigned_url_lives_as_long_as_it_says() -> None:
    request = presigned(expires=3 * 24 * 3600)
    signed_at = now_clock().time
    assert verify(request, MovableClock(signed_at + 2 * 24 * 3600)) == CALLER
    error = refusal(request, MovableClock(signed_at + 3 * 24 * 3600 + 5))
    assert error.text.startswith("Signature expired: ")
    assert error.text.endswith(" - 4320 min.)")


@pytest.mark.parametrize("expires", [b"0", b"604801", b"-1", b"1e3", b"0000000010000000000"])
def test_a_presigned_url_lives_no_longer_than_seven_days(expires: bytes) -> None:
    request = presigned(expires=900)
    assert_refused(
        changed(request, url=request.url.replace(b"X-Amz-Expires=900", b"X-Amz-Expires=" + expires)),
        errors.BAD_EXPIRES,
    )


def with_header(request: Request, old: bytes, new: bytes) -> Request:
    header = request.headers[b"authorization"]
    assert old in header
    return changed(request, headers={b"authorization": header.replace(old, new)})


def test_host_must_be_signed() -> None:
    error = refusal(with_header(signed(), b"host;", b""))
    assert error.type.code == "InvalidSignatureException"
    assert error.text == "'Host' must be a 'SignedHeader' in the AWS Authorization."


def test_every_amz_header_must_be_signed() -> None:
    error = refusal(with_header(signed(), b";x-amz-target", b""))
    assert error.text == "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."
    verifier = SignatureVerifier(STORE, now_clock())
    verifier.authenticate(signed())
    with pytest.raises(ServiceError, match="'X-Amz-Added' must be"):
        verifier.authenticate(changed(signed(), headers={b"x-amz-added": b"1"}))
    assert verifier.authenticate(changed(signed(), headers={b"x-forwarded-for": b"::1"})) == CALLER


def test_another_algorithm() -> None:
    error = refusal(with_header(signed(), b"AWS4-HMAC-SHA256", b"AWS4-ECDSA-P256-SHA256"))
    assert error.type.code == "IncompleteSignatureException"
    assert error.text == (
        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256' (only AWS4-HMAC-SHA256 for now). "
    )


def test_a_credential_without_its_five_parts() -> None:
    error = refusal(with_header(signed(), b"/aws4_request", b""))
    assert error.type.code == "IncompleteSignatureException"
    day = now_clock()
    assert error.text == (
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
        f"got 'AKIDEXAMPLE/{basic(day.time)[:8]}/us-east-1/dynamodb'"
    )


def test_all_faults_of_a_scope_are_told() -> None:
    request = signed()
    date = request.headers[b"x-amz-date"].decode()
    wrong = with_header(
        request,
        f"{date[:8]}/us-east-1/dynamodb/aws4_request".encode(),
        b"20010203/US_EAST/s3/aws5_request",
    )
    error = refusal(wrong)
    assert error.type.code == "InvalidSignatureException"
    assert error.text == (
        "Credential should be scoped to a valid region, not 'US_EAST'. "
        "Credential should be scoped to correct service: 'dynamodb'. "
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. "
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
        f"'20010203' != '{date[:8]}', from '{date}'."
    )


def test_only_configured_regions_are_valid() -> None:
    assert verify(signed(region="eu-west-1"), regions=frozenset({"eu-west-1"})).region == "eu-west-1"
    with pytest.raises(ServiceError, match="valid region, not 'us-east-1'"):
        verify(signed(), regions=frozenset({"eu-west-1"}))


def test_an_unknown_access_key() -> None:
    error = refusal(signed(credential=Credential("AKIDOTHER", "secret")))
    assert error.type.code == "UnrecognizedClientException"
    assert error.text == "The security token included in the request is invalid."


def test_a_wrong_secret() -> None:
    error = refusal(signed(credential=replace(KEY, secret_access_key="guess")))
    assert error.type.code == "InvalidSignatureException"
    assert error.text == (
        "The request signature we calculated does not match the signature you provided. Check your AWS "
        "Secret Access Key and signing method. Consult the service documentation for details."
    )


@pytest.mark.parametrize(
    "credential", [replace(TEMPORARY, session_token="old"), replace(KEY, session_token="made up")]
)
def test_a_wrong_session_token(credential: Credential) -> None:
    error = refusal(signed(credential=credential))
    assert error.type.code == "UnrecognizedClientException"
    assert error.text == "The security token included in the request is invalid"


def test_a_temporary_key_without_its_token() -> None:
    assert_refused(signed(credential=replace(TEMPORARY, session_token=None)), errors.UNKNOWN_ACCESS_KEY)


def test_a_body_that_claims_to_be_unsigned_is_refused() -> None:
    request = signed(headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"})
    assert_refused(request, errors.WRONG_SIGNATURE)


def test_a_signed_header_that_is_not_there() -> None:
    assert_refused(changed(signed(), headers={b"content-type": None}), errors.WRONG_SIGNATURE)


def test_a_target_with_scheme_and_host_is_as_good() -> None:
    assert verify(changed(signed(), url=f"https://{HOST}/".encode())) == CALLER


@given(header=st.binary(max_size=120), url=st.binary(max_size=60), date=st.binary(max_size=30))
def test_nonsense_is_refused_and_nothing_worse(header: bytes, url: bytes, date: bytes) -> None:
    for request in (
        Request(b"POST", url, {b"authorization": b"AWS4-" + header, b"x-amz-date": date, b"host": b""}, b""),
        Request(b"POST", b"/?X-Amz-Algorithm=" + url, {b"host": b""}, b""),
        Request(b"POST", b"/", {b"authorization": HEADER + header, b"x-amz-date": date, b"host": b""}, b""),
    ):
        refusal(request)


@given(
    st.dictionaries(st.sampled_from(["Credential", "Signature", "SignedHeaders", "X"]), st.text(max_size=30)),
    st.text(),
)
def test_well_formed_nonsense_is_refused_and_nothing_worse(parts: dict[str, Any], algorithm: str) -> None:
    header = f"AWS4-{algorithm} " + ", ".join(f"{name}={value}" for name, value in parts.items())
    now = basic(now_clock().time).encode()
    refusal(
        Request(b"POST", b"/", {b"authorization": header.encode(), b"x-amz-date": now, b"host": b""}, b"")
    )
