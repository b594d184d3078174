"""Who calls, in dev mode and in secured mode."""

import pytest
from tests.auth.signing import STORE, changed, now_clock, presigned, signed

from kilowatt.auth.authenticator import DevAuthenticator
from kilowatt.auth.caller import Caller
from kilowatt.auth.credentials import Credential
from kilowatt.auth.sigv4 import SignatureVerifier
from kilowatt.errors import ServiceError
from kilowatt.errors import wire as errors
from kilowatt.server.messages import Request


def test_dev_mode_believes_any_key_and_takes_the_region_of_its_scope() -> None:
    authenticator = DevAuthenticator("us-east-1")
    request = signed(credential=Credential("anything", "guess"), region="eu-west-3", service="whatever")
    for _ in range(2):
        assert authenticator.authenticate(request) == Caller("anything", "000000000000", "eu-west-3")
    tampered = Request(request.method, b"/", request.headers, b"another body")
    assert authenticator.authenticate(tampered).region == "eu-west-3"


def test_dev_mode_remembers_clients_by_their_whole_scope() -> None:
    authenticator = DevAuthenticator("us-east-1")
    regions = ["us-east-1", "eu-west-1", "us-east-1", "ap-south-1"]
    assert [authenticator.authenticate(signed(region=region)).region for region in regions] == regions


def test_dev_mode_gives_the_default_region_where_the_scope_has_none() -> None:
    header = b"AWS4-HMAC-SHA256 Credential=me, SignedHeaders=host, Signature=x"
    request = changed(signed(), headers={b"authorization": header})
    assert DevAuthenticator("mars-1").authenticate(request) == Caller("me", "000000000000", "mars-1")


def test_dev_mode_accepts_presigned_urls() -> None:
    assert DevAuthenticator("us-east-1").authenticate(presigned()).access_key == "AKIDEXAMPLE"


def test_dev_mode_wants_a_signature_all_the_same() -> None:
    authenticator = DevAuthenticator("us-east-1")
    request = signed()
    authenticator.authenticate(request)
    header = request.headers[b"authorization"]
    for broken, spec in (
        (changed(request, headers={b"authorization": None}), errors.NO_AUTHENTICATION),
        (changed(request, headers={b"authorization": header[:-64]}), errors.HEADER_PARTS_MISSING),
        (changed(request, headers={b"x-amz-date": None}), errors.HEADER_PARTS_MISSING),
        (changed(request, url=b"/?X-Amz-Algorithm=x"), errors.TWO_AUTHENTICATIONS),
    ):
        with pytest.raises(ServiceError) as refused:
            authenticator.authenticate(broken)
        assert refused.value.spec is spec


def test_secured_mode_verifies() -> None:
    authenticator = SignatureVerifier(STORE, now_clock())
    assert authenticator.authenticate(signed()) == Caller("AKIDEXAMPLE", "123456789012", "us-east-1")
    with pytest.raises(ServiceError):
        authenticator.authenticate(signed(credential=Credential("AKIDEXAMPLE", "guess")))
