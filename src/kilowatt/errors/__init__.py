"""The catalogue of wire errors: one module a subject, one name a text, each with its source."""

from kilowatt.errors.base import ErrorSpec, ErrorType, ServiceError, Stage

__all__ = ["ErrorSpec", "ErrorType", "ServiceError", "Stage"]
