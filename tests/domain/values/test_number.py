"""Numbers: spelling, range, precision, key bytes, size and arithmetic."""

import re
from collections.abc import Callable
from decimal import Context, Decimal, InvalidOperation

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kilowatt.domain.values import number
from kilowatt.errors import ErrorSpec, ServiceError, Stage
from kilowatt.errors import values as errors

LARGEST = "9" * 38 + "0" * 88
SMALLEST = "0." + "0" * 129 + "1"

EXACT = Context(prec=1000, Emax=99999, Emin=-99999)


@st.composite
def spellings(draw: st.DrawFn) -> str:
    """Valid texts: up to 38 digits, the first worth 1E-130 to 1E+125, needless zeros, both signs."""
    digits = draw(st.integers(0, 10**38 - 1).map(str) | st.integers(0, 999).map(str))
    first = draw(st.integers(-130, 125) | st.integers(-3, 3))
    exponent = first - (len(digits) - 1)
    sign = draw(st.sampled_from(["", "+", "-"]))
    zeros = "0" * draw(st.integers(0, 3))
    if draw(st.booleans()):
        return f"{sign}{zeros}{digits}{draw(st.sampled_from('eE'))}{exponent}"
    plain = format(EXACT.create_decimal(f"{digits}e{exponent}"), "f")
    return f"{sign}{zeros}{plain}" + (zeros if "." in plain else "")


canonical_texts = spellings().map(number.canonical)


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("0", "0"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("0e999999999999", "0"),
        ("0042", "42"),
        ("1.200", "1.2"),
        ("1e5", "100000"),
        ("1e-003", "0.001"),
        ("+1E6", "1000000"),
        ("+1.23", "1.23"),
        ("0" * 40 + ".42", "0.42"),
        (".5", "0.5"),
        ("5.", "5"),
        ("-5.e0", "-5"),
        ("9.9999999999999999999999999999999999999E+125", LARGEST),
        ("-9.9999999999999999999999999999999999999E+125", "-" + LARGEST),
        ("1E-130", SMALLEST),
        ("-1E-130", "-" + SMALLEST),
        ("0." + "0" * 5000 + "1e5000", "0.1"),
        ("1" + "0" * 5000 + "e-5000", "1"),
        ("12345678901234567890123456789012345678", "12345678901234567890123456789012345678"),
        ("-12345678901234567890123456789012345678", "-12345678901234567890123456789012345678"),
        ("1234567890123456789.1234567890123456789", "1234567890123456789.1234567890123456789"),
    ],
)
def test_spelling_becomes_canonical(written: str, canonical: str) -> None:
    assert number.canonical(written) == canonical


@pytest.mark.parametrize(
    "text",
    [
        *(
            " 1.23",
            "1.23 ",
            "1\n",
            "inf",
            "nan",
            "Infinity",
            '"1"',
            "b",
            "0x1",
            "1_000",
            "1,5",
            "٣",
            "²",
            "1٣",
        ),
        *(".", "-", "+", "e5", "1e", "1e+", "1.2.3", "--1", "-.e1"),
    ],
)
def test_text_that_is_no_number_is_refused_with_the_text(text: str) -> None:
    with pytest.raises(ServiceError) as refusal:
        number.canonical(text)
    assert refusal.value.text == f"The parameter cannot be converted to a numeric value: {text}"


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("", errors.EMPTY_NUMBER),
        ("1e126", errors.NUMBER_OVERFLOW),
        ("-1e126", errors.NUMBER_OVERFLOW),
        ("1" + "0" * 126, errors.NUMBER_OVERFLOW),
        ("1e99999999999999999999", errors.NUMBER_OVERFLOW),
        ("9e-131", errors.NUMBER_UNDERFLOW),
        ("-9.9e-131", errors.NUMBER_UNDERFLOW),
        ("1e-99999999999999999999", errors.NUMBER_UNDERFLOW),
        ("1" * 39, errors.TOO_MANY_DIGITS),
        ("1" + "0" * 37 + ".1", errors.TOO_MANY_DIGITS),
        ("-0." + "1" * 39, errors.TOO_MANY_DIGITS),
        ("1" * 39 + "e126", errors.NUMBER_OVERFLOW),
        ("0." + "0" * 130 + "1" * 39, errors.NUMBER_UNDERFLOW),
    ],
)
def test_number_outside_the_limits_is_refused(text: str, spec: ErrorSpec) -> None:
    with pytest.raises(ServiceError) as refusal:
        number.canonical(text)
    assert refusal.value.spec is spec
    assert refusal.value.text == spec.template


