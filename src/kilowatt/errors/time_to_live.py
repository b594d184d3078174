"""Refusals of UpdateTimeToLive."""

from kilowatt.errors.base import VALIDATION, ErrorSpec, Stage

ALREADY_ENABLED = ErrorSpec(VALIDATION, "TimeToLive is already enabled", "widely reported", Stage.EXECUTION)
ALREADY_DISABLED = ErrorSpec(VALIDATION, "TimeToLive is already disabled", "widely reported", Stage.EXECUTION)
ANOTHER_ATTRIBUTE = ErrorSpec(
    VALIDATION,
    "TimeToLive is active on a different AttributeName: current AttributeName is {attribute}",
    "seen on AWS, 2026; its second part is reported",
    Stage.EXECUTION,
)
CHANGED_TOO_SOON = ErrorSpec(
    VALIDATION,
    "Time to live has been modified multiple times within a fixed interval",
    "reported",
    Stage.EXECUTION,
)
