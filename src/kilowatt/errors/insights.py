"""Refusals of the operations on contributor insights."""

from kilowatt.errors.base import VALIDATION, ErrorSpec

NO_RESULTS_WANTED = ErrorSpec(VALIDATION, "MaxResults must be at least 1", "ours: AWS's text is not known")