@given(spellings())
def test_canonical_text_means_the_same_number(written: str) -> None:
    assert Decimal(number.canonical(written)) == Decimal(written)


@given(canonical_texts)
def test_canonical_text_is_its_own_canonical_text(text: str) -> None:
    assert number.canonical(text) == text
    assert re.fullmatch(r"0|-?([1-9][0-9]*|(0|[1-9][0-9]*)\.[0-9]*[1-9])", text)


@given(st.text(alphabet="0123456789.eE+- \n", max_size=8))
def test_a_text_is_a_number_if_decimal_arithmetic_takes_it_without_blanks(text: str) -> None:
    refusal = refusal_by(number.canonical, text)
    try:
        exact = Decimal(text)
    except InvalidOperation:
        assert refusal in (errors.NOT_A_NUMBER, errors.EMPTY_NUMBER)
        return
    if text.strip() != text:
        assert refusal is errors.NOT_A_NUMBER
    elif refusal is None:
        assert Decimal(number.canonical(text)) == exact
    else:
        assert refusal in (errors.NUMBER_OVERFLOW, errors.NUMBER_UNDERFLOW)


def refusal_by(operation: Callable[..., str], *texts: str) -> ErrorSpec | None:
    try:
        operation(*texts)
    except ServiceError as refusal:
        return refusal.spec
    return None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("0", "80"),
        ("1", "c102"),
        ("10", "c10b"),
        ("0.5", "c033"),
        ("123.45", "c202182e"),
        ("-1", "3e6466"),
        ("100", "c202"),
        ("-0.5", "3f3366"),
        (SMALLEST, "8002"),
        ("-" + SMALLEST, "7f6466"),
        (LARGEST, "ff" + "64" * 19),
        ("-" + LARGEST, "00" + "02" * 19 + "66"),
        ("-1" + "2" * 37 + "0", "2b64" + "4f" * 18 + "51"),
    ],
)
def test_key_bytes_are_dynamodbs(text: str, key: str) -> None:
    assert number.encode(text).hex() == key
    assert number.decode(bytes.fromhex(key)) == text


def test_negative_number_of_twenty_pairs_has_no_terminator() -> None:
    text = "-1" + "23" * 18 + "4"  # 38 digits that straddle 20 pairs once shifted by one
    shifted = number.canonical(text + "e1")
    assert len(number.encode(text)) == 21
    assert number.encode(text)[-1] == 0x66
    assert len(number.encode(shifted)) == 21
    assert number.encode(shifted)[-1] != 0x66
    assert number.decode(number.encode(shifted)) == shifted


@given(spellings())
def test_key_bytes_round_trip(written: str) -> None:
    text = number.canonical(written)
    assert number.decode(number.encode(text)) == text


@given(canonical_texts, canonical_texts)
def test_key_bytes_are_ordered_as_the_numbers(a: str, b: str) -> None:
    assert (number.encode(a) < number.encode(b)) == (Decimal(a) < Decimal(b))
    assert (number.encode(a) == number.encode(b)) == (a == b)


@given(st.integers(-999, 999), st.integers(0, 3), st.integers(-999, 999), st.integers(0, 3))
def test_key_bytes_are_ordered_for_neighbouring_numbers(a: int, a_point: int, b: int, b_point: int) -> None:
    left, right = number.canonical(f"{a}e-{a_point}"), number.canonical(f"{b}e-{b_point}")
    assert (number.encode(left) < number.encode(right)) == (Decimal(left) < Decimal(right))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 1),
        ("1", 2),
        ("42", 2),
        ("-42", 3),
        ("1.5", 3),
        ("420", 2),
        ("100", 2),
        ("0.015", 2),
        ("-0.5", 3),
        ("100.05", 4),
        ("123.45", 4),
        ("1234567890", 6),
        (LARGEST, 20),
        (SMALLEST, 2),
        ("-" + LARGEST, 21),
    ],
)
def test_size_counts_half_a_byte_a_digit(text: str, size: int) -> None:
    assert number.size(text) == size


