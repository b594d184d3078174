"""Refusals of the wire: bodies that can't be read, unknown operations, signatures."""

from kilowatt.errors.base import SERIALIZATION, UNKNOWN_OPERATION, ErrorSpec

UNREADABLE_BODY = ErrorSpec(SERIALIZATION, "", "seen on AWS: no text")
UNKNOWN_OPERATION_TARGET = ErrorSpec(UNKNOWN_OPERATION, "", "seen on AWS: no text")
