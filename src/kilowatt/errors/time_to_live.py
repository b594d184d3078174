"""Refusals of UpdateTimeToLive and DescribeTimeToLive."""

from kilowatt.errors.base import RESOURCE_IN_USE, VALIDATION, ErrorSpec, Stage, measured

_MEASURED = "seen on AWS, 2026-10"

ALREADY_ENABLED = ErrorSpec(VALIDATION, "TimeToLive is already enabled", _MEASURED, Stage.EXECUTION)
ALREADY_DISABLED = ErrorSpec(VALIDATION, "TimeToLive is already disabled", _MEASURED, Stage.EXECUTION)
ANOTHER_ATTRIBUTE = ErrorSpec(
    VALIDATION,
    "TimeToLive is active on a different AttributeName: current AttributeName is {attribute}",
    _MEASURED,
    Stage.EXECUTION,
)
CHANGED_TOO_SOON = ErrorSpec(
    VALIDATION,
    "Time to live has been modified multiple times within a fixed interval",
    _MEASURED,
    Stage.EXECUTION,
)
TABLE_IN_CREATION = ErrorSpec(
    RESOURCE_IN_USE,
    "Attempt to change a resource which is still in use: Table {table} is being created",
    measured("DDB-TABLE-115"),
    Stage.EXECUTION,
)
NOT_DESCRIBED = ErrorSpec(
    VALIDATION,
    "Cannot describe time to live while table is in {state} state: Current table state is {state}",
    _MEASURED,
    Stage.EXECUTION,
)
