"""Shard iterators."""

from base64 import urlsafe_b64encode
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.streams.iterator import ShardIterator
from kilowatt.errors import ServiceError
from kilowatt.errors import streams as errors

NOW = 1_790_000_000.0
ARN = "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/2026-09-21T14:13:20.250"


def place(shard: int, after: int, issued: float) -> str:
    return urlsafe_b64encode(pack(">IQd", shard, after, issued)).decode()


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**64 - 1))
def test_an_iterator_is_read_back(shard_number: int, after: int) -> None:
    iterator = ShardIterator(ARN, shard_number, after, NOW)
    assert ShardIterator.read(iterator.text(), NOW) == iterator


def test_an_iterator_has_the_form_of_aws() -> None:
    arn, digit, encoded = ShardIterator(ARN, 1, 2, NOW).text().split("|")
    assert (arn, digit, encoded) == (ARN, "1", place(1, 2, NOW))


def test_the_longest_iterator_fits() -> None:
    longest = f"arn:aws:dynamodb:us-gov-west-1:000000000000:table/{'t' * 255}/stream/2026-09-21T14:13:20.250"
    assert len(ShardIterator(longest, 2**32 - 1, 2**64 - 1, NOW).text()) <= 2048


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "||",
        ARN,
        f"{ARN}|1|",
        f"{ARN}|1|AAAA",
        f"{ARN}|1|=",
        f"{ARN}|1|é",
        f"{ARN}|2|{place(1, 2, NOW)}",
        f"{ARN}|1|{place(1, 2, NOW)}|",
        f"{ARN}|1|{place(1, 2, float('nan'))}",
        f"{ARN}|1|{place(1, 2, float('inf'))}",
        f"{ARN}|1|{place(1, 2, -1.0)}",
        f"{ARN}|1|{place(1, 2, NOW + 901)}",
    ],
)
def test_what_is_no_iterator_is_refused(text: str) -> None:
    with pytest.raises(ServiceError) as refused:
        ShardIterator.read(text, NOW)
    assert refused.value.spec is errors.INVALID_ITERATOR


@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    with pytest.raises(ServiceError) as refused:
        ShardIterator.read(text, NOW)
    assert refused.value.spec is errors.INVALID_ITERATOR


@pytest.mark.parametrize(("age", "good"), [(0, True), (900, True), (900.1, False)])
def test_an_iterator_lives_fifteen_minutes(age: float, good: bool) -> None:
    text = ShardIterator(ARN, 1, 2, NOW).text()
    if good:
        assert ShardIterator.read(text, NOW + age).after == 2
    else:
        with pytest.raises(ServiceError) as refused:
            ShardIterator.read(text, NOW + age)
        assert refused.value.spec is errors.ITERATOR_EXPIRED