@given(canonical_texts)
def test_size_equals_the_formula(text: str) -> None:
    whole, _, fraction = text.lstrip("-").partition(".")
    left = whole.rstrip("0") if not fraction else whole.lstrip("0")
    right = fraction if left else fraction.lstrip("0")
    assert number.size(text) == 1 + -(-len(left) // 2) + -(-len(right) // 2) + text.startswith("-")


@given(canonical_texts, canonical_texts)
def test_comparison_is_numeric(a: str, b: str) -> None:
    assert number.compare(a, b) == (Decimal(a) > Decimal(b)) - (Decimal(a) < Decimal(b))
    assert (number.value(a) < number.value(b)) == (Decimal(a) < Decimal(b))


@given(st.integers(-(10**6), 10**6), st.integers(-(10**6), 10**6))
def test_comparison_of_integers_is_numeric(a: int, b: int) -> None:
    assert number.compare(str(a), str(b)) == (a > b) - (a < b)


@pytest.mark.parametrize(
    ("a", "b", "total", "difference"),
    [
        ("1", "2", "3", "-1"),
        ("5", "5", "10", "0"),
        ("0.1", "0.2", "0.3", "-0.1"),
        ("-0.5", "0.5", "0", "-1"),
        ("1.5", "1.5", "3", "0"),
        ("9" * 38, "1", "1" + "0" * 38, "9" * 37 + "8"),
        (LARGEST, "-" + LARGEST, "0", None),
        (SMALLEST, SMALLEST, "0." + "0" * 129 + "2", "0"),
    ],
)
def test_arithmetic_is_exact(a: str, b: str, total: str, difference: str | None) -> None:
    assert number.add(a, b) == total
    if difference is not None:
        assert number.subtract(a, b) == difference


@pytest.mark.parametrize(
    ("a", "b", "spec"),
    [
        (LARGEST, LARGEST, errors.RESULT_OVERFLOW),
        ("-" + LARGEST, "-" + LARGEST, errors.RESULT_OVERFLOW),
        (SMALLEST + "5", "-" + SMALLEST + "2", errors.RESULT_UNDERFLOW),
        (LARGEST, SMALLEST, errors.RESULT_TOO_MANY_DIGITS),
        ("1" + "0" * 38, "1", errors.RESULT_TOO_MANY_DIGITS),
        ("9" * 38, "0.1", errors.RESULT_TOO_MANY_DIGITS),
    ],
)
def test_result_outside_the_limits_is_refused_at_execution(a: str, b: str, spec: ErrorSpec) -> None:
    with pytest.raises(ServiceError) as refusal:
        number.add(a, b)
    assert refusal.value.spec is spec
    assert spec.stage is Stage.EXECUTION


@given(canonical_texts, canonical_texts)
def test_sum_is_exact_or_refused(a: str, b: str) -> None:
    check_result(number.add, a, b, EXACT.add(Decimal(a), Decimal(b)))


@given(canonical_texts, canonical_texts)
def test_difference_is_exact_or_refused(a: str, b: str) -> None:
    check_result(number.subtract, a, b, EXACT.subtract(Decimal(a), Decimal(b)))


@given(st.integers(-9999, 9999), st.integers(-9999, 9999), st.integers(0, 4))
def test_sum_and_difference_of_small_decimals_are_exact(a: int, b: int, point: int) -> None:
    left, right = number.canonical(f"{a}e-{point}"), number.canonical(f"{b}")
    assert Decimal(number.add(left, right)) == Decimal(left) + Decimal(right)
    assert Decimal(number.subtract(left, right)) == Decimal(left) - Decimal(right)


def check_result(operation: Callable[[str, str], str], a: str, b: str, exact: Decimal) -> None:
    refusal = refusal_by(operation, a, b)
    assert refusal is limit_broken_by(exact)
    if refusal is None:
        result = operation(a, b)
        assert Decimal(result) == exact
        assert number.canonical(result) == result


def limit_broken_by(exact: Decimal) -> ErrorSpec | None:
    if exact and exact.adjusted() > 125:
        return errors.RESULT_OVERFLOW
    if exact and exact.adjusted() < -130:
        return errors.RESULT_UNDERFLOW
    digits = "".join(map(str, exact.as_tuple().digits)).strip("0")
    return errors.RESULT_TOO_MANY_DIGITS if len(digits) > 38 else None
