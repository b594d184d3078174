"""Refusals of DescribeAdvice, which is Kilowatt's own."""

from kilowatt.errors.base import VALIDATION, ErrorSpec

PRICE_OUT_OF_BOUNDS = ErrorSpec(
    VALIDATION, "{price} in Prices must be from 0 to {bound}", "ours: the operation is Kilowatt's own"
)
