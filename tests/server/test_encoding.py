"""Compressed bodies."""

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.errors import ServiceError
from kilowatt.errors import wire as errors
from kilowatt.server.encoding import decoded, gzipped, takes_gzip


@given(st.binary(max_size=500))
def test_gzip_and_deflate_are_undone(body: bytes) -> None:
    assert decoded(gzip.compress(body), b"gzip") == body
    assert decoded(zlib.compress(body), b"Deflate") == body
    assert decoded(gzip.compress(zlib.compress(body)), b"deflate, gzip") == body
    assert decoded(body, b"identity") == body


@pytest.mark.parametrize(
    "body", [b"", b"{}", gzip.compress(b"{}", mtime=0)[:-1], gzip.compress(b"{}", mtime=0) + b"x"]
)
def test_a_broken_stream_is_an_unreadable_body(body: bytes) -> None:
    with pytest.raises(ServiceError) as refused:
        decoded(body, b"gzip")
    assert refused.value.spec is errors.UNREADABLE_BODY


def test_the_limit_counts_what_comes_out() -> None:
    bomb = gzip.compress(b"0" * 1000)
    assert len(decoded(bomb, b"gzip", 1000)) == 1000
    with pytest.raises(ServiceError):
        decoded(bomb, b"gzip", 999)


def test_an_unknown_encoding_is_refused_by_name() -> None:
    with pytest.raises(ServiceError, match="Unsupported Content-Encoding: br"):
        decoded(b"{}", b"br")


@given(st.binary(max_size=500))
def test_what_is_compressed_can_be_undone(body: bytes) -> None:
    assert gzip.decompress(gzipped(body)) == body


@pytest.mark.parametrize(
    "accepted", [b"gzip", b"gzip, deflate, br", b"deflate,GZIP;q=0.5", b"br;q=1.0, gzip;q=0.001"]
)
def test_a_client_that_names_gzip_takes_it(accepted: bytes) -> None:
    assert takes_gzip(accepted)


@pytest.mark.parametrize(
    "accepted", [b"", b"identity", b"deflate", b"*", b"x-gzipped", b"gzip;q=0", b"br, gzip; q=0.000"]
)
def test_a_client_that_does_not_name_gzip_or_refuses_it_gets_none(accepted: bytes) -> None:
    assert not takes_gzip(accepted)
