"""DynamoDB's numbers: exact decimals of up to 38 significant digits, never floats.

A number travels as text and is stored in canonical text: plain digits, no exponent, no needless zero, no
`-0`. Magnitudes run from 1E-130 to 9.99...E+125 (38 nines), and zero. Every function but `canonical` expects
canonical text.

    | written     | canonical | key bytes (`encode`) | size |
    |-------------|-----------|----------------------|------|
    | `0`, `-0.0` | `0`       | 80                   | 1    |
    | `1`, `01`   | `1`       | c1 02                | 2    |
    | `1e1`       | `10`      | c1 0b                | 2    |
    | `.50`       | `0.5`     | c0 33                | 2    |
    | `123.450`   | `123.45`  | c2 02 18 2e          | 4    |
    | `-1`        | `-1`      | 3e 64 66             | 3    |

Key bytes are ordered as the numbers are: an exponent byte, then pairs of decimal digits; for negatives both
are complemented, and the terminator 66 makes the shorter of two that share their first pairs the larger.

Source: AWS guide, "Supported data types: Number"; key bytes: recorded Scan orders.
"""

import re
from decimal import Context, Decimal, Inexact

from kilowatt.errors import ErrorSpec
from kilowatt.errors import values as errors
from kilowatt.limits import NUMBER_DIGITS

# A number 0.d1d2d3... * 10^point with d1 != 0 is in range if and only if LOWEST <= point <= HIGHEST.
_LOWEST_POINT = -129
_HIGHEST_POINT = 126
# Larger exponents are clamped to this one, which no request could hold the zeros to bring back into range.
_HUGE = 10**9

_NUMBER = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?)([0-9]+))?").fullmatch
_PLAIN = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]*[1-9]|-[1-9][0-9]*").fullmatch
_PADDED = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]*0").fullmatch

# Sums and differences of two numbers span at most 126 + 167 digits, so this context never rounds.
_EXACT = Context(prec=400, Emax=9999, Emin=-9999, traps=[Inexact])

# What a range violation raises: (overflow, underflow, too many digits).
_Refusals = tuple[ErrorSpec, ErrorSpec, ErrorSpec]
_STORED: _Refusals = (errors.NUMBER_OVERFLOW, errors.NUMBER_UNDERFLOW, errors.TOO_MANY_DIGITS)
_RESULT: _Refusals = (errors.RESULT_OVERFLOW, errors.RESULT_UNDERFLOW, errors.RESULT_TOO_MANY_DIGITS)

_ZERO = b"\x80"
_TERMINATOR = b"\x66"
_EXPONENT_BIAS = 0xC0
_FULL_PAIRS = 20
_EXPONENTS = [bytes((byte,)) for byte in range(256)]

# Digits become bytes as if they were hexadecimal, two a byte (`bytes.fromhex`); these tables turn such a byte
# into the pair's key byte and back: pair + 1, or 101 - pair for negatives.
_ALL_DIGITS = bytes.fromhex("".join([f"{pair:02}" for pair in range(100)]))
_ALL_PAIRS = bytes(range(1, 101))
_ALL_NEGATIVE_PAIRS = bytes(range(101, 1, -1))
_PAIRS = bytes.maketrans(_ALL_DIGITS, _ALL_PAIRS)
_NEGATIVE_PAIRS = bytes.maketrans(_ALL_DIGITS, _ALL_NEGATIVE_PAIRS)
_DIGITS = bytes.maketrans(_ALL_PAIRS, _ALL_DIGITS)
_NEGATIVE_DIGITS = bytes.maketrans(_ALL_NEGATIVE_PAIRS, _ALL_DIGITS)


def canonical(text: str) -> str:
    """The canonical text of a number as a client wrote it.

    Raises, in this order: EMPTY_NUMBER, NOT_A_NUMBER, NUMBER_OVERFLOW, NUMBER_UNDERFLOW, TOO_MANY_DIGITS.
    Source: AWS guide, "Supported data types: Number"; accepted spellings recorded on AWS.
    """
    if len(text) <= NUMBER_DIGITS:
        if text.isdecimal() and text[0] != "0" and text.isascii():
            return text
        if text == "0" or _PLAIN(text):
            return text
        if _PADDED(text):
            text = text.rstrip("0").rstrip(".")
            return "0" if text == "-0" else text
    return _canonical(text, _STORED)


def _canonical(text: str, refusals: _Refusals) -> str:
    negative, digits, point = _parse(text)
    if not digits:
        return "0"
    overflow, underflow, too_many_digits = refusals
    if point > _HIGHEST_POINT:
        raise overflow()
    if point < _LOWEST_POINT:
        raise underflow()
    if len(digits) > NUMBER_DIGITS:
        raise too_many_digits()
    return _plain(negative, digits, point)


def _parse(text: str) -> tuple[bool, str, int]:
    """Sign, significant digits without outer zeros, and `point`: the value is 0.digits * 10^point."""
    match = _NUMBER(text)
    if match is None:
        raise errors.NOT_A_NUMBER(text=text) if text else errors.EMPTY_NUMBER()
    sign, whole, fraction, exponent_sign, exponent = match.groups("")
    written = whole + fraction
    digits = written.lstrip("0")
    point = len(whole) - (len(written) - len(digits)) + _exponent(exponent_sign, exponent)
    return sign == "-", digits.rstrip("0"), point


def _exponent(sign: str, digits: str) -> int:
    digits = digits.lstrip("0")
    magnitude = int(digits or "0") if len(digits) < 10 else _HUGE
    return -magnitude if sign == "-" else magnitude


def _plain(negative: bool, digits: str, point: int) -> str:
    sign = "-" if negative else ""
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return f"{sign}{digits}{'0' * (point - len(digits))}"
    return f"{sign}{digits[:point]}.{digits[point:]}"


def _split(text: str) -> tuple[str, int]:
    """The significant digits of a canonical magnitude (no sign, not zero) and its `point` (see `_parse`)."""
    whole, _, fraction = text.partition(".")
    if whole != "0":
        return (whole + fraction).rstrip("0"), len(whole)
    digits = fraction.lstrip("0")
    return digits, len(digits) - len(fraction)


def encode(text: str) -> bytes:
    """Key bytes whose unsigned order is the numbers' order: 1 to 22 bytes.

    Source: recorded Scan orders (the bytes under DynamoDB's hash), see the table above.
    """
    if text == "0":
        return _ZERO
    negative = text[0] == "-"
    digits, point = _split(text[1:] if negative else text)
    if point & 1:
        digits = "0" + digits
        point += 1
    if len(digits) & 1:
        digits += "0"
    exponent = point // 2 + _EXPONENT_BIAS
    pairs = bytes.fromhex(digits)
    if not negative:
        return _EXPONENTS[exponent] + pairs.translate(_PAIRS)
    end = _TERMINATOR if len(pairs) < _FULL_PAIRS else b""
    return _EXPONENTS[exponent ^ 0xFF] + pairs.translate(_NEGATIVE_PAIRS) + end


def decode(data: bytes) -> str:
    """The canonical text of a number's key bytes: the inverse of `encode`."""
    if data == _ZERO:
        return "0"
    negative = data < _ZERO
    if negative:
        exponent = data[0] ^ 0xFF
        digits = data[1:].removesuffix(_TERMINATOR).translate(_NEGATIVE_DIGITS).hex()
    else:
        exponent = data[0]
        digits = data[1:].translate(_DIGITS).hex()
    point = (exponent - _EXPONENT_BIAS) * 2
    if digits[0] == "0":
        digits = digits[1:]
        point -= 1
    return _plain(negative, digits.rstrip("0"), point)


def size(text: str) -> int:
    """A number's bytes as DynamoDB counts them: 1, half a byte a significant digit, 1 more if negative.

    Digits left and right of the point are rounded up apart; zeros at both outer ends do not count.
    Source: measured on AWS at the item size limit, 2026.
    """
    if text.isdecimal():
        return (len(text.rstrip("0")) + 3) // 2
    if text[0] == "-":
        return 1 + size(text[1:])
    whole, _, fraction = text.partition(".")
    if whole == "0":
        return 1 + (len(fraction.lstrip("0")) + 1) // 2
    return 1 + (len(whole) + 1) // 2 + (len(fraction) + 1) // 2


def value(text: str) -> Decimal | int:
    """The number as Python compares it, exactly: an int where possible."""
    return Decimal(text) if "." in text else int(text)


def compare(a: str, b: str) -> int:
    """-1, 0 or 1 as `a` is less than, equal to or greater than `b`."""
    if a == b:
        return 0
    if a.isdecimal() and b.isdecimal():
        less = a < b if len(a) == len(b) else len(a) < len(b)
    else:
        less = value(a) < value(b)
    return -1 if less else 1


def add(a: str, b: str) -> str:
    """The exact sum, in canonical text.

    A result that needs more than 38 digits is refused, not rounded: AWS never rounds a stored number, and
    what it does with a computed one is not known.

    Raises: RESULT_OVERFLOW, RESULT_UNDERFLOW, RESULT_TOO_MANY_DIGITS.
    Source: AWS guide, "Update expressions"; digits: ours.
    """
    if "." in a or "." in b:
        return _result(str(_EXACT.add(Decimal(a), Decimal(b))))
    return _result(str(int(a) + int(b)))


def subtract(a: str, b: str) -> str:
    """The exact difference `a - b`, in canonical text; refuses as `add` does."""
    if "." in a or "." in b:
        return _result(str(_EXACT.subtract(Decimal(a), Decimal(b))))
    return _result(str(int(a) - int(b)))


def _result(text: str) -> str:
    if len(text) <= NUMBER_DIGITS and (text.isdecimal() or _PLAIN(text)):
        return text
    return _canonical(text, _RESULT)
